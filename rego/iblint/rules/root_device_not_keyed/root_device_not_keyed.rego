# METADATA
# title: Key is bound to a device that is not the root device
# description: |
#   The recipe names a customer managed key, but not for the root device of the
#   parent image. A mapping of any other name adds a volume; the root stays as the
#   parent image has it, unencrypted, or under the AWS managed key if the account
#   encrypts by default. The root device is /dev/xvda on Amazon Linux and /dev/sda1
#   on Ubuntu, Red Hat, SUSE and Windows.
# related_resources:
#   - description: Device names for volumes on Amazon EC2 instances
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
# custom:
#   id: IBL036
#   name: root-device-not-keyed
#   severity: error
#   category: aws-managed-key
#   step: share
#   remediation: |
#     Map the root device of the parent image, by its own name, with encrypted = true and the key, in a new version of
#     the recipe.
#   prevents:
#     - Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.
#     - "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The name of the root device depends on the parent image. Say it in .iblint.yaml, images: {ami-…: {root_device:
#     /dev/xvda}}, or add the output of aws ec2 describe-images to the facts.
package iblint.rules.root_device_not_keyed

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some recipe, builds in _wrong
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	b := min(builds)

	finding := {
		"message": sprintf("%s binds a key to %s, but the root device of its parent image is %s, which %s", [
			distribution.label(recipe),
			distribution.enumeration(_keyed_names(recipe)),
			_root_device(b),
			_consequence(builds),
		]),
		"resource": recipe,
		"property": sprintf("%s.device_name", [_keyed(recipe)[0]]),
		"related": shared.related,
		"jobs": shared.jobs,
		"severity": _severity(builds),
		"subject": {"recipe": recipe},
	}
}

unknown contains finding if {
	some recipe, builds in _open
	hits := union({distribution.output_hits(b, answer) | some b in builds; some answer in ["yes", "unknown"]})
	shared := distribution.deliveries(hits)
	b := min(builds)
	why := _reason(b)

	finding := object.union(why, {
		"message": sprintf("%s binds a key to %s, and it is not known whether that is the root device of its parent image", [
			distribution.label(recipe),
			distribution.enumeration(_keyed_names(recipe)),
		]),
		"resource": recipe,
		"property": sprintf("%s.device_name", [_keyed(recipe)[0]]),
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"recipe": recipe},
	})
}

_wrong[recipe] contains b if {
	some recipe, builds in _candidates
	some b in builds
	name := _root_device(b)
	value.is_known(name)
	not name in _keyed_devices(recipe)
	every other in _keyed_devices(recipe) {
		value.is_known(other)
	}
	not _is_keyed_otherwise(b, recipe, name)
}

_open[recipe] contains b if {
	some recipe, builds in _candidates
	some b in builds
	_is_open(b, recipe)
	not _parent_is_keyed(b)
}

_is_open(b, recipe) if {
	value.is_unknown(_root_device(b))
	count({"/dev/sda1", "/dev/xvda"} - {name | some name in _keyed_devices(recipe)}) > 0
}

# One of the mappings with a key may be that of the root device.
_is_open(b, recipe) if {
	name := _root_device(b)
	value.is_known(name)
	not name in _keyed_devices(recipe)
	some other in _keyed_devices(recipe)
	value.is_unknown(other)
}

# The recipes that name a key that may be customer managed, and whose image is
# shared as it is.
_candidates[recipe] contains b if {
	some b, build in input.builds
	not build.container
	recipe := build.recipe
	count(_keyed(recipe)) > 0
	distribution.output_shared(b) != "no"
}

_keyed(recipe) := [mapping |
	some i, device in input.resources[recipe].properties.block_devices
	device.kms_key
	object.get(device, "no_device", false) != true
	mapping := sprintf("block_devices[%d]", [i])
	reference := distribution.reference(recipe, sprintf("%s.kms_key", [mapping]))
	value.may_differ(object.get(reference, "manager", ""), "aws")
]

_keyed_devices(recipe) := [name |
	some mapping in _keyed(recipe)
	name := object.get(_device(recipe, mapping), "device_name", {"$unknown": "the device has no name"})
]

_keyed_names(recipe) := {distribution.mapping_name(recipe, mapping) | some mapping in _keyed(recipe)}

_device(recipe, mapping) := input.resources[recipe].properties.block_devices[i] if {
	i := to_number(trim_suffix(trim_prefix(mapping, "block_devices["), "]"))
}

_root_device(b) := name if {
	name := input.builds[b].parent.root_device
} else := name if {
	some device in input.builds[b].devices
	device.root == true
	name := device.device_name
} else := {"$unknown": "the root device of the parent image is not known"}

# The root device has a key from elsewhere: IBL001 and IBL002 look at keys that
# the recipe chooses, and a customer managed key may come from the parent image or
# be the default key.
_is_keyed_otherwise(_, recipe, name) if {
	some device in input.resources[recipe].properties.block_devices
	device.device_name == name
	device.kms_key
}

_is_keyed_otherwise(_, recipe, name) if {
	some device in input.resources[recipe].properties.block_devices
	device.device_name == name
	device.encrypted == true
}

_is_keyed_otherwise(b, _, _) if _parent_is_keyed(b)

_parent_is_keyed(b) if {
	some device in distribution.devices[b]
	device.root == true
	device.manager == "customer"
	device.encrypted == true
}

_has_aws_managed_root(builds) if {
	some b in builds
	some i, device in distribution.devices[b]
	device.root == true
	distribution.aws_managed(b, i) == "yes"
}

_has_unencrypted_root(b) if {
	some device in distribution.devices[b]
	device.root == true
	device.encrypted == false
}

_severity(builds) := "error" if {
	_has_aws_managed_root(builds)
} else := "warning"

_consequence(builds) := "is under the AWS managed key and cannot be shared" if {
	_has_aws_managed_root(builds)
} else := "stays unencrypted" if {
	every b in builds {
		_has_unencrypted_root(b)
	}
} else := "the recipe does not encrypt"

_reason(b) := distribution.explanation(_root_device(b), distribution.parent_settle(b)) if {
	value.is_unknown(_root_device(b))
} else := {"reason": "the name of a device is not known", "settle": "give the variable or parameter a value"}
