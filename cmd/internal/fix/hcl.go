package fix

import (
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// body parses a file of HCL.
func (r *Resolver) body(file string) (*hclsyntax.Body, bool) {
	if body, ok := r.bodies[file]; ok {
		return body, body != nil
	}
	r.bodies[file] = nil
	content, ok := r.sources[file]
	if !ok || !isHCL(file) {
		return nil, false
	}
	parsed, diags := hclsyntax.ParseConfig(content, file, hcl.InitialPos)
	body, ok := parsed.Body.(*hclsyntax.Body)
	if diags.HasErrors() || !ok {
		return nil, false
	}
	r.bodies[file] = body
	return body, true
}

func isHCL(file string) bool { return slices.Contains([]string{".tf", ".tofu"}, path.Ext(file)) }

// attributeAt finds the argument whose expression is written at the place.
func attributeAt(body *hclsyntax.Body, place hcl.Range) *hclsyntax.Attribute {
	for _, attribute := range body.Attributes {
		rng := attribute.Expr.Range()
		if rng.Start.Byte == place.Start.Byte && rng.End.Byte == place.End.Byte {
			return attribute
		}
	}
	for _, block := range body.Blocks {
		if !block.Range().Overlaps(place) && !within(block, place) {
			continue
		}
		if found := attributeAt(block.Body, place); found != nil {
			return found
		}
	}
	return nil
}

func within(block *hclsyntax.Block, place hcl.Range) bool {
	return block.TypeRange.Start.Byte <= place.Start.Byte && place.End.Byte <= block.CloseBraceRange.End.Byte
}

// argument is the node of an argument of a block.
func argument(attribute *hclsyntax.Attribute) *node {
	n := expression(attribute.Expr)
	n.key = attribute.NameRange.Start.Byte
	return n
}

// expression is an expression as a node.
func expression(e hclsyntax.Expression) *node {
	rng := e.Range()
	n := &node{file: rng.Filename, start: rng.Start.Byte, end: rng.End.Byte, key: -1, syntax: hclExpression}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return expression(e.Expression)
	case *hclsyntax.TupleConsExpr:
		n.kind = list
		for _, item := range e.Exprs {
			n.items = append(n.items, expression(item))
		}
	case *hclsyntax.ObjectConsExpr:
		n.kind = object
		n.members = objectMembers(e)
	default:
		if text, ok := literal(e); ok {
			n.kind, n.text = scalar, text
		}
	}
	return n
}

func objectMembers(e *hclsyntax.ObjectConsExpr) []member {
	var out []member
	for _, item := range e.Items {
		key, diags := item.KeyExpr.Value(nil)
		if diags.HasErrors() || key.Type() != cty.String || !key.IsKnown() || key.IsNull() {
			continue
		}
		value := expression(item.ValueExpr)
		value.key = item.KeyExpr.Range().Start.Byte
		out = append(out, member{key.AsString(), value})
	}
	return out
}

// literal is what an expression says that refers to nothing.
func literal(e hclsyntax.Expression) (string, bool) {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
	case *hclsyntax.TemplateExpr:
		if !e.IsStringLiteral() && len(e.Parts) > 0 {
			return "", false
		}
	default:
		return "", false
	}
	value, diags := e.Value(nil)
	if diags.HasErrors() || value.IsNull() {
		return "", false
	}
	text, err := convert.Convert(value, cty.String)
	if err != nil {
		return "", false
	}
	return text.AsString(), true
}

// siblings are the files of HCL in a folder, sorted.
func (r *Resolver) siblings(file string) []string {
	var out []string
	for name := range r.sources {
		if path.Dir(name) == path.Dir(file) && isHCL(name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// local finds the expression of a local value of the module of a file.
func (r *Resolver) local(file, name string) (hclsyntax.Expression, bool) {
	for _, sibling := range r.siblings(file) {
		body, ok := r.body(sibling)
		if !ok {
			continue
		}
		for _, block := range body.Blocks {
			if attribute := block.Body.Attributes[name]; block.Type == "locals" && attribute != nil {
				return attribute.Expr, true
			}
		}
	}
	return nil, false
}

// dataBlock finds the block of a data source of the module of a file.
func (r *Resolver) dataBlock(file, kind, name string) (*hclsyntax.Block, bool) {
	for _, sibling := range r.siblings(file) {
		body, ok := r.body(sibling)
		if !ok {
			continue
		}
		for _, block := range body.Blocks {
			if block.Type == "data" && slices.Equal(block.Labels, []string{kind, name}) {
				return block, true
			}
		}
	}
	return nil, false
}
