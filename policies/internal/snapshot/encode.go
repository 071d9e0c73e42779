package snapshot

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Encode writes the modules of a compiler that has compiled them. The same
// modules give the same bytes.
func Encode(c *ast.Compiler) ([]byte, error) {
	if c.Failed() {
		return nil, c.Errors
	}
	e := &encoder{compiler: c, strings: map[string]uint64{}, shared: map[string]uint64{}}
	var modules buffer
	names := slices.Sorted(maps.Keys(c.Modules))
	modules.number(len(names))
	for _, name := range names {
		e.module(&modules, name, c.Modules[name])
	}
	if e.err != nil {
		return nil, e.err
	}
	out := buffer(magic)
	out.number(len(e.texts))
	for _, s := range e.texts {
		out.number(len(s))
		out = append(out, s...)
	}
	out.number(len(e.terms))
	for _, term := range e.terms {
		out = append(out, term...)
	}
	return append(out, modules...), nil
}

// buffer is bytes in the making.
type buffer []byte

func (b *buffer) number(n int)      { *b = binary.AppendUvarint(*b, uint64(max(n, 0))) }
func (b *buffer) index(n uint64)    { *b = binary.AppendUvarint(*b, n) }
func (b *buffer) byte(value byte)   { *b = append(*b, value) }
func (b *buffer) bytes(more []byte) { *b = append(*b, more...) }

type encoder struct {
	compiler *ast.Compiler
	strings  map[string]uint64
	texts    []string
	// shared are the terms that are kept once, by their bytes.
	shared map[string]uint64
	terms  [][]byte
	err    error
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf("snapshot: "+format, args...)
	}
}

func (e *encoder) text(b *buffer, s string) {
	index, ok := e.strings[s]
	if !ok {
		index = uint64(len(e.texts))
		e.strings[s] = index
		e.texts = append(e.texts, s)
	}
	b.index(index)
}

// optional writes a term that may be nil.
func (e *encoder) optional(b *buffer, t *ast.Term) {
	if t == nil {
		b.byte(0)
		return
	}
	b.byte(1)
	e.term(b, t)
}

// term writes the number of a shared term, counted from 1, or 0 and the term.
// Terms with a comprehension are not shared: the compiler keeps an index of
// each, which depends on the body around it.
func (e *encoder) term(b *buffer, t *ast.Term) {
	var own buffer
	if !e.value(&own, t.Value) {
		b.index(0)
		b.bytes(own)
		return
	}
	index, ok := e.shared[string(own)]
	if !ok {
		index = uint64(len(e.terms)) + 1
		e.shared[string(own)] = index
		e.terms = append(e.terms, own)
	}
	b.index(index)
}

// value writes a value and reports whether it may be shared.
func (e *encoder) value(b *buffer, v ast.Value) bool {
	switch v := v.(type) {
	case ast.Null:
		b.byte(byte(tagNull))
	case ast.Boolean:
		b.byte(byte(map[bool]tag{false: tagFalse, true: tagTrue}[bool(v)]))
	case ast.Number:
		b.byte(byte(tagNumber))
		e.text(b, string(v))
	case ast.String:
		b.byte(byte(tagString))
		e.text(b, string(v))
	case ast.Var:
		b.byte(byte(tagVar))
		e.text(b, string(v))
	case ast.Ref:
		return e.list(b, tagRef, v)
	case *ast.Array:
		var items []*ast.Term
		v.Foreach(func(t *ast.Term) { items = append(items, t) })
		return e.list(b, tagArray, items)
	case ast.Set:
		return e.list(b, tagSet, v.Slice())
	case ast.Call:
		return e.list(b, tagCall, v)
	case ast.Object:
		var items []*ast.Term
		v.Foreach(func(key, value *ast.Term) { items = append(items, key, value) })
		return e.list(b, tagObject, items)
	default:
		e.comprehension(b, v)
		return false
	}
	return true
}

func (e *encoder) list(b *buffer, t tag, terms []*ast.Term) bool {
	b.byte(byte(t))
	b.number(len(terms))
	shared := true
	for _, term := range terms {
		shared = shared && !containsComprehension(term)
		e.term(b, term)
	}
	return shared
}

