package iblint.lib.iam

# METADATA
# description: |
#   Whether the policy and the grants of a key let an actor, or its account, use it
#   for an action.
key_policy_access(actor, action, key) := _with_grants(policy, grants) if {
	policy := resource_policy(_key_document(key), key_request(actor, action, key), "key")
	grants := granting(actor, action, key)
}

# METADATA
# description: Whether an actor's own policies allow an action on a key, without its boundary.
identity_access(actor, action, key) := identity_answer(actor, key_request(actor, action, key))

# METADATA
# description: Whether an actor's own policies allow an action on a resource that is no key.
identity_action(actor, action, resource) := identity_answer(actor, resource_request(actor, action, resource, null))

# METADATA
# description: Whether the permissions boundary of an actor allows an action on a key.
boundary_access(actor, action, key) := boundary_answer(actor, key_request(actor, action, key))

# METADATA
# description: Whether the permissions boundary of an actor allows an action on a resource that is no key.
boundary_action(actor, action, resource) := boundary_answer(actor, resource_request(actor, action, resource, null))

# METADATA
# description: Whether the trust policy of a role lets an actor, or its account, assume it.
trust_access(actor, role) := resource_policy(
	input.roles[role].trust,
	trust_request(actor, role),
	"trust",
)

# METADATA
# description: The request that an actor makes to assume a role.
trust_request(actor, role) := resource_request(
	actor,
	"sts:AssumeRole",
	object.get(input.roles[role], "arn", {"$unknown": "the ARN of the role is not known"}),
	object.get(input.roles[role], "account", {"$unknown": "the account of the role is not known"}),
)

# METADATA
# description: |
#   The decision of AWS on an actor that uses a key, from the key's policy and
#   grants, the actor's own policies and its boundary.
key_access(actor, action, key) := _granted_or(decision(policy, identity, boundary, request), granted) if {
	request := key_request(actor, action, key)
	policy := resource_policy(_key_document(key), request, "key")
	identity := identity_answer(actor, request)
	boundary := _boundary_or_null(actor, request)
	granted := any_of(granting(actor, action, key).answers)
}

# METADATA
# description: |
#   The actor's own policies judged for a request. Those of the people of a launch
#   account are taken to allow it.
identity_answer(actor, request) := _allow_all if {
	actor.kind in {"launch_account", "grant_creator"}
} else := identity_policies(identity_documents(actor), request)

# METADATA
# description: The policies that say what an actor may do, by document ID or unknown.
identity_documents(actor) := ["aws|AWSServiceRoleForImageBuilder"] if {
	actor.kind == "service_linked_role"
} else := [document | document := "aws|AutoScalingServiceRolePolicy"; input.documents[document]] if {
	actor.kind == "auto_scaling"
} else := array.concat([policy.document | some policy in role.policies], object.get(role, "policies_unknown", [])) if {
	role := input.roles[actor.role]
} else := [{"$unknown": "no template has the role", "$settle": "roles: {<arn of the role>: {policies: [<file>]}}"}]

# METADATA
# description: The permissions boundary of an actor judged for a request; it allows all when there is none.
boundary_answer(actor, request) := identity_policy(document, request) if {
	document := input.roles[actor.role].boundary.document
} else := _allow_all

_allow_all := {
	"verdict": "allow", "granted": "yes", "allowed": "yes", "denied": "no",
	"allow": [], "deny": [], "unknown": [],
}

_boundary_or_null(actor, request) := boundary_answer(actor, request) if {
	input.roles[actor.role].boundary
} else := null

_key_document(key) := input.keys[key].policy if {
	input.keys[key].policy
} else := {
	"$unknown": "the policy of the key is not known",
	"$settle": sprintf("keys: {%q: {policy: <file>}}", [key]),
}

_with_grants(policy, grants) := _policy_result(object.union(policy, {
	"direct": any_of({policy.direct} | grants.answers),
	"grants": grants.certain,
	"unknown": array.concat(policy.unknown, grants.unknown),
}))

_granted_or(decided, granted) := {
	"verdict": decision_verdict(allowed, decided.denied),
	"allowed": allowed,
	"denied": decided.denied,
} if {
	allowed := any_of([decided.allowed, granted])
}
