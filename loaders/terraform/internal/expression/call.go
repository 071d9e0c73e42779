package expression

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

type call struct {
	*hclsyntax.FunctionCallExpr
	e *Evaluator
}

// Value calls the function.
func (x *call) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	diags := x.e.step(x.NameRange)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if strings.HasPrefix(x.Name, "provider::") && !defined(ctx, x.Name) {
		return x.foreign(ctx)
	}
	if !defined(ctx, x.Name) {
		return x.undefined(ctx)
	}
	if x.e.Plain || !x.ExpandFinal || len(x.Args) == 0 {
		return x.FunctionCallExpr.Value(ctx)
	}
	last := x.Args[len(x.Args)-1]
	expanded, diags := last.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if expanded.HasMark(partial.Uncertain) {
		return x.unknown(ctx, expanded), diags
	}
	if plain, _ := expanded.Unmark(); plain.IsKnown() {
		v, more := x.expand(ctx, expanded)
		return v, append(diags, more...)
	}
	out, err := x.e.Table.Distribute([]cty.Value{expanded}, func(args []cty.Value) (cty.Value, error) {
		v, more := x.expand(ctx, args[0])
		if more.HasErrors() {
			return cty.NilVal, more
		}
		return v, nil
	})
	if err != nil {
		more, _ := err.(hcl.Diagnostics) //nolint:errorlint // made above
		return cty.DynamicVal, append(diags, more...)
	}
	return out, diags
}

// undefined is the error of a call of a function that there is not.
func (x *call) undefined(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := x.FunctionCallExpr.Value(ctx)
	return v, suggest(diags, x.Name, functions(ctx))
}

func defined(ctx *hcl.EvalContext, name string) bool {
	for ; ctx != nil; ctx = ctx.Parent() {
		if _, ok := ctx.Functions[name]; ok {
			return true
		}
	}
	return false
}

// foreign is the result of a function that a provider defines.
func (x *call) foreign(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var args []cty.Value
	var diags hcl.Diagnostics
	for _, arg := range x.Args {
		v, more := arg.Value(ctx)
		diags = append(diags, more...)
		args = append(args, v)
	}
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	o := x.e.Table.Derive(x.Name, args...)
	unknown := *o.Unknown
	unknown.Reason = "the provider defines " + x.Name + ", and iblint runs no provider"
	unknown.Range = x.NameRange
	o.Unknown, o.Nullable = &unknown, true
	return x.e.Table.Value(cty.DynamicPseudoType, o).WithMarks(partial.DeepFlags(args...)), nil
}

// expand calls the function with the elements of a collection as its last
// arguments.
func (x *call) expand(ctx *hcl.EvalContext, expanded cty.Value) (cty.Value, hcl.Diagnostics) {
	last := x.Args[len(x.Args)-1]
	node := *x.FunctionCallExpr
	node.Args = append([]hclsyntax.Expression{}, x.Args...)
	node.Args[len(node.Args)-1] = literalOf(x.bare(expanded), last)
	v, diags := node.Value(ctx)
	if plain, _ := v.Unmark(); !diags.HasErrors() && !plain.IsKnown() && x.e.Table.OriginOf(v) == nil {
		return x.unknown(ctx, expanded), diags
	}
	return v, diags
}

// bare drops the origin of a known collection, which HCL would spread over its
// elements.
func (x *call) bare(v cty.Value) cty.Value {
	if plain, _ := v.Unmark(); !plain.IsKnown() {
		return v
	}
	return partial.Strip(v)
}

func (x *call) unknown(ctx *hcl.EvalContext, expanded cty.Value) cty.Value {
	var args []cty.Value
	for _, arg := range x.Args[:len(x.Args)-1] {
		v, diags := arg.Value(ctx)
		if !diags.HasErrors() {
			args = append(args, v)
		}
	}
	args = append(args, expanded)
	return x.e.unknown(cty.DynamicPseudoType, x.Name, args...).WithMarks(partial.DeepFlags(args...))
}
