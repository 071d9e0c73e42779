package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# scope: document
# description: |
#   Whether the recipe maps a device and switches its encryption on, or may do so,
#   without naming a key.
encrypts_without_key(b, i) if {
	device := devices[b][i]
	not device.reference
	_mapped(b, device.mapping).encrypted == true
}

encrypts_without_key(b, i) if {
	device := devices[b][i]
	not device.reference
	value.is_unknown(_mapped(b, device.mapping).encrypted)
}

# METADATA
# scope: document
# description: |
#   Whether it is encryption by default that puts, or may put, a device under
#   the default key: its snapshot, if it has one, is not encrypted.
by_default_encryption(b, i) if {
	device := devices[b][i]
	not device.reference
	not encrypts_without_key(b, i)
	device.because == "default_encryption"
}

by_default_encryption(b, i) if {
	device := devices[b][i]
	not device.reference
	not encrypts_without_key(b, i)
	_is_about_default_encryption(b, device.reason)
}

# METADATA
# scope: document
# description: |
#   Whether it is the snapshot of the parent image that decides about a device:
#   a key of its own, or the default key because it belongs to someone else.
by_snapshot(b, i) if {
	device := devices[b][i]
	not device.reference
	not by_default_encryption(b, i)
	device.basis == "own_snapshot"
}

by_snapshot(b, i) if {
	device := devices[b][i]
	not device.reference
	not by_default_encryption(b, i)
	not encrypts_without_key(b, i)
	device.basis in {"default_key", "unknown"}
}

# METADATA
# description: The default key of the source account in a Region, in a sentence.
default_key_text(b, region) := sprintf("the default EBS key of %s in %s", [
	account_text(source_account(b)),
	region_text(region),
])

# METADATA
# description: The Region of a build; a stand-in, or an unknown, where it is not known.
build_region(b) := object.get(input.builds[b], "region", {"$unknown": "the Region of the build is not known"})

# METADATA
# description: |
#   Reason and settlement of not knowing the key of a device or whether it is
#   encrypted.
device_reason(b, i) := unknown_reason(devices[b][i], parent_settle(b))

# METADATA
# description: Reason and settlement of what is not known of a device.
unknown_reason(device, fallback) := explanation(_unknowns_of(device)[0], fallback) if {
	count(_unknowns_of(device)) > 0
} else := {"reason": "the key of the device is not known", "settle": fallback}

# METADATA
# description: The configuration line that describes the parent image.
parent_settle(b) := sprintf("images: {%q: {owner: %q, %s}} in .iblint.yaml", [
	object.get(input.builds[b], ["parent", "text"], "ami-…"),
	_account_key(b),
	"root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}}",
])

# METADATA
# description: The configuration line that says whether an account encrypts by default.
default_encryption_settle(b, region) := concat(" ", [
	sprintf("accounts: {%q: {ebs_encryption_by_default: {%s: false}}} in .iblint.yaml,", [
		_account_key(b),
		_region_word(region),
	]),
	sprintf("or aws ec2 get-ebs-encryption-by-default --region %s > %s", [
		_region_word(region),
		fact_file([_account_key(b), _region_word(region), "get-ebs-encryption-by-default"]),
	]),
])

# What the linker says of a device that only the setting of the account decides.
_is_about_default_encryption(_, reason) if startswith(reason["$id"], "ebs_encryption_by_default(")

_is_about_default_encryption(b, reason) if {
	reason == input.default_encryption[source_account(b)][build_region(b)].enabled
}

_region_word(region) := region if {
	is_string(region)
	not startswith(region, "{")
} else := "REGION"

_mapped(b, mapping) := input.resources[input.builds[b].recipe].properties.block_devices[_index(mapping)]

_unknowns_of(device) := [unknown |
	some property in ["encrypted", "manager", "key"]
	unknown := device[property]
	value.is_unknown(unknown)
]
