package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   One identity policy or permissions boundary judged for a request: verdict,
#   what is allowed and denied as three values, and the statements responsible.
identity_policy(document, request) := _identity_result(_identity_facts(document, request))

# METADATA
# description: Several identity policies judged together; a Deny in one beats an Allow in another.
identity_policies(documents, request) := _identity_result({
	"allowed": any_of({fact.allowed | some fact in facts}),
	"denied": any_of({fact.denied | some fact in facts}),
	"allow": [found | some fact in facts; some found in fact.allow],
	"deny": [found | some fact in facts; some found in fact.deny],
	"unknown": [found | some fact in facts; some found in fact.unknown],
}) if {
	facts := [_identity_facts(document, request) | some document in documents]
}

# METADATA
# description: |
#   The statements of a document that cover a request whoever makes it, by index:
#   "yes" or "unknown".
covering_statements(document, request) := {i: answer |
	resources := matching_resources(document, request.resource)
	some i, action in matching_actions(document, request.action)
	resource := variable_answer(document, i, resources[i], request)
	answer := all_of([action, resource, condition_answer(document, i, request)])
	answer != "no"
}

# METADATA
# description: What is certain, or else open, about a Resource element with policy variables.
variable_answer(document, i, answer, request) := _with_variables(document, i, request) if {
	answer == "variable"
} else := answer

_identity_facts(document, request) := _open_facts(document, document) if {
	value.is_unknown(document)
} else := _open_facts(document, input.documents[document]) if {
	value.is_unknown(input.documents[document])
} else := {
	"allowed": any_of(_effect_answers(document, "Allow", covering) | _remainder(document)),
	"denied": any_of(_effect_answers(document, "Deny", covering)),
	"allow": [{"document": document, "statement": i} | some i in certain_statements(document, "Allow", covering)],
	"deny": [{"document": document, "statement": i} | some i in certain_statements(document, "Deny", covering)],
	"unknown": array.concat(
		[found | some i, "unknown" in covering; some found in open_elements(document, i, request)],
		_remainder_entries(document),
	),
} if {
	covering := covering_statements(document, request)
}

# METADATA
# description: The indexes of statements with the effect that certainly cover.
certain_statements(document, effect, covering) := [i |
	some i, "yes" in covering
	input.documents[document].statements[i].effect == effect
]

_open_facts(document, unknown) := {
	"allowed": "unknown", "denied": "no", "allow": [], "deny": [],
	"unknown": [{
		"document": _document_name(document), "element": "document",
		"reason": value.reason(unknown), "settle": value.settle(unknown),
	}],
}

_document_name(document) := document if {
	is_string(document)
} else := ""

_effect_answers(document, effect, covering) := {answer |
	some i, answer in covering
	input.documents[document].statements[i].effect == effect
} | {"unknown" |
	some i, _ in covering
	value.is_unknown(input.documents[document].statements[i].effect)
}

_remainder(document) := {"unknown" | input.documents[document].incomplete}

_remainder_entries(document) := [{
	"document": document, "element": "document",
	"reason": value.reason(unknown), "settle": value.settle(unknown),
} |
	unknown := input.documents[document].incomplete
]

_identity_result(facts) := object.union(facts, {
	"granted": all_of([facts.allowed, negation(facts.denied)]),
	"verdict": _identity_verdict(facts),
})

_identity_verdict(facts) := "deny" if {
	facts.denied == "yes"
} else := "none" if {
	facts.allowed == "no"
} else := "allow" if {
	facts.allowed == "yes"
	facts.denied == "no"
} else := "unknown"
