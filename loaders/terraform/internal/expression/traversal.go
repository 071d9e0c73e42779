package expression

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

type scopeTraversal struct {
	*hclsyntax.ScopeTraversalExpr
	e *Evaluator
}

// Value follows the traversal from its root variable.
func (x *scopeTraversal) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		v, diags := x.e.plainly(x.ScopeTraversalExpr, ctx)
		return v, suggest(diags, x.Traversal.RootName(), variables(ctx))
	}
	name := x.Traversal.RootName()
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[name]; ok {
			return x.e.Traverse(v, x.Traversal[1:])
		}
	}
	v, diags := x.ScopeTraversalExpr.Value(ctx)
	return v, suggest(diags, name, variables(ctx))
}

type relativeTraversal struct {
	*hclsyntax.RelativeTraversalExpr
	e *Evaluator
}

// Value follows the traversal from the value of its source.
func (x *relativeTraversal) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.RelativeTraversalExpr, ctx)
	}
	v, diags := x.Source.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	v, more := x.e.Traverse(v, x.Traversal)
	return v, append(diags, more...)
}

// Traverse follows the steps of a traversal from a value.
func (e *Evaluator) Traverse(v cty.Value, steps hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	for i, s := range steps {
		next, diags := e.traverseStep(v, s)
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		if split, ok := s.(hcl.TraverseSplat); ok {
			return e.traverseSplat(next, split, steps[i+1:])
		}
		v = next
	}
	return v, nil
}

// traverseSplat never happens with parsed expressions; HCL makes them nodes.
func (e *Evaluator) traverseSplat(v cty.Value, _ hcl.TraverseSplat, _ hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	return e.unknown(cty.DynamicPseudoType, "splat", v), nil
}

func (e *Evaluator) traverseStep(v cty.Value, s hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	plain, _ := v.Unmark()
	if !plain.IsKnown() {
		return e.stepUnknown(v, s)
	}
	if out, ok := e.stepHole(v, s); ok {
		return out, nil
	}
	flags := partial.Flags(v)
	out, diags := s.TraversalStep(plain)
	if diags.HasErrors() && v.HasMark(partial.Deferred) {
		return e.unknown(cty.DynamicPseudoType, "step"+stepText(s), v), nil
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return out.WithMarks(flags), diags
}

// stepHole answers for a known container whose keys or order are not certain.
func (e *Evaluator) stepHole(v cty.Value, s hcl.Traverser) (cty.Value, bool) {
	plain, _ := v.Unmark()
	ty := plain.Type()
	if plain.IsNull() {
		return cty.NilVal, false
	}
	key, ok := stepKey(s)
	if !ok {
		return cty.NilVal, false
	}
	if _, isIndex := s.(hcl.TraverseIndex); isIndex {
		if item, ok := only(v); ok {
			return item, true
		}
	}
	if ty.IsObjectType() || ty.IsMapType() {
		return e.missingField(v, key)
	}
	if v.HasMark(partial.Uncertain) {
		return e.unknown(elementType(ty), "index", v, key), true
	}
	return cty.NilVal, false
}

// only is the element that stands for all of a collection.
func only(v cty.Value) (cty.Value, bool) {
	if !v.HasMark(partial.Representative) {
		return cty.NilVal, false
	}
	plain, _ := v.Unmark()
	for it := plain.ElementIterator(); it.Next(); {
		_, item := it.Element()
		return item, true
	}
	return cty.NilVal, false
}

func elementType(ty cty.Type) cty.Type {
	if ty.IsCollectionType() {
		return ty.ElementType()
	}
	return cty.DynamicPseudoType
}

func stepKey(s hcl.Traverser) (cty.Value, bool) {
	switch s := s.(type) {
	case hcl.TraverseAttr:
		return cty.StringVal(s.Name), true
	case hcl.TraverseIndex:
		return s.Key, true
	}
	return cty.NilVal, false
}

// missingField answers for an object without the attribute: the attribute is
// unknown when the object is open, or when a key of it is not known.
func (e *Evaluator) missingField(v, key cty.Value) (cty.Value, bool) {
	plain, _ := v.Unmark()
	text, err := convert.Convert(key, cty.String)
	if err != nil || text.IsNull() || !text.IsKnown() || text.IsMarked() {
		return cty.NilVal, false
	}
	name := text.AsString()
	maybe := false
	for it := plain.ElementIterator(); it.Next(); {
		k, _ := it.Element()
		switch e.Table.SameText(k.AsString(), name) {
		case partial.Yes:
			return cty.NilVal, false
		case partial.Unknown:
			maybe = true
		case partial.No:
		}
	}
	if open := partial.OpenOf(v); open != nil {
		return e.openAttribute(open, name), true
	}
	if !maybe {
		return cty.NilVal, false
	}
	out := e.Table.Derive("index", v, key)
	out.Fallible = true
	return e.Table.Value(elementType(plain.Type()), out), true
}

func (e *Evaluator) openAttribute(open *partial.Open, name string) cty.Value {
	id := "attribute(" + open.ID + "#" + name + ")"
	if open.Pattern != "" {
		id = fill(open.Pattern, name)
	}
	o := &partial.Origin{
		Unknown: &graph.Unknown{
			ID: id, Reason: fill(open.Reason, name), Settle: fill(open.Settle, name), Range: open.Range,
		},
		Text: open.Text + "." + name,
	}
	if open.Pattern == "" && (name == "arn" || name == "id") {
		// Whatever the type, these are texts, and none is empty.
		o.Class = partial.ClassFilled
		return e.Table.Value(cty.String, o)
	}
	return e.Table.Value(cty.DynamicPseudoType, o)
}

// fill puts a name in the place of "%s".
func fill(pattern, name string) string {
	for i := 0; i+1 < len(pattern); i++ {
		if pattern[i] == '%' && pattern[i+1] == 's' {
			return pattern[:i] + name + pattern[i+2:]
		}
	}
	return pattern
}

// stepUnknown follows a step into a value that is not known.
func (e *Evaluator) stepUnknown(v cty.Value, s hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	plain, _ := v.Unmark()
	o := e.Table.OriginOf(v)
	if o != nil && o.Choice != nil {
		return e.stepChoice(o.Choice, v, s)
	}
	out, diags := s.TraversalStep(plain)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if o == nil {
		return out.WithMarks(partial.Flags(v)), diags
	}
	unknown := *o.Unknown
	unknown.ID += stepText(s)
	next := &partial.Origin{Unknown: &unknown, Fallible: true, Nullable: true, Failed: o.Failed, Text: o.Text + stepText(s)}
	if plain.Type() != cty.DynamicPseudoType && (plain.Type().IsObjectType() || plain.Type().IsTupleType()) {
		next.Fallible = o.Fallible
	}
	return e.Table.Value(out.Type(), next).WithMarks(partial.Flags(v)), diags
}

func (e *Evaluator) stepChoice(c *partial.Choice, v cty.Value, s hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	then, diagsThen := e.stepArm(c.Then, s)
	els, diagsElse := e.stepArm(c.Else, s)
	switch {
	case diagsThen.HasErrors() && diagsElse.HasErrors():
		return cty.DynamicVal, diagsThen
	case diagsThen.HasErrors():
		then = e.Table.Failed("step"+stepText(s), v)
	case diagsElse.HasErrors():
		els = e.Table.Failed("step"+stepText(s), v)
	}
	return e.Table.Choose(c.Condition, then, els).WithMarks(partial.Flags(v)), nil
}

// stepArm follows a step into an arm; what is absent stays so.
func (e *Evaluator) stepArm(arm cty.Value, s hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	if partial.IsRemoved(arm) {
		return arm, nil
	}
	return e.traverseStep(arm, s)
}

func stepText(s hcl.Traverser) string {
	switch s := s.(type) {
	case hcl.TraverseAttr:
		return "." + s.Name
	case hcl.TraverseIndex:
		if s.Key.Type() == cty.String && s.Key.IsKnown() && !s.Key.IsNull() {
			return "[" + strconv.Quote(s.Key.AsString()) + "]"
		}
		if s.Key.Type() == cty.Number && s.Key.IsKnown() && !s.Key.IsNull() {
			return "[" + s.Key.AsBigFloat().Text('f', -1) + "]"
		}
	}
	return "[?]"
}

type index struct {
	*hclsyntax.IndexExpr
	e *Evaluator
}

// Value looks up the key in the collection.
func (x *index) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.IndexExpr, ctx)
	}
	coll, diags := x.Collection.Value(ctx)
	key, more := x.Key.Value(ctx)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	out, err := x.e.Table.Distribute([]cty.Value{key}, func(args []cty.Value) (cty.Value, error) {
		v, more := x.lookup(coll, args[0])
		if more.HasErrors() {
			return cty.NilVal, more
		}
		return v, nil
	})
	if err != nil {
		more, _ := err.(hcl.Diagnostics) //nolint:errorlint // made three lines above
		return cty.DynamicVal, append(diags, more...)
	}
	return out, diags
}

