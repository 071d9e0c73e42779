package iblint.lib.distribution

import data.iblint.lib.group
import data.iblint.lib.iam

# METADATA
# description: |
#   What is needed and not certainly given, by rule. A need is an object: `side`
#   says where it should be given ("key_policy", "identity", "boundary", "trust"),
#   `actor` who needs it (for lib/iam), `key`, `account` whose it is, `uses` what
#   for, `missing`, `denied` and `undecided` actions, `unknown` why those are
#   undecided. Here: the policies of keys of the source account, for the
#   service-linked role.
needs.service_linked_role_key_access contains need if {
	some key, uses in key_uses
	some actor, by_actor in _by_actor(uses)
	actor.kind == "service_linked_role"
	owns(actor.account, key) != "no"
	need := _key_policy_need(actor, iam.distribution, key, actor.account, by_actor)
}

# METADATA
# description: Keys of other accounts, for whoever distributes.
needs.foreign_key_not_shared_with_source contains need if {
	some key, uses in key_uses
	some actor, by_actor in _by_actor(uses)
	owns(actor.account, key) == "no"
	need := _key_policy_need(actor, iam.distribution, key, actor.account, by_actor)
}

# METADATA
# description: Keys of the source account, for an execution role by their policies.
needs.execution_role_access contains need if {
	some key, uses in key_uses
	some actor, by_actor in _by_actor(uses)
	actor.kind == "execution_role"
	owns(actor.account, key) != "no"
	need := _key_policy_need(actor, iam.distribution, key, actor.account, by_actor)
}

# METADATA
# description: |
#   The policies of an execution role, on keys, unless a policy of its own account's
#   key names it.
needs.execution_role_access contains need if {
	some key, uses in key_uses
	some actor, by_actor in _by_actor(uses)
	actor.kind == "execution_role"
	found := _identity_need(actor, iam.distribution, key, actor.account, by_actor)
	need := object.union(found, _role_of(actor))
}

# METADATA
# description: The permissions boundary of an execution role, on keys.
needs.execution_role_boundary contains need if {
	some key, uses in key_uses
	some actor, by_actor in _by_actor(uses)
	input.roles[actor.role].boundary
	summary := iam.boundary_summary(actor, iam.distribution, key)
	_is_unmet(summary)
	need := object.union_n([_need("boundary", actor, key, actor.account, by_actor), summary, _role_of(actor)])
}

# METADATA
# description: The permissions boundary of an execution role, on the roles that it assumes.
needs.execution_role_boundary contains need if {
	some actor, by_account in _copying_actors
	input.roles[actor.role].boundary
	some account, uses in by_account
	access := iam.boundary_action(actor, "sts:AssumeRole", target_role_arn(account, actor))
	need := object.union_n([_need("boundary", actor, "", account, uses), _assume_summary(access), _role_of(actor)])
	_is_unmet(need)
}

# METADATA
# description: The policies of an execution role, on the roles that it assumes.
needs.execution_role_assume contains need if {
	some actor, by_account in _copying_actors
	some account, uses in by_account
	access := _identity_action(actor, "sts:AssumeRole", target_role_arn(account, actor))
	need := object.union_n([_need("identity", actor, "", account, uses), _assume_summary(access), _role_of(actor)])
	_is_unmet(need)
}

# METADATA
# description: Whether Image Builder may use an execution role at all.
needs.execution_role_trust contains need if {
	some actor, by_actor in _by_actor(_all_uses)
	actor.kind == "execution_role"
	access := iam.trust_access(iam.service("imagebuilder.amazonaws.com"), actor.role)
	access.lets_in != "yes"
	need := object.union_n([
		_need("trust", actor, "", actor.account, by_actor),
		_assume_summary(access),
		_role_of(actor),
	])
}

_assume_summary(access) := access_summary({"sts:AssumeRole": access})

_role_of(actor) := {"role": actor.role, "assumed": false}

# Execution roles with the accounts that they copy to and the entries that say so.
_copying_actors[actor] := by_account if {
	some actor, uses in _by_actor(_all_uses)
	actor.kind == "execution_role"
	by_account := {account: found |
		some account in accounts_of(uses)
		found := {use | some use in uses; account in target_accounts(use.build, use.entry)}
	}
}

_all_uses contains {"build": b, "entry": e, "use": "distribution", "certain": true} if {
	some b, e
	outlets[b][e]
	shares(b, e)
}

# METADATA
# description: The ARN of the distribution role of an account, in the partition of an actor.
target_role_arn(account, actor) := sprintf("arn:%s:iam::%s:role/%s", [
	object.get(input.roles, [actor.role, "partition"], "aws"),
	account,
	role_name,
])

# The uses of a key by who distributes.
_by_actor(uses) := group.by_key({[source_actor(use.build), use] | some use in uses})

# The need of an actor for actions on a key, as far as its policy does not meet it.
_key_policy_need(actor, actions, key, account, uses) := need if {
	summary := iam.key_policy_summary(actor, actions, key)
	_is_unmet(summary)
	not is_contested(actor, actions, key)
	need := object.union(_need("key_policy", actor, key, account, uses), summary)
}

# A key policy of the same account that names the actor is enough by itself.
_identity_need(actor, actions, key, account, uses) := need if {
	summary := _identity_summary(actor, actions - _given_directly(actor, actions, key), key)
	_is_unmet(summary)
	need := object.union(_need("identity", actor, key, account, uses), summary)
}

# METADATA
# description: |
#   Whether the policy of the service-linked role is attached to a role. AWS refuses
#   that, so what it allows does not count.
has_service_linked_policy(role) if {
	some policy in input.roles[role].policies
	endswith(object.get(policy, "arn", ""), ":policy/aws-service-role/AWSServiceRoleForImageBuilder")
}

_identity_summary(actor, actions, key) := iam.identity_summary(actor, actions, key) if {
	not has_service_linked_policy(actor.role)
} else := access_summary({action: access |
	some action in actions
	access := iam.actor_identities(_own_documents(actor.role), actor, action, iam.key_text(key), key)
})

_identity_action(actor, action, resource) := iam.identity_action(actor, action, resource) if {
	not has_service_linked_policy(actor.role)
} else := iam.actor_identities(_own_documents(actor.role), actor, action, resource, null)

_own_documents(role) := array.concat(
	[policy.document |
		some policy in input.roles[role].policies
		not endswith(object.get(policy, "arn", ""), ":policy/aws-service-role/AWSServiceRoleForImageBuilder")
	],
	object.get(input.roles[role], "policies_unknown", []),
)

# METADATA
# description: What policies leave out of a need, from the access that they give by action.
access_summary(results) := {
	"missing": sort([action | some action, access in results; access.verdict == "none"]),
	"denied": sort([action | some action, access in results; access.verdict in {"deny", "denied"}]),
	"undecided": sort([action | some action, access in results; access.verdict == "unknown"]),
	"unknown": [entry | some access in results; access.verdict == "unknown"; some entry in access.unknown],
}

_need(side, actor, key, account, uses) := {
	"side": side,
	"actor": actor,
	"key": key,
	"account": account,
	"uses": uses,
}

_given_directly(actor, actions, key) := {action |
	owns(actor.account, key) == "yes"
	some action in actions
	iam.key_policy_access(actor, action, key).direct == "yes"
}

_is_unmet(summary) if count(summary.missing) > 0

_is_unmet(summary) if count(summary.denied) > 0

_is_unmet(summary) if count(summary.undecided) > 0
