# METADATA
# title: Recipe encrypts without naming a key
# description: |
#   A block device mapping of the recipe says encrypted = true and names no key.
#   EC2 then takes the account's default EBS key for the Region, and unless
#   somebody changed it that is the AWS managed key, whose snapshots cannot be
#   shared with another account.
# related_resources:
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL002
#   name: recipe-default-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Name a customer managed key of the build Region in the block device mapping, in a new version of the recipe. If
#     the account's default EBS key is a customer managed key, declare it: aws_ebs_default_kms_key in the templates,
#     or ebs_default_kms_key of the account in .iblint.yaml.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     A volume from an encrypted snapshot of the account keeps the key of the snapshot. Describe the parent image in
#     .iblint.yaml (images:) or add the output of aws ec2 describe-images to the facts.
package iblint.rules.recipe_default_key

import data.iblint.lib.distribution

deny contains finding if {
	some recipe, mappings in _default_key.yes
	some mapping, builds in mappings
	hits := union({distribution.output_hits(b, "yes") | some b in builds})
	count(hits) > 0
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf(
			"%s encrypts %s with %s, the AWS managed key, which cannot be shared with %s",
			[distribution.label(recipe), distribution.mapping_name(recipe, mapping), _default_key_text(builds), shared.text],
		),
		"resource": recipe,
		"property": sprintf("%s.encrypted", [mapping]),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [mapping]},
	}
}

unknown contains finding if {
	some recipe, mappings in _default_key.unknown
	some mapping, builds in mappings
	object.get(_default_key, ["yes", recipe, mapping], set()) == set()
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	b := min(builds)
	some i, device in distribution.devices[b]
	device.mapping == mapping
	why := distribution.device_reason(b, i)

	finding := object.union(why, {
		"message": sprintf(
			"%s encrypts %s without naming a key, and it is not known whether that makes it the AWS managed key",
			[distribution.label(recipe), distribution.mapping_name(recipe, mapping)],
		),
		"resource": recipe,
		"property": sprintf("%s.encrypted", [mapping]),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [mapping]},
	})
}

# The key is certain, but not whether the AMI is shared.
unknown contains finding if {
	some recipe, mappings in _default_key.yes
	some mapping, builds in mappings
	not "yes" in {distribution.output_shared(b) | some b in builds}
	why := distribution.output_sharing_reason(min(builds))

	finding := object.union(why, {
		"message": sprintf(
			"%s encrypts %s with %s, the AWS managed key, and it is not known whether the AMI is shared",
			[distribution.label(recipe), distribution.mapping_name(recipe, mapping), _default_key_text(builds)],
		),
		"resource": recipe,
		"property": sprintf("%s.encrypted", [mapping]),
		"related": [],
		"jobs": [],
		"subject": {"recipe": recipe, "devices": [mapping]},
	})
}

_default_key[answer][recipe][mapping] contains b if {
	some b, i
	distribution.devices[b][i]
	distribution.encrypts_without_key(b, i)
	not distribution.by_snapshot(b, i)
	distribution.output_shared(b) != "no"
	answer := distribution.aws_managed(b, i)
	recipe := input.builds[b].recipe
	mapping := distribution.devices[b][i].mapping
}

_default_key_text(builds) := distribution.default_key_text(min(builds), distribution.build_region(min(builds)))
