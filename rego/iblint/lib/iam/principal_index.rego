package iblint.lib.iam

import data.iblint.lib.value

# A key policy may name hundreds of accounts. So that each of them is found without
# comparing it with all the others, principals that are written in full are indexed.

# METADATA
# description: |
#   How the statements whose principals are all written in full cover a caller that
#   has no holes, by index of the statement. Where several names do, the last of
#   them counts.
naming_statements(document, caller) := object.union_n([{i: how | some i, _ in named} |
	statements := _statements_by_name(document)
	some [how, kind, name] in array.concat(
		[["some", "accounts", caller.account] | caller.whole_account],
		[
			["account", "exact", caller.account],
			["account", "exact", caller.root],
			["direct", "exact", caller.session],
			["role", "exact", caller.arn],
			["direct", "services", caller.service],
			["direct", "exact", "*"],
		],
	)
	named := statements[kind][name]
])

# METADATA
# description: |
#   The statements of a document whose principals must be compared one by one,
#   whoever calls.
statements_to_compare(document) := [i |
	some i, _ in input.documents[document].statements
	not _is_indexed(document, i)
]

_statements_by_name(document) := object.union_n([{kind: {name: {i: true}}} |
	some i, named in named_principals(document, "principals")
	_is_indexed(document, i)
	some kind in ["exact", "services", "accounts"]
	some name in named[kind]
])

_is_indexed(document, i) if {
	named := named_principals(document, "principals")[i]
	{named.open, named.unique_ids, named.sessions} == {set()}
	value.is_absent(input.documents[document].statements[i], "not_principals")
}

# METADATA
# description: |
#   For each statement of a document the first one that says the same, whomever they
#   are for.
alike(document) := [first_saying[said] | some said in said_by] if {
	said_by := [object.remove(statement, {"sid", "principals", "not_principals"}) |
		some statement in input.documents[document].statements
	]
	first_saying := object.union_n(array.reverse([{said: i} | some i, said in said_by]))
}
