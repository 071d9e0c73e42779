package iblint.lib.iam

# METADATA
# description: |
#   The condition keys that are decided for a call: [] certainly absent, a list of
#   values, or an unknown. A key that is not in it is not known.
caller_context(actor, action, key) := object.union_n([
	_actor_context(actor),
	_action_context(action),
	_key_context(key),
	_use_context(actor, key),
	_grant_context(actor, action),
])

# METADATA
# description: What a call carries for one condition key, given in lower case.
actor_values(actor, action, key, name) := [] if {
	startswith(name, "kms:")
	not startswith(lower(action), "kms:")
} else := _grant_context(actor, action)[name] if {
	_ = _grant_context(actor, action)[name]
} else := _use_context(actor, key)[name] if {
	_ = _use_context(actor, key)[name]
} else := _key_context(key)[name] if {
	_ = _key_context(key)[name]
} else := _action_context(action)[name] if {
	_ = _action_context(action)[name]
} else := _actor_context(actor)[name] if {
	_ = _actor_context(actor)[name]
} else := _encryption_context(action) if {
	startswith(name, "kms:encryptioncontext:")
} else := _tag(input.keys[key].resource, trim_prefix(name, "aws:resourcetag/")) if {
	startswith(name, "aws:resourcetag/")
} else := _tag(actor.role, trim_prefix(name, "aws:principaltag/")) if {
	startswith(name, "aws:principaltag/")
} else := {"$unknown": sprintf("it is not known what AWS sends as %s", [name])}

# A tag that the template of a key or role writes. Those that it does not write may
# come from the provider (default_tags) or with the stack.
_tag(resource, tag) := values if {
	values := [written | some name, written in input.resources[resource].properties.tags; lower(name) == tag]
	count(values) == 1
} else := {
	"$unknown": sprintf("no template says whether the tag %s is there", [tag]),
	"$settle": sprintf("write the tag %s in the tags of the resource", [tag]),
}

_encryption_context(action) := [] if {
	lower(action) in _cryptographic
} else := {"$unknown": "the encryption context of the call is not known"}
