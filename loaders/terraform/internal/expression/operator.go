package expression

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

type binary struct {
	*hclsyntax.BinaryOpExpr
	e *Evaluator
	// short is set where the left operand may decide alone.
	short bool
}

// Value applies the operator.
func (x *binary) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.BinaryOpExpr, ctx)
	}
	diags := x.e.step(x.SrcRange)
	left, leftDiags := x.LHS.Value(ctx)
	right, rightDiags := x.RHS.Value(ctx)
	if x.short && x.decides(left) && !leftDiags.HasErrors() {
		return x.decided(left), append(diags, leftDiags...)
	}
	diags = append(append(diags, leftDiags...), rightDiags...)
	if null := x.nullOperand(left, right); null != nil && !diags.HasErrors() {
		diags = append(diags, null)
	}
	if calculates(x.Op) && (partial.VastText(left) || partial.VastText(right)) {
		diags = append(diags, limitError("number", x.SrcRange))
	}
	if diags.HasErrors() {
		return cty.UnknownVal(x.Op.Type), diags
	}
	certain, more := x.certain(left, right, ctx)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return cty.UnknownVal(x.Op.Type), diags
	}
	if certain.IsKnown() {
		if partial.Vast(certain) {
			return cty.UnknownVal(cty.Number), append(diags, limitError("number", x.SrcRange))
		}
		return certain, diags
	}
	flags := partial.DeepFlags(left, right)
	out, err := x.e.Table.Distribute([]cty.Value{left, right}, func(args []cty.Value) (cty.Value, error) {
		v, more := x.certain(args[0], args[1], ctx)
		if more.HasErrors() {
			return cty.NilVal, more
		}
		if v.IsKnown() {
			return v, nil
		}
		return x.refine(args[0], args[1]), nil
	})
	if err != nil {
		out = x.e.unknown(x.Op.Type, "invalid", left, right)
	}
	return out.WithMarks(flags), diags
}

// calculates reports whether the operands of an operator are numbers.
func calculates(op *hclsyntax.Operation) bool {
	return op.Impl.Params()[0].Type == cty.Number
}

// decides reports whether the left operand decides && or || alone.
func (x *binary) decides(left cty.Value) bool {
	if x.Op != hclsyntax.OpLogicalAnd && x.Op != hclsyntax.OpLogicalOr {
		return false
	}
	truth, _ := x.truth(left).Unmark()
	return truth.IsKnown() && !truth.IsNull() && truth.True() == (x.Op == hclsyntax.OpLogicalOr)
}

func (x *binary) decided(left cty.Value) cty.Value {
	return cty.BoolVal(x.Op == hclsyntax.OpLogicalOr).WithMarks(partial.Flags(left))
}

// nullOperand refuses null as an operand of && and ||.
func (x *binary) nullOperand(left, right cty.Value) *hcl.Diagnostic {
	if x.Op != hclsyntax.OpLogicalAnd && x.Op != hclsyntax.OpLogicalOr || !left.IsNull() && !right.IsNull() {
		return nil
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Operation failed",
		Detail: "Error during operation: argument must not be null.", Subject: &x.SrcRange,
	}
}

// certain is what HCL makes of the operands when everything that is not known
// is unknown to it.
func (x *binary) certain(left, right cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	node := *x.BinaryOpExpr
	node.LHS, node.RHS = literalOf(x.e.Table.Erase(left), x.LHS), literalOf(x.e.Table.Erase(right), x.RHS)
	return node.Value(ctx)
}

// refine is the result where HCL knows none.
func (x *binary) refine(left, right cty.Value) cty.Value {
	var out cty.Value
	switch x.Op {
	case hclsyntax.OpEqual:
		out = x.e.Table.Equal(left, right)
	case hclsyntax.OpNotEqual:
		out = x.e.Table.Not(x.named(x.e.Table.Equal(left, right), " == "))
	case hclsyntax.OpLogicalAnd:
		return x.logical(left, right, true)
	case hclsyntax.OpLogicalOr:
		return x.logical(left, right, false)
	default:
		out = x.e.unknown(x.Op.Type, "operation"+x.operator(), left, right)
	}
	return x.named(out, " "+x.operator()+" ")
}

// named gives an unknown result the text of its expression as name.
func (x *binary) named(v cty.Value, operator string) cty.Value {
	return x.e.named(v, x.e.Snippet(x.LHS.Range())+operator+x.e.Snippet(x.RHS.Range()))
}

// named gives an unknown value that has no name one.
func (e *Evaluator) named(v cty.Value, text string) cty.Value {
	o := e.Table.OriginOf(v)
	if o == nil || o.Choice != nil || o.Text != "" || v.IsKnown() {
		return v
	}
	named := *o
	named.Text = text
	plain, _ := v.Unmark()
	return plain.Mark(&named).WithMarks(partial.Flags(v))
}

