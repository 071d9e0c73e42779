package cloudformation

import (
	"regexp"
	"slices"
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
	pieces, ok := s.subPieces(text, variables, rng)
	if !ok {
		return s.invalid(rng)
	}
	values := make([]graph.Value, len(pieces))
	size := 0
	for i, piece := range pieces {
		values[i] = piece.value
		size += textSize(piece.value)
	}
	if s.makesTooLong(size) {
		return s.tooLong(rng)
	}
	v := s.lift(values, func(v []graph.Value) graph.Value {
		return s.dynamicReferences(concat(v...).WithInner(innerOf(text, pieces, v)), rng)
	})
	return result(v, rng, values...)
}

// piece is a part of the text of Fn::Sub and what stands for it: from and to are
// offsets into the known text.
type piece struct {
	value    graph.Value
	from, to int
	// written is set when the text stands for itself.
	written bool
}

func (s scope) subPieces(text graph.Value, variables map[string]graph.Value, rng hcl.Range) ([]piece, bool) {
	var pieces []piece
	offset := 0
	for _, part := range text.Parts() {
		if part.Unknown != nil {
			pieces = append(pieces, piece{value: graph.UnknownValue(part.Unknown), from: offset, to: offset})
			continue
		}
		more, ok := s.subText(part.Literal, offset, variables, rng)
		if !ok {
			return nil, false
		}
		pieces = append(pieces, more...)
		offset += len(part.Literal)
	}
	return pieces, true
}

// innerOf places what Fn::Sub made, where its text has places. What stands for
// a variable is there where the variable is, unless it may hold a document.
func innerOf(text graph.Value, pieces []piece, values []graph.Value) graph.Inner {
	if !text.HasInner() && !slices.ContainsFunc(values, graph.Value.HasInner) {
		return nil
	}
	made := make([]graph.Piece, len(pieces))
	for i, p := range pieces {
		made[i] = graph.PieceOf(values[i])
		switch {
		case p.written:
			made[i].Place = func(from, to int) hcl.Range { return text.Inner(p.from+from, p.from+to) }
		case !values[i].HasInner():
			made[i].Place = func(int, int) hcl.Range { return text.Inner(p.from, p.to) }
		}
	}
	return graph.JoinInner(made)
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

// subText splits a template that begins at an offset at its variables, and
// evaluates them.
func (s scope) subText(text string, offset int, variables map[string]graph.Value, rng hcl.Range) ([]piece, bool) {
	var out []piece
	written := func(from, to int) piece {
		return piece{value: graph.String(text[from:to]), from: offset + from, to: offset + to, written: true}
	}
	for done := 0; ; {
		start := strings.Index(text[done:], "${")
		if start < 0 {
			return append(out, written(done, len(text))), true
		}
		start += done
		length := strings.IndexByte(text[start:], '}')
		if length < 0 {
			return append(out, written(done, len(text))), true
		}
		name := text[start+2 : start+length]
		out = append(out, written(done, start))
		done = start + length + 1
		p := piece{from: offset + start, to: offset + done}
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			p.value = graph.String("${" + literal + "}")
		} else if p.value, ok = s.subVariable(name, variables, rng); !ok {
			return nil, false
		}
		out = append(out, p)
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
