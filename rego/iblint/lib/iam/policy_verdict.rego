package iblint.lib.iam

# What a statement says for the caller itself, and for its account, by how its
# principals cover the caller. A Deny for someone of an account is none for the
# account.
_columns := {
	"listed": {
		"role": "yes", "direct": "yes", "account": "yes", "some": "yes",
		"account_or_direct": "unknown", "unknown": "unknown", "none": "no",
	},
	"direct": {"role": "yes", "direct": "yes", "account_or_direct": "unknown", "unknown": "unknown"},
	"by_session": {"direct": "yes", "account_or_direct": "unknown", "unknown": "unknown"},
	"account": {"account": "yes", "some": "yes", "account_or_direct": "yes", "unknown": "unknown"},
	"denied": {
		"role": "yes", "direct": "yes", "account": "yes", "account_or_direct": "yes", "unknown": "unknown",
	},
}

# METADATA
# description: |
#   The answers and the verdict that follow from the statements that cover a call,
#   given as a set of [effect, answer, how the principal covers the caller]. An
#   effect that is not known is empty.
policy_verdicts(signature) := complete_policy({
	"direct": _column("direct", "Deny", signature),
	"by_session": _column("by_session", "Deny", signature),
	"account": _column("account", "Deny", signature),
	"denied": _column("denied", "Allow", signature),
	"denied_itself": _column("direct", "Allow", signature),
})

_column(column, other_effect, signature) := any_of({all_of([answer, _columns[column][how]]) |
	some [effect, answer, how] in signature
	effect != other_effect
})

# METADATA
# description: Answers on a policy with the verdict that follows from them.
complete_policy(answers) := object.union(answers, {
	"lets_in": all_of([any_of([answers.direct, answers.account]), negation(answers.denied)]),
	"verdict": _policy_verdict(answers),
})

_policy_verdict(answers) := "denied" if {
	answers.denied == "yes"
} else := "none" if {
	answers.direct == "no"
	answers.account == "no"
} else := "unknown" if {
	answers.denied == "unknown"
} else := "allowed" if {
	answers.direct == "yes"
} else := "allowed_for_account" if {
	answers.account == "yes"
} else := "unknown"

# METADATA
# description: The result for a policy of which nothing is known.
open_policy(document) := complete_policy({
	"document": document_name(document),
	"direct": "unknown", "by_session": "unknown", "account": "unknown", "denied": "no", "denied_itself": "no",
	"allow": [], "deny": [], "open": [-1], "grants": [], "unknown": document_entries(document),
})
