package iblint.lib.iam

# METADATA
# description: |
#   A condition operator taken apart: the set operator, whether it ends in
#   IfExists, the positive comparison and whether it is negated. Case does not
#   matter. Not defined for what is no operator.
operator(text) := {
	"set": set,
	"if_exists": name != rest,
	"comparison": known.comparison,
	"negated": known.negated,
} if {
	[set, rest] := _set_operator(lower(text))
	name := trim_suffix(rest, "ifexists")
	known := _comparisons[name]
	not rest == "nullifexists"
}

# METADATA
# description: |
#   Whether a test holds: an operator, the values written in the policy and those
#   that the request carries. AWS rejects operators that it does not know; such a
#   test never holds.
operator_answer(text, written, carried) := "no" if {
	not operator(text)
} else := "unknown" if {
	not is_array(carried)
} else := _null_answer(written, carried) if {
	operator(text).comparison == "null"
} else := _absent_answer(operator(text)) if {
	carried == []
} else := _present_answer(operator(text), written, carried)

# A key that is absent satisfies negated operators, IfExists and ForAllValues.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_absent_answer(parsed) := "yes" if {
	parsed.if_exists
} else := {"all": "yes", "any": "no"}[parsed.set] if {
	parsed.set != "none"
} else := {true: "yes", false: "no"}[parsed.negated]

_present_answer(parsed, written, carried) := all_of({_one(parsed, written, v) | some v in carried}) if {
	parsed.set == "all"
} else := any_of({_one(parsed, written, v) | some v in carried}) if {
	parsed.set == "any"
} else := all_of({_one(parsed, written, v) | some v in carried}) if {
	parsed.negated
} else := any_of({_one(parsed, written, v) | some v in carried})

_one(parsed, written, v) := negation(_matched(parsed.comparison, written, v)) if {
	parsed.negated
} else := _matched(parsed.comparison, written, v)

_matched(comparison, written, v) := "unknown" if {
	not is_array(written)
} else := any_of({comparison_answer(comparison, w, v) | some w in written})

_null_answer(written, carried) := "unknown" if {
	not is_array(written)
} else := any_of({comparison_answer("bool", w, absent) | some w in written}) if {
	absent := {true: "true", false: "false"}[carried == []]
}

_set_operator(text) := ["all", trim_prefix(text, "forallvalues:")] if {
	startswith(text, "forallvalues:")
} else := ["any", trim_prefix(text, "foranyvalue:")] if {
	startswith(text, "foranyvalue:")
} else := ["none", text]

_comparisons := {
	"stringequals": {"comparison": "string", "negated": false},
	"stringnotequals": {"comparison": "string", "negated": true},
	"stringequalsignorecase": {"comparison": "string_ignoring_case", "negated": false},
	"stringnotequalsignorecase": {"comparison": "string_ignoring_case", "negated": true},
	"stringlike": {"comparison": "pattern", "negated": false},
	"stringnotlike": {"comparison": "pattern", "negated": true},
	"numericequals": {"comparison": "number ==", "negated": false},
	"numericnotequals": {"comparison": "number ==", "negated": true},
	"numericlessthan": {"comparison": "number <", "negated": false},
	"numericlessthanequals": {"comparison": "number <=", "negated": false},
	"numericgreaterthan": {"comparison": "number >", "negated": false},
	"numericgreaterthanequals": {"comparison": "number >=", "negated": false},
	"dateequals": {"comparison": "date ==", "negated": false},
	"datenotequals": {"comparison": "date ==", "negated": true},
	"datelessthan": {"comparison": "date <", "negated": false},
	"datelessthanequals": {"comparison": "date <=", "negated": false},
	"dategreaterthan": {"comparison": "date >", "negated": false},
	"dategreaterthanequals": {"comparison": "date >=", "negated": false},
	"bool": {"comparison": "bool", "negated": false},
	"binaryequals": {"comparison": "string", "negated": false},
	"ipaddress": {"comparison": "address", "negated": false},
	"notipaddress": {"comparison": "address", "negated": true},
	"arnequals": {"comparison": "arn", "negated": false},
	"arnlike": {"comparison": "arn", "negated": false},
	"arnnotequals": {"comparison": "arn", "negated": true},
	"arnnotlike": {"comparison": "arn", "negated": true},
	"null": {"comparison": "null", "negated": false},
}
