# An unknown value is an object. `not x.encrypted` is false for it as if it were true,
# and `x.manager != "aws"` holds for it as if it were something else, so a rule would
# judge what nobody knows. Ask iblint.lib.value for the state first, or say what is
# meant with value.differs or value.may_differ.

# METADATA
# title: negated-value
# description: Negation of a value that may be unknown
# related_resources:
#   - description: What a rule must know of values
#     ref: https://github.com/iblint/iblint/blob/main/docs/architecture.md
# schemas:
#   - input: schema.regal.ast
package custom.regal.rules.iblint["negated-value"]

import data.regal.ast
import data.regal.result

# The leaves of the input that stand as {"$unknown": …} where they are not known.
_leaves := {
	"document",
	"effect",
	"enabled",
	"encrypted",
	"identifier",
	"key_spec",
	"key_usage",
	"manager",
	"name",
	"origin",
	"owner",
	"path",
	"policy",
	"root",
	"root_device",
	"state",
	"trust",
	"version",
}

report contains violation if {
	some rule_index, i
	expr := ast.found.expressions[rule_index][i]

	some term in _negated(expr)
	_may_be_unknown(term)
	not _spelled(term.value) in _asked(rule_index)

	violation := result.fail(rego.metadata.chain(), result.location(expr))
}

# What an expression negates: a value, or its equality with another.
_negated(expr) := [expr.terms] if {
	expr.negated
	expr.terms.type == "ref"
}

_negated(expr) := array.slice(expr.terms, 1, 3) if {
	not expr.negated
	expr.terms[0].value[0].value == "neq"
}

_negated(expr) := array.slice(expr.terms, 1, 3) if {
	expr.negated
	expr.terms[0].value[0].value == "equal"
}

_may_be_unknown(term) if {
	term.type == "ref"
	names := [part.value | some part in term.value; part.type == "string"]
	_is_leaf(names, regal.last(names))
}

_may_be_unknown(term) if {
	term.type == "call"
	[part.value | some part in term.value[0].value] == ["object", "get"]
	term.value[2].value in _leaves
}

_is_leaf(_, last) if last in _leaves

_is_leaf(names, last) if {
	"properties" in names
	last != "properties"
}

# The references whose state the same rule asks for.
_asked(rule_index) := {_spelled(terms[1].value) |
	some expr in ast.found.expressions[rule_index]
	not expr.negated
	terms := expr.terms
	[part.value | some part in terms[0].value] in [["value", "is_known"], ["is_string"], ["is_boolean"], ["is_array"]]
}

_spelled(ref) := [object.remove(part, ["location"]) | some part in ref]
