package policies

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/iblint/iblint/loaders/graph"
)

// converter turns graph values into OPA's own, without a detour through JSON.
// Strings that occur more than once share one term.
type converter struct {
	strings  map[string]*ast.Term
	unknowns map[*graph.Unknown]*ast.Term
	// lists are the long lists: several resources may share one.
	lists map[span]*ast.Term
	// secrets are the sensitive strings that were seen.
	secrets map[string]bool
}

func newConverter() *converter {
	return &converter{
		strings:  make(map[string]*ast.Term, 1024),
		unknowns: map[*graph.Unknown]*ast.Term{},
		lists:    map[span]*ast.Term{},
		secrets:  map[string]bool{},
	}
}

func (c *converter) text(s string) *ast.Term {
	if term, ok := c.strings[s]; ok {
		return term
	}
	term := ast.StringTerm(s)
	c.strings[s] = term
	return term
}

func (c *converter) term(v graph.Value) *ast.Term {
	switch v.Kind() {
	case graph.KindBool:
		truth, _ := v.AsBool()
		return ast.InternedTerm(truth)
	case graph.KindNumber:
		literal, _ := v.AsString()
		return ast.NewTerm(ast.Number(literal))
	case graph.KindString:
		s, _ := v.AsString()
		if v.Sensitive() {
			c.secrets[s] = true
		}
		return c.text(s)
	case graph.KindList:
		return c.list(v.Items())
	case graph.KindMap:
		return c.object(v.Fields())
	case graph.KindText:
		return c.partly(v)
	case graph.KindUnknown, graph.KindChoice:
		return c.unknown(v.Unknown())
	case graph.KindInvalid, graph.KindAbsent:
	}
	return ast.NullTerm()
}

// span is where the items of a list lie in memory.
type span struct {
	first *graph.Value
	size  int
}

// longList is from how many items on a list is worth remembering.
const longList = 32

func (c *converter) list(items []graph.Value) *ast.Term {
	if len(items) < longList {
		return c.newList(items)
	}
	at := span{first: &items[0], size: len(items)}
	term, ok := c.lists[at]
	if !ok {
		term = c.newList(items)
		c.lists[at] = term
	}
	return term
}

func (c *converter) newList(items []graph.Value) *ast.Term {
	terms := make([]*ast.Term, len(items))
	for i, item := range items {
		terms[i] = c.term(item)
	}
	return ast.ArrayTerm(terms...)
}

func (c *converter) object(fields []graph.Field) *ast.Term {
	pairs := make([][2]*ast.Term, 0, len(fields))
	for _, field := range fields {
		if field.Value.IsAbsent() {
			continue
		}
		pairs = append(pairs, [2]*ast.Term{c.text(field.Name), c.term(field.Value)})
	}
	return ast.ObjectTerm(pairs...)
}

// unknown is {"$unknown": reason, "$settle": what supplies it, "$id": identity,
// "$symbol": kind}; what is empty is left out.
func (c *converter) unknown(u *graph.Unknown) *ast.Term {
	if term, ok := c.unknowns[u]; ok {
		return term
	}
	term := ast.ObjectTerm(c.unknownPairs(u)...)
	c.unknowns[u] = term
	return term
}

func (c *converter) unknownPairs(u *graph.Unknown) [][2]*ast.Term {
	pairs := [][2]*ast.Term{{c.text("$unknown"), c.text(u.Reason)}}
	for _, extra := range [][2]string{{"$settle", u.Settle}, {"$id", u.ID}, {"$symbol", string(u.Symbol)}} {
		if extra[1] != "" {
			pairs = append(pairs, [2]*ast.Term{c.text(extra[0]), c.text(extra[1])})
		}
	}
	return pairs
}

// partly is an unknown with "$parts": strings and unknowns in order.
func (c *converter) partly(v graph.Value) *ast.Term {
	parts := make([]*ast.Term, 0, len(v.Parts()))
	for _, p := range v.Parts() {
		if p.Unknown == nil {
			parts = append(parts, c.text(p.Literal))
			continue
		}
		parts = append(parts, c.unknown(p.Unknown))
	}
	pairs := c.unknownPairs(v.Unknown())
	return ast.ObjectTerm(append(pairs, [2]*ast.Term{c.text("$parts"), ast.ArrayTerm(parts...)})...)
}
