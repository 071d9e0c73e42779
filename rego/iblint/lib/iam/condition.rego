package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: Whether the Condition of a statement holds for a call, all of its tests.
condition_answer(document, i, action, carrier) := "yes" if {
	statement := input.documents[document].statements[i]
	not statement.conditions
	not statement.undecided
} else := all_of({answer_of_test(document, i, j, action, carrier) |
	some j, _ in input.documents[document].statements[i].conditions
} | {"unknown" | input.documents[document].statements[i].undecided})

# METADATA
# description: |
#   Whether one test of a Condition holds. Where the call carries one of several
#   values and nobody knows which, an Allow is taken to hold if it holds for one of
#   them and a Deny only if it holds for all, where AWS says so ($one_of); else
#   both are unknown unless all answers are the same ($either).
answer_of_test(document, i, j, action, carrier) := answer if {
	statement := input.documents[document].statements[i]
	test := statement.conditions[j]
	carried := context_values(carrier, action, lower(test.key))
	written := written_values(document, test.values, action, carrier)
	answers := {operator_answer(test.operator, written, values) | some values in _alternatives(carried)}
	answer := _accepted(_leaning(statement.effect, carried), answers)
}

# METADATA
# description: |
#   What a call carries for a condition key, given in lower case: a list, empty when
#   the key is certainly absent; an unknown; {"$one_of": [lists]} or {"$either": [lists]}.
context_values(carrier, action, key) := carrier.context[key] if {
	_ = carrier.context[key]
} else := actor_values(carrier.actor, action, carrier.key, key) if {
	carrier.actor
} else := [] if {
	carrier.complete == true
} else := {"$unknown": sprintf("it is not known what the request carries as %s", [key])}

_alternatives(carried) := carried["$one_of"] if {
	_ = carried["$one_of"]
} else := carried["$either"] if {
	_ = carried["$either"]
} else := [carried]

# With values of which nobody knows which, as little may be taken to hold as with
# an effect that is not known.
_leaning(effect, carried) := effect if not carried["$either"]

_leaning(_, carried) := {"$unknown": "one of several values is carried"} if carried["$either"]

_accepted("Allow", answers) := any_of(answers)

_accepted("Deny", answers) := all_of(answers)

_accepted(effect, answers) := answer if {
	value.is_unknown(effect)
	answer := {1: any_of(answers)}[count(answers)]
} else := "unknown" if {
	value.is_unknown(effect)
}
