package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# description: |
#   The keys of the devices of the output AMI that need a policy to be used, by
#   key: the places that name them. AWS managed keys are not among them.
recipe_keys(b) := {device.key: places |
	some device in devices[b]
	_needs_policy(device)
	places := {_device_place(b, other) |
		some other in devices[b]
		other.key == device.key
	}
}

# METADATA
# description: |
#   The key that the entry names, with the place; not defined for AWS managed
#   keys, or where the key is not known.
entry_key_id(b, e) := found if {
	named := entry_key(b, e)
	value.may_differ(object.get(named, "manager", ""), "aws")
	found := named.key
}

# METADATA
# description: |
#   Devices whose key is not known, and so neither who may use it; with the
#   reference where the recipe names the key.
unresolved_recipe_keys(b) := {_device_place(b, device) |
	some device in devices[b]
	device.encrypted == true
	device.key == ""
	value.is_unknown(device.manager)
}

# METADATA
# description: The key reference of the entry where it cannot be resolved to a key.
unresolved_entry_key(b, e) := named if {
	named := entry_key(b, e)
	not named.key
	value.may_differ(object.get(named, "manager", ""), "aws")
}

# METADATA
# description: |
#   What encrypts the AMI that an entry lets others launch, as a set of
#   possibilities: `use` is "recipe" or "distribution", "default" for the default
#   key of the source account. Two where it is not known whether the entry is
#   that of the build Region.
shared_artefacts(b, e) := {use | some use in _shared_artefacts(b, e)}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether the AMI that the entry lets others launch is
#   encrypted.
shared_encrypted(b, e) := image_encrypted(b) if {
	in_build_region(b, e) == "yes"
} else := copy_encrypted(b, e) if {
	in_build_region(b, e) == "no"
} else := image_encrypted(b) if {
	image_encrypted(b) == copy_encrypted(b, e)
} else := "unknown"

_shared_artefacts(b, e) := ["recipe"] if in_build_region(b, e) == "yes"

_shared_artefacts(b, e) := [_copy_use(b, e)] if in_build_region(b, e) == "no"

_shared_artefacts(b, e) := ["recipe", _copy_use(b, e)] if in_build_region(b, e) == "unknown"

_copy_use(b, e) := "distribution" if {
	entry_key(b, e)
} else := "default"

# METADATA
# description: |
#   "yes", "no" or "unknown": whether a copy of the AMI that stays in the source
#   account is encrypted: by a key, because the image is, or by default.
copy_encrypted(b, e) := "yes" if {
	entry_key(b, e)
} else := "yes" if {
	image_encrypted(b) == "yes"
} else := "yes" if {
	encrypts_by_default(source_account(b), outlets[b][e].region) == "yes"
} else := "unknown" if {
	image_encrypted(b) == "unknown"
} else := "unknown" if {
	encrypts_by_default(source_account(b), outlets[b][e].region) == "unknown"
} else := "no"

_needs_policy(device) if {
	device.encrypted == true
	device.key != ""
	value.may_differ(device.manager, "aws")
}

_needs_policy(device) if {
	value.is_unknown(device.encrypted)
	device.key != ""
	value.may_differ(device.manager, "aws")
}

_device_place(b, device) := {
	"device": device.name,
	"resource": input.builds[b].recipe,
	"property": _key_property(device),
}

_key_property(device) := concat(".", [device.mapping, "kms_key"]) if {
	device.reference
} else := "parent_image" if {
	device.from == "parent"
} else := object.get(device, "mapping", "")

# METADATA
# description: Where the key of a reference, and the alias that it goes by, are made.
key_places(found) := [place |
	some property, message in {"alias": "the alias is made here", "to": "the key is made here"}
	id := found[property]
	input.resources[id]
	place := {"message": message, "resource": id, "property": ""}
]
