package iblint.rules.explicit_deny

import data.iblint.lib.distribution
import data.iblint.lib.iam

# Control policies of the organization: a service control policy limits the roles of
# the accounts that it reaches, a resource control policy who may use their keys.
# Neither holds for service-linked roles.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
deny contains finding if {
	some policy, hits in _controlled
	certain := {hit | some hit in hits; hit.answer == "yes"}
	count(certain) > 0
	common := _control_finding(policy, certain)

	finding := object.union(common, {
		"message": sprintf("%s denies %s to %s", [
			_control_text(policy),
			distribution.actions_text(common.missing),
			distribution.needy_texts({hit.need | some hit in certain}),
		]),
		"severity": "error",
	})
}

unknown contains finding if {
	some policy, hits in _controlled
	open := {hit |
		some hit in hits
		hit.answer == "unknown"
		not _is_denied(hit.need, hits)
	}
	count(open) > 0
	common := _control_finding(policy, open)
	accounts := {hit.reached | some hit in open}

	why := _control_why(policy, min(accounts), [entry | some hit in open; some entry in hit.open])

	finding := object.union_n([object.remove(common, ["missing"]), why, {"message": sprintf(
		"it is not known whether %s denies %s to %s",
		[
			_control_text(policy),
			distribution.actions_text(common.missing),
			distribution.needy_texts({hit.need | some hit in open}),
		],
	)}])
}

_control_finding(policy, hits) := {
	"resource": policy,
	"property": "content",
	"related": [],
	"jobs": distribution.needs_jobs({hit.need | some hit in hits}),
	"missing": sort([action | some action in {hit.action | some hit in hits}]),
	"subject": {"policy": policy},
}

_is_denied(need, hits) if {
	some hit in hits
	hit.answer == "yes"
	hit.need == need
}

_control_text(policy) := sprintf("%s %s", [
	{
		"SERVICE_CONTROL_POLICY": "service control policy",
		"RESOURCE_CONTROL_POLICY": "resource control policy",
	}[input.resources[policy].properties.type],
	distribution.address(policy),
])

# What control policies deny, or may deny, by policy: calls on keys.
_controlled[policy] contains hit if {
	some policy, document in _control_policies
	some [need, action] in _calls_on_keys
	reached := _governed(policy, need)
	judged := iam.actor_identities([document], need.actor, action, iam.key_text(need.key), need.key)
	hit := _hit(policy, need, action, reached, judged)
}

# Other calls of roles.
_controlled[policy] contains hit if {
	some policy, document in _control_policies
	input.resources[policy].properties.type == "SERVICE_CONTROL_POLICY"
	some [need, action, resource] in (_copies | _assumptions)
	judged := iam.actor_identities([document], need.actor, action, resource, null)
	hit := _hit(policy, need, action, need.actor.account, judged)
}

# Not defined where the policy does not deny the action in the account.
_hit(policy, need, action, account, judged) := {
	"need": need,
	"action": action,
	"answer": answer,
	"reached": account,
	"open": judged.unknown,
} if {
	answer := iam.all_of([judged.denied, _reach(policy, account)])
	answer != "no"
}

# Whose account a policy must reach to count for a call on a key: that of the caller
# for a service control policy, that of the key for a resource control policy.
_governed(policy, need) := need.actor.account if {
	input.resources[policy].properties.type == "SERVICE_CONTROL_POLICY"
} else := input.keys[need.key].account if {
	input.resources[policy].properties.type == "RESOURCE_CONTROL_POLICY"
}

_calls_on_keys contains [need, action] if {
	some key, by_regions in distribution.target_uses
	some regions, uses in by_regions
	some account in distribution.accounts_of(uses)
	actor := distribution.target_actor(null, account, distribution.key_partition(key), regions)
	need := _control_need(actor, key, account, uses)
	some action in iam.required
}

_calls_on_keys contains [need, action] if {
	some key, uses in distribution.key_uses
	some use in uses
	actor := distribution.source_actor(use.build)
	actor.kind == "execution_role"
	need := _control_need(actor, key, actor.account, {use})
	some action in iam.required
}

_calls_on_keys contains [need, "kms:CreateGrant"] if {
	some key, uses in distribution.launch_uses
	some account in distribution.launch_accounts(uses)
	actor := iam.launch_account(account, distribution.key_partition(key))
	need := _control_need(actor, key, account, uses)
}

_copies contains [need, action, resource] if {
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	some regions in distribution.copy_regions(source, account)
	actor := distribution.target_actor(null, account, "aws", regions)
	need := _control_need(actor, "", account, distribution.uses_by(source, null))
	some action, resource in distribution.copy_actions
	resource == "*"
}

_assumptions contains [need, "sts:AssumeRole", distribution.target_role_arn(account, actor)] if {
	some source, _ in distribution.builds_of
	some account in distribution.targets_of(source)
	some b in distribution.builds_of[source]
	actor := distribution.source_actor(b)
	actor.kind == "execution_role"
	need := _control_need(actor, "", account, distribution.uses_by(source, actor))
}

_control_need(actor, key, account, uses) := {
	"side": "control",
	"actor": actor,
	"key": key,
	"account": account,
	"uses": uses,
}

_control_policies[policy] := document if {
	some policy in input.by_kind.organizations_policy
	input.resources[policy].properties.type in {"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"}
	document := sprintf("%s|content", [policy])
	input.documents[document]
}

# Which accounts a root or an organizational unit holds, the configuration says.
_reach(policy, account) := "yes" if {
	some target in _attached_to(policy)
	target in _within(account)
} else := "unknown" if {
	some target in _attached_to(policy)
	_may_hold(target, account)
} else := "no"

_within(account) := {account} | {unit |
	some unit in object.get(input.accounts, [account, "organizational_units"], [])
}

_may_hold(target, _) if not is_string(target)

_may_hold(target, account) if {
	is_string(target)
	not _is_account(target)
	not input.accounts[account].organizational_units
}

_control_why(policy, account, entries) := {
	"reason": sprintf("nothing says whether account %s is in %s", [account, unit]),
	"settle": sprintf("accounts: {%q: {organizational_units: [%s]}} in .iblint.yaml", [account, unit]),
} if {
	unit := min({target |
		some target in _attached_to(policy)
		is_string(target)
		_may_hold(target, account)
	})
} else := distribution.explanation(target, "give the variable or parameter a value") if {
	target := min({open |
		some open in _attached_to(policy)
		_may_hold(open, account)
	})
} else := distribution.undecided_reason(entries, "give the variable or parameter a value")

_is_account(target) if {
	is_string(target)
	regex.match(`^[0-9]{12}$`, target)
}

_attached_to(policy) := {target |
	some id in object.get(input.by_kind, "organizations_policy_attachment", [])
	input.references[id].policy.to == policy
	target := input.resources[id].properties.target
} | {target | some target in object.get(input.resources[policy].properties, "targets", [])}
