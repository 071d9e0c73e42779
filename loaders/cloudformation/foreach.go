package cloudformation

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

const forEachPrefix = "Fn::ForEach::"

// scoped is a member of an object after its loops and transforms were
// expanded: the member and where its value is to be evaluated.
type scoped struct {
	name      string
	nameRange hcl.Range
	value     *node
	scope     scope
	// many is set when the member stands for an unknown number.
	many *graph.Unknown
}

// expand returns the members of an object with every Fn::ForEach unrolled and
// every included file put in. When a macro may change the object, it returns
// why its content is not known.
func (s scope) expand(n *node) ([]scoped, *graph.Unknown) {
	if !needsExpansion(n) {
		out := make([]scoped, len(n.entries))
		for i, e := range n.entries {
			out[i] = scoped{name: s.keyName(e.name), nameRange: e.nameRange, value: e.value, scope: s}
		}
		return out, nil
	}
	if s.depth++; s.depth > s.limits.Depth {
		s.report(n.rng, "expression is nested too deeply", "iblint does not follow loops and includes that are nested this deeply.")
		return nil, nil
	}
	var out []scoped
	for _, e := range n.entries {
		switch {
		case strings.HasPrefix(e.name, forEachPrefix):
			out = append(out, s.forEach(e)...)
		case e.name == "Fn::Transform":
			included, unknown := s.transform(e)
			if unknown != nil {
				return nil, unknown
			}
			out = append(out, included...)
		default:
			out = append(out, scoped{name: s.keyName(e.name), nameRange: e.nameRange, value: e.value, scope: s})
		}
	}
	return s.unique(out), nil
}

func needsExpansion(n *node) bool {
	for _, e := range n.entries {
		if e.name == "Fn::Transform" || strings.HasPrefix(e.name, forEachPrefix) {
			return true
		}
	}
	return false
}

// unique reports names that a loop made twice.
func (s scope) unique(members []scoped) []scoped {
	seen := map[string]bool{}
	out := members[:0]
	for _, m := range members {
		if seen[m.name] {
			s.report(m.nameRange, "key "+quote(m.name)+" is made twice", "A loop or an included file makes a key that is there already; iblint reads the first.")
			continue
		}
		seen[m.name] = true
		out = append(out, m)
	}
	return out
}

// keyName puts the variables of loops into a key.
func (s scope) keyName(name string) string {
	if s.vars == nil {
		return name
	}
	v := s.substituteVariables(graph.String(name))
	if text, known := v.AsString(); known {
		return text
	}
	return describe(v)
}

// forEach unrolls one loop: identifier, collection, and an object for each
// round.
func (s scope) forEach(e entry) []scoped {
	s.needsExtensions("Fn::ForEach", e.nameRange)
	args, ok := s.arguments("Fn::ForEach", e.value, 3, 3)
	if !ok {
		return nil
	}
	identifier, ok := args[0].text()
	if !ok || args[2].kind != objectNode {
		s.report(e.value.rng, "Fn::ForEach needs an identifier, a collection and an object", "The loop was left out.")
		return nil
	}
	collection := s.collection(args[1])
	if collection.Kind() != graph.KindList {
		return s.forEachUnknown(identifier, collection, args[2])
	}
	var out []scoped
	for _, item := range collection.Items() {
		round, unknown := s.with(identifier, item).expand(args[2])
		if unknown != nil {
			continue
		}
		if out = append(out, round...); s.expanded(len(round), e.nameRange) {
			return out
		}
	}
	return out
}

// expanded counts what loops make and reports when it is too much.
func (r *run) expanded(n int, rng hcl.Range) bool {
	r.made += n
	if r.made <= r.limits.Expansion {
		return false
	}
	r.report(rng, "Fn::ForEach makes too much", "The loops of the template make more than "+strconv.Itoa(r.limits.Expansion)+
		" members; iblint left out the rest.")
	return true
}

// collection evaluates what a loop runs over; a list within it, such as a
// parameter, gives its items.
func (s scope) collection(n *node) graph.Value {
	v := s.eval(n)
	if v.Kind() != graph.KindList {
		return v
	}
	var items []graph.Value
	for _, item := range v.Items() {
		switch item.Kind() {
		case graph.KindList:
			items = append(items, item.Items()...)
		case graph.KindChoice:
			return item
		default:
			items = append(items, item)
		}
	}
	return graph.List(items...).WithRange(n.rng)
}

// forEachUnknown is a loop over a collection that is not known: one round
// stands for all.
func (s scope) forEachUnknown(identifier string, collection graph.Value, body *node) []scoped {
	u := collection.Unknown()
	if u == nil {
		s.report(body.rng, "Fn::ForEach needs a list", "The collection is not a list; the loop was left out.")
		return nil
	}
	many := &graph.Unknown{
		ID: "foreach(" + u.ID + ")", Settle: u.Settle, Range: u.Range,
		Reason: "the collection of Fn::ForEach is not known: " + u.Reason,
	}
	variable := graph.UnknownValue(&graph.Unknown{
		ID: "each(" + u.ID + ")", Reason: "each item of a collection that is not known: " + u.Reason, Settle: u.Settle, Range: u.Range,
	})
	out, unknown := s.with(identifier, variable).expand(body)
	if unknown != nil {
		return nil
	}
	for i := range out {
		out[i].many = many
		if !strings.Contains(out[i].name, "${") {
			continue
		}
		out[i].name = strings.ReplaceAll(out[i].name, "${"+shortName(variable.Unknown())+"}", "${"+identifier+"}")
	}
	return out
}
