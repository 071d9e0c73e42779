package iblint.lib.distribution

import data.iblint.lib.account

# METADATA
# scope: document
# description: |
#   The entries for which a key is needed, by key: `use` says whether it is the key
#   of a device of the image ("recipe") or that of the entry ("distribution");
#   `certain` is false where it depends on the Region of the build.
key_uses[key] contains {"build": b, "entry": e, "use": "recipe", "certain": true} if {
	some b, e
	outlets[b][e]
	shares(b, e)
	some key in object.keys(recipe_keys(b))
}

key_uses[key] contains {"build": b, "entry": e, "use": "distribution", "certain": answer == "yes"} if {
	some b, e
	entries[b][e]
	key := entry_key_id(b, e)
	answer := copy_shared(b, e)
	answer != "no"
}

# METADATA
# description: |
#   The uses of a key by target accounts, by the Regions through which EC2 may call
#   KMS: for the key of the image and a copy to another Region, either of the two.
target_uses[key][regions] contains use if {
	some key, uses in key_uses
	some use in uses
	copies_to_accounts(use.build, use.entry)
	regions := _regions(use)
}

# METADATA
# description: The target accounts of uses of a key.
accounts_of(uses) := union({target_accounts(use.build, use.entry) | some use in uses})

# METADATA
# scope: document
# description: |
#   The uses of keys by those who may launch the AMI where it is, by key: of the
#   key that encrypts the AMI that is shared.
launch_uses[key] contains {"build": b, "entry": e, "use": use, "certain": certain} if {
	some b, e
	outlets[b][e]
	permits_launch(b, e)
	artefacts := shared_artefacts(b, e)
	some use in artefacts
	some key in _artefact_keys(b, e, use)
	certain := _is_key_of_all(b, e, key, artefacts)
}

# The copies of target accounts are shared further with the key of the entry.
launch_uses[key] contains {"build": b, "entry": e, "use": "distribution", "certain": true} if {
	some b, e
	entries[b][e]
	permits_launch(b, e)
	copies_to_accounts(b, e)
	key := entry_key_id(b, e)
}

# METADATA
# description: Whether the key of a use encrypts an AMI that others may launch where it is.
encrypts_shared_ami(use) if {
	permits_launch(use.build, use.entry)
	use.use in shared_artefacts(use.build, use.entry)
}

# METADATA
# description: |
#   Where a use of a key is written: the mapping of the recipe, the parent image, or
#   the key of the entry.
use_place(use, key) := {
	"resource": input.builds[use.build].distribution,
	"property": path(key_entry(use.build, use.entry), "ami.kms_key"),
} if {
	use.use == "distribution"
} else := object.filter(places[0], ["resource", "property"]) if {
	places := sort([place | some place in recipe_keys(use.build)[key]])
} else := outlet_place(use.build, use.entry, "ami")

# METADATA
# description: Where uses of a key are written, once each.
use_places(uses, key) := sort([place | some place in {object.union(use_place(use, key), {"message": "used here"}) |
	some use in uses
}])

# METADATA
# description: |
#   "yes", "no" or "unknown": whether an account owns a key. An account of a build
#   that is not known is none of its targets.
owns(account_id, key) := account.compare(owner, account_id) if {
	owner := object.get(input.keys[key], "account", {"$unknown": "the account of the key is not known"})
}

# METADATA
# description: The recipe key or the distribution key, in a sentence.
use_text(uses) := concat(" and ", sort([word | some word in {_use_word(use.use) | some use in uses}]))

_use_word("recipe") := "recipe key"

_use_word("distribution") := "distribution key"

_use_word("default") := "default key"

_regions(use) := [] if {
	use.use != "recipe"
} else := [] if {
	in_build_region(use.build, use.entry) == "yes"
} else := sort([region |
	some region in {build_region(use.build), outlets[use.build][use.entry].region}
	is_string(region)
])

_artefact_keys(b, _, "recipe") := object.keys(recipe_keys(b))

_artefact_keys(b, e, "distribution") := {key | key := entry_key_id(b, e)}

_artefact_keys(b, e, "default") := {setting.key |
	image_encrypted(b) != "no"
	setting := default_key(source_account(b), outlets[b][e].region)
	setting.manager == "customer"
	setting.key != ""
}

_is_key_of_all(b, e, key, artefacts) if {
	every use in artefacts {
		key in _artefact_keys(b, e, use)
	}
} else := false

# METADATA
# description: The keys that encrypt AMIs which others get, by key, with their uses.
used_keys[key] := uses if {
	some key in (object.keys(key_uses) | object.keys(launch_uses))
	uses := object.get(key_uses, key, set()) | object.get(launch_uses, key, set())
}

# METADATA
# description: |
#   Whether a template creates the key, so that what it does not say of it is the
#   default.
is_described(key) if {
	resource := input.resources[input.keys[key].resource]
	resource.dialect != "configuration"
	resource.kind == "kms_key"
}

# METADATA
# description: |
#   What findings about a key itself have in common: the key, or where it is used if
#   no template has it.
key_subject(key, uses) := {
	"resource": place.resource,
	"property": place.property,
	"related": [used | some used in use_places(uses, key); object.filter(used, ["resource", "property"]) != place],
	"jobs": sort([job | some job in all_jobs(uses)]),
	"subject": {"keys": [key]},
} if {
	place := _key_place(key, uses)
}

_key_place(key, _) := {"resource": resource, "property": ""} if {
	resource := input.keys[key].resource
	input.resources[resource]
}

_key_place(key, uses) := object.filter(use_places(uses, key)[0], ["resource", "property"]) if {
	not input.resources[input.keys[key].resource]
}
