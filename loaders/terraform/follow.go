package terraform

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/expression"
)

// bare takes the parts off an expression that do not change its value.
func bare(x hcl.Expression) hcl.Expression {
	for {
		switch y := expression.Unwrap(unexpr(x)).(type) {
		case *hclsyntax.ParenthesesExpr:
			x = y.Expression
		case *hclsyntax.TemplateWrapExpr:
			x = y.Wrapped
		default:
			return y
		}
	}
}

func unexpr(x hcl.Expression) hcl.Expression {
	if e, ok := x.(*expr); ok && e != nil {
		return e.Expression
	}
	return x
}

// follow returns the expression that another one takes its value from, with a
// message that names it; "" when it stands in the same place.
func follow(o origin) (origin, string, bool) {
	if o.scope == nil || o.expr == nil {
		return origin{}, "", false
	}
	if e, ok := o.expr.(*expr); ok && e == nil {
		return origin{}, "", false
	}
	switch x := bare(o.expr).(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return o.scope.definition(x.Traversal)
	case *hclsyntax.ConditionalExpr:
		if arm, ok := o.scope.chosen(x); ok {
			return origin{o.scope, arm}, "", true
		}
	case *hclsyntax.IndexExpr, *hclsyntax.RelativeTraversalExpr:
		return o.scope.indexed(x)
	case *hclsyntax.FunctionCallExpr:
		return o.scope.argumentOf(x)
	}
	return origin{}, "", false
}

// chosen is the arm of a conditional that gives its value, if that is decided.
func (s *scope) chosen(x *hclsyntax.ConditionalExpr) (hcl.Expression, bool) {
	v, ok := s.quiet(x.Condition)
	if !ok {
		return nil, false
	}
	truth, err := convert.Convert(v, cty.Bool)
	if err != nil || truth.IsNull() {
		return nil, false
	}
	if truth.True() {
		return x.TrueResult, true
	}
	return x.FalseResult, true
}

// quiet evaluates a part of an expression that was evaluated before; it is
// false when the value is not wholly known.
func (s *scope) quiet(x hclsyntax.Expression) (cty.Value, bool) {
	refs := referencesIn(x)
	v, diags := s.evaluate(&expr{Expression: x, refs: refs})
	if diags.HasErrors() {
		return cty.NilVal, false
	}
	v, _ = s.m.l.table.Erase(v).UnmarkDeep()
	return v, v.IsWhollyKnown() && !v.IsNull()
}

// referencesIn lists the references of a wrapped expression.
func referencesIn(x hcl.Expression) []hcl.Traversal {
	w := &references{}
	if node, ok := x.(hclsyntax.Node); ok {
		_ = hclsyntax.Walk(node, w)
	}
	return w.found
}

type references struct{ found []hcl.Traversal }

// Enter notes a reference.
func (w *references) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if x, ok := n.(hcl.Expression); ok {
		if t, ok := expression.Unwrap(x).(*hclsyntax.ScopeTraversalExpr); ok {
			w.found = append(w.found, t.Traversal)
		}
	}
	return nil
}

// Exit does nothing.
func (w *references) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// definition is the expression that a reference names.
func (s *scope) definition(t hcl.Traversal) (origin, string, bool) {
	root := t.RootName()
	if it := s.iterator(root); it != nil {
		return steps(it.origin, it.key, t)
	}
	if root == "each" && s.instance.kind == eached {
		return steps(s.instance.origin, s.instance.key, t)
	}
	name, ok := attributeName(t, 1)
	if !ok {
		return origin{}, "", false
	}
	var found origin
	var message string
	switch root {
	case "var":
		found, message, ok = s.m.variableOrigin(name)
	case "local":
		if v := s.m.cfg.locals[name]; v != nil {
			found, message, ok = origin{s.m.scope(instance{}), v.expr}, "local value "+name, true
		}
	case "module":
		return s.m.outputOrigin(name, t[2:])
	default:
		ok = false
	}
	if !ok {
		return origin{}, "", false
	}
	inner, whole := descend(found, t[2:])
	if !whole {
		return origin{}, "", false
	}
	return inner, message, true
}

// steps follows the value of an iterator into the collection that it loops
// over.
func steps(o origin, key cty.Value, t hcl.Traversal) (origin, string, bool) {
	if part, ok := attributeName(t, 1); !ok || part != "value" || o.expr == nil {
		return origin{}, "", false
	}
	item, ok := step(o, key)
	if !ok {
		return o, "for_each", true
	}
	inner, whole := descend(item, t[2:])
	if !whole {
		return origin{}, "", false
	}
	return inner, "for_each", true
}

// descend follows the steps of a traversal through expressions.
func descend(o origin, t hcl.Traversal) (origin, bool) {
	for _, s := range t {
		var key cty.Value
		switch s := s.(type) {
		case hcl.TraverseAttr:
			key = cty.StringVal(s.Name)
		case hcl.TraverseIndex:
			key = s.Key
		default:
			return origin{}, false
		}
		next, ok := step(o, key)
		if !ok {
			return origin{}, false
		}
		o = next
	}
	return o, true
}

