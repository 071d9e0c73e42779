package expression

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

type object struct {
	*hclsyntax.ObjectConsExpr
	e *Evaluator
}

// Value makes the object. A key that is not known at all makes it unknown.
func (x *object) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	x.e.Charge(1 + len(x.Items))
	if x.e.Plain {
		return x.e.plainly(x.ObjectConsExpr, ctx)
	}
	v, diags := x.ObjectConsExpr.Value(ctx)
	plain, _ := v.Unmark()
	if plain.IsKnown() || diags.HasErrors() {
		return x.dropOrigins(v), diags
	}
	var keys []cty.Value
	for _, item := range x.Items {
		key, _ := item.KeyExpr.Value(ctx)
		keys = append(keys, key)
	}
	return x.e.unknown(cty.DynamicPseudoType, "object", keys...), diags
}

func (x *object) dropOrigins(v cty.Value) cty.Value { return partial.Strip(v) }

type splat struct {
	*hclsyntax.SplatExpr
	e *Evaluator
}

// Value applies the rest of the expression to every element.
func (x *splat) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.SplatExpr, ctx)
	}
	source, diags := x.Source.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if plain, _ := source.Unmark(); plain.IsKnown() && plain.Type() != cty.String {
		v, more := x.apply(source, ctx)
		return v, append(diags, more...)
	}
	out, err := x.e.Table.Distribute([]cty.Value{source}, func(args []cty.Value) (cty.Value, error) {
		v, more := x.apply(args[0], ctx)
		if more.HasErrors() {
			return cty.NilVal, more
		}
		return v, nil
	})
	if err != nil {
		more, _ := err.(hcl.Diagnostics) //nolint:errorlint // made five lines above
		return cty.DynamicVal, append(diags, more...)
	}
	return out, diags
}

func (x *splat) apply(source cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if plain, _ := source.Unmark(); plain.IsKnown() && !plain.IsNull() && plain.CanIterateElements() {
		x.e.Charge(plain.LengthInt())
	}
	node := *x.SplatExpr
	node.Source = literalOf(source, x.Source)
	v, diags := node.Value(ctx)
	plain, _ := v.Unmark()
	if diags.HasErrors() {
		return v, diags
	}
	if !plain.IsKnown() {
		return x.e.unknown(plain.Type(), "splat"+x.e.Snippet(x.MarkerRange)+x.rest(), source).WithMarks(partial.Flags(v)), diags
	}
	v = plain.WithMarks(partial.Flags(v))
	if source.HasMark(partial.Uncertain) {
		v = v.Mark(partial.Uncertain)
	}
	o := x.e.Table.OriginOf(source)
	ty := source.Type()
	if o != nil && o.Nullable && !ty.IsListType() && !ty.IsTupleType() && !ty.IsSetType() {
		null := x.e.named(x.e.Table.Equal(source, cty.NullVal(ty)), x.e.Snippet(x.Source.Range())+" == null")
		return x.e.Table.ChooseBy(null, cty.EmptyTupleVal, v), diags
	}
	return v, diags
}

// rest is the text behind the marker, which tells splats of one source apart.
func (x *splat) rest() string {
	return x.e.Snippet(hcl.Range{Filename: x.SrcRange.Filename, Start: x.MarkerRange.End, End: x.SrcRange.End})
}

type forExpr struct {
	*hclsyntax.ForExpr
	e *Evaluator
}

// Value makes a tuple or an object of every element of a collection.
func (x *forExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.ForExpr, ctx)
	}
	coll, diags := x.CollExpr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	plain, _ := coll.Unmark()
	if plain.IsNull() || plain.IsKnown() && !plain.CanIterateElements() {
		_, more := x.native(coll, ctx)
		return cty.DynamicVal, append(diags, more...)
	}
	if plain.IsKnown() && !tokens(plain) {
		v, more := x.loop(coll, ctx)
		return v, append(diags, more...)
	}
	out, err := x.e.Table.Distribute([]cty.Value{coll}, func(args []cty.Value) (cty.Value, error) {
		v, more := x.once(args[0], ctx)
		if more.HasErrors() {
			return cty.NilVal, more
		}
		return v, nil
	})
	if err != nil {
		more, _ := err.(hcl.Diagnostics) //nolint:errorlint // made five lines above
		return cty.DynamicVal, append(diags, more...)
	}
	return out, diags
}

// tokens reports whether a value is a string, which nothing can loop over, but
// which may stand for something unknown.
func tokens(v cty.Value) bool { return v.Type() == cty.String }

