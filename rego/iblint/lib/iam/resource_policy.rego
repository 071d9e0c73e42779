package iblint.lib.iam

# METADATA
# description: |
#   A key policy (kind "key") or trust policy (kind "trust") judged for a request:
#   whether it lets the caller in by itself ("direct"), or its account, whose
#   policies must then allow it too.
resource_policy(document, request, kind) := judge_policy(
	document,
	kind,
	caller_of(request),
	request.resource,
	request.action,
	request_carrier(document, request),
)

# METADATA
# description: A key or trust policy judged for a call.
judge_policy(document, kind, caller, resource, action, carrier) := open_policy(document) if {
	is_open_document(document)
} else := judged if {
	judged := _judged(document, kind, caller, resource, action, carrier)
	judged.open == []
} else := object.union(judged, {"unknown": array.concat(document_entries(document), entries)}) if {
	judged := _judged(document, kind, caller, resource, action, carrier)
	entries := [entry |
		some i in judged.open
		some entry in array.concat(
			open_elements(document, i, action, carrier, resource),
			_principal_entries(document, i, caller),
		)
	]
}

_principal_entries(document, i, caller) := open_principals(document, i) if {
	matching_principals(document, caller)[i] in {"unknown", "account_or_direct"}
} else := []

_judged(document, kind, caller, resource, action, carrier) := judged_policy(
	document,
	{[i, manner] | some i, manner in matching_principals(document, caller)},
	_policy_resources(document, kind, resource),
	action,
	carrier,
)

# Trust policies have no Resource element: they are about the role that they
# belong to.
_policy_resources(document, "key", resource) := matching_resources(document, resource)

_policy_resources(document, "trust", _) := {i: "yes" | some i, _ in input.documents[document].statements}

# METADATA
# description: |
#   The result for a key or trust policy, from the statements whose principals cover
#   the caller, each with how they do, and the resources that match; the statements
#   that are open instead of the reasons.
judged_policy(document, covers, resources, action, carrier) := object.union(policy_verdicts(signature), {
	"document": document,
	"allow": [i | some [i, "Allow", "yes", manner] in applied; manner != "unknown"],
	"deny": [i | some [i, "Deny", "yes", manner] in applied; not manner in {"unknown", "some"}],
	"open": array.concat(
		[i | some [i, _, answer, manner] in applied; "unknown" in {answer, _columns.listed[manner]}],
		[-1 | input.documents[document].incomplete],
	),
	"grants": [],
	"unknown": [],
}) if {
	acting := matching_actions(document, action)
	applied := [[i, effect, all_of([answer, known]), manner] |
		some [i, manner] in covers
		answer := statement_answer(document, i, [acting[i], resources[i]], action, carrier)
		answer != "no"
		[effect, known] := _effect(input.documents[document].statements[i].effect)
	]
	marks := {[effect, answer, manner] | some [_, effect, answer, manner] in applied}
	signature := marks | {["Allow", "unknown", "unknown"] | input.documents[document].incomplete}
}
