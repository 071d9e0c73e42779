package functions

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// tryFunction returns the first expression that can be evaluated.
func (s *Set) tryFunction() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
		Type:     function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if len(args) == 0 {
				return cty.NilVal, errors.New("at least one argument is required")
			}
			var problems hcl.Diagnostics
			out, ok := s.try(args, &problems)
			if !ok {
				return cty.NilVal, tryError(problems)
			}
			return out, nil
		},
	})
}

// try evaluates expressions until one is certain to succeed. One that may fail
// once everything is known is one arm of a choice.
func (s *Set) try(args []cty.Value, problems *hcl.Diagnostics) (cty.Value, bool) {
	for i, arg := range args {
		v, diags := customdecode.ExpressionClosureFromVal(arg).Value()
		if diags.HasErrors() {
			*problems = append(*problems, diags...)
			continue
		}
		if s.Evaluator.Plain && !v.IsWhollyKnown() {
			return cty.DynamicVal, true
		}
		if s.doubt(v) == nil {
			if !s.table().Whole(v) {
				v = v.Mark(partial.Deferred)
			}
			return v, true
		}
		rest, ok := s.try(args[i+1:], problems)
		if !ok {
			return v, true
		}
		valid := s.valid(v, s.Evaluator.Snippet(customdecode.ExpressionClosureFromVal(arg).Expression.Range()))
		return s.table().ChooseBy(valid, v, rest), true
	}
	return cty.NilVal, false
}

// valid is the truth value of "this expression can be evaluated".
func (s *Set) valid(v cty.Value, text string) cty.Value {
	o := s.table().OriginOf(v)
	switch {
	case s.doubt(v) == nil:
		return cty.True
	case o != nil && o.Failed:
		return cty.False
	case o != nil && o.Choice != nil:
		return s.table().Choose(o.Choice.Condition, s.valid(o.Choice.Then, text), s.valid(o.Choice.Else, text))
	}
	valid := *s.table().Derive("valid", v)
	valid.Text, valid.Fallible = "can("+text+")", false
	return cty.UnknownVal(cty.Bool).Mark(&valid)
}

// doubt is the origin of what may turn out to be an error in a value.
func (s *Set) doubt(v cty.Value) *partial.Origin {
	var found *partial.Origin
	s.table().Tokens(v, func(o *partial.Origin) {
		if found == nil && o.Fallible {
			found = o
		}
	})
	if plain, _ := v.Unmark(); found == nil && !plain.IsKnown() && s.table().OriginOf(v) == nil {
		return s.table().Derive("unknown", v)
	}
	return found
}

func tryError(problems hcl.Diagnostics) error {
	var b strings.Builder
	b.WriteString("no expression succeeded:\n")
	for _, d := range problems {
		if d.Subject != nil {
			fmt.Fprintf(&b, "- %s (at %s)\n  %s\n", d.Summary, d.Subject, d.Detail)
			continue
		}
		fmt.Fprintf(&b, "- %s\n  %s\n", d.Summary, d.Detail)
	}
	b.WriteString("\nAt least one expression must produce a successful result")
	return errors.New(b.String())
}

// canFunction says whether an expression can be evaluated.
func (s *Set) canFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "expression", Type: customdecode.ExpressionClosureType}},
		Type:   function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			closure := customdecode.ExpressionClosureFromVal(args[0])
			v, diags := closure.Value()
			if diags.HasErrors() {
				return cty.False, nil
			}
			if s.Evaluator.Plain && !v.IsWhollyKnown() {
				return cty.UnknownVal(cty.Bool), nil
			}
			return s.valid(v, s.Evaluator.Snippet(closure.Expression.Range())), nil
		},
	})
}
