// Package expression makes the expressions of HCL evaluate partly known values
// (see package partial). It rewrites a parsed expression by putting a node of
// its own around every node that looks at content; each evaluates its operands
// once, lets HCL work out what is certain, and refines what HCL leaves unknown.
package expression

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// Limits bounds what expressions may do.
type Limits struct {
	// Depth is how deep an expression may be nested.
	Depth int
	// Text is how long a string may become, in bytes.
	Text int
	// Items is how many elements a collection may hold.
	Items int
	// Leaves is how many values one value may hold altogether.
	Leaves int
	// Steps is how many operations a load may take; 0 is no limit.
	Steps int
}

// Evaluator holds what the nodes of one load share. It is not safe for
// concurrent use.
type Evaluator struct {
	Table *partial.Table
	// Snippet returns the source text of a range.
	Snippet func(hcl.Range) string
	Limits  Limits
	// Context stops evaluation when it is done.
	Context func() context.Context
	// ShortCircuit is set while modules are read that need Terraform 1.12 or
	// later: there && and || do not look at the right operand when the left one
	// decides. Before, an error in it was one of the whole.
	ShortCircuit bool
	// Plain is set while an expression is evaluated as Terraform does before
	// apply, which knows nothing of values that are known in part.
	Plain     bool
	plainWork int
	work      int
	// stopped is why there is no time or memory left.
	stopped error
}

// Wrap rewrites an expression. What is nested too deep becomes an error.
func (e *Evaluator) Wrap(x hclsyntax.Expression) (hclsyntax.Expression, hcl.Diagnostics) {
	w := &wrapper{e: e}
	out := w.wrap(x, 0)
	return out, w.diags
}

type wrapper struct {
	e     *Evaluator
	diags hcl.Diagnostics
}

func (w *wrapper) wrap(x hclsyntax.Expression, depth int) hclsyntax.Expression {
	if depth > w.e.Limits.Depth {
		return w.tooDeep(x)
	}
	depth++
	switch x := x.(type) {
	case nil:
		return nil
	case *hclsyntax.LiteralValueExpr:
		return w.literal(x)
	case *hclsyntax.ParenthesesExpr:
		x.Expression = w.wrap(x.Expression, depth)
	case *hclsyntax.TemplateWrapExpr:
		x.Wrapped = w.wrap(x.Wrapped, depth)
	case *hclsyntax.ScopeTraversalExpr:
		if len(x.Traversal) > w.e.Limits.Depth {
			return w.tooDeep(x)
		}
		return &scopeTraversal{x, w.e}
	case *hclsyntax.RelativeTraversalExpr:
		if len(x.Traversal) > w.e.Limits.Depth {
			return w.tooDeep(x)
		}
		x.Source = w.wrap(x.Source, depth)
		return &relativeTraversal{x, w.e}
	case *hclsyntax.IndexExpr:
		x.Collection, x.Key = w.wrap(x.Collection, depth), w.wrap(x.Key, depth)
		return &index{x, w.e}
	case *hclsyntax.SplatExpr:
		x.Source, x.Each = w.wrap(x.Source, depth), w.wrap(x.Each, depth)
		return &splat{x, w.e}
	case *hclsyntax.TemplateExpr:
		w.all(x.Parts, depth)
		return &template{x, w.e}
	case *hclsyntax.TemplateJoinExpr:
		x.Tuple = w.wrap(x.Tuple, depth)
		return &templateJoin{x, w.e}
	case *hclsyntax.FunctionCallExpr:
		w.all(x.Args, depth)
		return &call{x, w.e}
	default:
		return w.wrapOperator(x, depth)
	}
	return x
}

// tooDeep reports, once an expression, that it is nested too deep.
func (w *wrapper) tooDeep(x hclsyntax.Expression) hclsyntax.Expression {
	if !w.diags.HasErrors() {
		w.diags = append(w.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Expression too deep",
			Detail:   "This expression is nested deeper than iblint evaluates. It was taken as unknown. Split it into local values.",
			Subject:  x.StartRange().Ptr(),
		})
	}
	return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: x.StartRange()}
}

