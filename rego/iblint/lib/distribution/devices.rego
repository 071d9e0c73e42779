package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# description: |
#   The devices of the image of a build, by index of build and device. `mapping`
#   is the path of the recipe's mapping, `reference` the key that the mapping
#   names. A mapping that names a key is taken to mean it, even where it forgets
#   to switch encryption on (IBL030).
devices[b][i] := device if {
	some b, build in input.builds
	some i, found in build.devices
	device := object.union_n([
		{"name": device_name(found), "root": object.get(found, "root", false), "from": object.get(found, "from", "parent")},
		_mapping(build.recipe, found),
		_protection(build.recipe, found),
	])
}

# METADATA
# description: The name of a device in a sentence.
device_name(device) := name if {
	name := value.text(device.device_name)
	value.is_known(device.device_name)
} else := "the root device" if {
	device.root == true
} else := "a device whose name is not known"

# METADATA
# description: |
#   What is not known of the devices of a build: its recipe, or whether there are
#   more devices.
devices_unknown(b) := [reason |
	some property in ["recipe_unknown", "devices_unknown"]
	reason := input.builds[b][property]
]

# METADATA
# description: Whether any device of the output AMI is encrypted.
image_encrypted(b) := "yes" if {
	some device in devices[b]
	device.encrypted == true
} else := "unknown" if {
	some device in devices[b]
	value.is_unknown(device.encrypted)
} else := "unknown" if {
	count(devices_unknown(b)) > 0
} else := "unknown" if {
	not input.builds[b].recipe
} else := "no"

# METADATA
# description: Why it is not known whether the output AMI is encrypted.
encryption_unknown(b) := reasons[0] if {
	reasons := array.concat(
		[device.encrypted | some device in devices[b]; value.is_unknown(device.encrypted)],
		devices_unknown(b),
	)
} else := {"$unknown": "the recipe is not known"}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether a device is under an AWS managed key. A
#   device that is not encrypted is not.
aws_managed(b, i) := "no" if {
	devices[b][i].encrypted == false
} else := "yes" if {
	devices[b][i].encrypted == true
	devices[b][i].manager == "aws"
} else := "no" if {
	devices[b][i].manager == "customer"
} else := "unknown"

# METADATA
# description: Whether a device is bound to a key that is certainly customer managed, by the recipe.
bound(b, i) if {
	devices[b][i].basis == "named_key"
	devices[b][i].manager == "customer"
}

# METADATA
# description: Whether the recipe of a build names a key in some mapping that may be customer managed.
names_customer_key(b) if {
	some device in devices[b]
	device.reference
	value.may_differ(object.get(device, "manager", ""), "aws")
}

# METADATA
# description: |
#   The default EBS key of an account in a Region: `manager`, and `key` if it is
#   customer managed. AWS's own unless something says otherwise.
default_key(account, region) := {
	"manager": object.get(setting, "manager", "aws"),
	"key": object.get(setting, "key", ""),
	"by": object.get(setting, "key_by", ""),
} if {
	setting := object.get(input.default_encryption, [account, region], {})
}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether an account encrypts new volumes of a Region
#   by default. "unset" where nothing says.
encrypts_by_default(account, region) := "unset" if {
	value.is_absent(object.get(input.default_encryption, [account, region], {}), "enabled")
} else := "yes" if {
	input.default_encryption[account][region].enabled == true
} else := "no" if {
	input.default_encryption[account][region].enabled == false
} else := "unknown"

_mapping(recipe, device) := object.union(
	{"mapping": mapping},
	{"reference": found |
		input.resources[recipe].properties.block_devices[_index(mapping)].kms_key
		found := reference(recipe, concat(".", [mapping, "kms_key"]))
	},
) if {
	device.from == "recipe"
	mapping := split(device.property, ".")[0]
} else := {}

_protection(recipe, device) := {"encrypted": true, "basis": "named_key", "manager": manager, "key": key} if {
	named := _mapping(recipe, device).reference
	manager := object.get(named, "manager", {"$unknown": object.get(named, "reason", "the key is not known")})
	key := object.get(named, "key", "")
} else := {
	"encrypted": object.get(device, "encrypted", {"$unknown": "the snapshot of the device is not known"}),
	"basis": object.get(device, "basis", "unknown"),
	"because": object.get(device, "because", ""),
	"reason": object.get(device, "reason", {}),
	"manager": _manager(device),
	"key": object.get(device, "key", ""),
}

_manager(device) := device.manager

_manager(device) := "aws" if {
	value.is_absent(device, "manager")
	device.basis == "default_key"
	not device.key
}

_manager(device) := "none" if {
	value.is_absent(device, "manager")
	device.basis == "not_encrypted"
}

_manager(device) := {"$unknown": "the key of the device is not known"} if {
	value.is_absent(device, "manager")
	not device.basis in {"default_key", "not_encrypted"}
}

_manager(device) := {"$unknown": "the key of the device is not known"} if {
	value.is_absent(device, "manager")
	device.basis == "default_key"
	device.key
}

# METADATA
# description: The device of a mapping in a sentence, given a path into the mapping.
mapping_name(recipe, property) := device_name(mapping) if {
	mapping := input.resources[recipe].properties.block_devices[_index(property)]
} else := "a device"

_index(property) := to_number(split(trim_prefix(property, "block_devices["), "]")[0])
