package cloudformation

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

var subNamePattern = regexp.MustCompile(`^[A-Za-z0-9_.:]+$`)

// sub evaluates Fn::Sub: a string, or a list of a string and its variables.
func (s scope) sub(n *node, rng hcl.Range) graph.Value {
	text, variables, ok := s.subParts(n)
	if !ok {
		return s.fail(rng, "Fn::Sub needs a string", "Fn::Sub takes a string, or a list of a string and an object of variables.")
	}
	var pieces []graph.Value
	for _, part := range text.Parts() {
		if part.Unknown != nil {
			pieces = append(pieces, graph.UnknownValue(part.Unknown))
			continue
		}
		more, ok := s.subText(part.Literal, variables, rng)
		if !ok {
			return s.invalid(rng)
		}
		pieces = append(pieces, more...)
	}
	size := 0
	for _, piece := range pieces {
		size += textSize(piece)
	}
	if size > s.limits.String {
		return s.tooLong(rng)
	}
	v := s.lift(pieces, func(v []graph.Value) graph.Value { return concat(v...) })
	if v.Kind() == graph.KindString {
		v = s.dynamicReferences(v, rng)
	}
	return result(v, rng, pieces...)
}

// subParts takes the argument apart. Variables of loops are put in first, as
// Fn::ForEach works on the text of the template.
func (s scope) subParts(n *node) (text graph.Value, variables map[string]graph.Value, ok bool) {
	if n.kind == listNode {
		if len(n.items) != 2 || n.items[0].kind != scalarNode || n.items[1].kind != objectNode {
			return text, nil, false
		}
		variables = map[string]graph.Value{}
		entries, unknown := s.expand(n.items[1])
		if unknown != nil {
			return text, nil, false
		}
		for _, e := range entries {
			variables[e.name] = e.scope.eval(e.value)
		}
		n = n.items[0]
	}
	if n.kind != scalarNode || n.value.Parts() == nil {
		return text, nil, false
	}
	return s.substituteVariables(n.value), variables, true
}

// subText splits a template at its variables and evaluates them.
func (s scope) subText(text string, variables map[string]graph.Value, rng hcl.Range) ([]graph.Value, bool) {
	var out []graph.Value
	for {
		start := strings.Index(text, "${")
		if start < 0 {
			return append(out, graph.String(text)), true
		}
		end := strings.IndexByte(text[start:], '}')
		if end < 0 {
			return append(out, graph.String(text)), true
		}
		name := text[start+2 : start+end]
		out = append(out, graph.String(text[:start]))
		text = text[start+end+1:]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			out = append(out, graph.String("${"+literal+"}"))
			continue
		}
		value, ok := s.subVariable(name, variables, rng)
		if !ok {
			return nil, false
		}
		out = append(out, value)
	}
}

func (s scope) subVariable(name string, variables map[string]graph.Value, rng hcl.Range) (graph.Value, bool) {
	if !subNamePattern.MatchString(name) {
		s.report(rng, "invalid variable name in Fn::Sub: ${"+name+"}",
			"Variable names in Fn::Sub may contain only letters, digits, underscores, periods and colons. Write ${!"+name+"} for the text itself.")
		return graph.Value{}, false
	}
	value, ok := variables[name]
	if !ok {
		value = s.subReference(name, rng)
	}
	if value.IsAbsent() {
		return graph.String(""), true
	}
	if value.Kind() == graph.KindList || value.Kind() == graph.KindMap {
		s.report(rng, "variable "+name+" in Fn::Sub is not a string",
			"Fn::Sub puts strings in; join a list with Fn::Join first.")
		return graph.Value{}, false
	}
	return value, true
}

func (s scope) subReference(name string, rng hcl.Range) graph.Value {
	if _, isVariable := s.variable(name); !isVariable {
		if resource, attribute, ok := strings.Cut(name, "."); ok {
			return s.attribute(resource, attribute, rng)
		}
	}
	return s.reference(name, rng)
}
