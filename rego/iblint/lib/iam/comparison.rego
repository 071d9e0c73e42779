package iblint.lib.iam

import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# scope: document
# description: |
#   Whether a value of the request compares as wanted with a value written in the
#   policy.
comparison_answer("string", written, carried) := wildcard.same(_text(written), _text(carried))

comparison_answer("string_ignoring_case", written, carried) := wildcard.same(_lower(written), _lower(carried))

comparison_answer("pattern", written, carried) := wildcard.match(_text(written), _text(carried))

comparison_answer("bool", written, carried) := wildcard.same(_lower(written), _lower(carried))

comparison_answer("arn", written, carried) := _arn_answer(_text(written), _text(carried))

comparison_answer("address", written, carried) := "unknown" if {
	_any_unknown(written, carried)
} else := "yes" if {
	_contains_address(_network(written), _network(carried))
} else := "no"

comparison_answer(comparison, written, carried) := "unknown" if {
	_type(comparison) in {"number", "date"}
	_any_unknown(written, carried)
} else := "yes" if {
	[type, relation] := split(comparison, " ")
	_related(relation, _measure(type, _text(carried)), _measure(type, _text(written)))
} else := "no" if {
	_type(comparison) in {"number", "date"}
}

_type(comparison) := split(comparison, " ")[0]

_any_unknown(written, carried) if {
	some x in [written, carried]
	value.is_unknown(x)
}

# Numbers and truth values in a policy document mean the text that they print as.
_text(x) := sprintf("%v", [x]) if {
	_is_plain_scalar(x)
} else := x

_is_plain_scalar(x) if is_boolean(x)

_is_plain_scalar(x) if is_number(x)

_lower(x) := lower(wildcard.spelled(_text(x)))

_measure("number", text) := to_number(text) if {
	is_string(text)
	regex.match(`^-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?$`, text)
}

_measure("date", text) := date_seconds(text) if is_string(text)

_related("==", a, b) if a == b

_related("<", a, b) if a < b

_related("<=", a, b) if a <= b

_related(">", a, b) if a > b

_related(">=", a, b) if a >= b

# The six parts of an ARN are compared one by one: a wildcard does not cross a
# colon, except in the last part, which may hold colons itself.
_arn_answer("*", _) := "yes"

_arn_answer(written, carried) := answer if {
	written != "*"
	answer := _arn_parts_answer(arn_parts(wildcard.spelled(written)), arn_parts(wildcard.spelled(carried)))
}

_arn_parts_answer(written, carried) := all_of({wildcard.match(part, carried[i]) | some i, part in written}) if {
	count(written) == 6
	count(carried) == 6
} else := "no" if {
	_certainly_no_arn(written)
} else := "no" if {
	_certainly_no_arn(carried)
} else := "unknown"

_certainly_no_arn(parts) if {
	count(parts) < 6
	not contains(concat(":", parts), "{unknown}")
}

# METADATA
# description: The parts of a text between colons, the sixth with all that follows.
arn_parts(text) := array.concat(array.slice(parts, 0, 5), rest) if {
	parts := split(text, ":")
	rest := [concat(":", tail) | tail := array.slice(parts, 5, count(parts)); tail != []]
}
