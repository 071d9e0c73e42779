# METADATA
# title: Another device of the parent image is under the AWS managed key
# description: |
#   The parent image has several snapshots, and one that is not the root device
#   is encrypted with the AWS managed key, or belongs to another account. The
#   recipe neither binds that device to a customer managed key nor removes it, so
#   the image carries a snapshot that cannot be shared.
# related_resources:
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL006
#   name: parent-image-extra-snapshot
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Map the device in the recipe with encrypted = true and a customer managed key, or remove it (no_device = true, in
#     CloudFormation NoDevice: ""), in a new version of the recipe.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     List the devices of the parent image in .iblint.yaml (images: {ami-…: {devices: {/dev/sdf: {encrypted: true,
#     kms_key: aws-managed}}}}) or add the output of aws ec2 describe-images and describe-snapshots to the facts.
package iblint.rules.parent_image_extra_snapshot

import data.iblint.lib.distribution

deny contains finding if {
	some recipe, builds in _extra.yes
	hits := union({distribution.output_hits(b, "yes") | some b in builds})
	count(hits) > 0
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s, which cannot be shared with %s", [_inherits(recipe, min(builds)), shared.text]),
		"resource": recipe,
		"property": "parent_image",
		"related": array.concat(distribution.parent_places(builds), shared.related),
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": _names(min(builds), "yes")},
	}
}

# The keys are certain, but not whether the AMI is shared.
unknown contains finding if {
	some recipe, builds in _extra.yes
	not "yes" in {distribution.output_shared(b) | some b in builds}
	why := distribution.output_sharing_reason(min(builds))

	finding := object.union(why, {
		"message": sprintf("%s, and it is not known whether the AMI is shared", [_inherits(recipe, min(builds))]),
		"resource": recipe,
		"property": "parent_image",
		"related": distribution.parent_places(builds),
		"jobs": [],
		"subject": {"recipe": recipe, "devices": _names(min(builds), "yes")},
	})
}

unknown contains finding if {
	some recipe, builds in _undecided
	not _extra.yes[recipe]
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	why := _reason(min(builds))

	finding := object.union(why, {
		"message": sprintf("the devices of %s are not all known, and one may be under an AWS managed key", [
			distribution.parent_phrase(min(builds)),
		]),
		"resource": recipe,
		"property": "parent_image",
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": _names(min(builds), "unknown")},
	})
}

_extra[answer][recipe] contains b if {
	some b, i
	distribution.devices[b][i].root == false
	distribution.by_snapshot(b, i)
	distribution.output_shared(b) != "no"
	answer := distribution.aws_managed(b, i)
	recipe := input.builds[b].recipe
}

_undecided[recipe] contains b if {
	some recipe, builds in _extra.unknown
	some b in builds
}

# The list of devices is not known.
_undecided[recipe] contains b if {
	some b, build in input.builds
	build.devices_unknown
	recipe := build.recipe
	distribution.output_shared(b) != "no"
	distribution.parent_may_be_encrypted(b)
}

_names(b, answer) := sort([device.name |
	some i, device in distribution.devices[b]
	device.root == false
	distribution.by_snapshot(b, i)
	distribution.aws_managed(b, i) == answer
])

_inherits(recipe, b) := sprintf("%s takes %s of its parent image %s under the AWS managed key", [
	distribution.label(recipe),
	distribution.enumeration(_names(b, "yes")),
	distribution.parent_text(b),
])

_reason(b) := distribution.explanation(unknown, distribution.parent_settle(b)) if {
	unknown := input.builds[b].devices_unknown
} else := whys[0] if {
	whys := [distribution.device_reason(b, i) |
		some i, device in distribution.devices[b]
		device.root == false
		distribution.by_snapshot(b, i)
		distribution.aws_managed(b, i) == "unknown"
	]
}
