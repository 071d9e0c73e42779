package policies

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// allowedBuiltins are the functions that rules may call: pure, and of a cost
// that the size of their arguments bounds. Everything else - network, clock,
// chance, environment, cryptography - does not exist for the compiler.
func allowedBuiltins() []string {
	return slices.Concat(
		[]string{ // comparison, assignment, arithmetic
			"eq", "assign", "equal", "neq", "lt", "lte", "gt", "gte",
			"plus", "minus", "mul", "div", "rem", "abs", "round", "ceil", "floor",
			"bits.and", "bits.lsh", "bits.negate", "bits.or", "bits.rsh", "bits.xor",
			"numbers.range", "numbers.range_step", "to_number", "units.parse", "units.parse_bytes",
		},
		[]string{ // collections
			"and", "or", "intersection", "union", "count", "sum", "product", "max", "min", "sort",
			"array.concat", "array.flatten", "array.reverse", "array.slice",
			"object.filter", "object.get", "object.keys", "object.remove", "object.subset",
			"object.union", "object.union_n", "walk", "graph.reachable", "graph.reachable_paths",
			"json.filter", "json.remove", "json.patch",
		},
		[]string{ // strings
			"concat", "contains", "endswith", "format_int", "indexof", "indexof_n", "lower", "upper",
			"replace", "split", "sprintf", "startswith", "substring", "trim", "trim_left", "trim_prefix",
			"trim_right", "trim_space", "trim_suffix", "strings.any_prefix_match", "strings.any_suffix_match",
			"strings.count", "strings.replace_n", "strings.reverse", "strings.split_n",
			"regex.find_all_string_submatch_n", "regex.find_n", "regex.is_valid", "regex.match",
			"regex.replace", "regex.split", "regex.template_match", "glob.match", "glob.quote_meta",
			"semver.compare", "semver.is_valid",
		},
		[]string{ // encodings
			"json.is_valid", "json.marshal", "json.unmarshal", "base64.decode", "base64.encode", "base64.is_valid",
			"base64url.decode", "base64url.encode", "base64url.encode_no_pad", "hex.decode", "hex.encode",
			"urlquery.decode", "urlquery.encode",
		},
		[]string{ // addresses and dates, as IAM conditions compare them
			"net.cidr_contains", "net.cidr_contains_matches", "net.cidr_intersects", "net.cidr_is_valid",
			"time.parse_ns", "time.parse_rfc3339_ns", "time.parse_duration_ns", "time.date", "time.clock",
			"time.weekday", "time.diff", "time.add_date", "time.format",
		},
		[]string{ // types and metadata
			"is_array", "is_boolean", "is_null", "is_number", "is_object", "is_set", "is_string", "type_name",
			"rego.metadata.chain", "rego.metadata.rule",
		},
		[]string{ // what the compiler itself puts into modules
			"internal.member_2", "internal.member_3", "internal.template_string", "internal.test_case",
		},
	)
}

// capabilities are OPA's own with the allowed builtins, some further ones and
// without hosts.
func capabilities(further ...string) *ast.Capabilities {
	allowed := map[string]bool{}
	for _, name := range slices.Concat(allowedBuiltins(), further) {
		allowed[name] = true
	}
	all := ast.CapabilitiesForThisVersion()
	all.Builtins = slices.DeleteFunc(all.Builtins, func(b *ast.Builtin) bool {
		return !allowed[b.Name] || b.Nondeterministic
	})
	all.AllowNet = []string{}
	return all
}
