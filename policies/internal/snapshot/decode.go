package snapshot

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ErrBroken is the error for bytes that are no snapshot.
var ErrBroken = errors.New("the snapshot of the rules is broken")

// Decode makes a compiler that evaluates the rules of a snapshot. It knows
// neither types nor annotations: queries and modules cannot be added to it.
func Decode(data string, capabilities *ast.Capabilities) (*ast.Compiler, error) {
	d, err := decode(data)
	if err != nil {
		return nil, err
	}
	compiler := ast.NewCompiler().WithCapabilities(capabilities).WithSkipStages(skipped()...)
	// The compiler copies the modules that it is given, so it gets empty ones,
	// and the real ones take their place once the copies are made. To look for
	// comprehensions it gets those rules only that have an indexed one.
	replace(compiler, ast.StageRemoveImports, d.modules)
	replace(compiler, ast.StageBuildRuleIndices, d.indexed)
	replace(compiler, ast.StageBuildComprehensionIndices, d.modules)
	empty := make(map[string]*ast.Module, len(d.modules))
	for name, module := range d.modules {
		empty[name] = &ast.Module{Package: module.Package}
	}
	if compiler.Compile(empty); compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
}

// replace exchanges the modules of a compiler after a stage.
func replace(c *ast.Compiler, after ast.StageID, modules map[string]*ast.Module) {
	c.WithStageAfterID(after, ast.CompilerStageDefinition{
		Name: "Replace", MetricName: "replace_modules",
		Stage: func(c *ast.Compiler) *ast.Error {
			maps.Copy(c.Modules, modules)
			return nil
		},
	})
}

// skipped are all stages but those that build trees and indexes.
func skipped() []ast.StageID {
	return slices.DeleteFunc(ast.AllStages(), func(stage ast.StageID) bool {
		switch stage {
		case ast.StageRemoveImports, ast.StageSetModuleTree, ast.StageSetRuleTree,
			ast.StageBuildRuleIndices, ast.StageBuildComprehensionIndices:
			return true
		default:
			return false
		}
	})
}

// decode reads the modules. Whatever is wrong with the bytes is ErrBroken.
func decode(data string) (*decoder, error) {
	rest, ok := strings.CutPrefix(data, magic)
	if !ok {
		return nil, ErrBroken
	}
	d := &decoder{data: rest, modules: map[string]*ast.Module{}, indexed: map[string]*ast.Module{}}
	d.texts = make([]string, d.count())
	for i := range d.texts {
		d.texts[i] = d.take(d.count())
	}
	terms := make([]ast.Term, d.count())
	d.terms = make([]*ast.Term, 0, len(terms))
	for i := range terms {
		terms[i].Value = d.value()
		d.terms = append(d.terms, &terms[i])
	}
	for range d.count() {
		d.module()
	}
	if d.failed || d.data != "" {
		return nil, ErrBroken
	}
	return d, nil
}

type decoder struct {
	data   string
	failed bool
	texts  []string
	terms  []*ast.Term
	file   string
	// locations are handed out one by one from a block.
	locations []ast.Location

	modules map[string]*ast.Module
	// indexed are modules with only the rules that have an indexed
	// comprehension.
	indexed map[string]*ast.Module
}

func (d *decoder) fail() {
	d.failed = true
	d.data = ""
}

func (d *decoder) take(n int) string {
	if n > len(d.data) {
		d.fail()
		return ""
	}
	taken := d.data[:n]
	d.data = d.data[n:]
	return taken
}

