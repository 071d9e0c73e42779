package syntax

import (
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// blockLabels are the block types of a configuration with their labels.
func blockLabels() map[string]int {
	return map[string]int{
		"terraform": 0, "variable": 1, "output": 1, "locals": 0, "provider": 1, "module": 1, "resource": 2, "data": 2,
		"ephemeral": 2, "moved": 0, "removed": 0, "import": 0, "check": 1,
	}
}

// ParseJSON reads a configuration file in JSON.
func ParseJSON(source []byte, name string) (*Body, hcl.Diagnostics) {
	file, diags := json.Parse(source, name)
	if diags.HasErrors() || file == nil {
		return nil, diags
	}
	content, more := file.Body.Content(fileSchema())
	diags = append(diags, more...)
	out := &Body{JSON: true}
	for _, b := range content.Blocks {
		attributes, more := b.Body.JustAttributes()
		diags = append(diags, more...)
		body := &Body{JSON: true, Range: b.DefRange}
		body.Attributes, more = fromAttributes(attributes, func(name string) bool { return literal(b.Type, name) })
		diags = append(diags, more...)
		whole := b.DefRange
		for _, a := range body.Attributes {
			whole = hcl.RangeOver(whole, a.Range)
		}
		out.Blocks = append(out.Blocks, &Block{
			Type: b.Type, TypeRange: b.TypeRange, Labels: b.Labels, LabelRanges: b.LabelRanges,
			Header: headerRange(b.DefRange, b.LabelRanges), Range: whole, Body: body,
		})
	}
	return out, diags
}

// literal reports whether Terraform reads an argument of a block without
// evaluating it.
func literal(kind, name string) bool {
	switch kind {
	case "variable":
		return name == "default" || name == "description"
	case "output":
		return name == "description"
	case "module":
		return name == "source" || name == "version"
	}
	return false
}

// fileSchema are the blocks of a file.
func fileSchema() *hcl.BodySchema {
	schema := &hcl.BodySchema{}
	for kind, labels := range blockLabels() {
		header := hcl.BlockHeaderSchema{Type: kind}
		for i := range labels {
			header.LabelNames = append(header.LabelNames, []string{"type", "name"}[2-labels+i])
		}
		schema.Blocks = append(schema.Blocks, header)
	}
	sort.Slice(schema.Blocks, func(i, j int) bool { return schema.Blocks[i].Type < schema.Blocks[j].Type })
	return schema
}

// ParseJSONValues reads a file of variable values in JSON.
func ParseJSONValues(source []byte, name string) (*Body, hcl.Diagnostics) {
	file, diags := json.Parse(source, name)
	if diags.HasErrors() || file == nil {
		return nil, diags
	}
	attributes, more := file.Body.JustAttributes()
	diags = append(diags, more...)
	out := &Body{JSON: true}
	out.Attributes, more = fromAttributes(attributes, func(string) bool { return true })
	return out, append(diags, more...)
}

// fromAttributes converts attributes. The strings of those that are literal are
// no templates: Terraform evaluates them without anything to refer to.
func fromAttributes(attributes hcl.Attributes, literal func(name string) bool) ([]*Attribute, hcl.Diagnostics) {
	var diags hcl.Diagnostics
	out := make([]*Attribute, 0, len(attributes))
	for _, a := range attributes {
		x, more := convert(a.Expr, literal(a.Name))
		diags = append(diags, more...)
		out = append(out, &Attribute{Name: a.Name, NameRange: a.NameRange, Range: a.Range, Expr: x, JSON: true})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Range.Start.Byte < out[j].Range.Start.Byte })
	return out, diags
}

// convert makes an expression of the native syntax out of one in JSON, whose
// strings are templates unless it is literal.
func convert(x hcl.Expression, literal bool) (hclsyntax.Expression, hcl.Diagnostics) {
	if pairs, diags := hcl.ExprMap(x); !diags.HasErrors() {
		return convertObject(pairs, x.Range(), literal)
	}
	if items, diags := hcl.ExprList(x); !diags.HasErrors() {
		out := &hclsyntax.TupleConsExpr{SrcRange: x.Range(), OpenRange: x.StartRange()}
		var all hcl.Diagnostics
		for _, item := range items {
			converted, more := convert(item, literal)
			all = append(all, more...)
			out.Exprs = append(out.Exprs, converted)
		}
		return out, all
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type() != cty.String {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: x.Range()}, diags
	}
	return convertString(v.AsString(), x.Range(), literal)
}