func (x *binary) operator() string {
	return x.e.Snippet(hcl.Range{
		Filename: x.SrcRange.Filename, Start: x.LHS.Range().End, End: x.RHS.Range().Start,
	})
}

// logical is && (all) or ||: the left operand chooses between the right one
// and the result that it forces.
func (x *binary) logical(left, right cty.Value, all bool) cty.Value {
	left, right = x.truth(left), x.truth(right)
	if plain, _ := right.Unmark(); plain.IsKnown() && !plain.IsNull() {
		left, right = right, left
	}
	if all {
		return x.e.Table.ChooseBy(left, right, cty.False)
	}
	return x.e.Table.ChooseBy(left, cty.True, right)
}

func (x *binary) truth(v cty.Value) cty.Value { return x.e.truth(v) }

// truth converts a value to a boolean, unknown where the value is.
func (e *Evaluator) truth(v cty.Value) cty.Value {
	plain, _ := v.Unmark()
	if plain.IsKnown() && !plain.IsNull() && e.Table.Whole(plain) {
		if b, err := convert.Convert(plain, cty.Bool); err == nil {
			return b.WithMarks(partial.Flags(v))
		}
	}
	o := e.Table.OriginOf(v)
	if o == nil {
		return e.unknown(cty.Bool, "bool", v)
	}
	if o.Choice != nil && plain.Type() != cty.Bool {
		return e.Table.Choose(o.Choice.Condition, e.truth(o.Choice.Then), e.truth(o.Choice.Else))
	}
	return cty.UnknownVal(cty.Bool).Mark(o).WithMarks(partial.Flags(v))
}

type unary struct {
	*hclsyntax.UnaryOpExpr
	e *Evaluator
}

// Value applies the operator.
func (x *unary) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.UnaryOpExpr, ctx)
	}
	v, diags := x.Val.Value(ctx)
	if calculates(x.Op) && partial.VastText(v) {
		return cty.UnknownVal(x.Op.Type), append(diags, limitError("number", x.SrcRange))
	}
	node := *x.UnaryOpExpr
	node.Val = literalOf(x.e.Table.Erase(v), x.Val)
	certain, more := node.Value(ctx)
	diags = append(diags, more...)
	if diags.HasErrors() || certain.IsKnown() {
		return certain, diags
	}
	if x.Op == hclsyntax.OpLogicalNot {
		return x.e.Table.Not(x.e.truth(v)), diags
	}
	return x.e.unknown(x.Op.Type, "negative", v).WithMarks(partial.Flags(v)), diags
}

type conditional struct {
	*hclsyntax.ConditionalExpr
	e *Evaluator
}

// Value chooses an arm, or keeps both when the condition is not decided.
func (x *conditional) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.ConditionalExpr, ctx)
	}
	truth, diags := x.Condition.Value(ctx)
	then, thenDiags := x.TrueResult.Value(ctx)
	els, elseDiags := x.FalseResult.Value(ctx)
	certain, more := x.pick(x.e.Table.Erase(truth), then, els, ctx)
	diags = append(diags, more...)
	if diags.HasErrors() {
		return certain, diags
	}
	plain, _ := x.e.Table.Erase(truth).Unmark()
	if plain.IsKnown() && !plain.IsNull() {
		if b, err := convert.Convert(plain, cty.Bool); err == nil && b.True() {
			return certain, append(diags, thenDiags...)
		}
		return certain, append(diags, elseDiags...)
	}
	first, firstDiags := x.pick(cty.True, then, els, ctx)
	second, secondDiags := x.pick(cty.False, then, els, ctx)
	if firstDiags.HasErrors() || thenDiags.HasErrors() {
		first = x.e.Table.Failed("arm", then)
	}
	if secondDiags.HasErrors() || elseDiags.HasErrors() {
		second = x.e.Table.Failed("arm", els)
	}
	return x.e.Table.ChooseBy(x.e.truth(x.titled(truth)), first, second).WithMarks(partial.Flags(truth)), diags
}

// titled names the condition after its text.
func (x *conditional) titled(truth cty.Value) cty.Value {
	return x.e.named(truth, x.e.Snippet(x.Condition.Range()))
}

// pick lets HCL choose between values: with its conversions and errors.
func (x *conditional) pick(truth, then, els cty.Value, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	node := *x.ConditionalExpr
	node.Condition = literalOf(truth, x.Condition)
	plain, _ := truth.Unmark()
	if plain.IsKnown() && !plain.IsNull() {
		if b, err := convert.Convert(plain, cty.Bool); err == nil && b.True() {
			els = bare(els)
		} else {
			then = bare(then)
		}
	}
	node.TrueResult, node.FalseResult = literalOf(then, x.TrueResult), literalOf(els, x.FalseResult)
	return node.Value(ctx)
}

// bare drops what would spread from the arm that is not taken.
func bare(v cty.Value) cty.Value {
	plain, _ := v.Unmark()
	return plain.WithMarks(partial.Flags(v))
}
