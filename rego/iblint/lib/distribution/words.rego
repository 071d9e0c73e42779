package iblint.lib.distribution

import data.iblint.lib.value

# METADATA
# description: |
#   An account in a sentence. The words for a stand-in, "the account of …", are
#   put in by the engine.
account_text(account) := sprintf("account %s", [account]) if {
	not startswith(account, "{")
} else := account

# METADATA
# description: Several accounts in a sentence, the first three of them by number.
accounts_text(accounts) := account_text(account) if {
	[account] = [one | some one in accounts]
} else := sprintf("accounts %s", [enumeration(accounts)])

# METADATA
# description: A collection of texts in a sentence, the first three of them by name.
enumeration(items) := _enumeration(sort([item | some item in items]))

_enumeration(items) := items[0] if count(items) == 1

_enumeration(items) := sprintf("%s and %s", [concat(", ", array.slice(items, 0, last)), items[last]]) if {
	last := count(items) - 1
	last > 0
	last < 3
}

_enumeration(items) := sprintf("%s and %d more", [concat(", ", array.slice(items, 0, 3)), count(items) - 3]) if {
	count(items) > 3
}

# METADATA
# description: What a resource is called in a sentence, such as `recipe "web"`.
label(id) := sprintf("%s %q", [_noun(id), name]) if {
	name := input.resources[id].properties.name
	is_string(name)
	not startswith(name, "{")
} else := sprintf("%s %s", [noun, address(id)]) if {
	noun := _noun(id)
} else := address(id)

_noun(id) := _nouns[input.resources[id].kind]

# METADATA
# description: The address of a resource; its ID where it is outside of the templates.
address(id) := object.get(input.resources, [id, "address"], id)

_nouns := {
	"image_recipe": "recipe",
	"container_recipe": "container recipe",
	"image_pipeline": "pipeline",
	"image": "image",
	"distribution_configuration": "distribution configuration",
	"iam_role": "role",
	"kms_key": "key",
}

# METADATA
# description: A Region in a sentence.
region_text(region) := region if {
	is_string(region)
} else := "a Region that is not known"

# METADATA
# description: The Region of an entry in a sentence.
entry_region(b, e) := region_text(outlets[b][e].region)

# METADATA
# description: A key in a sentence, as its resource or its ARN names it.
key_text(key) := object.get(input.keys, [key, "label"], key)

# METADATA
# description: The property as people read it; "…" stands for what is not known.
property_text(resource, property, fallback) := text if {
	text := value.text(object.get(input.resources[resource].properties, property, fallback))
} else := fallback
