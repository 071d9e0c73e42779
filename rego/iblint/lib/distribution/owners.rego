package iblint.lib.distribution

import data.iblint.lib.iam

# METADATA
# description: |
#   Needs that one of two policies of a key meets and the other does not: which is
#   applied last decides. `lacking` and `granting` are where they are written.
contests contains contest if {
	some need in _contestable
	some other in input.keys[need.key].other_policies
	first := _summary_of(input.keys[need.key].policy, need)
	second := _summary_of(other.document, need)
	own := policy_place(need.key, need.uses)
	theirs := object.filter(other, ["resource", "property"])
	some [lacking, granting, missing] in _differences(first, second, own, theirs)
	contest := {
		"key": need.key,
		"who": needy_text(need),
		"missing": missing,
		"lacking": lacking,
		"granting": granting,
		"jobs": {job | some job in needs_jobs({need})},
	}
}

# METADATA
# description: |
#   Whether the other policy of a key gives an actor all of the actions, so that it is
#   the double ownership that is at fault and not the policy.
is_contested(actor, actions, key) if {
	some other in input.keys[key].other_policies
	summary := access_summary({action: access |
		some action in actions
		access := _access_by(other.document, actor, action, key)
	})
	count(summary.missing) == 0
	count(summary.denied) == 0
	count(summary.undecided) == 0
}

# METADATA
# description: |
#   What roles lose to lists that remove policies: the role, the policy and the list,
#   and the actions that nothing else grants.
losses contains loss if {
	some found in _roles_that_distribute
	left := [policy.document | some policy in input.roles[found.role].policies; not policy.removed_by]
	attached := [policy.document | some policy in input.roles[found.role].policies]
	missing := sort([action | some action in {action |
		some [action, resource, key] in _needed_actions(found)
		iam.actor_identities(attached, found.actor, action, resource, key).verdict == "allow"
		iam.actor_identities(left, found.actor, action, resource, key).verdict == "none"
	}])
	count(missing) > 0
	removed := min({{
		"name": _policy_name(policy),
		"resource": policy.resource,
		"property": policy.property,
		"by": policy.removed_by,
	} |
		some policy in input.roles[found.role].policies
		policy.removed_by
	})
	loss := {
		"role": found.role,
		"removed": removed,
		"missing": missing,
		"jobs": copy_jobs(uses_by(found.source, null), {found.account}),
	}
}

# Every actor that needs a key with two policies.
_contestable contains need if {
	some key, uses in key_uses
	count(input.keys[key].other_policies) > 0
	some actor, by_actor in _by_actor(uses)
	need := object.union(_need("key_policy", actor, key, actor.account, by_actor), {"actions": iam.distribution})
}

_contestable contains need if {
	some key, by_regions in target_uses
	count(input.keys[key].other_policies) > 0
	some regions, uses in by_regions
	some account in accounts_of(uses)
	actor := target_actor(null, account, key_partition(key), regions)
	need := object.union(_need("key_policy", actor, key, account, uses), {"actions": iam.distribution})
}

_contestable contains need if {
	some key, uses in launch_uses
	count(input.keys[key].other_policies) > 0
	some account in launch_accounts(uses)
	owns(account, key) != "yes"
	actor := iam.launch_account(account, key_partition(key))
	need := object.union(_need("key_policy", actor, key, account, uses), {"actions": {"kms:CreateGrant"}})
}

_summary_of(document, need) := access_summary({action: access |
	some action in need.actions
	access := _access_by(document, need.actor, action, need.key)
})

_access_by(document, actor, action, key) := iam.judge_policy(
	document,
	"key",
	iam.actor_caller(actor),
	iam.key_text(key),
	action,
	iam.actor_carrier(document, actor, key, iam.key_text(key)),
)

_differences(first, second, own, theirs) := {[own, theirs, first.missing] |
	count(hard_or_denied(first)) > 0
	_is_clean(second)
} | {[theirs, own, second.missing] |
	count(hard_or_denied(second)) > 0
	_is_clean(first)
}

# METADATA
# description: The actions that are missing, kms:Encrypt aside, or denied.
hard_or_denied(summary) := array.concat(hard(summary.missing), summary.denied)

_is_clean(summary) if {
	count(hard_or_denied(summary)) == 0
	count(summary.undecided) == 0
}

# Roles that a list takes policies from.
_roles_that_distribute contains {"role": role.role, "actor": actor, "account": account, "source": source} if {
	count(_reduced_roles) > 0
	some source, _ in builds_of
	some account in targets_of(source)
	some role in target_roles(source, account)
	role.role in _reduced_roles
	actor := target_actor(role.role, account, _role_partition(role.role), [])
}

_reduced_roles contains id if {
	some id, role in input.roles
	some policy in role.policies
	policy.removed_by
}

_needed_actions(found) := {[action, _copy_resource(resource, found.actor), null] |
	some action, resource in copy_actions
} | {[action, iam.key_text(key), key] |
	some action in iam.required
	some key in _keys_for(found.account)
}

_keys_for(account) := {key |
	some key, by_regions in target_uses
	some uses in by_regions
	account in accounts_of(uses)
}

_policy_name(policy) := policy.name if {
	is_string(policy.name)
} else := object.get(policy, "arn", "a policy")
