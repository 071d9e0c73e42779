package terraform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// plainText returns a known string.
func plainText(v cty.Value) (string, bool) {
	v, _ = v.Unmark()
	if v == cty.NilVal || !v.IsKnown() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// literalString reads an argument that has to be a literal string.
func (l *loader) literalString(a *syntax.Attribute) string {
	if a == nil {
		return ""
	}
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() {
		l.problem(a.Expr.Range(), "Variables not allowed", fmt.Sprintf("The argument %q must be a literal string, because it is read before anything is evaluated.", a.Name))
		return ""
	}
	text, ok := plainText(v)
	if !ok {
		l.problem(a.Expr.Range(), "Unsuitable value type", fmt.Sprintf("Unsuitable value: the argument %q must be a string.", a.Name))
	}
	return text
}

// literalBool reads an argument that has to be a literal truth value.
func (l *loader) literalBool(a *syntax.Attribute) bool {
	if a == nil {
		return false
	}
	v, diags := a.Expr.Value(nil)
	if !diags.HasErrors() {
		if b, err := convert.Convert(v, cty.Bool); err == nil && !b.IsNull() && b.IsKnown() {
			return b.True()
		}
	}
	l.problem(a.Expr.Range(), "Unsuitable value type", fmt.Sprintf("Unsuitable value: the argument %q must be true or false.", a.Name))
	return false
}

// traversals reads a list of references, as in depends_on.
func (l *loader) traversals(a *syntax.Attribute) []hcl.Traversal {
	items, ok := syntax.Items(a.Expr)
	if !ok {
		l.problem(a.Expr.Range(), "Invalid expression", fmt.Sprintf("A list of references is expected in %q.", a.Name))
		return nil
	}
	var out []hcl.Traversal
	for _, item := range items {
		traversal, diags := hcl.AbsTraversalForExpr(syntax.Static(item, a.JSON))
		if diags.HasErrors() {
			l.report(diags...)
			continue
		}
		out = append(out, traversal)
	}
	return out
}
