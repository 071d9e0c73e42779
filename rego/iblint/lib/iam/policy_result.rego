package iblint.lib.iam

import data.iblint.lib.value

_policy_facts(document, request, kind) := _open_policy(document, document) if {
	value.is_unknown(document)
} else := _open_policy(document, input.documents[document]) if {
	value.is_unknown(input.documents[document])
} else := {
	"document": document,
	"direct": any_of(_column(document, "direct", "Allow", applied) | remainder),
	"by_session": any_of(_column(document, "by_session", "Allow", applied) | remainder),
	"account": any_of(_column(document, "account", "Allow", applied) | remainder),
	"denied": any_of(_column(document, "denied", "Deny", applied)),
	"denied_itself": any_of(_column(document, "direct", "Deny", applied)),
	"allow": _certain(document, "Allow", applied),
	"deny": _certain(document, "Deny", applied),
	"unknown": _open_entries(document, request, applied),
} if {
	applied := applied_statements(document, request, kind)
	remainder := _remainder(document)
}

_open_policy(document, unknown) := object.union(_open_facts(document, unknown), {
	"document": _document_name(document),
	"direct": "unknown", "by_session": "unknown", "account": "unknown", "denied_itself": "no",
})

# What a statement says for the caller itself, and for its account, by how its
# principals cover the caller. A Deny for someone of an account is none for the
# account.
_columns := {
	"listed": {
		"role": "yes", "direct": "yes", "account": "yes", "some": "yes", "account_or_direct": "yes",
		"unknown": "unknown", "none": "no",
	},
	"direct": {"role": "yes", "direct": "yes", "account_or_direct": "unknown", "unknown": "unknown"},
	"by_session": {"direct": "yes", "account_or_direct": "unknown", "unknown": "unknown"},
	"account": {"account": "yes", "some": "yes", "account_or_direct": "yes", "unknown": "unknown"},
	"denied": {
		"role": "yes", "direct": "yes", "account": "yes", "account_or_direct": "yes", "unknown": "unknown",
	},
}

_column(document, column, effect, applied) := {answer |
	some i, statement in applied
	written := _has_effect(input.documents[document].statements[i].effect, effect)
	answer := all_of({written, statement.answer, _columns[column][statement.how]})
}

_has_effect(written, effect) := "yes" if {
	written == effect
} else := "unknown" if {
	value.is_unknown(written)
}

_certain(document, effect, applied) := [i |
	some i, statement in applied
	statement.answer == "yes"
	_columns.denied[object.get({"some": "account"}, statement.how, statement.how)] == "yes"
	input.documents[document].statements[i].effect == effect
]

_open_entries(document, request, applied) := array.concat(
	[entry |
		some i, statement in applied
		"unknown" in {statement.answer, statement.how}
		some entry in array.concat(open_elements(document, i, request), _open_principals(document, i, statement.how))
	],
	_remainder_entries(document),
)

_policy_result(facts) := object.union(facts, {
	"lets_in": all_of([any_of([facts.direct, facts.account]), negation(facts.denied)]),
	"verdict": _policy_verdict(facts),
})

_policy_verdict(facts) := "denied" if {
	facts.denied == "yes"
} else := "none" if {
	facts.direct == "no"
	facts.account == "no"
} else := "unknown" if {
	facts.denied == "unknown"
} else := "allowed" if {
	facts.direct == "yes"
} else := "allowed_for_account" if {
	facts.account == "yes"
} else := "unknown"
