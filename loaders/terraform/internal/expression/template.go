package expression

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

type template struct {
	*hclsyntax.TemplateExpr
	e *Evaluator
}

// Value joins the parts; a part that is not known stays a part.
func (x *template) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.TemplateExpr, ctx)
	}
	diags := x.e.step(x.SrcRange)
	var b strings.Builder
	marks := cty.ValueMarks{}
	for _, part := range x.Parts {
		v, more := part.Value(ctx)
		diags = append(diags, more...)
		for m := range partial.Flags(v) {
			marks[m] = struct{}{}
		}
		text, problem := x.e.text(v)
		if problem != "" {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Invalid template interpolation value", Detail: problem,
				Subject: part.Range().Ptr(), Context: &x.SrcRange, Expression: part, EvalContext: ctx,
			})
			continue
		}
		b.WriteString(text)
		if b.Len() > x.e.Limits.Text {
			diags = append(diags, limitError("string", x.SrcRange))
			break
		}
	}
	if diags.HasErrors() {
		return cty.UnknownVal(cty.String).RefineNotNull().WithMarks(marks), diags
	}
	return cty.StringVal(b.String()).WithMarks(marks), diags
}

// IsStringLiteral reports whether the template is one literal.
func (x *template) IsStringLiteral() bool { return x.TemplateExpr.IsStringLiteral() }

// text is the text of a value inside a template, or what is wrong with it.
func (e *Evaluator) text(v cty.Value) (string, string) {
	plain, _ := v.Unmark()
	if plain.IsNull() {
		return "", "The expression result is null. Cannot include a null value in a string template."
	}
	if !plain.IsKnown() {
		return e.unknownText(v)
	}
	text, err := convert.Convert(plain, cty.String)
	if err != nil {
		return "", fmt.Sprintf("Cannot include the given value in a string template: %s.", err.Error())
	}
	return text.AsString(), ""
}

func (e *Evaluator) unknownText(v cty.Value) (string, string) {
	plain, _ := v.Unmark()
	if plain.Type() != cty.DynamicPseudoType {
		if _, err := convert.Convert(plain, cty.String); err != nil {
			return "", fmt.Sprintf("Cannot include the given value in a string template: %s.", err.Error())
		}
	}
	o := e.Table.OriginOf(v)
	switch {
	case o == nil:
		o = e.Table.Derive("text", v)
	case o.Choice != nil:
		return e.choiceText(o, v)
	}
	part := *o
	part.Nullable = false
	return e.Table.Token(&part), ""
}

// choiceText is the text of a value that a condition chooses.
func (e *Evaluator) choiceText(o *partial.Origin, v cty.Value) (string, string) {
	then, problem := e.text(o.Choice.Then)
	els, otherProblem := e.text(o.Choice.Else)
	if problem != "" && otherProblem != "" {
		return "", problem
	}
	if problem != "" || otherProblem != "" {
		failed := e.Table.Derive("text", v)
		failed.Fallible = true
		return e.Table.Token(failed), ""
	}
	out, _ := e.Table.Choose(o.Choice.Condition, cty.StringVal(then), cty.StringVal(els)).Unmark()
	return out.AsString(), ""
}

type templateJoin struct {
	*hclsyntax.TemplateJoinExpr
	e *Evaluator
}

// Value joins the results of a loop in a template.
func (x *templateJoin) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	if x.e.Plain {
		return x.e.plainly(x.TemplateJoinExpr, ctx)
	}
	tuple, diags := x.Tuple.Value(ctx)
	if diags.HasErrors() || tuple.IsNull() {
		return cty.UnknownVal(cty.String), diags
	}
	plain, _ := tuple.Unmark()
	flags := partial.DeepFlags(tuple)
	if !plain.IsKnown() || !plain.Type().IsTupleType() || tuple.HasMark(partial.Uncertain) {
		return x.e.unknown(cty.String, "join", tuple).WithMarks(flags), diags
	}
	var b strings.Builder
	for it := plain.ElementIterator(); it.Next(); {
		_, v := it.Element()
		text, problem := x.e.text(v)
		if problem != "" {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Invalid template interpolation value",
				Detail:  "Cannot include one of the interpolation results into the string template. " + problem,
				Subject: x.Range().Ptr(), Expression: x, EvalContext: ctx,
			})
			continue
		}
		b.WriteString(text)
		if b.Len() > x.e.Limits.Text {
			return cty.UnknownVal(cty.String), append(diags, limitError("string", x.Range()))
		}
	}
	return cty.StringVal(b.String()).WithMarks(flags), diags
}
