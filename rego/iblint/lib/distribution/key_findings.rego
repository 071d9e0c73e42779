package iblint.lib.distribution

# METADATA
# description: |
#   What findings about the policies of keys have in common: the place of the first
#   policy, the others, where the keys are used, and the deliveries. Needs are for
#   one actor or several, and for keys whose policies are one mistake.
key_finding(needs) := {
	"resource": places[0].resource,
	"property": places[0].property,
	"related": array.concat(
		[object.union(place, {"message": "the same policy"}) | some place in array.slice(places, 1, count(places))],
		[place | some place in key_use_places(needs); not _is_place(place, places)],
	),
	"jobs": needs_jobs(needs),
	"subject": {"keys": sort([key | some key in {need.key | some need in needs}])},
} if {
	places := sort([place | some place in {policy_place(need.key, need.uses) | some need in needs}])
}

# METADATA
# description: The keys of needs, in a sentence.
keys_text(needs) := enumeration({key_text(need.key) | some need in needs})

# METADATA
# description: Whoever distributes, of needs of source accounts, in a sentence.
actors_text(needs) := concat(" and ", sort([text | some text in {actor_text(b) |
	some b in {use.build | some use in needs_uses(needs)}
}]))

# METADATA
# description: The accounts of needs, in a sentence.
need_accounts_text(needs) := accounts_text({need.account | some need in needs})

# METADATA
# description: The verb that goes with an enumeration.
verb(items) := "is" if {
	count(items) == 1
} else := "are"

# METADATA
# scope: document
# description: |
#   The uses of keys that are not known, by the place that names them.
unresolved_uses[place] contains use if {
	some b, e
	outlets[b][e]
	shares(b, e)
	some found in unresolved_recipe_keys(b)
	place := object.filter(found, ["resource", "property"])
	use := {"build": b, "entry": e, "use": "recipe", "certain": true}
}

unresolved_uses[place] contains use if {
	some b, e
	entries[b][e]
	unresolved_entry_key(b, e)
	copy_shared(b, e) != "no"
	place := {"resource": input.builds[b].distribution, "property": path(e, "ami.kms_key")}
	use := {"build": b, "entry": e, "use": "distribution", "certain": true}
}

# METADATA
# description: A finding for a key that is not known, and so neither what its policy says.
unresolved_finding(place, uses, question) := object.union(unresolved_reason(place), {
	"message": sprintf("%s encrypts with %s, and neither is %s", [
		label(place.resource),
		_unresolved_key(place),
		question,
	]),
	"resource": place.resource,
	"property": place.property,
	"related": [],
	"jobs": sort([job | some job in all_jobs(uses)]),
	"subject": {"place": place},
})

_unresolved_key(place) := "a key that is not known" if {
	unresolved_text(place) == "a value that is not known"
} else := sprintf("%s, a key that is not known", [unresolved_text(place)])

# METADATA
# description: What is written where a key is not known.
unresolved_text(place) := reference_text(reference(place.resource, place.property)) if {
	endswith(place.property, "kms_key")
	input.references[place.resource][place.property]
} else := "the key of its parent image"

# METADATA
# description: Why a key is not known, and what supplies it.
unresolved_reason(place) := reference_reason(found) if {
	endswith(place.property, "kms_key")
	found := input.references[place.resource][place.property]
} else := [device_reason(use.build, i) |
	some use in unresolved_uses[place]
	some i, device in devices[use.build]
	device.key == ""
	device.encrypted == true
][0]

_is_place(place, places) if {
	some other in places
	other.resource == place.resource
	other.property == place.property
}
