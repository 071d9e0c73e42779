package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   Why it is not known whether a statement covers a request: an entry for each
#   element that could not be decided.
open_elements(document, i, request) := array.flatten([
	_open_effect(document, i),
	_open_action(document, i, request),
	_open_resource(document, i, request),
	_open_conditions(document, i, request),
])

_open_effect(document, i) := [_entry(document, i, "effect", effect) |
	effect := input.documents[document].statements[i].effect
	value.is_unknown(effect)
]

_open_action(document, i, request) := [_entry(document, i, "action", unknown) |
	statement := input.documents[document].statements[i]
	covers_action(statement, lower(request.action)) == "unknown"
	some element in ["actions", "not_actions"]
	some unknown in value.unknown_items(statement[element])
]

_open_resource(document, i, request) := [_entry(document, i, "resource", unknown) |
	statement := input.documents[document].statements[i]
	matching_resources(document, request.resource)[i] != "yes"
	some element in ["resources", "not_resources"]
	some unknown in _unknowns(statement[element], [request.resource])
]

_open_conditions(document, i, request) := array.concat(
	[object.union(_entry(document, i, "condition", unknown), {"key": test.key}) |
		some j, test in input.documents[document].statements[i].conditions
		test_answer(document, i, j, request) == "unknown"
		some unknown in _unknowns(test.values, _carried_list(context_values(request, lower(test.key))))
	],
	[_entry(document, i, "condition", unknown) | unknown := input.documents[document].statements[i].undecided],
)

_open_principals(document, i, how) := [_entry(document, i, "principal", unknown) |
	how in {"unknown", "account_or_direct"}
	statement := input.documents[document].statements[i]
	some element in ["principals", "not_principals"]
	some unknown in _unknown_principals(statement[element])
]

_unknown_principals(principals) := [principals] if {
	value.is_unknown(principals)
} else := [unknown |
	some principal in principals
	some unknown in _unknowns([principal.identifier], [])
]

_carried_list(carried) := carried["$one_of"][0] if {
	_ = carried["$one_of"]
} else := carried

# The unknowns of a list written in the policy or carried by the request, or else
# the stand-ins in them.
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
	"$settle": "accounts: {\"<number>\": {roots: [<path>], region: <region>}}",
}

_entry(document, i, element, unknown) := {
	"document": document,
	"statement": i,
	"element": element,
	"reason": value.reason(unknown),
	"settle": value.settle(unknown),
}
