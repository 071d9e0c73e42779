# METADATA
# title: Encryption by default uses the AWS managed key
# description: |
#   The account encrypts new EBS volumes of the Region by default, and its
#   default key is the AWS managed key. Every device that the recipe does not
#   bind to a key falls under it, even one that says encrypted = false, and a
#   snapshot under that key cannot be shared with another account.
# related_resources:
#   - description: Amazon EBS encryption, encryption by default
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/EBSEncryption.html
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
# custom:
#   id: IBL003
#   name: ebs-default-encryption-aws-managed-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Map every device of the image in the recipe with encrypted = true and a customer managed key of the build
#     Region, or make a customer managed key the default EBS key of the account there (aws_ebs_default_kms_key).
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Whether an account encrypts by default is a setting of the account. Declare it in .iblint.yaml, accounts:
#     {"111111111111": {ebs_encryption_by_default: {eu-west-1: false}}}, or add the output of aws ec2
#     get-ebs-encryption-by-default to the facts.
package iblint.rules.ebs_default_encryption_aws_managed_key

import data.iblint.lib.distribution

deny contains finding if {
	some recipe, builds in _affected.yes
	hits := union({distribution.output_hits(b, "yes") | some b in builds})
	count(hits) > 0
	shared := distribution.deliveries(hits)
	b := min(builds)

	finding := {
		"message": sprintf(
			"encryption by default of %s in %s puts %s of %s under the AWS managed key, which cannot be shared with %s",
			[
				distribution.account_text(distribution.source_account(b)),
				distribution.region_text(distribution.build_region(b)),
				_devices_text(b, "yes"),
				distribution.label(recipe),
				shared.text,
			],
		),
		"resource": recipe,
		"property": _property(b, "yes"),
		"related": array.concat(_settings(builds), shared.related),
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": _mappings(b, "yes"), "root": _has_root(b, "yes")},
	}
}

unknown contains finding if {
	some recipe, builds in _affected.unknown
	not _affected.yes[recipe]
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	b := min(builds)
	why := _reason(b)

	finding := object.union(why, {
		"message": sprintf(
			"it is not known whether encryption by default of %s in %s puts %s of %s under the AWS managed key",
			[
				distribution.account_text(distribution.source_account(b)),
				distribution.region_text(distribution.build_region(b)),
				_devices_text(b, "unknown"),
				distribution.label(recipe),
			],
		),
		"resource": recipe,
		"property": _property(b, "unknown"),
		"related": array.concat(_settings(builds), shared.related),
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": _mappings(b, "unknown"), "root": _has_root(b, "unknown")},
	})
}

# The key is certain, but not whether the AMI is shared.
unknown contains finding if {
	some recipe, builds in _affected.yes
	not "yes" in {distribution.output_shared(b) | some b in builds}
	b := min(builds)
	why := distribution.output_sharing_reason(b)

	finding := object.union(why, {
		"message": sprintf(
			"encryption by default puts %s of %s under the AWS managed key, and it is not known whether the AMI is shared",
			[_devices_text(b, "yes"), distribution.label(recipe)],
		),
		"resource": recipe,
		"property": _property(b, "yes"),
		"related": _settings(builds),
		"jobs": [],
		"subject": {"recipe": recipe, "devices": _mappings(b, "yes"), "root": _has_root(b, "yes")},
	})
}

_affected[answer][recipe] contains b if {
	some b, i
	distribution.devices[b][i]
	distribution.by_default_encryption(b, i)
	distribution.output_shared(b) != "no"
	answer := distribution.aws_managed(b, i)
	recipe := input.builds[b].recipe
}

# The devices of the parent image are not on record, but it has a root device, and
# the recipe maps none.
_affected[answer][recipe] contains b if {
	some b, build in input.builds
	build.devices_unknown
	build.parent.unencrypted
	distribution.output_shared(b) != "no"
	recipe := build.recipe
	every device in distribution.devices[b] {
		device.root == false
	}
	count(input.resources[recipe].properties.block_devices) == 0
	distribution.default_key(distribution.source_account(b), distribution.build_region(b)).manager == "aws"
	setting := distribution.encrypts_by_default(distribution.source_account(b), distribution.build_region(b))
	answer := {"yes": "yes", "unknown": "unknown", "unset": "unknown"}[setting]
}

_devices(b, answer) := [device |
	some i, device in distribution.devices[b]
	distribution.by_default_encryption(b, i)
	distribution.aws_managed(b, i) == answer
]

_devices_text(b, answer) := distribution.enumeration({device.name | some device in _devices(b, answer)}) if {
	count(_devices(b, answer)) > 0
} else := "the root device"

_mappings(b, answer) := sort([device.mapping | some device in _devices(b, answer)])

_has_root(b, answer) if {
	some device in _devices(b, answer)
	device.root == true
} else if {
	count(_devices(b, answer)) == 0
} else := false

# The mapping at fault if there is one, else the recipe.
_property(b, answer) := mapping if {
	[mapping] = _mappings(b, answer)
	count(_devices(b, answer)) == 1
} else := ""

_settings(builds) := sort([place | some place in {place |
	some b in builds
	setting := input.default_encryption[distribution.source_account(b)][distribution.build_region(b)]
	some property, message in {
		"enabled_by": "encryption by default is switched on here",
		"key_by": "the default key is set here",
	}
	place := {"message": message, "resource": setting[property], "property": ""}
	input.resources[setting[property]]
}])

_reason(b) := distribution.unknown_reason(_devices(b, "unknown")[0], _settle(b)) if {
	count(_devices(b, "unknown")) > 0
} else := distribution.explanation(setting, _settle(b)) if {
	setting := input.default_encryption[distribution.source_account(b)][distribution.build_region(b)].enabled
} else := {
	"reason": sprintf("nothing says whether %s encrypts new EBS volumes in %s by default", [
		distribution.account_text(distribution.source_account(b)),
		distribution.region_text(distribution.build_region(b)),
	]),
	"settle": _settle(b),
}

_settle(b) := distribution.default_encryption_settle(b, distribution.build_region(b))
