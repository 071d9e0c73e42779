package iblint.lib.iam

import data.iblint.lib.account

# METADATA
# description: |
#   The decision of AWS from its parts: a resource_policy result, an identity
#   result, and the result of the permissions boundary (null without one). Within
#   an account the resource policy can grant alone; from another account the
#   caller's own policies must allow it too. A Deny anywhere wins.
decision(policy, identity, boundary, request) := {
	"verdict": decision_verdict(allowed, denied),
	"allowed": allowed,
	"denied": denied,
} if {
	own := all_of([identity.allowed, _limit(boundary, "allowed", "yes")])
	allowed := _allowed(
		account.compare(request.principal_account, request.resource_account),
		_within(policy, own, boundary),
		all_of([any_of([policy.direct, policy.account]), own]),
	)
	denied := any_of([policy.denied, identity.denied, _limit(boundary, "denied", "no")])
}

# METADATA
# scope: document
# description: The verdict for what is allowed and denied.
decision_verdict(_, "yes") := "denied"

decision_verdict("no", denied) := "not_granted" if denied != "yes"

decision_verdict("yes", "no") := "allowed"

decision_verdict("yes", "unknown") := "unknown"

decision_verdict("unknown", denied) := "unknown" if denied != "yes"

_allowed("yes", within, _) := within

_allowed("no", _, across) := across

_allowed("unknown", within, across) := within if {
	within == across
} else := "unknown"

# What a resource policy grants to a role by its ARN is limited by the boundary of
# the role; what it grants to a session or to everybody is not.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
_within(policy, own, boundary) := any_of([
	policy.by_session,
	all_of([policy.direct, _limit(boundary, "allowed", "yes")]),
	all_of([policy.account, own]),
])

_limit(null, _, otherwise) := otherwise

_limit(boundary, field, _) := boundary[field] if boundary != null
