package terraform

import (
	"errors"
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// variableType is what a variable block says.
type variableType struct {
	name string
	ty   cty.Type
	// defaults are those of optional() attributes.
	defaults *typeexpr.Defaults
	// literal is set when a value on the command line is a string and no
	// expression.
	literal   bool
	nullable  bool
	sensitive bool
	ephemeral bool
	// value is the default, or NilVal when the variable is required.
	value      cty.Value
	valueRange hcl.Range
	rules      []*checkRule
	header     hcl.Range
}

func (l *loader) decodeVariable(b *syntax.Block) *variableType {
	v := &variableType{name: b.Labels[0], ty: cty.DynamicPseudoType, literal: true, nullable: true, value: cty.NilVal, header: b.Header}
	l.onlyArguments(b, []string{"type", "default", "description", "sensitive", "ephemeral", "nullable", "deprecated"}, []string{"validation"})
	for _, reserved := range []string{"source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"} {
		if v.name == reserved {
			l.problem(b.LabelRanges[0], "Invalid variable name", fmt.Sprintf("The variable name %q is reserved due to its special meaning inside module blocks.", v.name))
		}
	}
	l.literalString(b.Body.Attribute("description"))
	v.sensitive = l.literalBool(b.Body.Attribute("sensitive"))
	v.ephemeral = l.literalBool(b.Body.Attribute("ephemeral"))
	if a := b.Body.Attribute("nullable"); a != nil {
		v.nullable = l.literalBool(a)
	}
	if a := b.Body.Attribute("type"); a != nil {
		l.decodeType(v, a)
	}
	if a := b.Body.Attribute("default"); a != nil {
		l.decodeDefault(v, b, a)
	}
	d := &decoder{l: l}
	v.rules = d.rules(b.Body, "validation")
	for _, rule := range v.rules {
		if !refersTo(rule.condition, "var", v.name) {
			l.problem(rule.condition.Range(), "Invalid variable validation condition", fmt.Sprintf("The condition for variable %q must refer to var.%s in order to test incoming values.", v.name, v.name))
		}
	}
	return v
}

// refersTo reports whether an expression names something.
func refersTo(x *expr, root, name string) bool {
	for _, t := range x.refs {
		if label, _ := attributeName(t, 1); t.RootName() == root && label == name {
			return true
		}
	}
	return false
}

func (l *loader) decodeType(v *variableType, a *syntax.Attribute) {
	x := a.Static()
	switch hcl.ExprAsKeyword(x) {
	case "list", "set", "map":
		// The short forms of Terraform 0.11.
		v.literal = false
		v.ty = map[string]cty.Type{
			"list": cty.List(cty.DynamicPseudoType), "set": cty.Set(cty.DynamicPseudoType), "map": cty.Map(cty.DynamicPseudoType),
		}[hcl.ExprAsKeyword(x)]
		return
	}
	if text, ok := plainText(literalOrNil(x)); ok {
		// Quoted types are those of Terraform 0.11.
		if ty, known := map[string]cty.Type{"string": cty.String, "list": cty.List(cty.String), "map": cty.Map(cty.String)}[text]; known {
			v.ty, v.literal = ty, ty == cty.String
			l.problem(x.Range(), "Invalid quoted type constraints", fmt.Sprintf("Terraform 0.11 and earlier required type constraints to be given in quotes, but that form is not accepted any more. Remove the quotes around %q.", text))
			return
		}
	}
	ty, defaults, diags := typeexpr.TypeConstraintWithDefaults(x)
	l.report(diags...)
	if diags.HasErrors() {
		return
	}
	v.ty, v.defaults, v.literal = ty, defaults, ty.IsPrimitiveType()
}

func literalOrNil(x hcl.Expression) cty.Value {
	v, diags := x.Value(nil)
	if diags.HasErrors() {
		return cty.NullVal(cty.DynamicPseudoType)
	}
	return v
}

func (l *loader) decodeDefault(v *variableType, b *syntax.Block, a *syntax.Attribute) {
	v.valueRange = a.Expr.Range()
	value, diags := a.Expr.Value(nil)
	l.report(diags...)
	if diags.HasErrors() {
		v.value = l.unknownVariable(v, b.Header.Filename, "the default of variable "+v.name+" cannot be evaluated", "")
		return
	}
	value = cleanValue(value)
	converted, err := v.convert(l, value)
	switch {
	case err != nil:
		l.problem(v.valueRange, "Invalid default value for variable", fmt.Sprintf("This default value is not compatible with the variable's type constraint: %s. The variable was taken as unknown.", err))
		v.value = l.unknownVariable(v, b.Header.Filename, "the default of variable "+v.name+" has the wrong type", "")
		return
	case converted.IsNull() && !v.nullable:
		l.problem(v.valueRange, "Invalid default value for variable", "A null default value is not valid when nullable=false.")
	}
	v.value = converted
}

// cleanValue keeps tokens out of a value that was written.
func cleanValue(v cty.Value) cty.Value {
	return partial.Map(v, func(leaf cty.Value) cty.Value {
		if text, ok := plainText(leaf); ok {
			return cty.StringVal(partial.Clean(text))
		}
		return leaf
	})
}

// errVast is the error of a value with a number that would take long to print.
var errVast = errors.New("it holds a larger number than iblint calculates with")

// convert makes a value one of the variable's type, with the defaults of its
// optional attributes.
func (v *variableType) convert(l *loader, value cty.Value) (cty.Value, error) {
	out, err := v.converted(l, value)
	if err == nil && partial.AnyVast(out) {
		return cty.NilVal, errVast
	}
	return out, err
}

func (v *variableType) converted(l *loader, value cty.Value) (cty.Value, error) {
	if plain, _ := value.Unmark(); v.defaults != nil && !plain.IsNull() && plain.IsKnown() {
		bare, paths := value.UnmarkDeepWithPaths()
		value = v.defaults.Apply(bare).MarkWithPaths(paths)
	}
	if v.ty == cty.DynamicPseudoType {
		return value, nil
	}
	if v.ty.HasDynamicTypes() && l.table.Whole(value) {
		bare, marks := value.UnmarkDeep()
		out, err := convert.Convert(bare, v.ty)
		return out.WithMarks(marks), err
	}
	return l.functions.Convert(value, v.ty)
}

// unknownVariable is the value of a variable that nobody gave one.
func (l *loader) unknownVariable(v *variableType, owner, reason, settle string) cty.Value {
	return l.table.Value(v.ty, &partial.Origin{
		Unknown:  &graph.Unknown{ID: "var(" + owner + "#" + v.name + ")", Reason: reason, Settle: settle, Range: v.header},
		Nullable: v.nullable, Text: "var." + v.name,
	})
}

// marked adds the marks that the variable's block asks for.
func (v *variableType) marked(value cty.Value) cty.Value {
	if v.sensitive {
		value = value.Mark(partial.Sensitive)
	}
	if v.ephemeral {
		value = value.Mark(partial.Ephemeral)
	}
	return value
}
