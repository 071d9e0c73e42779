package iblint.lib.distribution

# METADATA
# description: |
#   What findings about the policies of roles have in common. Needs are for one role
#   or for several with policies of one wording, in one account each.
role_finding(needs) := _role_finding(needs, sort([place |
	some place in {_policies_place(need.role, need.uses) | some need in needs}
]))

# METADATA
# description: What findings about what is attached to roles have in common.
attachment_finding(needs) := _role_finding(needs, sort([place |
	some place in {_place(need.role, need.uses, "") | some need in needs}
]))

# METADATA
# description: What findings about the trust policies of roles have in common.
trust_finding(needs) := _role_finding(needs, sort([place |
	some place in {_place(need.role, need.uses, "assume_role_policy") | some need in needs}
]))

# METADATA
# description: What findings about the permissions boundaries of roles have in common.
boundary_finding(needs) := _role_finding(needs, sort([place |
	some place in {_place(need.role, need.uses, "permissions_boundary") | some need in needs}
]))

# METADATA
# description: The words for a role of which it is only assumed that it is in the target account.
assumption_text(needs) := sprintf(", assuming that the role is deployed in %s", [accounts_text(accounts)]) if {
	accounts := {need.account | some need in needs; need.assumed}
	count(accounts) > 0
} else := ""

# METADATA
# description: The kinds of keys of needs with the keys, in a sentence.
uses_text(needs) := concat(" and ", sort([text |
	some text in {sprintf("%s %s", [use_text(need.uses), key_text(need.key)]) | some need in needs}
]))

# METADATA
# description: What supplies the policies of a role that no template has.
role_settle(need) := concat(" ", [
	sprintf("roles: {%q: {trust: policies/trust.json, policies: [policies/role.json]}} in .iblint.yaml,", [
		placeholders(_role_arn(need)),
	]),
	role_command(need.account, _last_step(_role_arn(need))),
])

# METADATA
# description: The command that shows whether an account has a role, and whom it trusts.
role_command(account, name) := sprintf("or aws iam get-role --role-name %s > %s", [
	name,
	fact_file([placeholders(account), name, "get-role"]),
])

_role_arn(need) := arn if {
	arn := input.roles[need.role].arn
} else := need.actor.arn

_role_finding(needs, places) := {
	"resource": places[0].resource,
	"property": places[0].property,
	"related": array.concat(
		[object.union(place, {"message": "the same in another account"}) | some place in array.slice(places, 1, 4)],
		key_use_places(needs),
	),
	"jobs": needs_jobs(needs),
	"subject": {"roles": sort([id | some id in {need.role | some need in needs}])},
}

# The inline policy that speaks of KMS, or the role.
_policies_place(id, _) := {"resource": policy.resource, "property": policy.property} if {
	policies := [policy |
		some policy in input.roles[id].policies
		policy.source in {"inline", "customer_managed"}
		input.resources[policy.resource]
		_speaks_of_kms(policy.document)
	]
	policy := policies[0]
} else := {"resource": id, "property": ""} if {
	input.resources[id]
}

_policies_place(id, uses) := _place(id, uses, "") if {
	not input.resources[id]
	count([policy |
		some policy in input.roles[id].policies
		policy.source in {"inline", "customer_managed"}
		input.resources[policy.resource]
		_speaks_of_kms(policy.document)
	]) == 0
}

_speaks_of_kms(document) if {
	some statement in input.documents[document].statements
	some action in statement.actions
	is_string(action)
	startswith(lower(action), "kms:")
}

_place(id, _, property) := {"resource": id, "property": property} if input.resources[id]

_place(id, uses, _) := sort([place | some place in {place |
	some use in uses
	place := {
		"resource": input.builds[use.build].distribution,
		"property": path(use.entry, "ami.target_account_ids"),
	}
}])[0] if {
	not input.resources[id]
}
