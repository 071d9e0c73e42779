package fix

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxSteps is how many local values lead to a document at most.
const maxSteps = 8

// document is a policy document of Terraform, whichever way it is written:
// jsonencode, a local value, the data source aws_iam_policy_document or JSON
// in a string.
func (r *Resolver) document(e hclsyntax.Expression, steps int) (*node, error) {
	if steps > maxSteps {
		return nil, errComputed
	}
	switch e := e.(type) {
	case *hclsyntax.ParenthesesExpr:
		return r.document(e.Expression, steps+1)
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "jsonencode" && len(e.Args) == 1 {
			return r.document(e.Args[0], steps+1)
		}
	case *hclsyntax.ObjectConsExpr:
		return expression(e), nil
	case *hclsyntax.TemplateExpr:
		return r.embedded(e)
	case *hclsyntax.ScopeTraversalExpr:
		return r.referred(e, steps)
	}
	return nil, errComputed
}

// referred follows a reference to a document.
func (r *Resolver) referred(e *hclsyntax.ScopeTraversalExpr, steps int) (*node, error) {
	names := make([]string, 0, len(e.Traversal))
	for _, step := range e.Traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			names = append(names, step.Name)
		case hcl.TraverseAttr:
			names = append(names, step.Name)
		default:
			return nil, errComputed
		}
	}
	file := e.Range().Filename
	switch {
	case len(names) == 2 && names[0] == "local":
		if found, ok := r.local(file, names[1]); ok {
			return r.document(found, steps+1)
		}
	case len(names) == 4 && names[0] == "data" && names[1] == "aws_iam_policy_document":
		if block, ok := r.dataBlock(file, names[1], names[2]); ok {
			return dataDocument(block)
		}
	}
	return nil, errComputed
}

// dataElements are the arguments of a statement block, as IAM calls them.
func dataElements() map[string]string {
	return map[string]string{
		"sid": "Sid", "effect": "Effect", "actions": "Action", "not_actions": "NotAction",
		"resources": "Resource", "not_resources": "NotResource",
	}
}

// dataDocument is a block of aws_iam_policy_document in the shape of the
// document that it gives. Where statements come from elsewhere as well their
// numbers are not those of the blocks.
func dataDocument(block *hclsyntax.Block) (*node, error) {
	statements := &node{
		file: block.TypeRange.Filename, start: block.OpenBraceRange.End.Byte, end: block.CloseBraceRange.End.Byte,
		key: -1, kind: list, syntax: hclBody,
	}
	for name := range block.Body.Attributes {
		if !slices.Contains([]string{"policy_id", "version", "provider"}, name) {
			return nil, errComputed
		}
	}
	for _, inner := range block.Body.Blocks {
		if inner.Type != "statement" {
			return nil, errComputed
		}
		statements.items = append(statements.items, dataStatement(inner))
	}
	return &node{
		file: statements.file, start: statements.start, end: statements.end, key: -1, kind: object, syntax: hclBody,
		members: []member{{"Statement", statements}},
	}, nil
}

func dataStatement(block *hclsyntax.Block) *node {
	n := &node{
		file: block.TypeRange.Filename, start: block.TypeRange.Start.Byte, end: block.CloseBraceRange.End.Byte,
		key: -1, kind: object, syntax: hclBody,
	}
	elements := dataElements()
	for _, attribute := range block.Body.Attributes {
		if name := elements[attribute.Name]; name != "" {
			n.members = append(n.members, member{name, argument(attribute)})
		}
	}
	for _, inner := range block.Body.Blocks {
		for blocks, attribute := range map[string]string{"principals": "identifiers", "condition": "values"} {
			if values := inner.Body.Attributes[attribute]; inner.Type == blocks && values != nil {
				n.gather(map[string]string{"principals": "Principal", "condition": "Condition"}[blocks], argument(values))
			}
		}
	}
	return n
}

// gather adds a value to those of one name.
func (n *node) gather(name string, value *node) {
	for i := range n.members {
		if n.members[i].name == name {
			n.members[i].value.items = append(n.members[i].value.items, value)
			return
		}
	}
	all := &node{file: value.file, start: value.start, end: value.end, key: -1, kind: list, syntax: hclBody, items: []*node{value}}
	n.members = append(n.members, member{name, all})
}

// embedded is JSON in a string of several lines; in one of a single line the
// quotes are escaped, and places are not those of the text.
func (r *Resolver) embedded(e *hclsyntax.TemplateExpr) (*node, error) {
	content, rng := r.sources[e.Range().Filename], e.Range()
	if len(e.Parts) == 0 || rng.End.Byte > len(content) || content[rng.Start.Byte] != '<' {
		return nil, errComputed
	}
	start := e.Parts[0].Range().Start.Byte
	end := e.Parts[len(e.Parts)-1].Range().End.Byte
	p := &jsonReader{file: rng.Filename, content: content[start:end], shift: start}
	return p.read()
}