func (d *decoder) byte() byte {
	if d.data == "" {
		d.fail()
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) number() int {
	n := 0
	for shift := 0; shift < 35; shift += 7 {
		b := d.byte()
		n |= int(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.fail()
	return 0
}

// count reads the length of a list. Every element takes a byte at least, so a
// longer list than there are bytes is broken.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.data) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) text() string {
	index := d.number()
	if index >= len(d.texts) {
		d.fail()
		return ""
	}
	return d.texts[index]
}

func (d *decoder) term() *ast.Term {
	index := d.number()
	if index == 0 {
		return &ast.Term{Value: d.value()}
	}
	if index > len(d.terms) {
		d.fail()
		return ast.NullTerm()
	}
	return d.terms[index-1]
}

func (d *decoder) optional() *ast.Term {
	if d.byte() == 0 {
		return nil
	}
	return d.term()
}

func (d *decoder) termList() []*ast.Term {
	n := d.count()
	if n == 0 {
		return nil
	}
	terms := make([]*ast.Term, n)
	for i := range terms {
		terms[i] = d.term()
	}
	return terms
}

func (d *decoder) value() ast.Value {
	switch t := tag(d.byte()); t {
	case tagNull:
		return ast.InternedNullValue
	case tagFalse:
		return ast.InternedBooleanFalseValue
	case tagTrue:
		return ast.InternedBooleanTrueValue
	case tagNumber:
		return ast.Number(d.text())
	case tagString:
		return ast.String(d.text())
	case tagVar:
		return ast.Var(d.text())
	case tagRef:
		return ast.Ref(d.termList())
	case tagArray:
		return ast.NewArray(d.termList()...)
	case tagObject:
		return d.object()
	case tagSet:
		return ast.NewSet(d.termList()...)
	case tagCall:
		return ast.Call(d.termList())
	case tagArrayComprehension, tagSetComprehension, tagObjectComprehension:
		return d.comprehension(t)
	}
	d.fail()
	return ast.InternedNullValue
}

func (d *decoder) object() ast.Value {
	terms := d.termList()
	if len(terms)%2 != 0 {
		d.fail()
		return ast.InternedNullValue
	}
	pairs := make([][2]*ast.Term, 0, len(terms)/2)
	for i := 0; i < len(terms); i += 2 {
		pairs = append(pairs, [2]*ast.Term{terms[i], terms[i+1]})
	}
	return ast.NewObject(pairs...)
}

func (d *decoder) comprehension(t tag) ast.Value {
	first := d.term()
	switch t {
	case tagArrayComprehension:
		return &ast.ArrayComprehension{Term: first, Body: d.body()}
	case tagSetComprehension:
		return &ast.SetComprehension{Term: first, Body: d.body()}
	default:
		second := d.term()
		return &ast.ObjectComprehension{Key: first, Value: second, Body: d.body()}
	}
}

func (d *decoder) place() *ast.Location {
	row, col := d.number(), d.number()
	if len(d.locations) == 0 {
		d.locations = make([]ast.Location, 256)
	}
	l := &d.locations[0]
	d.locations = d.locations[1:]
	l.File, l.Row, l.Col = d.file, row, col
	return l
}

func (d *decoder) module() {
	d.file = d.text()
	m := &ast.Module{Package: &ast.Package{Path: d.termList()}}
	d.modules[d.file] = m
	d.indexed[d.file] = &ast.Module{Package: m.Package}
	m.Rules = make([]*ast.Rule, d.count())
	for i := range m.Rules {
		m.Rules[i] = d.rule(m)
	}
}

func (d *decoder) rule(m *ast.Module) *ast.Rule {
	flags := d.byte()
	head := &ast.Head{Assign: flags&flagAssign != 0}
	r := &ast.Rule{Module: m, Default: flags&flagDefault != 0, Head: head, Location: d.place()}
	head.Location = d.place()
	head.Name = ast.Var(d.text())
	head.Reference, head.Args = d.termList(), d.termList()
	head.Key, head.Value = d.optional(), d.optional()
	r.Body = d.body()
	if flags&flagIndexed != 0 {
		d.indexed[d.file].Rules = append(d.indexed[d.file].Rules, r)
	}
	if flags&flagElse != 0 && !d.failed {
		r.Else = d.rule(m)
	}
	return r
}

func (d *decoder) body() ast.Body {
	exprs := make([]ast.Expr, d.count())
	body := make(ast.Body, len(exprs))
	for i := range exprs {
		exprs[i].Index = i
		d.expr(&exprs[i])
		body[i] = &exprs[i]
	}
	return body
}

func (d *decoder) expr(e *ast.Expr) {
	flags := d.byte()
	e.Negated, e.Generated = flags&flagNegated != 0, flags&flagGenerated != 0
	e.Location = d.place()
	switch termsOf(flags & 0xf) {
	case oneTerm:
		e.Terms = d.term()
	case callTerms:
		e.Terms = d.termList()
	case someTerms:
		e.Terms = &ast.SomeDecl{Symbols: d.termList(), Location: e.Location}
	case everyTerms:
		every := &ast.Every{Key: d.optional(), Location: e.Location}
		every.Value, every.Domain = d.term(), d.term()
		every.Body = d.body()
		e.Terms = every
	default:
		d.fail()
	}
	for range d.count() {
		e.With = append(e.With, &ast.With{Target: d.term(), Value: d.term()})
	}
}
