package cloudformation

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

type nodeKind uint8

const (
	scalarNode nodeKind = iota + 1
	listNode
	objectNode
)

// node is one value of a template as it is written: aliases and merge keys
// are resolved, short tags have become the long form of their function.
type node struct {
	kind nodeKind
	// value is what a scalar says: absent for null, a truth value, a number, a
	// string, or text with unknown parts where the template itself was computed.
	value graph.Value
	// raw is the text of a scalar as it is written, for names.
	raw     string
	items   []*node
	entries []entry
	rng     hcl.Range
	// size counts the values inside, with every use of an alias.
	size int
}

// entry is one member of an object.
type entry struct {
	name      string
	nameRange hcl.Range
	value     *node
}

// member returns the value of a member, nil when there is none.
func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	for i := range n.entries {
		if n.entries[i].name == name {
			return n.entries[i].value
		}
	}
	return nil
}

// children are the items of a list or the values of an object.
func (n *node) children() []*node {
	if n == nil {
		return nil
	}
	out := make([]*node, 0, len(n.items)+len(n.entries))
	out = append(out, n.items...)
	for _, e := range n.entries {
		out = append(out, e.value)
	}
	return out
}

// uses reports whether a function is called anywhere in the value.
func (n *node) uses(function string) bool {
	return n.member(function) != nil || slices.ContainsFunc(n.children(), func(child *node) bool { return child.uses(function) })
}

// text returns a scalar as a string.
func (n *node) text() (string, bool) {
	if n == nil || n.kind != scalarNode {
		return "", false
	}
	return n.value.AsString()
}

func (n *node) isNull() bool {
	return n != nil && n.kind == scalarNode && n.value.IsAbsent()
}

// literal is the node as a value, with functions as the objects that they are
// written as.
func (n *node) literal() graph.Value {
	switch n.kind {
	case listNode:
		items := make([]graph.Value, len(n.items))
		for i, item := range n.items {
			items[i] = item.literal()
		}
		return graph.List(items...).WithRange(n.rng)
	case objectNode:
		fields := make([]graph.Field, len(n.entries))
		for i, e := range n.entries {
			fields[i] = graph.Field{Name: e.name, Value: e.value.literal()}
		}
		return graph.Map(fields...).WithRange(n.rng)
	default:
		return n.value.WithRange(n.rng)
	}
}

// nodeOf turns an evaluated value into a node, for templates that are
// computed.
func nodeOf(v graph.Value, place hcl.Range) *node {
	if v.HasRange() {
		place = v.Range()
	}
	n := &node{kind: scalarNode, value: v, rng: place, size: 1}
	switch v.Kind() {
	case graph.KindList:
		n.kind, n.value = listNode, graph.Value{}
		for _, item := range v.Items() {
			n.items = append(n.items, nodeOf(item, place))
		}
	case graph.KindMap:
		n.kind, n.value = objectNode, graph.Value{}
		for _, field := range v.Fields() {
			child := nodeOf(field.Value, place)
			n.entries = append(n.entries, entry{name: field.Name, nameRange: child.rng, value: child})
		}
	default:
	}
	return n
}

// wrap makes the long form of a function.
func wrap(function string, argument *node, rng hcl.Range) *node {
	return &node{
		kind: objectNode, rng: rng, size: argument.size + 1,
		entries: []entry{{name: function, nameRange: rng, value: argument}},
	}
}
