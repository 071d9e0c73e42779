# METADATA
# title: Recipe encrypts with the AWS managed key
# description: |
#   A block device mapping of the recipe names the AWS managed key for EBS
#   (alias/aws/ebs). Snapshots under that key can never be shared with another
#   account: its key policy belongs to AWS and admits one account only. The image
#   is built and tested, and then every distribution of it fails.
# related_resources:
#   - description: Share an AMI with specific AWS accounts
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL001
#   name: recipe-aws-managed-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Name a customer managed key of the build Region in the block device mapping, by its key ARN. Recipes are
#     immutable: give the recipe a new version.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     A key ARN or key ID of a key that no template creates may be that of an AWS managed key. Say in .iblint.yaml who
#     manages it, keys: {"arn:aws:kms:…": {manager: customer}}, or add the output of aws kms describe-key to the facts.
package iblint.rules.recipe_aws_managed_key

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some recipe, mappings in _aws_managed
	some property, builds in mappings
	hits := union({distribution.output_hits(b, "yes") | some b in builds})
	count(hits) > 0
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s, which cannot be shared with %s", [_encrypts(recipe, property), shared.text]),
		"resource": recipe,
		"property": property,
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [property]},
	}
}

# It is certain that the key is AWS managed, but not that the AMI is shared.
unknown contains finding if {
	some recipe, mappings in _aws_managed
	some property, builds in mappings
	states := {distribution.output_shared(b) | some b in builds}
	not "yes" in states
	"unknown" in states
	some b in builds
	distribution.output_shared(b) == "unknown"
	why := distribution.output_sharing_reason(b)

	finding := object.union(why, {
		"message": sprintf("%s, and it is not known whether the AMI is shared", [_encrypts(recipe, property)]),
		"resource": recipe,
		"property": property,
		"related": [],
		"jobs": [],
		"subject": {"recipe": recipe, "devices": [property]},
	})
}

# Nobody knows who manages the key.
unknown contains finding if {
	some recipe, mappings in _undecided
	some property, builds in mappings
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	why := distribution.reference_reason(distribution.reference(recipe, property))

	finding := object.union(why, {
		"message": sprintf("%s, which may be an AWS managed key, and those cannot be shared", [_encrypts(recipe, property)]),
		"resource": recipe,
		"property": property,
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [property]},
	})
}

# A distribution configuration that no recipe of the templates meets.
unknown contains finding if {
	some b, build in input.builds
	not build.container
	reason := build.recipe_unknown
	hits := union({distribution.output_hits(b, answer) | some answer in ["yes", "unknown"]})
	count(hits) > 0
	shared := distribution.deliveries(hits)
	why := distribution.explanation(reason, "give the folder or template that holds the recipe as well")

	finding := object.union(why, {
		"message": sprintf(
			"the keys of the AMIs that %s hands out are not known, so they may not be shared with %s",
			[distribution.label(build.id), shared.text],
		),
		"resource": build.id,
		"property": _recipe_property(build.kind),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"build": build.id},
	})
}

_aws_managed[recipe][property] contains b if {
	some b, i
	distribution.devices[b][i].reference.manager == "aws"
	[recipe, property] := _place(b, i)
	distribution.output_shared(b) != "no"
}

_undecided[recipe][property] contains b if {
	some b, i
	value.is_unknown(distribution.devices[b][i].manager)
	distribution.devices[b][i].reference
	[recipe, property] := _place(b, i)
	distribution.output_shared(b) != "no"
}

_place(b, i) := [input.builds[b].recipe, sprintf("%s.kms_key", [distribution.devices[b][i].mapping])]

_encrypts(recipe, property) := sprintf("%s encrypts %s with %s", [
	distribution.label(recipe),
	distribution.mapping_name(recipe, property),
	distribution.reference_text(distribution.reference(recipe, property)),
])

_recipe_property(kind) := "image_recipe" if {
	kind in {"image_pipeline", "image"}
} else := ""
