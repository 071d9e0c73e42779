package iblint.lib.iam

import data.iblint.lib.account
import data.iblint.lib.arn
import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   The grants of a key that allow an actor an action: the answers, the IDs of
#   those that certainly do, and why others may. A grant is enough by itself, also
#   for another account.
# related_resources:
#   - https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
granting(actor, action, key) := {
	"answers": {answer | some answer in answers},
	"certain": [id | some id, "yes" in answers],
	"unknown": array.concat(
		[entry | some id, "unknown" in answers; some entry in _open_grant(id)],
		[_grant_entry(key, unknown) | unknown := input.keys[key].grants_unknown],
	),
} if {
	known := {id: answer |
		some id in object.get(input.keys[key], "grants", [])
		_is_independent(id, actor, key)
		answer := grant_answer(id, actor, action)
		answer != "no"
	}
	answers := object.union(known, {key: "unknown" | input.keys[key].grants_unknown})
}

# Who launches in an account is let in by the policy, or by a grant of the key's
# owner. A grant that the account makes itself says nothing: it needs a policy that
# lets the account in already.
_is_independent(_, actor, _) if actor.arn

_is_independent(id, _, key) if {
	account.same(object.get(input.resources[id], "account", ""), object.get(input.keys[key], "account", "")) != "no"
}

# METADATA
# description: Whether a grant allows an actor an action.
grant_answer(id, actor, action) := all_of([
	_operation_answer(grant.operations, trim_prefix(action, "kms:")),
	_grantee_answer(grant.grantee_principal, actor),
	_constraint_answer(object.get(grant, "constraints", []), action),
]) if {
	grant := input.resources[id].properties
}

_operation_answer(operations, name) := any_of({wildcard.same(operation, name) | some operation in operations}) if {
	is_array(operations)
} else := "unknown"

_grantee_answer(grantee, actor) := wildcard.same(grantee, actor.arn) if {
	actor.arn
} else := account.same(arn.parse(grantee).account, actor.account) if {
	actor.account
} else := "unknown" if {
	value.is_unknown(grantee)
} else := "no"

# EC2 sends the ID of the volume or snapshot as encryption context and nothing else.
_constraint_answer(constraints, action) := "unknown" if {
	value.is_unknown(constraints)
	lower(action) in _cryptographic
} else := "no" if {
	lower(action) in _cryptographic
	some name in _constrained(constraints)
	name != "aws:ebs:id"
} else := "unknown" if {
	lower(action) in _cryptographic
	_constrained(constraints) != set()
} else := "yes"

_constrained(constraints) := {name |
	some constraint in constraints
	some name, _ in object.union_n([object.get(constraint, field, {}) |
		some field in ["encryption_context_equals", "encryption_context_subset"]
	])
}

_open_grant(id) := [_grant_entry(id, unknown) |
	grant := input.resources[id].properties
	some unknown in array.concat(
		value.unknown_items([grant.grantee_principal]),
		value.unknown_items(grant.operations),
	)
]

_grant_entry(id, unknown) := {
	"document": id,
	"element": "grant",
	"reason": value.reason(unknown),
	"settle": value.settle(unknown),
}

# METADATA
# scope: document
# description: Whether a key has grants, or may have.
has_grants(key) if count(input.keys[key].grants) > 0

has_grants(key) if input.keys[key].grants_unknown

# METADATA
# description: The result for a key policy with what grants add to it.
with_grants(policy, grants) := object.union(policy, complete_policy({
	"direct": any_of({policy.direct} | grants.answers),
	"by_session": policy.by_session,
	"account": policy.account,
	"denied": policy.denied,
	"denied_itself": policy.denied_itself,
	"grants": grants.certain,
	"unknown": array.concat(policy.unknown, grants.unknown),
}))
