package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   Why it is not known whether a statement covers a call: an entry for each element
#   that could not be decided.
open_elements(document, i, action, carrier, resource) := array.flatten([
	_open_effect(document, i),
	_open_action(document, i, action),
	_open_resource(document, i, resource),
	_open_conditions(document, i, action, carrier),
])

# METADATA
# description: The principals of a statement that are not known.
open_principals(document, i) := [_entry(document, i, "principal", unknown) |
	statement := input.documents[document].statements[i]
	some element in ["principals", "not_principals"]
	some unknown in _unknown_principals(statement[element])
]

# METADATA
# description: What of a document as a whole is not known.
document_entries(document) := [_document_entry("", document)] if {
	value.is_unknown(document)
} else := [_document_entry(document, input.documents[document])] if {
	value.is_unknown(input.documents[document])
} else := [_document_entry(document, unknown) | unknown := input.documents[document].incomplete]

# METADATA
# description: The ID of a document, empty when it is not known which document it is.
document_name(document) := document if {
	is_string(document)
} else := ""

_open_effect(document, i) := [_entry(document, i, "effect", effect) |
	effect := input.documents[document].statements[i].effect
	value.is_unknown(effect)
]

_open_action(document, i, action) := [_entry(document, i, "action", unknown) |
	covers_action(document, i, action) == "unknown"
	statement := input.documents[document].statements[i]
	some element in ["actions", "not_actions"]
	some unknown in value.unknown_items(statement[element])
]

_open_resource(document, i, resource) := [_entry(document, i, "resource", unknown) |
	statement := input.documents[document].statements[i]
	matching_resources(document, resource)[i] != "yes"
	some element in ["resources", "not_resources"]
	some unknown in _unknowns(statement[element], [resource])
]

_open_conditions(document, i, action, carrier) := array.concat(
	[object.union(_entry(document, i, "condition", unknown), {"key": test.key}) |
		some j, test in input.documents[document].statements[i].conditions
		answer_of_test(document, i, j, action, carrier) == "unknown"
		carried := _carried(context_values(carrier, action, lower(test.key)))
		some unknown in _unknowns(test.values, carried)
	],
	[_entry(document, i, "condition", unknown) | unknown := input.documents[document].statements[i].undecided],
)

_unknown_principals(principals) := [principals] if {
	value.is_unknown(principals)
} else := [unknown |
	some principal in principals
	some unknown in _unknowns([principal.identifier], [])
]

_carried(carried) := [{"$unknown": sprintf("it is not known which of %s the call carries", [
	concat(" and ", [item | some list in carried["$either"]; some item in list]),
])}] if {
	_ = carried["$either"]
} else := carried_list(carried)

# METADATA
# description: What a call carries, as one list; of several possibilities the first.
carried_list(carried) := carried["$one_of"][0] if {
	_ = carried["$one_of"]
} else := carried["$either"][0] if {
	_ = carried["$either"]
} else := carried

# The unknowns of a list written in the policy or carried by the call, or else the
# stand-ins in them.
_unknowns(written, carried) := unknowns if {
	unknowns := array.concat(value.unknown_items(written), value.unknown_items(carried))
	unknowns != []
} else := [_standin(hole) |
	some list in [written, carried]
	some item in list
	is_string(item)
	some hole in regex.find_n(`\{(account|region)-[^{}]*\}`, item, -1)
]

_standin(hole) := {
	"$unknown": sprintf("the %s of a root is not known", [{"{acco": "account", "{regi": "Region"}[substring(hole, 0, 5)]]),
	"$settle": account_line,
}

_document_entry(document, unknown) := {
	"document": document,
	"element": "document",
	"reason": value.reason(unknown),
	"settle": value.settle(unknown),
}

_entry(document, i, element, unknown) := object.union(
	_document_entry(document, unknown),
	{"statement": i, "element": element},
)

# METADATA
# description: The configuration line that says which account a template is deployed in.
account_line := `accounts: {"ACCOUNT": {roots: [PATH], region: REGION}}`