// step finds the expression of one element of a collection.
func step(o origin, key cty.Value) (origin, bool) {
	key, _ = key.Unmark()
	if key == cty.NilVal || !key.IsKnown() || key.IsNull() {
		return origin{}, false
	}
	for range maxSteps {
		if o.scope == nil || o.expr == nil {
			return origin{}, false
		}
		switch x := bare(o.expr).(type) {
		case *hclsyntax.ObjectConsExpr:
			return o.scope.fieldOf(x, key)
		case *hclsyntax.TupleConsExpr:
			return itemOf(o.scope, x, key)
		case *hclsyntax.FunctionCallExpr:
			if x.Name == "merge" {
				return o.scope.mergedField(x, key)
			}
		}
		next, _, ok := follow(o)
		if !ok {
			return origin{}, false
		}
		o = next
	}
	return origin{}, false
}

func (s *scope) fieldOf(x *hclsyntax.ObjectConsExpr, key cty.Value) (origin, bool) {
	want, err := convert.Convert(key, cty.String)
	if err != nil {
		return origin{}, false
	}
	for _, v := range slices.Backward(x.Items) {
		name := keyName(v.KeyExpr)
		if name == "" {
			if v, ok := s.quiet(v.KeyExpr); ok {
				name, _ = plainText(v)
			}
		}
		if name == want.AsString() {
			return origin{s, v.ValueExpr}, true
		}
	}
	return origin{}, false
}

func itemOf(s *scope, x *hclsyntax.TupleConsExpr, key cty.Value) (origin, bool) {
	if key.Type() != cty.Number {
		return origin{}, false
	}
	i, accuracy := key.AsBigFloat().Int64()
	if accuracy != 0 || i < 0 || i >= int64(len(x.Exprs)) {
		return origin{}, false
	}
	return origin{s, x.Exprs[i]}, true
}

// mergedField finds a field in the last argument of merge that has it.
func (s *scope) mergedField(x *hclsyntax.FunctionCallExpr, key cty.Value) (origin, bool) {
	for _, v := range slices.Backward(x.Args) {
		if found, ok := step(origin{s, v}, key); ok {
			return found, true
		}
	}
	return origin{}, false
}

// argumentOf is the argument that a function returns as it is.
func (s *scope) argumentOf(x *hclsyntax.FunctionCallExpr) (origin, string, bool) {
	if len(x.Args) == 0 {
		return origin{}, "", false
	}
	switch x.Name {
	case "tolist", "tomap", "toset", "tostring", "nonsensitive", "sensitive":
		return origin{s, x.Args[0]}, "", true
	case "try", "coalesce":
		for _, arg := range x.Args {
			if _, ok := s.quiet(arg); ok {
				return origin{s, arg}, "", true
			}
		}
	case "lookup":
		if len(x.Args) < 2 {
			return origin{}, "", false
		}
		if key, ok := s.quiet(x.Args[1]); ok {
			if found, ok := step(origin{s, x.Args[0]}, key); ok {
				return found, "", true
			}
		}
	}
	return origin{}, "", false
}

// indexed follows an index or a traversal of another expression.
func (s *scope) indexed(x hcl.Expression) (origin, string, bool) {
	switch x := x.(type) {
	case *hclsyntax.IndexExpr:
		key, ok := s.quiet(x.Key)
		if !ok {
			return origin{}, "", false
		}
		found, ok := step(origin{s, x.Collection}, key)
		return found, "entry", ok
	case *hclsyntax.RelativeTraversalExpr:
		found, ok := descend(origin{s, x.Source}, x.Traversal)
		return found, "entry", ok
	}
	return origin{}, "", false
}

// variableOrigin is where a variable gets its value.
func (m *module) variableOrigin(name string) (origin, string, bool) {
	v := m.cfg.variables[name]
	if v == nil {
		return origin{}, "", false
	}
	if m.parent != nil {
		if a := m.call.arguments[name]; a != nil {
			return origin{m.parent.scope(m.instance), a.expr}, fmt.Sprintf("argument %s of module %s", name, m.call.name), true
		}
	} else if g, ok := m.given[name]; ok {
		if g.expr == nil {
			return origin{}, "", false
		}
		return origin{m.scope(instance{}), g.expr}, "value of variable " + name, true
	}
	if a := v.block.Body.Attribute("default"); a != nil {
		return origin{m.scope(instance{}), a.Expr}, "default of variable " + name, true
	}
	return origin{}, "", false
}

// outputOrigin is the expression of an output of a called module.
func (m *module) outputOrigin(name string, t hcl.Traversal) (origin, string, bool) {
	state := m.children[name]
	if state == nil {
		return origin{}, "", false
	}
	var key cty.Value
	if len(t) > 0 {
		if i, ok := t[0].(hcl.TraverseIndex); ok {
			key, t = i.Key, t[1:]
		}
	}
	label, ok := attributeName(t, 0)
	if !ok {
		return origin{}, "", false
	}
	for _, mi := range state.instances {
		if mi.module == nil || key != cty.NilVal && (mi.instance.kind == once || !mi.instance.key.RawEquals(key)) {
			continue
		}
		o := mi.module.cfg.outputs[label]
		if o == nil || o.value == nil {
			return origin{}, "", false
		}
		inner, whole := descend(origin{mi.module.scope(instance{}), o.value}, t[1:])
		return inner, fmt.Sprintf("output %s of module %s", label, name), whole
	}
	return origin{}, "", false
}