func (x *index) lookup(coll, key cty.Value) (cty.Value, hcl.Diagnostics) {
	plainKey, _ := key.Unmark()
	flags := partial.Flags(key)
	if x.e.Table.Whole(plainKey) && !plainKey.IsNull() {
		v, diags := x.e.traverseStep(coll, hcl.TraverseIndex{Key: plainKey, SrcRange: x.SrcRange})
		return v.WithMarks(flags), x.located(diags)
	}
	if item, ok := only(coll); ok {
		return item.WithMarks(flags), nil
	}
	plainColl, _ := coll.Unmark()
	if plainColl.IsKnown() && !plainColl.IsNull() && plainKey.Type() == cty.String && plainKey.IsKnown() && !plainKey.IsNull() {
		if v, ok := sameKey(plainColl, plainKey.AsString()); ok {
			return v.WithMarks(flags, partial.Flags(coll)), nil
		}
	}
	erasedKey, _ := x.e.Table.Erase(plainKey).Unmark()
	erasedColl, _ := x.e.Table.Erase(coll).Unmark()
	out, diags := hcl.Index(erasedColl, erasedKey, x.SrcRange.Ptr())
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	o := x.e.Table.Derive("index", coll, key)
	o.Fallible = true
	o.Text = x.e.Snippet(x.SrcRange)
	return x.e.Table.Value(out.Type(), o).WithMarks(flags, partial.Flags(coll)), diags
}

// sameKey finds a key that is the very same unknown text.
func sameKey(coll cty.Value, key string) (cty.Value, bool) {
	if !coll.Type().IsObjectType() && !coll.Type().IsMapType() {
		return cty.NilVal, false
	}
	for it := coll.ElementIterator(); it.Next(); {
		k, v := it.Element()
		if k.AsString() == key {
			return v, true
		}
	}
	return cty.NilVal, false
}

func (x *index) located(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		d.Subject = x.SrcRange.Ptr()
	}
	return diags
}
