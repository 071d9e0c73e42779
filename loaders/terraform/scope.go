package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/functions"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// scope is what an expression sees.
type scope struct {
	m        *module
	instance instance
	// self is the resource itself, in postconditions.
	self cty.Value
	// iterators are those of the dynamic blocks around, innermost first.
	iterators []iterator
}

// iterator is the variable of a dynamic block.
type iterator struct {
	name       string
	key, value cty.Value
	// origin is where the collection was written.
	origin origin
}

// origin is an expression with the scope that it is evaluated in.
type origin struct {
	scope *scope
	expr  hcl.Expression
}

// scope is the scope of the module's own expressions.
func (m *module) scope(i instance) *scope { return &scope{m: m, instance: i, self: cty.NilVal} }

// with is the scope inside a dynamic block.
func (s *scope) with(i iterator) *scope {
	inner := *s
	inner.iterators = append([]iterator{i}, s.iterators...)
	return &inner
}

// eval evaluates an expression and reports what is wrong with it.
func (s *scope) eval(x *expr) cty.Value {
	if x == nil {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	v, diags := s.evaluate(x)
	s.m.l.report(diags...)
	if diags.HasErrors() {
		r := s.m.l.inside(x.Range())
		return s.m.l.failed("failed("+r.String()+s.m.path+s.instance.suffix(s.m.l)+")", "the expression at "+r.String()+" cannot be evaluated")
	}
	return v
}

// evaluate evaluates an expression. What is wrong only because more is known
// here than Terraform knows before apply makes the value unknown: Terraform does
// not refuse it.
func (s *scope) evaluate(x *expr) (cty.Value, hcl.Diagnostics) {
	l := s.m.l
	ctx := &hcl.EvalContext{Variables: s.variables(x.refs), Functions: l.functions.Functions()}
	v, diags := x.Value(ctx)
	if !diags.HasErrors() {
		return v, diags
	}
	plain, ok := l.evaluator.Refused(x, ctx.Variables, ctx.Functions, diags)
	if !ok {
		return v, diags
	}
	if plain.IsWhollyKnown() {
		return plain, nil
	}
	return l.failed("failed("+x.Range().String()+s.m.path+s.instance.suffix(l)+")", "the expression at "+x.Range().String()+" can only be evaluated after apply"), nil
}

// variables makes the values that an expression refers to.
func (s *scope) variables(refs []hcl.Traversal) map[string]cty.Value {
	out := make(map[string]cty.Value, len(refs))
	groups := map[string]map[string]cty.Value{}
	wanted := wantedOutputs(refs)
	for _, ref := range refs {
		name := ref.RootName()
		if it := s.iterator(name); it != nil {
			out[name] = cty.ObjectVal(map[string]cty.Value{"key": it.key, "value": it.value})
			continue
		}
		switch name {
		case "each":
			out[name] = s.instance.each(s.m.l)
		case "count":
			out[name] = s.instance.counter(s.m.l)
		case "self":
			if s.self != cty.NilVal {
				out[name] = s.self
			}
		case "path":
			out[name] = s.m.paths()
		case "terraform":
			out[name] = s.m.l.terraformObject()
		default:
			s.group(groups, name, ref, wanted)
		}
	}
	for name, fields := range groups {
		out[name] = nested(name, fields)
	}
	return out
}

// managed may stand before the type of a managed resource in a reference.
const managed = "resource"

// hasTwoNames reports whether a type and a name follow the root of a reference.
func hasTwoNames(root string) bool {
	return root == "data" || root == "ephemeral" || root == managed
}

// nested makes an object of values by name; the names of data sources and
// ephemeral resources have two parts.
func nested(name string, fields map[string]cty.Value) cty.Value {
	if !hasTwoNames(name) {
		return cty.ObjectVal(fields)
	}
	types := map[string]map[string]cty.Value{}
	for key, v := range fields {
		kind, label, _ := cutDot(key)
		if types[kind] == nil {
			types[kind] = map[string]cty.Value{}
		}
		types[kind][label] = v
	}
	out := map[string]cty.Value{}
	for kind, labels := range types {
		out[kind] = cty.ObjectVal(labels)
	}
	return cty.ObjectVal(out)
}

func cutDot(s string) (before, after string, found bool) {
	for i := range len(s) {
		if s[i] == '.' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func (s *scope) iterator(name string) *iterator {
	for i := range s.iterators {
		if s.iterators[i].name == name {
			return &s.iterators[i]
		}
	}
	return nil
}

// group evaluates what one reference names.
func (s *scope) group(groups map[string]map[string]cty.Value, root string, ref hcl.Traversal, wanted map[string]map[string]bool) {
	name, ok := attributeName(ref, 1)
	if !ok {
		return
	}
	if _, done := groups[root][name]; done && !hasTwoNames(root) {
		return
	}
	var value cty.Value
	switch root {
	case "var":
		value = s.m.variable(name)
	case "local":
		value = s.m.local(name)
	case "module":
		value = s.m.moduleValue(name, wanted[name])
	case "data", "ephemeral", managed:
		label, ok := attributeName(ref, 2)
		if !ok {
			return
		}
		name += "." + label
		value = s.m.resourceValue(strings.TrimPrefix(root+"."+name, managed+"."))
	default:
		value = s.m.resourceValue(root + "." + name)
	}
	if groups[root] == nil {
		groups[root] = map[string]cty.Value{}
	}
	groups[root][name] = value
}

// wantedOutputs says which outputs of which modules are referred to; nil stands
// for all of a module's.
func wantedOutputs(refs []hcl.Traversal) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, ref := range refs {
		name, ok := attributeName(ref, 1)
		if !ok || ref.RootName() != "module" {
			continue
		}
		old, met := out[name]
		if met && old == nil {
			continue
		}
		output, ok := outputName(ref[2:])
		if !ok {
			out[name] = nil
			continue
		}
		if old == nil {
			old = map[string]bool{}
		}
		old[output] = true
		out[name] = old
	}
	return out
}

// outputName is the output that the rest of a reference to a module names.
func outputName(rest hcl.Traversal) (string, bool) {
	if len(rest) > 0 {
		if _, ok := rest[0].(hcl.TraverseIndex); ok {
			rest = rest[1:]
		}
	}
	if len(rest) == 0 {
		return "", false
	}
	step, ok := rest[0].(hcl.TraverseAttr)
	return step.Name, ok
}

func attributeName(ref hcl.Traversal, i int) (string, bool) {
	if i >= len(ref) {
		return "", false
	}
	switch step := ref[i].(type) {
	case hcl.TraverseAttr:
		return step.Name, true
	case hcl.TraverseIndex:
		// data.aws_ami["x"] is no valid reference, but var["x"] is.
		return plainText(step.Key)
	}
	return "", false
}

// paths is the value of path.
func (m *module) paths() cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"module": cty.StringVal(partial.Clean(relative(m.l.dir, m.cfg.dir))),
		"root":   cty.StringVal("."),
		"cwd":    functions.WorkingDirectory(m.l.table),
	})
}

// terraformObject is the value of terraform.
func (l *loader) terraformObject() cty.Value {
	workspace := l.options.Workspace
	if workspace == "" {
		workspace = "default"
	}
	return cty.ObjectVal(map[string]cty.Value{
		"workspace": cty.StringVal(partial.Clean(workspace)),
		"applying": l.table.Value(cty.Bool, &partial.Origin{
			Unknown: &graph.Unknown{ID: "terraform.applying", Reason: "terraform.applying hangs on the phase of the run"},
		}).Mark(partial.Ephemeral),
	})
}
