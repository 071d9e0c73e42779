package iblint.lib.distribution

import data.iblint.lib.iam
import data.iblint.lib.region

# METADATA
# description: |
#   The principals of key and trust policies that are ARNs of another partition than
#   the key or role, by document: the statement, the ARN, and both partitions.
foreign_principals[document] contains spot if {
	some document, expected in _partition_of_policies
	some i, statement in input.documents[document].statements
	some principal in statement.principals
	found := arn_partition(principal.identifier)
	found != expected
	spot := {"statement": i, "identifier": principal.identifier, "partition": found, "expected": expected}
}

# METADATA
# description: The partition that an ARN is of; not defined for other texts, and where it is not known.
arn_partition(text) := parts[1] if {
	is_string(text)
	parts := split(text, ":")
	parts[0] == "arn"
	not contains(parts[1], "{")
}

# METADATA
# description: The partition of a resource, by its Region; not defined where that is not known.
resource_partition(id) := region.partition(input.resources[id].region) if {
	region.is_name(input.resources[id].region)
}

# METADATA
# description: |
#   The actions of a need that would be granted if the ARN of a principal were of the
#   right partition (IBL034).
foreign_actions(need) := {action |
	document := _document_of(need)
	foreign_principals[document]
	some action in need.missing
	some spot in iam.other_partition(need.actor, action, need.key, document)
	some other in foreign_principals[document]
	other.statement == spot
}

_document_of(need) := input.keys[need.key].policy if {
	need.side == "key_policy"
} else := input.roles[need.role].trust if {
	need.side == "trust"
} else := ""

_partition_of_policies := object.union(_partition_of_key_policies, _partition_of_trust_policies)

# As a rule with keys, each document would look through all keys.
# regal ignore:prefer-set-or-object-rule
_partition_of_key_policies := {document: region.partition(input.keys[key].region) |
	some key, _ in used_keys
	document := input.keys[key].policy
	is_string(document)
	region.is_name(input.keys[key].region)
}

# regal ignore:prefer-set-or-object-rule
_partition_of_trust_policies := {document: resource_partition(role) |
	some role in _roles_of_targets
	document := input.roles[role].trust
	is_string(document)
}

_roles_of_targets contains one.role if {
	some source, _ in builds_of
	some account in targets_of(source)
	some one in target_roles(source, account)
}
