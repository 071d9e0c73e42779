package iblint.lib.iam_test

import data.iblint.lib.iam

_policy_answers(direct, by_session, account, denied) := {
	"direct": direct,
	"by_session": by_session,
	"account": account,
	"denied": denied,
}

_identity_answers(allowed, denied) := {"allowed": allowed, "denied": denied}

_same_account := {"principal_account": "111111111111", "resource_account": "111111111111"}

_cross_account := {"principal_account": "222222222222", "resource_account": "111111111111"}

_some_account := {"principal_account": "{account-00000001}", "resource_account": "111111111111"}

_nothing := _policy_answers("no", "no", "no", "no")

_direct := _policy_answers("yes", "no", "no", "no")

_everybody := _policy_answers("yes", "yes", "no", "no")

_account := _policy_answers("no", "no", "yes", "no")

_yes := _identity_answers("yes", "no")

_no := _identity_answers("no", "no")

_open := _identity_answers("unknown", "no")

# Each line: answers of the resource policy, of the own policies, of the boundary,
# the request, the verdict.
_decisions := [
	[_direct, _no, null, _same_account, "allowed"],
	[_direct, _no, null, _cross_account, "not_granted"],
	[_direct, _yes, null, _cross_account, "allowed"],
	[_account, _yes, null, _same_account, "allowed"],
	[_account, _no, null, _same_account, "not_granted"],
	[_account, _yes, null, _cross_account, "allowed"],
	[_nothing, _yes, null, _same_account, "not_granted"],
	[_nothing, _yes, null, _cross_account, "not_granted"],
	[_direct, _no, _no, _same_account, "not_granted"],
	[_direct, _no, _yes, _same_account, "allowed"],
	[_everybody, _no, _no, _same_account, "allowed"],
	[_account, _yes, _no, _same_account, "not_granted"],
	[_direct, _yes, _no, _cross_account, "not_granted"],
	[_direct, _identity_answers("yes", "yes"), null, _cross_account, "denied"],
	[_policy_answers("yes", "no", "no", "yes"), _yes, null, _same_account, "denied"],
	[_direct, _yes, _identity_answers("yes", "yes"), _same_account, "denied"],
	[_nothing, _identity_answers("no", "unknown"), null, _same_account, "not_granted"],
	[_direct, _identity_answers("no", "unknown"), null, _same_account, "unknown"],
	[_account, _open, null, _same_account, "unknown"],
	[_direct, _open, null, _same_account, "allowed"],
	[_direct, _open, null, _cross_account, "unknown"],
	[_policy_answers("no", "no", "unknown", "no"), _no, null, _cross_account, "not_granted"],
	[_policy_answers("no", "no", "unknown", "no"), _yes, null, _cross_account, "unknown"],
	[_policy_answers("unknown", "no", "no", "unknown"), _yes, null, _same_account, "unknown"],
	[_direct, _no, _open, _same_account, "unknown"],
	[_direct, _yes, null, _some_account, "allowed"],
	[_direct, _no, null, _some_account, "unknown"],
	[_nothing, _yes, null, _some_account, "not_granted"],
]

test_decisions if {
	every line in _decisions {
		iam.decision(line[0], line[1], line[2], line[3]).verdict == line[4]
	}
}
