package cloudformation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// mostMappingChoices is the number of keys up to which a lookup with an
// unknown key keeps every value that it may have.
const mostMappingChoices = 4

// findInMap evaluates Fn::FindInMap.
func (s scope) findInMap(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::FindInMap", n, 3, 4)
	if !ok {
		return s.invalid(rng)
	}
	var standard *node
	if len(args) == 4 {
		s.needsExtensions("DefaultValue of Fn::FindInMap", args[3].rng)
		if standard = args[3].member("DefaultValue"); standard == nil {
			return s.fail(args[3].rng, "Fn::FindInMap takes only DefaultValue", "The fourth part of Fn::FindInMap must be an object with DefaultValue.")
		}
	}
	keys := []graph.Value{s.eval(args[0]), s.eval(args[1]), s.eval(args[2])}
	v := s.lift(keys, func(keys []graph.Value) graph.Value { return s.lookup(keys, standard, rng) })
	return result(v, rng, keys...)
}

func (s scope) lookup(keys []graph.Value, standard *node, rng hcl.Range) graph.Value {
	name, known := keys[0].AsString()
	if !known {
		if keys[0].IsUnknown() {
			return derived("findinmap", keys[0].Unknown(), rng, keys...)
		}
		return s.fail(rng, "Fn::FindInMap needs names", "The parts of Fn::FindInMap must be strings.")
	}
	mapping, ok := s.mappings[name]
	if !ok {
		return s.missing(standard, s.uncertainNames, rng, "no mapping "+quote(name))
	}
	return s.lookupKey(mapping, keys[1], standard, rng, name, func(inner *node, path string) graph.Value {
		return s.lookupKey(inner, keys[2], standard, rng, path, s.mapped)
	})
}

// mapped is a value of a mapping, with its place as the way it came.
func (s scope) mapped(n *node, path string) graph.Value {
	v := s.eval(n)
	return v.WithVia(graph.Via{Message: "mapping " + path, Range: n.rng})
}

func (s scope) missing(standard *node, unknown *graph.Unknown, rng hcl.Range, what string) graph.Value {
	if standard != nil {
		return s.eval(standard)
	}
	if unknown != nil {
		return graph.UnknownValue(unknown)
	}
	return s.fail(rng, "Fn::FindInMap finds nothing", "The template has "+what+", so CloudFormation rejects it.")
}

// lookupKey finds one level of a mapping. An unknown key leaves the values of
// all keys that it can be.
func (s scope) lookupKey(n *node, key graph.Value, standard *node, rng hcl.Range, path string, then func(*node, string) graph.Value) graph.Value {
	entries, unknown := scope{stack: s.stack, depth: s.depth}.expand(n)
	if text, known := key.AsString(); known {
		for _, e := range entries {
			if e.name == text {
				return then(e.value, path+"."+text)
			}
		}
		return s.missing(standard, unknown, rng, "no key "+quote(text)+" in mapping "+path)
	}
	if !key.IsUnknown() {
		return s.fail(rng, "Fn::FindInMap needs names", "The parts of Fn::FindInMap must be strings.")
	}
	if unknown != nil {
		return graph.UnknownValue(unknown)
	}
	candidates := s.candidates(entries, key)
	if len(candidates) == 0 {
		return s.missing(standard, nil, rng, "no key in mapping "+path+" that "+describe(key)+" can be")
	}
	values := make([]graph.Value, len(candidates))
	for i, e := range candidates {
		values[i] = then(e.value, path+"."+e.name)
	}
	return s.chosen(key, candidates, values, standard, rng)
}

// candidates are the members whose name the key can be.
func (s scope) candidates(entries []scoped, key graph.Value) []scoped {
	var out []scoped
	for _, e := range entries {
		if equal, decided := s.decide(key, graph.String(e.name)); !decided || equal {
			out = append(out, e)
		}
	}
	return out
}

// chosen is the choice among candidates by the key that is not known.
func (s scope) chosen(key graph.Value, candidates []scoped, values []graph.Value, standard *node, rng hcl.Range) graph.Value {
	same := !slices.ContainsFunc(values, func(v graph.Value) bool { return !v.Equal(values[0]) })
	if same && standard == nil {
		return values[0]
	}
	if len(candidates) > mostMappingChoices || anonymous(key) {
		return derived("findinmap", key.Unknown(), rng, append([]graph.Value{key, graph.String(place(rng))}, values...)...)
	}
	out := values[len(values)-1]
	last := len(values) - 1
	if standard != nil {
		out, last = s.eval(standard), len(values)
	}
	for i := last - 1; i >= 0; i-- {
		equal := s.compare(key, graph.String(candidates[i].name), naming{rng: rng})
		out = s.choose(equal, values[i], out)
	}
	return out
}

// zones evaluates Fn::GetAZs.
func (s scope) zones(n *node, rng hcl.Range) graph.Value {
	region := s.eval(n)
	v := s.lift([]graph.Value{region}, func(v []graph.Value) graph.Value {
		name, known := v[0].AsString()
		if known && name == "" {
			v[0] = s.pseudo.region
			name, known = v[0].AsString()
		}
		if !known {
			return derived("zones", v[0].Unknown(), rng, v[0])
		}
		var items []graph.Value
		for _, letter := range zoneLetters(name) {
			items = append(items, graph.String(name+string(letter)))
		}
		return graph.List(items...)
	})
	return result(v, rng, region)
}

// zoneLetters are the Availability Zones of a Region, as a new account has
// them.
func zoneLetters(region string) string {
	switch region {
	case "us-east-1":
		return "abcdef"
	case "us-west-2", "ap-northeast-2":
		return "abcd"
	case "us-west-1":
		return "ac"
	case "ap-northeast-1":
		return "acd"
	case "ca-central-1":
		return "abd"
	case "cn-north-1":
		return "ab"
	}
	return "abc"
}

// cidr evaluates Fn::Cidr.
func (s scope) cidr(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::Cidr", n, 2, 3)
	if !ok {
		return s.invalid(rng)
	}
	values := []graph.Value{s.eval(args[0]), s.eval(args[1]), graph.Number("8")}
	if len(args) == 3 {
		values[2] = s.eval(args[2])
	}
	v := s.lift(values, func(v []graph.Value) graph.Value {
		if u := firstUnknown(v...); u != nil {
			return derived("cidr", u, rng, v...)
		}
		block, _ := v[0].AsString()
		count, countErr := number(v[1])
		bits, bitsErr := number(v[2])
		if countErr != nil || bitsErr != nil {
			return s.fail(rng, "Fn::Cidr needs numbers", "The count and the number of bits must be numbers.")
		}
		blocks, err := subnets(block, count, bits)
		if err != nil {
			return s.fail(rng, "Fn::Cidr: "+err.Error(), "The list of blocks is unknown.")
		}
		items := make([]graph.Value, len(blocks))
		for i, b := range blocks {
			items[i] = graph.String(b)
		}
		return graph.List(items...)
	})
	return result(v, rng, values...)
}

func number(v graph.Value) (int, error) {
	text, _ := v.AsString()
	return strconv.Atoi(strings.TrimSpace(text))
}
