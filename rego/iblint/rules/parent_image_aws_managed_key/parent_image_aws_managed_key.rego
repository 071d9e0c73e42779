# METADATA
# title: Root device of the parent image is under the AWS managed key
# description: |
#   The recipe does not bind the root device to a key, and the root snapshot of
#   the parent image is encrypted with the AWS managed key, or belongs to another
#   account, so that its volume is encrypted with the account's default key. The
#   image inherits that key, and its snapshots cannot be shared.
# related_resources:
#   - description: Use encryption with EBS-backed AMIs
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/AMIEncryption.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL005
#   name: parent-image-aws-managed-key
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Map the root device of the parent image in the recipe with encrypted = true and a customer managed key, in a new
#     version of the recipe: EC2 encrypts the volume anew. Or copy the parent image under a customer managed key first.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Describe the parent image in .iblint.yaml (images: {ami-…: {owner, root_device, devices}}) or add the output of
#     aws ec2 describe-images and describe-snapshots to the facts.
package iblint.rules.parent_image_aws_managed_key

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some recipe, builds in _root.yes
	hits := union({distribution.output_hits(b, "yes") | some b in builds})
	count(hits) > 0
	shared := distribution.deliveries(hits)

	finding := {
		"message": sprintf("%s, which cannot be shared with %s", [_inherits(recipe, min(builds)), shared.text]),
		"resource": recipe,
		"property": "parent_image",
		"related": array.concat(distribution.parent_places(builds), shared.related),
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [], "root": true},
	}
}

# The key is certain, but not whether the AMI is shared.
unknown contains finding if {
	some recipe, builds in _root.yes
	not "yes" in {distribution.output_shared(b) | some b in builds}
	why := distribution.output_sharing_reason(min(builds))

	finding := object.union(why, {
		"message": sprintf("%s, and it is not known whether the AMI is shared", [_inherits(recipe, min(builds))]),
		"resource": recipe,
		"property": "parent_image",
		"related": distribution.parent_places(builds),
		"jobs": [],
		"subject": {"recipe": recipe, "devices": [], "root": true},
	})
}

unknown contains finding if {
	some recipe, builds in _undecided
	not _root.yes[recipe]
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	why := _reason(min(builds))

	finding := object.union(why, {
		"message": sprintf("the key of the root device of %s is not known, and the recipe does not replace it", [
			distribution.parent_phrase(min(builds)),
		]),
		"resource": recipe,
		"property": "parent_image",
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe, "devices": [], "root": true},
	})
}

_root[answer][recipe] contains b if {
	some b, i
	_may_be_root(distribution.devices[b][i].root)
	distribution.by_snapshot(b, i)
	distribution.output_shared(b) != "no"
	answer := distribution.aws_managed(b, i)
	recipe := input.builds[b].recipe
}

_undecided[recipe] contains b if {
	some recipe, builds in _root.unknown
	some b in builds
}

# Not even the name of the root device is known; a mapping may replace it, which
# IBL001, IBL002 and IBL036 look at.
_undecided[recipe] contains b if {
	some b, build in input.builds
	build.devices_unknown
	recipe := build.recipe
	distribution.output_shared(b) != "no"
	distribution.parent_may_be_encrypted(b)
	not _knows_root(b)
	not _maps_something(b)
}

_may_be_root(true)

_may_be_root(root) if value.is_unknown(root)

_knows_root(b) if {
	some device in distribution.devices[b]
	device.root == true
}

_maps_something(b) if {
	some i, device in distribution.devices[b]
	device.reference
}

_maps_something(b) if {
	some i, _ in distribution.devices[b]
	distribution.encrypts_without_key(b, i)
}

_inherits(recipe, b) := sprintf("%s takes the root device of its parent image %s under %s", [
	distribution.label(recipe),
	distribution.parent_text(b),
	_key_text(b),
])

_key_text(b) := sprintf("%s, because the snapshot belongs to another account", [_default(b)]) if {
	some device in distribution.devices[b]
	_may_be_root(device.root)
	device.basis == "default_key"
} else := "the AWS managed key"

_default(b) := distribution.default_key_text(b, distribution.build_region(b))

_reason(b) := whys[0] if {
	whys := [distribution.device_reason(b, i) |
		some i, device in distribution.devices[b]
		_may_be_root(device.root)
		distribution.by_snapshot(b, i)
		distribution.aws_managed(b, i) == "unknown"
	]
} else := distribution.explanation(input.builds[b].devices_unknown, distribution.parent_settle(b))