func (x *forExpr) once(coll cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	plain, _ := coll.Unmark()
	if plain.IsKnown() && !plain.IsNull() && plain.CanIterateElements() {
		return x.loop(coll, ctx)
	}
	_, diags := x.native(coll, ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return x.e.unknown(cty.DynamicPseudoType, "for"+x.e.Snippet(x.SrcRange), coll).WithMarks(partial.Flags(coll)), diags
}

// native lets HCL look at the collection, for its errors.
func (x *forExpr) native(coll cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	node := *x.ForExpr
	node.CollExpr = literalOf(x.e.Table.Erase(coll), x.CollExpr)
	return node.Value(ctx)
}

// loop is one run over a known collection.
type loop struct {
	x     *forExpr
	diags hcl.Diagnostics
	marks []cty.ValueMarks
	known bool
	// unsure is the first undecided condition that cannot be kept.
	unsure    cty.Value
	uncertain bool
	items     []cty.Value
	fields    map[string]cty.Value
	groups    map[string][]cty.Value
}

func (x *forExpr) loop(coll cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	plain, _ := coll.Unmark()
	l := &loop{
		x: x, known: true, marks: []cty.ValueMarks{partial.Flags(coll)}, uncertain: coll.HasMark(partial.Uncertain),
		items: []cty.Value{}, fields: map[string]cty.Value{}, groups: map[string][]cty.Value{}, unsure: coll,
	}
	if plain.LengthInt() > x.e.Limits.Items {
		return cty.DynamicVal, hcl.Diagnostics{limitError("collection", x.SrcRange)}
	}
	for it := plain.ElementIterator(); it.Next(); {
		if stop := x.e.step(x.SrcRange); stop.HasErrors() {
			return cty.DynamicVal, append(l.diags, stop...)
		}
		k, v := it.Element()
		child := ctx.NewChild()
		child.Variables = map[string]cty.Value{x.ValVar: v}
		if x.KeyVar != "" {
			child.Variables[x.KeyVar] = k
		}
		l.element(child)
	}
	return l.result()
}

func (l *loop) result() (cty.Value, hcl.Diagnostics) {
	if l.diags.HasErrors() {
		return cty.DynamicVal, l.diags
	}
	if !l.known {
		x := l.x
		return x.e.unknown(cty.DynamicPseudoType, "for"+x.e.Snippet(x.SrcRange), l.unsure).WithMarks(l.marks...), l.diags
	}
	var out cty.Value
	switch {
	case l.x.KeyExpr == nil:
		out = cty.TupleVal(l.items)
	case l.x.Group:
		for key, items := range l.groups {
			l.fields[key] = cty.TupleVal(items)
		}
		out = cty.ObjectVal(l.fields)
	default:
		out = cty.ObjectVal(l.fields)
	}
	if l.uncertain {
		out = out.Mark(partial.Uncertain)
	}
	return out.WithMarks(l.marks...), l.diags
}

func (l *loop) element(ctx *hcl.EvalContext) {
	v, present, _ := l.x.e.Table.Optional(ctx.Variables[l.x.ValVar])
	ctx.Variables[l.x.ValVar] = v
	included := present
	if l.x.CondExpr != nil {
		condition, ok := l.condition(ctx)
		if !ok {
			return
		}
		included = l.x.e.Table.ChooseBy(present, condition, cty.False)
	}
	if plain, _ := included.Unmark(); plain.IsKnown() && plain.False() {
		return
	}
	if l.x.KeyExpr != nil {
		l.field(ctx, included)
		return
	}
	item, diags := l.x.ValExpr.Value(ctx)
	l.diags = append(l.diags, diags...)
	l.items = append(l.items, l.optional(included, item))
}

// optional is an element that exists only under a condition, when that is not
// decided.
func (l *loop) optional(included, v cty.Value) cty.Value {
	if plain, _ := included.Unmark(); plain.IsKnown() {
		return v
	}
	l.uncertain = true
	return l.x.e.Table.ChooseBy(included, v, partial.Removed())
}

// condition evaluates the "if" of one element.
func (l *loop) condition(ctx *hcl.EvalContext) (cty.Value, bool) {
	raw, diags := l.x.CondExpr.Value(ctx)
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		return cty.NilVal, false
	}
	l.marks = append(l.marks, partial.Flags(raw))
	problem := ""
	if raw.IsNull() {
		problem = "The value of the 'if' clause must not be null."
	} else if _, err := convert.Convert(l.x.e.Table.Erase(raw), cty.Bool); err != nil {
		problem = fmt.Sprintf("The 'if' clause value is invalid: %s.", err.Error())
	}
	if problem != "" {
		l.fail("Invalid 'for' condition", problem, l.x.CondExpr)
		return cty.NilVal, false
	}
	return l.x.e.truth(raw), true
}

func (l *loop) fail(summary, detail string, x hcl.Expression) {
	l.diags = append(l.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: x.Range().Ptr(), Context: &l.x.SrcRange,
	})
}

func (l *loop) field(ctx *hcl.EvalContext, included cty.Value) {
	raw, diags := l.x.KeyExpr.Value(ctx)
	l.diags = append(l.diags, diags...)
	if diags.HasErrors() {
		return
	}
	plain, _ := raw.Unmark()
	l.marks = append(l.marks, partial.Flags(raw))
	if plain.IsNull() {
		l.fail("Invalid object key", "Key expression in 'for' expression must not produce a null value.", l.x.KeyExpr)
		return
	}
	key, err := convert.Convert(plain, cty.String)
	if err != nil {
		l.fail("Invalid object key", fmt.Sprintf("The key expression produced an invalid result: %s.", err.Error()), l.x.KeyExpr)
		return
	}
	v, diags := l.x.ValExpr.Value(ctx)
	l.diags = append(l.diags, diags...)
	includedPlain, _ := included.Unmark()
	if !key.IsKnown() || !includedPlain.IsKnown() {
		l.known = false
		if l.x.e.Table.First(l.unsure) == nil {
			l.unsure = cty.TupleVal([]cty.Value{raw, included})
		}
		return
	}
	name := key.AsString()
	if l.x.Group {
		l.groups[name] = append(l.groups[name], v)
		return
	}
	if _, exists := l.fields[name]; exists && !partial.HasToken(name) {
		l.fail("Duplicate object key", fmt.Sprintf("Two different items produced the key %q in this 'for' expression. If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.", name), l.x.KeyExpr)
		return
	}
	l.fields[name] = v
}
