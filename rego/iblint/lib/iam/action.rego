package iblint.lib.iam

import data.iblint.lib.wildcard

# METADATA
# description: |
#   The statements of a document whose Action or NotAction may cover the action,
#   by index: "yes" or "unknown". A statement without either covers nothing.
matching_actions(document, action) := {i: answer |
	wanted := lower(action)
	some i, listed in listed_actions(document)
	answer := _listed_answer(listed, wanted)
	answer != "no"
}

# METADATA
# description: Whether a statement covers an action.
covers_action(document, i, action) := object.get(matching_actions(document, action), i, "no")

# METADATA
# description: |
#   The actions of the statements of a document in lower case, by index: names, and
#   patterns with wildcards or unknown parts. Case does not matter in actions.
listed_actions(document) := {i: listed |
	some i, statement in input.documents[document].statements
	listed := _listed(object.filter(statement, ["actions", "not_actions"]))
}

# METADATA
# description: Whether a statement covers an action, from its two elements of actions alone.
elements_cover(elements, action) := _listed_answer(_listed(elements), lower(action))

_listed(elements) := {"negated": negated, "names": texts - patterns, "patterns": patterns} if {
	some element, negated in {"actions": false, "not_actions": true}
	items := elements[element]
	not _is_overruled(elements, element)
	texts := {lower(wildcard.spelled(item)) | some item in _items(items)}
	patterns := {text | some text in texts; regex.match(`[*?{]`, text)}
}

_is_overruled(statement, "not_actions") if statement.actions

_items(items) := items if {
	is_array(items)
} else := [items]

_listed_answer(listed, action) := negation(_action_answer(listed, action)) if {
	listed.negated
} else := _action_answer(listed, action)

_action_answer(listed, action) := "yes" if {
	action in listed.names
} else := any_of({wildcard.match(pattern, action) | some pattern in listed.patterns})
