package iblint.lib.edit

import data.iblint.lib.distribution
import data.iblint.lib.iam

# METADATA
# description: |
#   What to write so that the policy of a key meets needs: the missing actions in the
#   statement of the account where there is one, else a statement of its own for the
#   account. The account, not a role in it: a role must exist before the key does.
key_policy(key, needs) := {edit |
	some edit in (_to_own_statements(document, needs) | _with_statement(document, unserved))
} if {
	document := input.keys[key].policy
	not input.keys[key].default_policy
	unserved := {need | some need in needs; count(_own_statements(document, need)) == 0}
}

# METADATA
# description: |
#   What to write so that the policies of a role meet needs on keys and on roles: the
#   missing actions in a statement on the key where there is one, else statements.
role_policy(role, needs) := {edit |
	some edit in (_to_statements_on_keys(role, on_keys) | _with_statements(role, further))
} if {
	on_keys := {need | some need in needs; need.key != ""}
	unserved := {need | some need in on_keys; not _statement_on_key(role, need.key)}
	further := array.concat(_key_statements(unserved), _assume_statements(needs - on_keys))
}

# METADATA
# description: What to write so that a role trusts the accounts of those who need it.
trust_policy(role, needs) := {append_items(place.resource, _statements(place.property), [{
	"effect": "Allow",
	"principals": _roots({need.actor.account | some need in needs}, _role_partition(role)),
	"actions": ["sts:AssumeRole"],
}])} if {
	place := distribution.document_place(input.roles[role].trust)
}

# METADATA
# description: What to write so that a role trusts a service.
service_trust(role, service) := {append_items(place.resource, _statements(place.property), [{
	"effect": "Allow",
	"principals": [{"type": "Service", "identifier": service}],
	"actions": ["sts:AssumeRole"],
}])} if {
	place := distribution.document_place(input.roles[role].trust)
}

# METADATA
# description: Statements for a policy that is written in the role, or attached to it.
role_statements(role, statements) := {append_items(place.resource, _statements(place.property), statements)} if {
	place := distribution.document_place(_own_documents(role)[0])
}

_to_own_statements(document, needs) := {edit |
	place := distribution.document_place(document)
	some i, missing in {i: actions |
		some need in needs
		i := min(_own_statements(document, need))
		actions := _missing({other | some other in needs; min(_own_statements(document, other)) == i})
	}
	edit := append_items(place.resource, sprintf("%s[%d].actions", [_statements(place.property), i]), missing)
}

_with_statement(document, needs) := {append_items(place.resource, _statements(place.property), [{
	"effect": "Allow",
	"principals": _roots({need.account | some need in needs}, partition),
	"actions": _missing(needs),
	"resources": ["*"],
}])} if {
	count(needs) > 0
	place := distribution.document_place(document)
	partition := min({distribution.key_partition(need.key) | some need in needs})
} else := set()

# The statements of a key policy for nobody but the account of a need, in which an
# action can be added.
_own_statements(document, need) := {i |
	some i, statement in input.documents[document].statements
	_is_extensible(statement)
	"*" in statement.resources
	count(statement.principals) > 0
	every principal in statement.principals {
		principal.type == "AWS"
		principal.identifier in _names_of(need)
	}
}

_names_of(need) := {
	need.account,
	_root(need.account, distribution.key_partition(need.key)),
	object.get(need.actor, "arn", need.account),
}

_is_extensible(statement) if {
	statement.effect == "Allow"
	count(statement.actions) > 0
	object.get(statement, "conditions", []) == []
	not statement.not_principals
	not statement.not_resources
	not statement.undecided
}

_to_statements_on_keys(role, needs) := {edit |
	some [document, i], found in {spot: found |
		some need in needs
		spot := _statement_on_key(role, need.key)
		found := {other | some other in needs; _statement_on_key(role, other.key) == spot}
	}
	place := distribution.document_place(document)
	edit := append_items(place.resource, sprintf("%s[%d].actions", [_statements(place.property), i]), _missing(found))
}

_with_statements(role, statements) := role_statements(role, statements) if {
	count(statements) > 0
} else := set()

_key_statements(needs) := [{
	"effect": "Allow",
	"actions": _missing(needs),
	"resources": [_key_value(key) | some key in {need.key | some need in needs}],
} |
	count(needs) > 0
]

_assume_statements(needs) := [{
	"effect": "Allow",
	"actions": _missing(needs),
	"resources": sort([arn | some arn in {distribution.target_role_arn(need.account, need.actor) | some need in needs}]),
} |
	count(needs) > 0
]

# The first statement of a role that speaks of a key and of what one does with keys.
_statement_on_key(role, key) := [[document, i] |
	some document in _own_documents(role)
	some i, "yes" in iam.matching_resources(document, iam.key_text(key))
	statement := input.documents[document].statements[i]
	_is_extensible(statement)
	every action in statement.actions {
		is_string(action)
		startswith(lower(action), "kms:")
	}
][0]

_own_documents(role) := [policy.document |
	some policy in input.roles[role].policies
	policy.source in {"inline", "customer_managed"}
	is_string(policy.document)
	distribution.document_place(policy.document)
]

_key_value(key) := arn_of(resource) if {
	resource := input.keys[key].resource
	input.resources[resource]
} else := key

_missing(needs) := sort([action | some action in {action |
	some need in needs
	some action in distribution.plainly_missing(need)
}])

_roots(accounts, partition) := [{"type": "AWS", "identifier": arn} |
	some arn in sort([arn | some arn in {_root(account, partition) | some account in accounts}])
]

_root(account, partition) := sprintf("arn:%s:iam::%s:root", [partition, account])

_role_partition(role) := object.get(input.roles, [role, "partition"], "aws")

_statements(property) := sprintf("%s.statements", [property])
