package iblint.lib.iam

# METADATA
# description: |
#   The statements of the key policy and of the actor's own policies that would
#   grant an action but for conditions that certainly do not hold.
false_conditions(actor, action, key) := {found |
	some [document, call] in _calls(actor, action, key)
	some found in _false_conditions(document, call)
}

# METADATA
# description: |
#   The statements of a role's trust policy that would let an actor in but for
#   conditions that certainly do not hold.
trust_false_conditions(actor, role) := _false_conditions(input.roles[role].trust, _trust_call(actor))

# METADATA
# description: |
#   The statements of a key policy, or (key empty) trust policy, that would let an
#   actor in if their principals were of its partition.
other_partition(actor, action, key, document) := {i |
	call := _resource_call(actor, action, key)
	own := actor_caller(actor)
	some i, statement in input.documents[document].statements
	statement.effect == "Allow"
	some principal in statement.principals
	_is_other_spelling(principal.identifier, own)
	answers := element_answers(document, i, call)
	object.remove(answers, ["principal"]) == {"action": "yes", "resource": "yes", "condition": "yes"}
}

# METADATA
# description: |
#   The Deny statements of the key policy, the actor's own policies and its
#   boundary that certainly match.
denies(actor, action, key) := union({
	{{"document": policy.document, "statement": i, "where": "key_policy"} | some i in policy.deny},
	{object.union(found, {"where": "identity"}) | some found in identity_access(actor, action, key).deny},
	{object.union(found, {"where": "boundary"}) | some found in boundary_access(actor, action, key).deny},
}) if {
	policy := key_policy(actor, action, key)
}

# METADATA
# description: |
#   The answers of the elements of a statement for a call: action, resource,
#   principal and condition. A call has a kind (of the policy: "key", "trust" or
#   "identity"), an actor, an action, a resource and, for keys, a key.
element_answers(document, i, call) := {
	"action": covers_action(document, i, call.action),
	"resource": _resource_of(document, i, call, carrier),
	"principal": _principal_of(document, i, call),
	"condition": condition_answer(document, i, call.action, carrier),
} if {
	carrier := actor_carrier(document, call.actor, call.key, call.resource)
}

# The policies that decide on the use of a key, each with the call it judges.
_calls(actor, action, key) := {[key_document(key), _call("key", actor, action, key)]} | {[document, call] |
	some document in identity_documents(actor)
	call := _call("identity", actor, action, key)
}

_call(kind, actor, action, key) := {
	"kind": kind,
	"actor": actor,
	"action": action,
	"resource": key_text(key),
	"key": key,
}

_resource_call(actor, action, key) := _trust_call(actor) if {
	key == ""
} else := _call("key", actor, action, key)

_trust_call(actor) := {
	"kind": "trust", "actor": actor, "action": "sts:AssumeRole", "resource": null, "key": null,
}

# Whether an ARN is the caller's, or that of its account, but for the partition.
_is_other_spelling(identifier, own) if {
	parts := split(identifier, ":")
	own_parts := split(own.root, ":")
	parts[1] != own_parts[1]
	concat(":", array.concat(["arn", own_parts[1]], array.slice(parts, 2, count(parts)))) in {own.root, own.arn}
}

_resource_of(document, i, call, carrier) := "yes" if {
	call.kind == "trust"
} else := _resource_known(document, i, answer, call.action, carrier) if {
	answer := object.get(matching_resources(document, call.resource), i, "no")
}

_principal_of(document, i, call) := "yes" if {
	call.kind == "identity"
} else := object.get(_columns.listed, how, "no") if {
	how := object.get(matching_principals(document, actor_caller(call.actor)), i, "none")
}

_false_conditions(document, call) := {found |
	some i, statement in input.documents[document].statements
	statement.effect == "Allow"
	answers := element_answers(document, i, call)
	object.remove(answers, ["condition"]) == {"action": "yes", "resource": "yes", "principal": "yes"}
	some j, test in statement.conditions
	carrier := actor_carrier(document, call.actor, call.key, call.resource)
	answer_of_test(document, i, j, call.action, carrier) == "no"
	found := {
		"document": document,
		"statement": i,
		"operator": test.operator,
		"key": test.key,
		"written": written_values(document, test.values, call.action, carrier),
		"carried": carried_list(context_values(carrier, call.action, lower(test.key))),
	}
}
