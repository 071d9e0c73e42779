package iblint.lib.iam

import data.iblint.lib.wildcard

# METADATA
# description: |
#   The values of a test with its policy variables filled in. A value with a
#   variable that the call does not carry is left out: it matches nothing.
written_values(document, values, action, carrier) := values if {
	not _has_variables(document, values)
} else := [filled |
	some item in values
	filled := filled_in(item, action, carrier)
]

# METADATA
# scope: document
# description: |
#   A text with its policy variables filled in; what is not known of it is a hole.
#   Not defined when a variable without default is not carried by the call.
filled_in(text, _, _) := text if not _has_variable(text)

filled_in(text, action, carrier) := strings.replace_n(fillings, spelled) if {
	_has_variable(text)
	spelled := wildcard.spelled(text)
	variables := {variable | some variable in regex.find_n(`\$\{[^{}]*\}`, spelled, -1)}
	fillings := {variable: filling |
		some variable in variables
		filling := _filling(variable, action, carrier)
	}
	count(fillings) == count(variables)
}

_has_variables(document, values) if {
	substitutes(document)
	some item in values
	_has_variable(item)
}

_has_variable(text) if contains(wildcard.spelled(text), "${")

# ${*}, ${?} and ${$} are the characters themselves.
_filling("${*}", _, _) := wildcard.literal("*")

_filling("${?}", _, _) := wildcard.literal("?")

_filling("${$}", _, _) := "$"

_filling(variable, action, carrier) := filling if {
	not variable in {"${*}", "${?}", "${$}"}
	[[_, name, _, default_text]] := regex.find_all_string_submatch_n(_variable, variable, -1)
	filling := _carried_text(context_values(carrier, action, lower(name)), variable, default_text)
}

_variable := `^\$\{\s*([^,]*?)\s*(,\s*'([^']*)'\s*)?\}$`

_carried_text(carried, _, _) := wildcard.literal(wildcard.spelled(carried[0])) if {
	is_array(carried)
	count(carried) == 1
}

_carried_text([], variable, default_text) := wildcard.literal(default_text) if contains(variable, ",")

_carried_text(carried, _, _) := "{unknown}" if is_object(carried)

# METADATA
# description: Whether a statement whose Resource element has policy variables covers the resource.
variable_answer(document, i, action, carrier) := _filled_answer(statement.resources, action, carrier) if {
	statement := input.documents[document].statements[i]
	statement.resources
} else := negation(_filled_answer(input.documents[document].statements[i].not_resources, action, carrier))

_filled_answer(patterns, action, carrier) := any_of({answer |
	some pattern in patterns
	answer := wildcard.match(filled_in(pattern, action, carrier), carrier.resource)
})
