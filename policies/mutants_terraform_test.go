package policies_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// terraformBreeder makes the mutants of a Terraform file.
type terraformBreeder struct {
	file    string
	source  []byte
	mutants []mutant
}

// terraformMutants are the mutants of a Terraform file: without each block,
// argument, list item and object item, with each text and truth value altered, with
// each reference to a key or role pointing elsewhere, and with each statement
// denying, or under a condition that no call meets.
func terraformMutants(t *testing.T, file string, source []byte) []mutant {
	t.Helper()
	parsed, diagnostics := hclsyntax.ParseConfig(source, file, hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%s has a body of type %T", file, parsed.Body)
	}
	b := &terraformBreeder{file: file, source: source}
	b.body("", body)
	return b.mutants
}

// replace adds the mutant in which another text stands in a range.
func (b *terraformBreeder) replace(path, how string, at hcl.Range, text string) {
	content := slices.Concat(b.source[:at.Start.Byte], []byte(text), b.source[at.End.Byte:])
	b.mutants = append(b.mutants, mutant{name: path + ": " + how, file: b.file, content: content})
}

func (b *terraformBreeder) body(path string, body *hclsyntax.Body) {
	names := map[string]int{}
	for _, block := range body.Blocks {
		inner := blockPath(path, block, names)
		b.replace(inner, "removed", block.Range(), "")
		if block.Type == "statement" {
			b.replace(inner, "denies", block.OpenBraceRange, "{\n effect = \"Deny\"\n")
			b.replace(inner, "never holds", block.OpenBraceRange, conditionBlock)
		}
		b.body(inner, block.Body)
	}
	for _, attribute := range inOrder(body.Attributes) {
		inner := strings.TrimPrefix(path+"."+attribute.Name, ".")
		b.replace(inner, "removed", attribute.SrcRange, "")
		b.expression(inner, attribute.Expr)
	}
}

const conditionBlock = `{
  condition {
    test     = "StringEquals"
    variable = "kms:ViaService"
    values   = ["imagebuilder.us-east-1.amazonaws.com"]
  }
`

func inOrder(attributes hclsyntax.Attributes) []*hclsyntax.Attribute {
	var out []*hclsyntax.Attribute
	for _, attribute := range attributes {
		out = append(out, attribute)
	}
	slices.SortFunc(out, func(a, b *hclsyntax.Attribute) int { return a.SrcRange.Start.Byte - b.SrcRange.Start.Byte })
	return out
}

// blockPath names a block: by its labels, or by its place among its siblings.
func blockPath(path string, block *hclsyntax.Block, seen map[string]int) string {
	name := strings.Join(slices.Concat([]string{block.Type}, block.Labels), ".")
	if block.Type == "resource" {
		name = strings.Join(block.Labels, ".")
	}
	if i := seen[name]; i > 0 || block.Type == "statement" || block.Type == "distribution" {
		seen[name]++
		return strings.TrimPrefix(fmt.Sprintf("%s.%s[%d]", path, name, i), ".")
	}
	seen[name]++
	return strings.TrimPrefix(path+"."+name, ".")
}

func (b *terraformBreeder) expression(path string, expression hclsyntax.Expression) {
	switch e := expression.(type) {
	case *hclsyntax.TemplateExpr:
		for _, other := range alterations(b.text(e)) {
			b.replace(path, other.how, e.Range(), other.text)
		}
	case *hclsyntax.LiteralValueExpr:
		for _, other := range alterations(b.text(e)) {
			b.replace(path, other.how, e.Range(), other.text)
		}
	case *hclsyntax.ScopeTraversalExpr:
		for _, other := range otherReferences(b.text(e)) {
			b.replace(path, other.how, e.Range(), other.text)
		}
	case *hclsyntax.TupleConsExpr:
		b.items(path, e.Exprs)
	case *hclsyntax.FunctionCallExpr:
		for i, argument := range e.Args {
			b.expression(fmt.Sprintf("%s.%s(%d)", path, e.Name, i), argument)
		}
	case *hclsyntax.ObjectConsExpr:
		b.object(path, e)
	case *hclsyntax.ConditionalExpr:
		b.expression(path+".then", e.TrueResult)
		b.expression(path+".else", e.FalseResult)
	}
}

func (b *terraformBreeder) object(path string, object *hclsyntax.ObjectConsExpr) {
	for i, item := range object.Items {
		inner := path + "." + b.text(item.KeyExpr)
		at := hcl.RangeBetween(item.KeyExpr.Range(), item.ValueExpr.Range())
		if i+1 < len(object.Items) {
			at.End = object.Items[i+1].KeyExpr.Range().Start
		}
		b.replace(inner, "removed", at, "")
		b.expression(inner, item.ValueExpr)
	}
}

func (b *terraformBreeder) items(path string, items []hclsyntax.Expression) {
	for i, item := range items {
		inner := fmt.Sprintf("%s[%d]", path, i)
		at := item.Range()
		switch {
		case i+1 < len(items):
			at.End = items[i+1].Range().Start
		case i > 0:
			at.Start = items[i-1].Range().End
		}
		b.replace(inner, "removed", at, "")
		b.expression(inner, item)
	}
}

func (b *terraformBreeder) text(expression hclsyntax.Expression) string {
	at := expression.Range()
	return string(b.source[at.Start.Byte:at.End.Byte])
}
