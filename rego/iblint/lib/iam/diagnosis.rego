package iblint.lib.iam

# METADATA
# description: |
#   The statements of the key policy and of the actor's own policies that would
#   grant an action but for conditions that certainly do not hold.
false_conditions(actor, action, key) := policy | identity if {
	request := key_request(actor, action, key)
	policy := _false_conditions(_key_document(key), request, "key")
	identity := {found |
		some document in identity_documents(actor)
		some found in _false_conditions(document, request, "identity")
	}
}

# METADATA
# description: |
#   The statements of a role's trust policy that would let an actor in but for
#   conditions that certainly do not hold.
trust_false_conditions(actor, role) := _false_conditions(input.roles[role].trust, trust_request(actor, role), "trust")

# METADATA
# description: |
#   The Deny statements of the key policy, the actor's own policies and its
#   boundary that certainly match.
denies(actor, action, key) := (policy | identity) | boundary if {
	request := key_request(actor, action, key)
	resource := resource_policy(_key_document(key), request, "key")
	policy := {{"document": resource.document, "statement": i, "where": "key_policy"} | some i in resource.deny}
	identity := {object.union(found, {"where": "identity"}) | some found in identity_answer(actor, request).deny}
	boundary := {object.union(found, {"where": "boundary"}) | some found in boundary_answer(actor, request).deny}
}

# METADATA
# description: |
#   The answers of the elements of a statement for a request: action, resource,
#   principal and condition.
element_answers(document, i, request, kind) := {
	"action": covers_action(statement, lower(request.action)),
	"resource": _resource_of(document, i, request, kind),
	"principal": _principal_of(document, i, request, kind),
	"condition": condition_answer(document, i, request),
} if {
	statement := input.documents[document].statements[i]
}

_resource_of(_, _, _, "trust") := "yes"

_resource_of(document, i, request, kind) := variable_answer(document, i, answer, request) if {
	kind != "trust"
	answer := object.get(matching_resources(document, request.resource), i, "no")
}

_principal_of(_, _, _, "identity") := "yes"

_principal_of(document, i, request, kind) := _columns.listed[how] if {
	kind != "identity"
	how := object.get(matching_principals(document, caller_of(request)), i, "none")
}

_false_conditions(document, request, kind) := {found |
	some i, statement in input.documents[document].statements
	statement.effect == "Allow"
	answers := element_answers(document, i, request, kind)
	object.remove(answers, ["condition"]) == {"action": "yes", "resource": "yes", "principal": "yes"}
	some j, test in statement.conditions
	test_answer(document, i, j, request) == "no"
	found := {
		"document": document,
		"statement": i,
		"operator": test.operator,
		"key": test.key,
		"written": written_values(document, test.values, request),
		"carried": _carried_list(context_values(request, lower(test.key))),
	}
}
