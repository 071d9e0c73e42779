package iblint.lib.iam

# METADATA
# description: |
#   Whether the policy and the grants of a key let an actor, or its account, use it
#   for an action.
key_policy_access(actor, action, key) := key_policy(actor, action, key) if {
	not has_grants(key)
} else := with_grants(key_policy(actor, action, key), granting(actor, action, key))

# METADATA
# description: Whether the policy of a key lets an actor, or its account, use it, without grants.
key_policy(actor, action, key) := judge_policy(
	document,
	"key",
	actor_caller(actor),
	key_text(key),
	action,
	actor_carrier(document, actor, key, key_text(key)),
) if {
	document := key_document(key)
}

# METADATA
# description: Whether an actor's own policies allow an action on a key, without its boundary.
identity_access(actor, action, key) := _identity(actor, action, key_text(key), key)

# METADATA
# description: Whether an actor's own policies allow an action on a resource that is no key.
identity_action(actor, action, resource) := _identity(actor, action, resource, null)

# METADATA
# description: Whether the permissions boundary of an actor allows an action on a key.
boundary_access(actor, action, key) := _boundary(actor, action, key_text(key), key)

# METADATA
# description: Whether the permissions boundary of an actor allows an action on a resource that is no key.
boundary_action(actor, action, resource) := _boundary(actor, action, resource, null)

# METADATA
# description: Whether the trust policy of a role lets an actor, or its account, assume it.
trust_access(actor, role) := judge_policy(
	document,
	"trust",
	actor_caller(actor),
	null,
	"sts:AssumeRole",
	actor_carrier(document, actor, null, null),
) if {
	document := input.roles[role].trust
}

# METADATA
# description: |
#   The decision of AWS on an actor that uses a key: from the key's policy and
#   grants, the actor's own policies and its boundary. A grant is enough by itself.
key_access(actor, action, key) := _with_granted(decided, any_of(granting(actor, action, key).answers)) if {
	decided := decision(
		key_policy(actor, action, key),
		identity_access(actor, action, key),
		_boundary_or_null(actor, action, key),
		{"principal_account": _account_to(actor, key_account(key)), "resource_account": key_account(key)},
	)
}

# METADATA
# description: |
#   The decision of AWS on an actor that assumes a role: from the role's trust policy
#   and the actor's own policies and boundary.
assume_access(actor, role) := decision(
	trust_access(actor, role),
	_identity(actor, "sts:AssumeRole", input.roles[role].arn, null),
	_boundary(actor, "sts:AssumeRole", input.roles[role].arn, null),
	{"principal_account": actor.account, "resource_account": input.roles[role].account},
)

# The account of an actor as it compares with the owner of what it uses.
_account_to(actor, owner) := owner if {
	actor.stand_in == owner
} else := actor.account

_identity(actor, action, resource, key) := _allow_all if {
	actor.kind in {"launch_account", "grant_creator"}
} else := actor_identities(identity_documents(actor), actor, action, resource, key)

_boundary(actor, action, resource, key) := actor_identities([document], actor, action, resource, key) if {
	document := input.roles[actor.role].boundary.document
} else := _allow_all

_boundary_or_null(actor, action, key) := boundary_access(actor, action, key) if {
	input.roles[actor.role].boundary
} else := null

_allow_all := {
	"verdict": "allow", "granted": "yes", "allowed": "yes", "denied": "no",
	"allow": [], "deny": [], "unknown": [],
}

_with_granted(decided, granted) := {
	"verdict": decision_verdict(allowed, decided.denied),
	"allowed": allowed,
	"denied": decided.denied,
} if {
	allowed := any_of([decided.allowed, granted])
}
