package iblint.lib.distribution

import data.iblint.lib.account
import data.iblint.lib.iam
import data.iblint.lib.value

# METADATA
# description: |
#   Why actions of a need are missing: the statements that would grant them but for
#   a condition that never holds (IBL022), by action.
false_conditions(need) := {action: found |
	some action in need.missing
	_has_conditions(need)
	found := {one |
		some one in _false_conditions(need, action)
		_is_on_side(need, one.document)
		_counts(need.actor.kind, one.key)
	}
	count(found) > 0
}

# METADATA
# description: |
#   Why actions of a need are missing: the statements that would grant them but for
#   an element without effect (IBL023), by action.
without_effect(need) := {action: found |
	need.key != ""
	_has_defects(need)
	explained := false_conditions(need)
	some action in need.missing
	not explained[action]
	found := {one |
		some one in iam.without_effect(need.actor, action, need.key)
		_is_on_side(need, one.document)
		_explains(need.actor.kind, one)
	}
	count(found) > 0
}

# METADATA
# description: The missing actions of a need that no statement would grant, whatever is changed in it.
plainly_missing(need) := [action |
	some action in need.missing
	not false_conditions(need)[action]
	not without_effect(need)[action]
	not action in foreign_actions(need)
]

# METADATA
# description: The Deny statements that take an action of a need away.
deny_statements(need, action) := {object.filter(found, ["document", "statement"]) |
	some found in iam.denies(need.actor, action, need.key)
	found.where == need.side
} if {
	need.key != ""
} else := {{"document": access.document, "statement": i} | some i in access.deny} if {
	need.side == "trust"
	access := iam.trust_access(need.actor, need.role)
} else := {object.filter(found, ["document", "statement"]) |
	some found in _copy_access(need.side, need.actor, action, _resource_of(need, action)).deny
}

# METADATA
# description: Every need that is not met or of which it is not known, whatever rule it belongs to.
all_needs contains need if {
	some found in needs
	some need in found
}

_resource_of(need, action) := _copy_resource(copy_actions[action], need.actor) if {
	copy_actions[action]
} else := target_role_arn(need.account, need.actor)

# METADATA
# description: |
#   Where it is not known whether a need is met, what decides: "deny" where only
#   Deny statements are open, "condition" where only conditions whose values are not
#   known are, "element" where only actions without value are, else "policy".
open_question(unknowns) := "deny" if {
	count(unknowns) > 0
	every entry in unknowns {
		input.documents[entry.document].statements[entry.statement].effect == "Deny"
	}
} else := "condition" if {
	count(unknowns) > 0
	every entry in unknowns {
		entry.element == "condition"
		_has_unwritten_values(entry)
	}
} else := "element" if {
	count(unknowns) > 0
	every entry in unknowns {
		entry.element == "action"
	}
} else := "policy"

# METADATA
# description: |
#   "error", "warning" or "none": how bad the missing actions of a need are. EBS does
#   not need kms:Encrypt; who launches needs kms:CreateGrant above all.
severity_of(kind, actions) := "none" if {
	count(actions) == 0
} else := "error" if {
	kind != "launch_account"
	some action in actions
	action != "kms:Encrypt"
} else := "error" if {
	kind == "launch_account"
	"kms:CreateGrant" in actions
} else := "warning"

_false_conditions(need, _) := iam.trust_false_conditions(need.actor, need.role) if need.side == "trust"

_false_conditions(need, action) := iam.false_conditions(need.actor, action, need.key) if {
	need.side != "trust"
	need.key != ""
}

_is_on_side(need, document) if {
	need.side == "key_policy"
	document == input.keys[need.key].policy
}

_is_on_side(need, document) if {
	need.side == "identity"
	value.differs(document, input.keys[need.key].policy)
}

_is_on_side(need, _) if need.side == "trust"

# A statement for launching accounts that allows all their actions only for grants
# of AWS services is common, and known to work (IBL019).
_counts("launch_account", key) if lower(key) != "kms:grantisforawsresource"

_counts(kind, _) if kind != "launch_account"

# Conditions are looked at only where there are some.
_has_conditions(need) if {
	need.side == "key_policy"
	_is_conditional(input.keys[need.key].policy)
}

_has_conditions(need) if {
	need.side == "identity"
	need.key != ""
	some document in iam.identity_documents(need.actor)
	is_string(document)
	_is_conditional(document)
}

_has_conditions(need) if {
	need.side == "trust"
	_is_conditional(input.roles[need.role].trust)
}

_is_conditional(document) if {
	some statement in input.documents[document].statements
	statement.conditions
}

# Elements without effect are looked for only where there are some.
_has_defects(need) if {
	need.side == "key_policy"
	_is_defective(input.keys[need.key].policy, "key", iam.key_text(need.key))
}

_has_defects(need) if {
	need.side == "identity"
	some document in iam.identity_documents(need.actor)
	is_string(document)
	_is_defective(document, "identity", null)
}

_is_defective(document, kind, key) if count(iam.defects(document, kind, key)) > 0

_is_defective(document, "key", _) if {
	some statement in input.documents[document].statements
	some principal in statement.principals
	principal.type == "Service"
}

# A service principal is a frequent mistake for the service-linked role; for a role
# in another account such a statement was meant for something else.
_explains(_, found) if found.why != "service_principal"

_explains(kind, found) if {
	found.why == "service_principal"
	kind in {"service_linked_role", "execution_role"}
	found.text in {"imagebuilder.amazonaws.com", "ec2.amazonaws.com"}
}

_has_unwritten_values(entry) if {
	some condition in input.documents[entry.document].statements[entry.statement].conditions
	condition.key == entry.key
	count(value.unknown_items(condition.values)) > 0
}

# METADATA
# description: Whether one of some uses exists whatever the Region of the build is.
is_certain(uses) if {
	some use in uses
	use.certain
}

# METADATA
# scope: document
# description: |
#   Whether it is open if a need is met, and it is the policy itself, or the Region
#   of the build, that decides.
is_open(need) if {
	count(need.undecided) > 0
	count(need.denied) == 0
	count(need.missing) == 0
	open_question(need.unknown) == "policy"
}

is_open(need) if {
	not is_certain(need.uses)
	count(plainly_missing(need)) > 0
}

# METADATA
# description: Reason and settlement of a need that is open.
open_reason(need, fallback) := build_region_reason(use.build) if {
	not is_certain(need.uses)
	count(need.undecided) == 0
	some use in need.uses
} else := {
	"reason": sprintf("the number of the account of %s is not known", [root]),
	"settle": sprintf("accounts: {\"ACCOUNT\": {roots: [%s]}} in .iblint.yaml", [root]),
} if {
	_is_about_accounts(need.unknown)
	root := _roots_without_account(need)[0]
} else := undecided_reason(need.unknown, fallback)

# A policy that is written in full leaves only the question whose account is meant.
_is_about_accounts(unknowns) if count(unknowns) == 0

_is_about_accounts(unknowns) if {
	some entry in unknowns
	entry.settle == iam.account_line
}

# The templates whose account has no number: that of the key, of the builds, of the
# role.
_roots_without_account(need) := [root |
	some id in array.flatten([
		[input.keys[need.key].resource | account.is_standin(input.keys[need.key].account)],
		[input.builds[b].id |
			some b in sort([use.build | some use in need.uses])
			account.is_standin(source_account(b))
		],
		[need.role | is_placeless(need.role)],
	])
	root := input.resources[id].root
]
