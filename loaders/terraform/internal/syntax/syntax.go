// Package syntax reads configuration files of both syntaxes of HCL into one
// form: bodies with attributes and blocks, whose expressions are those of the
// native syntax.
package syntax

import (
	"sort"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Body is what stands between the braces of a block, or a whole file.
type Body struct {
	// Attributes are in the order of the source.
	Attributes []*Attribute
	Blocks     []*Block
	Range      hcl.Range
	// JSON is set when the body was written in JSON, where blocks look like
	// attributes.
	JSON bool
}

// Attribute is an argument.
type Attribute struct {
	Name      string
	NameRange hcl.Range
	Range     hcl.Range
	Expr      hclsyntax.Expression
	JSON      bool
}

// Block is a block with its labels.
type Block struct {
	Type        string
	TypeRange   hcl.Range
	Labels      []string
	LabelRanges []hcl.Range
	// Header is the range of type and labels, Range that of the whole block.
	Header hcl.Range
	Range  hcl.Range
	Body   *Body
}

// Attribute returns the named attribute, or nil.
func (b *Body) Attribute(name string) *Attribute {
	for _, a := range b.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// BlocksOf returns the blocks of a type. In JSON, where a block looks like an
// attribute, it makes them of the attribute.
func (b *Body) BlocksOf(kind string) []*Block {
	var out []*Block
	for _, block := range b.Blocks {
		if block.Type == kind {
			out = append(out, block)
		}
	}
	if a := b.Attribute(kind); a != nil && b.JSON {
		out = append(out, a.Blocks(0)...)
	}
	return out
}

// Native converts a body of the native syntax.
func Native(body *hclsyntax.Body) *Body {
	out := &Body{Range: body.SrcRange, Attributes: make([]*Attribute, 0, len(body.Attributes))}
	for _, a := range body.Attributes {
		out.Attributes = append(out.Attributes, &Attribute{Name: a.Name, NameRange: a.NameRange, Range: a.SrcRange, Expr: a.Expr})
	}
	sort.Slice(out.Attributes, func(i, j int) bool {
		return out.Attributes[i].Range.Start.Byte < out.Attributes[j].Range.Start.Byte
	})
	for _, b := range body.Blocks {
		out.Blocks = append(out.Blocks, &Block{
			Type: b.Type, TypeRange: b.TypeRange, Labels: b.Labels, LabelRanges: b.LabelRanges,
			Header: b.DefRange(), Range: b.Range(), Body: Native(b.Body),
		})
	}
	return out
}

// Static returns the expression of an attribute that is a name and not a
// value, such as a type or a provider. In JSON names are written as strings.
func (a *Attribute) Static() hclsyntax.Expression { return Static(a.Expr, a.JSON) }

// Static is a name as an expression: what a JSON string holds, or the
// expression itself.
func Static(x hclsyntax.Expression, isJSON bool) hclsyntax.Expression {
	text, ok := literalText(x)
	if !ok || !isJSON {
		return x
	}
	r := x.Range()
	start := r.Start
	start.Column++
	start.Byte++
	parsed, diags := hclsyntax.ParseExpression([]byte(text), r.Filename, start)
	if diags.HasErrors() {
		return x
	}
	return parsed
}

// literalText returns the text of an expression that is one literal string.
func literalText(x hclsyntax.Expression) (string, bool) {
	switch x := x.(type) {
	case *hclsyntax.TemplateExpr:
		if len(x.Parts) == 0 {
			return "", true
		}
		if !x.IsStringLiteral() {
			return "", false
		}
	case *hclsyntax.LiteralValueExpr:
	default:
		return "", false
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type() != cty.String || !v.IsKnown() {
		return "", false
	}
	return v.AsString(), true
}

// Items lists the expressions of a list, or nothing when it is none.
func Items(x hclsyntax.Expression) ([]hclsyntax.Expression, bool) {
	tuple, ok := unwrapParens(x).(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil, false
	}
	return tuple.Exprs, true
}

// Fields lists the entries of an object, or nothing when it is none.
func Fields(x hclsyntax.Expression) ([]hclsyntax.ObjectConsItem, bool) {
	object, ok := unwrapParens(x).(*hclsyntax.ObjectConsExpr)
	if !ok {
		return nil, false
	}
	return object.Items, true
}

func unwrapParens(x hclsyntax.Expression) hclsyntax.Expression {
	for {
		p, ok := x.(*hclsyntax.ParenthesesExpr)
		if !ok {
			return x
		}
		x = p.Expression
	}
}