func (w *wrapper) wrapOperator(x hclsyntax.Expression, depth int) hclsyntax.Expression {
	switch x := x.(type) {
	case *hclsyntax.BinaryOpExpr:
		x.LHS, x.RHS = w.wrap(x.LHS, depth), w.wrap(x.RHS, depth)
		return &binary{x, w.e, w.e.ShortCircuit}
	case *hclsyntax.UnaryOpExpr:
		x.Val = w.wrap(x.Val, depth)
		return &unary{x, w.e}
	case *hclsyntax.ConditionalExpr:
		x.Condition, x.TrueResult, x.FalseResult = w.wrap(x.Condition, depth), w.wrap(x.TrueResult, depth), w.wrap(x.FalseResult, depth)
		return &conditional{x, w.e}
	case *hclsyntax.TupleConsExpr:
		w.all(x.Exprs, depth)
	case *hclsyntax.ObjectConsExpr:
		for i := range x.Items {
			x.Items[i].KeyExpr = w.wrap(x.Items[i].KeyExpr, depth)
			x.Items[i].ValueExpr = w.wrap(x.Items[i].ValueExpr, depth)
		}
		return &object{x, w.e}
	case *hclsyntax.ObjectConsKeyExpr:
		if hcl.ExprAsKeyword(x.Wrapped) == "" || x.ForceNonLiteral {
			if _, plain := x.Wrapped.(*hclsyntax.ScopeTraversalExpr); !plain || x.ForceNonLiteral {
				x.Wrapped = w.wrap(x.Wrapped, depth)
			}
		}
	case *hclsyntax.ForExpr:
		x.CollExpr, x.ValExpr = w.wrap(x.CollExpr, depth), w.wrap(x.ValExpr, depth)
		if x.KeyExpr != nil {
			x.KeyExpr = w.wrap(x.KeyExpr, depth)
		}
		if x.CondExpr != nil {
			x.CondExpr = w.wrap(x.CondExpr, depth)
		}
		return &forExpr{x, w.e}
	}
	return x
}

func (w *wrapper) all(list []hclsyntax.Expression, depth int) {
	for i := range list {
		list[i] = w.wrap(list[i], depth)
	}
}

// literal keeps tokens out of what is written.
func (w *wrapper) literal(x *hclsyntax.LiteralValueExpr) hclsyntax.Expression {
	if x.Val.Type() == cty.String && x.Val.IsKnown() && !x.Val.IsNull() && !x.Val.IsMarked() {
		if text := x.Val.AsString(); partial.HasToken(text) {
			x.Val = cty.StringVal(partial.Clean(text))
		}
	}
	if partial.Vast(x.Val) {
		w.diags = append(w.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Number too large",
			Detail:   "This number is larger than iblint calculates with. It was taken as unknown.",
			Subject:  x.SrcRange.Ptr(),
		})
		x.Val = cty.UnknownVal(cty.Number)
	}
	return x
}

// literalOf is an expression for a value that was evaluated already.
func literalOf(v cty.Value, x hcl.Expression) hclsyntax.Expression {
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: x.Range()}
}

// checkEvery is the number of steps between two looks at the context.
const checkEvery = 256

// step counts work and stops it when the context is done.
func (e *Evaluator) step(r hcl.Range) hcl.Diagnostics {
	e.Charge(1)
	if e.work%checkEvery != 0 && e.stopped == nil {
		return nil
	}
	return e.Stopped(r)
}

// Charge counts steps; what asks next is stopped when there were too many.
func (e *Evaluator) Charge(steps int) {
	e.work += steps
	if e.stopped == nil && e.Limits.Steps > 0 && e.work > e.Limits.Steps {
		e.stopped = fmt.Errorf("it takes more than the %d steps that iblint evaluates", e.Limits.Steps)
	}
}

