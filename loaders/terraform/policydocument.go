package terraform

import (
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// policy is a policy document while it is put together.
type policy struct {
	version, id cty.Value
	statements  []statement
}

// statement is one statement: its elements in the order in which the provider
// writes them. When unknown is set, it stands for any number of statements.
type statement struct {
	sid      string
	elements []element
	unknown  cty.Value
}

type element struct {
	name  string
	value node
}

// node is JSON with the order of its fields: an object, or a value.
type node struct {
	fields []element
	value  cty.Value
	object bool
}

// policyDocument works out data.aws_iam_policy_document.
func (m *module) policyDocument(cfg *resourceConfig, r *resourceInstance) map[string]cty.Value {
	w := &documentWriter{m: m, cfg: cfg, r: r}
	out := map[string]cty.Value{}
	flags := w.flags()
	for name, indent := range map[string]bool{"json": true, "minified_json": false} {
		v, err := w.render(indent)
		if err != nil {
			m.l.problem(cfg.block.Header, "Invalid policy document", fmt.Sprintf("writing IAM Policy Document: %s.", err))
			v = m.l.failed("failed("+r.id+")", "policy document "+cfg.name+" is not valid")
		}
		out[name] = v.WithMarks(flags)
	}
	return out
}

// documentWriter writes one policy document.
type documentWriter struct {
	m   *module
	cfg *resourceConfig
	r   *resourceInstance
}

func (w *documentWriter) flags() cty.ValueMarks {
	var values []cty.Value
	for _, v := range w.r.body.fields(w.m.l) {
		values = append(values, v)
	}
	return partial.DeepFlags(values...)
}

// render makes the text. The documents that it merges and the statements that
// exist under a condition may be undecided: the text is a choice then.
func (w *documentWriter) render(indent bool) (cty.Value, error) {
	t := w.m.l.table
	args := []cty.Value{w.documents("source_json", "source_policy_documents"), w.documents("override_json", "override_policy_documents")}
	blocks := w.r.body.blocks["statement"]
	for _, b := range blocks {
		exists := cty.StringVal("1")
		for _, term := range b.exist {
			yes, no := exists, cty.StringVal("0")
			if term.Negated {
				yes, no = no, yes
			}
			exists = t.Choose(term.Condition, yes, no)
		}
		args = append(args, exists)
	}
	return t.Distribute(args, func(args []cty.Value) (cty.Value, error) {
		return w.build(args[0], args[1], args[2:], indent)
	})
}

// documents is the tuple of the documents that two arguments give; an unknown
// list is one unknown document.
func (w *documentWriter) documents(single, list string) cty.Value {
	var out []cty.Value
	if a := w.r.body.attributes[single]; a != nil && !a.value.IsNull() {
		out = append(out, a.value)
	}
	a := w.r.body.attributes[list]
	if a == nil || a.value.IsNull() {
		return cty.TupleVal(out)
	}
	plain, _ := a.value.Unmark()
	if !plain.IsKnown() {
		return cty.TupleVal(append(out, a.value))
	}
	for _, item := range plain.AsValueSlice() {
		if !item.IsNull() {
			out = append(out, item)
		}
	}
	return cty.TupleVal(out)
}

func (w *documentWriter) build(sources, overrides cty.Value, exist []cty.Value, indent bool) (cty.Value, error) {
	t := w.m.l.table
	p := &policy{version: cty.NilVal, id: cty.NilVal}
	seen := map[string]bool{}
	for _, source := range sources.AsValueSlice() {
		other, err := w.parse(source)
		if err != nil {
			return cty.NilVal, err
		}
		for i, st := range other.statements {
			if st.sid != "" && seen[st.sid] {
				return cty.NilVal, fmt.Errorf("duplicate Sid (%s) in source_policy_documents (statement %d). Remove the Sid or ensure Sids are unique", st.sid, i)
			}
			seen[st.sid] = true
		}
		p.merge(other)
	}
	own, err := w.own(exist)
	if err != nil {
		return cty.NilVal, err
	}
	p.merge(own)
	for _, override := range overrides.AsValueSlice() {
		other, err := w.parse(override)
		if err != nil {
			return cty.NilVal, err
		}
		if len(other.statements) > 0 && other.statements[0].unknown != cty.NilVal {
			// What is not known may replace any statement that has a Sid.
			return t.Value(cty.String, t.Derive("policy_document", sources, overrides)), nil
		}
		p.merge(other)
	}
	if most := w.m.l.limits.Instances; len(p.statements) > most {
		return cty.NilVal, fmt.Errorf("the document has more than the %d statements that iblint evaluates", most)
	}
	text, err := w.write(p, indent)
	return cty.StringVal(text), err
}

// merge lays a document over this one: a statement replaces the one with its
// Sid.
func (p *policy) merge(other *policy) {
	if other.id != cty.NilVal {
		p.id = other.id
	}
	if other.version != cty.NilVal {
		p.version = other.version
	}
	for _, st := range other.statements {
		replaced := false
		for i := range p.statements {
			if st.sid != "" && p.statements[i].sid == st.sid {
				p.statements[i], replaced = st, true
			}
		}
		if !replaced {
			p.statements = append(p.statements, st)
		}
	}
}

// own is the document of the statement blocks.
func (w *documentWriter) own(exist []cty.Value) (*policy, error) {
	p := &policy{version: cty.StringVal("2012-10-17"), id: cty.NilVal}
	if v := w.set(w.r.body, "version"); v != cty.NilVal {
		p.version = v
	}
	if v := w.set(w.r.body, "policy_id"); v != cty.NilVal {
		p.id = v
	}
	seen := map[string]bool{}
	for i, b := range w.r.body.blocks["statement"] {
		truth, known := plainText(exist[i])
		switch {
		case known && truth == "0":
			continue
		case b.unknown != nil:
			p.statements = append(p.statements, w.unknownStatement(b.unknown))
			continue
		case known && partial.HasToken(truth):
			p.statements = append(p.statements, w.unknownStatement(b.exist[0].Condition.Unknown()))
			continue
		}
		st := w.statement(b.body)
		if st.sid != "" && seen[st.sid] {
			return nil, fmt.Errorf("duplicate Sid (%s). Remove the Sid or ensure the Sid is unique", w.m.l.table.Label(st.sid))
		}
		seen[st.sid] = true
		p.statements = append(p.statements, st)
	}
	return p, nil
}

func (w *documentWriter) unknownStatement(u *graph.Unknown) statement {
	return statement{unknown: w.m.l.table.Value(cty.DynamicPseudoType, &partial.Origin{Unknown: u})}
}

// set is an argument that is written and neither null nor empty.
func (w *documentWriter) set(b *bodyValue, name string) cty.Value {
	a := b.attributes[name]
	if a == nil || a.value.IsNull() {
		return cty.NilVal
	}
	v, _ := a.value.UnmarkDeep()
	if text, ok := plainText(v); ok && text == "" {
		return cty.NilVal
	}
	plain, _ := a.value.Unmark()
	if plain.IsKnown() && !plain.Type().IsPrimitiveType() && plain.CanIterateElements() && plain.LengthInt() == 0 {
		return cty.NilVal
	}
	return a.value
}

func (w *documentWriter) statement(b *bodyValue) statement {
	var st statement
	add := func(name string, v cty.Value) {
		if v != cty.NilVal {
			st.elements = append(st.elements, element{name, node{value: v}})
		}
	}
	if v := w.set(b, "sid"); v != cty.NilVal {
		st.sid, _ = plainText(v)
		add("Sid", v)
	}
	effect := w.set(b, "effect")
	if effect == cty.NilVal {
		effect = cty.StringVal("Allow")
	}
	add("Effect", effect)
	add("Action", w.list(w.set(b, "actions"), false))
	add("NotAction", w.list(w.set(b, "not_actions"), false))
	add("Resource", w.list(w.set(b, "resources"), true))
	add("NotResource", w.list(w.set(b, "not_resources"), true))
	for _, kind := range [][2]string{{"principals", "Principal"}, {"not_principals", "NotPrincipal"}} {
		if n, ok := w.principals(b.blocks[kind[0]]); ok {
			st.elements = append(st.elements, element{kind[1], n})
		}
	}
	if n, ok := w.conditions(b.blocks["condition"]); ok {
		st.elements = append(st.elements, element{"Condition", n})
	}
	return st
}

// list is a list as the provider writes it: one item alone, several in reverse
// order. In most elements &{ stands for ${.
func (w *documentWriter) list(v cty.Value, variables bool) cty.Value {
	if v == cty.NilVal {
		return v
	}
	plain, marks := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() || !plain.CanIterateElements() {
		return v
	}
	items := plain.AsValueSlice()
	if variables {
		for i := range items {
			items[i] = w.variables(items[i])
		}
	}
	_, uncertain := marks[partial.Uncertain]
	if len(items) == 1 && !uncertain {
		return items[0]
	}
	sort.SliceStable(items, func(i, j int) bool {
		a, _ := plainText(items[i])
		b, _ := plainText(items[j])
		return a > b
	})
	out := cty.TupleVal(items)
	if uncertain {
		out = out.Mark(partial.Uncertain)
	}
	return out
}

// variables writes the variables of a policy, which HCL has in the form &{…}.
func (w *documentWriter) variables(v cty.Value) cty.Value {
	return partial.Map(v, func(leaf cty.Value) cty.Value {
		if text, ok := plainText(leaf); ok && strings.Contains(text, "&{") {
			return cty.StringVal(strings.ReplaceAll(text, "&{", "${"))
		}
		return leaf
	})
}

// principals groups the identifiers of principals by their type.
func (w *documentWriter) principals(blocks []*blockValue) (node, bool) {
	groups := map[string][]cty.Value{}
	for _, b := range blocks {
		if n, ok := w.undecided(b); ok {
			return n, true
		}
		kind, ok := plainText(value(b.body, "type"))
		if !ok {
			return node{value: w.unknownOf(value(b.body, "type"))}, true
		}
		groups[kind] = append(groups[kind], w.variables(value(b.body, "identifiers")))
	}
	if len(groups) == 0 {
		return node{}, false
	}
	out := node{object: true}
	for _, kind := range sortedKeys(groups) {
		v := w.list(w.concat(groups[kind]), false)
		if text, ok := plainText(v); ok && kind == "*" && text == "*" && len(groups) == 1 {
			return node{value: v}, true
		}
		out.fields = append(out.fields, element{kind, node{value: v}})
	}
	return out, true
}

// concat joins lists; one that is not known makes the whole unknown.
func (w *documentWriter) concat(lists []cty.Value) cty.Value {
	if len(lists) == 1 {
		return lists[0]
	}
	out, err := w.m.l.functions.Functions()["concat"].Call(listsOf(lists))
	if err != nil {
		return w.unknownOf(cty.TupleVal(lists))
	}
	return out
}

// listsOf makes lists of what may be sets.
func listsOf(values []cty.Value) []cty.Value {
	out := make([]cty.Value, len(values))
	for i, v := range values {
		plain, marks := v.Unmark()
		out[i] = v
		if plain.IsKnown() && !plain.IsNull() && plain.Type().IsSetType() {
			out[i] = cty.TupleVal(plain.AsValueSlice()).WithMarks(marks)
		}
	}
	return out
}

func value(b *bodyValue, name string) cty.Value {
	if a := b.attributes[name]; a != nil {
		return a.value
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// undecided is a block of which it is not known whether it exists.
func (w *documentWriter) undecided(b *blockValue) (node, bool) {
	u := b.unknown
	if len(b.exist) > 0 {
		u = b.exist[0].Condition.Unknown()
	}
	if u == nil {
		return node{}, false
	}
	return node{value: w.m.l.table.Value(cty.DynamicPseudoType, &partial.Origin{Unknown: u})}, true
}

func (w *documentWriter) unknownOf(v cty.Value) cty.Value {
	return w.m.l.table.Value(cty.DynamicPseudoType, w.m.l.table.Derive("policy", v))
}

// conditions groups the values of conditions by operator and key.
func (w *documentWriter) conditions(blocks []*blockValue) (node, bool) {
	groups := map[string]map[string][]cty.Value{}
	for _, b := range blocks {
		if n, ok := w.undecided(b); ok {
			return n, true
		}
		test, ok1 := plainText(value(b.body, "test"))
		key, ok2 := plainText(w.variables(value(b.body, "variable")))
		if !ok1 || !ok2 {
			return node{value: w.unknownOf(cty.TupleVal([]cty.Value{value(b.body, "test"), value(b.body, "variable")}))}, true
		}
		if groups[test] == nil {
			groups[test] = map[string][]cty.Value{}
		}
		groups[test][key] = append(groups[test][key], w.variables(value(b.body, "values")))
	}
	if len(groups) == 0 {
		return node{}, false
	}
	out := node{object: true}
	for _, test := range sortedKeys(groups) {
		inner := node{object: true}
		for _, key := range sortedKeys(groups[test]) {
			v := w.concat(groups[test][key])
			if plain, marks := v.Unmark(); plain.IsKnown() && !plain.IsNull() && plain.CanIterateElements() && plain.LengthInt() == 1 && len(marks) == 0 {
				v = plain.AsValueSlice()[0]
			}
			inner.fields = append(inner.fields, element{key, node{value: v}})
		}
		out.fields = append(out.fields, element{test, inner})
	}
	return out, true
}

// write makes the JSON text of a document.
func (w *documentWriter) write(p *policy, indent bool) (string, error) {
	var fields []element
	for _, f := range []element{{"Version", node{value: p.version}}, {"Id", node{value: p.id}}} {
		if f.value.value != cty.NilVal {
			fields = append(fields, f)
		}
	}
	out := &jsonWriter{set: w.m.l, indent: indent}
	out.object(fields, 0, func() {
		if len(fields) > 0 {
			out.comma(1)
		} else {
			out.line(1)
		}
		out.key("Statement")
		out.statements(p.statements)
	})
	return out.b.String(), out.err
}
