package cloudformation

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// toJSON evaluates Fn::ToJsonString. Keys keep the order in which they are
// written, unless a condition decides what is there.
func (s scope) toJSON(n *node, rng hcl.Range) graph.Value {
	s.needsExtensions("Fn::ToJsonString", rng)
	if n.kind == scalarNode {
		return s.fail(rng, "Fn::ToJsonString needs an object or a list", "The value to print is neither.")
	}
	value := s.eval(n)
	v := s.lift([]graph.Value{value}, func(v []graph.Value) graph.Value {
		w := jsonWriter{}
		if firstCondition([]graph.Value{value}) == nil {
			w.node(s, n)
		} else {
			w.value(v[0])
		}
		return w.text()
	})
	if s.makesTooLong(textSize(v)) {
		return s.tooLong(rng)
	}
	return result(v, rng, value)
}

// jsonWriter prints JSON of which some strings have unknown parts.
type jsonWriter struct{ parts []graph.Part }

func (w *jsonWriter) literal(s string) { w.parts = append(w.parts, graph.Part{Literal: s}) }

func (w *jsonWriter) text() graph.Value { return textOf(w.parts...) }

// node prints what is written in its order, and what functions make.
func (w *jsonWriter) node(s scope, n *node) {
	name, _ := functionOf(n)
	switch {
	case n.kind == listNode:
		w.list(len(n.items), func(i int) (bool, func()) {
			return s.vanishes(n.items[i]), func() { w.node(s, n.items[i]) }
		})
	case n.kind == objectNode && name == "":
		w.members(s, n)
	default:
		w.value(s.eval(n))
	}
}

func (w *jsonWriter) members(s scope, n *node) {
	entries, unknown := s.expand(n)
	if unknown != nil {
		w.value(graph.UnknownValue(unknown))
		return
	}
	w.literal("{")
	first := true
	for _, e := range entries {
		if e.scope.vanishes(e.value) {
			continue
		}
		if !first {
			w.literal(",")
		}
		first = false
		w.literal(jsonQuote(e.name) + ":")
		w.node(e.scope, e.value)
	}
	w.literal("}")
}

// vanishes reports whether a value is removed by AWS::NoValue.
func (s scope) vanishes(n *node) bool {
	name, _ := functionOf(n)
	return (name != "" || n.isNull()) && s.eval(n).IsAbsent()
}

func (w *jsonWriter) list(n int, item func(int) (vanishes bool, write func())) {
	w.literal("[")
	first := true
	for i := range n {
		vanishes, write := item(i)
		if vanishes {
			continue
		}
		if !first {
			w.literal(",")
		}
		first = false
		write()
	}
	w.literal("]")
}

// value prints an evaluated value. What is not known at all becomes a string,
// as most values of CloudFormation are.
func (w *jsonWriter) value(v graph.Value) {
	switch v.Kind() {
	case graph.KindList:
		w.list(len(v.Items()), func(i int) (bool, func()) {
			return false, func() { w.value(v.Items()[i]) }
		})
	case graph.KindMap:
		w.literal("{")
		for i, field := range v.Fields() {
			if i > 0 {
				w.literal(",")
			}
			w.literal(jsonQuote(field.Name) + ":")
			w.value(field.Value)
		}
		w.literal("}")
	case graph.KindBool:
		truth, _ := v.AsBool()
		w.literal(strconv.FormatBool(truth))
	case graph.KindNumber:
		text, _ := v.AsString()
		w.literal(text)
	case graph.KindUnknown:
		w.parts = append(w.parts, v.Parts()...)
	case graph.KindString, graph.KindText:
		w.quoted(v)
	default:
		w.literal("null")
	}
}

func (w *jsonWriter) quoted(v graph.Value) {
	w.literal(`"`)
	for _, part := range v.Parts() {
		if part.Unknown != nil {
			w.parts = append(w.parts, part)
			continue
		}
		escaped := jsonQuote(part.Literal)
		w.literal(escaped[1 : len(escaped)-1])
	}
	w.literal(`"`)
}

func jsonQuote(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return `""`
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}