func containsComprehension(t *ast.Term) bool {
	found := false
	ast.WalkTerms(t, func(t *ast.Term) bool {
		found = found || ast.IsComprehension(t.Value)
		return found
	})
	return found
}

func (e *encoder) comprehension(b *buffer, v ast.Value) {
	switch v := v.(type) {
	case *ast.ArrayComprehension:
		b.byte(byte(tagArrayComprehension))
		e.term(b, v.Term)
		e.body(b, v.Body)
	case *ast.SetComprehension:
		b.byte(byte(tagSetComprehension))
		e.term(b, v.Term)
		e.body(b, v.Body)
	case *ast.ObjectComprehension:
		b.byte(byte(tagObjectComprehension))
		e.term(b, v.Key)
		e.term(b, v.Value)
		e.body(b, v.Body)
	default:
		e.fail("a value of type %T cannot be kept", v)
	}
}

func (e *encoder) module(b *buffer, name string, m *ast.Module) {
	e.text(b, name)
	e.termList(b, m.Package.Path)
	b.number(len(m.Rules))
	for _, r := range m.Rules {
		e.rule(b, r)
	}
}

func (e *encoder) termList(b *buffer, terms []*ast.Term) {
	b.number(len(terms))
	for _, t := range terms {
		e.term(b, t)
	}
}

func (e *encoder) place(b *buffer, l *ast.Location) {
	if l == nil {
		l = &ast.Location{}
	}
	b.number(l.Row)
	b.number(l.Col)
}

func (e *encoder) rule(b *buffer, r *ast.Rule) {
	var flags byte
	if r.Default {
		flags |= flagDefault
	}
	if r.Head.Assign {
		flags |= flagAssign
	}
	if r.Else != nil {
		flags |= flagElse
	}
	if e.indexed(r) {
		flags |= flagIndexed
	}
	b.byte(flags)
	e.place(b, r.Location)
	e.place(b, r.Head.Location)
	e.text(b, string(r.Head.Name))
	e.termList(b, r.Head.Reference)
	e.termList(b, r.Head.Args)
	e.optional(b, r.Head.Key)
	e.optional(b, r.Head.Value)
	e.body(b, r.Body)
	if r.Else != nil {
		e.rule(b, r.Else)
	}
}

// indexed reports whether the compiler keeps an index of a comprehension in a
// rule.
func (e *encoder) indexed(r *ast.Rule) bool {
	found := false
	ast.WalkTerms(r, func(t *ast.Term) bool {
		found = found || e.compiler.ComprehensionIndex(t) != nil
		return found
	})
	return found
}

func (e *encoder) body(b *buffer, body ast.Body) {
	b.number(len(body))
	for i, expr := range body {
		if expr.Index != i {
			e.err = errors.Join(e.err, fmt.Errorf("snapshot: expression %d of a body has index %d", i, expr.Index))
		}
		e.expr(b, expr)
	}
}

func (e *encoder) expr(b *buffer, expr *ast.Expr) {
	var flags byte
	if expr.Negated {
		flags |= flagNegated
	}
	if expr.Generated {
		flags |= flagGenerated
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		b.byte(flags | byte(oneTerm))
		e.place(b, expr.Location)
		e.term(b, terms)
	case []*ast.Term:
		b.byte(flags | byte(callTerms))
		e.place(b, expr.Location)
		e.termList(b, terms)
	case *ast.SomeDecl:
		b.byte(flags | byte(someTerms))
		e.place(b, expr.Location)
		e.termList(b, terms.Symbols)
	case *ast.Every:
		b.byte(flags | byte(everyTerms))
		e.place(b, expr.Location)
		e.optional(b, terms.Key)
		e.term(b, terms.Value)
		e.term(b, terms.Domain)
		e.body(b, terms.Body)
	default:
		e.fail("an expression of type %T cannot be kept", terms)
	}
	b.number(len(expr.With))
	for _, with := range expr.With {
		e.term(b, with.Target)
		e.term(b, with.Value)
	}
}