// Stopped is an error once there is no time or memory left.
func (e *Evaluator) Stopped(r hcl.Range) hcl.Diagnostics {
	if e.stopped == nil && e.Context != nil {
		e.stopped = context.Cause(e.Context())
	}
	if err := e.stopped; err != nil {
		return hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Evaluation stopped",
			Detail:   "The evaluation of the root module was stopped: " + err.Error() + ". What was not evaluated by then is unknown.",
			Subject:  r.Ptr(),
			Extra:    Limit{Stopped: true},
		}}
	}
	return nil
}

func (e *Evaluator) unknown(ty cty.Type, name string, args ...cty.Value) cty.Value {
	o := e.Table.Derive(name, args...)
	o.Nullable = ty == cty.DynamicPseudoType
	return e.Table.Value(ty, o)
}

// limitError is the diagnostic of a string or collection that grew too large.
func limitError(what string, r hcl.Range) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Value too large",
		Detail:   "This " + what + " is larger than iblint evaluates. It was taken as unknown.",
		Subject:  r.Ptr(),
		Extra:    Limit{},
	}
}

// Limit is the extra of diagnostics that a limit has made.
type Limit struct {
	// Stopped is set where there is no time or memory left.
	Stopped bool
}

// LimitError is the error of a function whose result would pass a limit.
type LimitError string

// Error returns what would be too much.
func (e LimitError) Error() string { return string(e) }

// limited reports whether a limit has made one of the diagnostics.
func limited(diags hcl.Diagnostics) bool {
	for _, d := range diags {
		if _, ok := d.Extra.(Limit); ok {
			return true
		}
		call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
		if ok && errors.As(call.FunctionCallError(), new(LimitError)) {
			return true
		}
	}
	return false
}

// maxPlain is the number of nodes that are evaluated plainly.
const maxPlain = 20000

// Refused evaluates an expression again that was refused, as Terraform does
// before apply. It is false where Terraform refuses it too, and where a limit
// was the reason.
func (e *Evaluator) Refused(x hcl.Expression, variables map[string]cty.Value, functions map[string]function.Function, why hcl.Diagnostics) (cty.Value, bool) {
	known := true
	plain := make(map[string]cty.Value, len(variables))
	for name, v := range variables {
		known = known && e.Table.Whole(v) && !v.ContainsMarked()
		plain[name] = e.Table.Forget(v)
	}
	if known || limited(why) {
		return cty.DynamicVal, false
	}
	e.Plain, e.plainWork = true, 0
	v, diags := x.Value(&hcl.EvalContext{Variables: plain, Functions: functions})
	e.Plain = false
	return v, !diags.HasErrors()
}

// plainly evaluates a node of HCL.
func (e *Evaluator) plainly(x hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if e.plainWork++; e.plainWork > maxPlain {
		return cty.DynamicVal, hcl.Diagnostics{limitError("expression", x.Range())}
	}
	return x.Value(ctx)
}

// Unwrap returns the node of HCL behind a node of this package; its operands
// are still wrapped.
func Unwrap(x hcl.Expression) hcl.Expression {
	switch x := x.(type) {
	case *scopeTraversal:
		return x.ScopeTraversalExpr
	case *relativeTraversal:
		return x.RelativeTraversalExpr
	case *index:
		return x.IndexExpr
	case *splat:
		return x.SplatExpr
	case *template:
		return x.TemplateExpr
	case *templateJoin:
		return x.TemplateJoinExpr
	case *call:
		return x.FunctionCallExpr
	case *binary:
		return x.BinaryOpExpr
	case *unary:
		return x.UnaryOpExpr
	case *conditional:
		return x.ConditionalExpr
	case *object:
		return x.ObjectConsExpr
	case *forExpr:
		return x.ForExpr
	}
	return x
}