func convertString(text string, r hcl.Range, literal bool) (hclsyntax.Expression, hcl.Diagnostics) {
	if literal || !strings.Contains(text, "${") && !strings.Contains(text, "%{") {
		return &hclsyntax.TemplateExpr{
			Parts:    []hclsyntax.Expression{&hclsyntax.LiteralValueExpr{Val: cty.StringVal(text), SrcRange: r}},
			SrcRange: r,
		}, nil
	}
	start := r.Start
	start.Column++
	start.Byte++
	out, diags := hclsyntax.ParseTemplate([]byte(text), r.Filename, start)
	for _, d := range diags {
		// Escapes in the string move columns; the string itself is certain.
		d.Subject = &r
	}
	if out == nil {
		out = &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: r}
	}
	return out, diags
}

func convertObject(pairs []hcl.KeyValuePair, r hcl.Range, literal bool) (hclsyntax.Expression, hcl.Diagnostics) {
	out := &hclsyntax.ObjectConsExpr{SrcRange: r, OpenRange: r}
	var diags hcl.Diagnostics
	for _, pair := range pairs {
		key, more := convert(pair.Key, literal)
		diags = append(diags, more...)
		value, more := convert(pair.Value, literal)
		diags = append(diags, more...)
		out.Items = append(out.Items, hclsyntax.ObjectConsItem{
			KeyExpr:   &hclsyntax.ObjectConsKeyExpr{Wrapped: key, ForceNonLiteral: true},
			ValueExpr: value,
		})
	}
	return out, diags
}

// Blocks makes blocks of an attribute in JSON: labels are the keys of nested
// objects, and lists hold several blocks.
func (a *Attribute) Blocks(labels int) []*Block {
	return blocksOf(a.Name, a.NameRange, a.Expr, labels, nil, nil)
}

func blocksOf(kind string, kindRange hcl.Range, x hclsyntax.Expression, labels int, names []string, ranges []hcl.Range) []*Block {
	if items, ok := Items(x); ok {
		var out []*Block
		for _, item := range items {
			out = append(out, blocksOf(kind, kindRange, item, labels, names, ranges)...)
		}
		return out
	}
	fields, ok := Fields(x)
	if !ok {
		return nil
	}
	if labels == 0 {
		return []*Block{{
			Type: kind, TypeRange: kindRange, Labels: names, LabelRanges: ranges,
			Header: headerRange(kindRange, ranges), Range: hcl.RangeBetween(headerRange(kindRange, ranges), x.Range()), Body: objectBody(x, fields),
		}}
	}
	var out []*Block
	for _, field := range fields {
		name, ok := literalKey(field.KeyExpr)
		if !ok || name == "//" {
			continue
		}
		nextNames := append(append([]string{}, names...), name)
		nextRanges := append(append([]hcl.Range{}, ranges...), field.KeyExpr.Range())
		out = append(out, blocksOf(kind, kindRange, field.ValueExpr, labels-1, nextNames, nextRanges)...)
	}
	return out
}

// headerRange is where a block is named: at its last label.
func headerRange(kind hcl.Range, labels []hcl.Range) hcl.Range {
	if len(labels) == 0 {
		return kind
	}
	return labels[len(labels)-1]
}

func objectBody(x hclsyntax.Expression, fields []hclsyntax.ObjectConsItem) *Body {
	out := &Body{JSON: true, Range: x.Range()}
	for _, field := range fields {
		name, ok := literalKey(field.KeyExpr)
		if !ok || name == "//" {
			continue
		}
		out.Attributes = append(out.Attributes, &Attribute{
			Name: name, NameRange: field.KeyExpr.Range(),
			Range: hcl.RangeBetween(field.KeyExpr.Range(), field.ValueExpr.Range()), Expr: field.ValueExpr, JSON: true,
		})
	}
	return out
}

func literalKey(x hclsyntax.Expression) (string, bool) {
	key, ok := x.(*hclsyntax.ObjectConsKeyExpr)
	if !ok {
		return literalText(x)
	}
	if name := hcl.ExprAsKeyword(key.Wrapped); name != "" {
		return name, true
	}
	return literalText(key.Wrapped)
}
