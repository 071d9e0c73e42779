package policies_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// cloudFormationBreeder makes the mutants of a template.
type cloudFormationBreeder struct {
	t        *testing.T
	file     string
	document *yaml.Node
	mutants  []mutant
}

// cloudFormationMutants are the mutants of a template: without each property and
// list item, with each text and truth value altered, with each reference to a key
// pointing elsewhere, and with each statement denying, or under a condition that no
// call meets.
func cloudFormationMutants(t *testing.T, file string, source []byte) []mutant {
	t.Helper()
	b := &cloudFormationBreeder{t: t, file: file, document: &yaml.Node{}}
	if err := yaml.Unmarshal(source, b.document); err != nil {
		t.Fatal(err)
	}
	b.node(strings.TrimSuffix(file, ".yaml")+"#", b.document.Content[0])
	return b.mutants
}

// add adds the mutant that is the document as it is now.
func (b *cloudFormationBreeder) add(path, how string) {
	b.t.Helper()
	var content bytes.Buffer
	if err := yaml.NewEncoder(&content).Encode(b.document); err != nil {
		b.t.Fatal(err)
	}
	b.mutants = append(b.mutants, mutant{name: path + ": " + how, file: b.file, content: content.Bytes()})
}

// with adds the mutant in which a node has other children.
func (b *cloudFormationBreeder) with(path, how string, node *yaml.Node, children []*yaml.Node) {
	b.t.Helper()
	before := node.Content
	node.Content = children
	b.add(path, how)
	node.Content = before
}

func (b *cloudFormationBreeder) node(path string, node *yaml.Node) {
	b.t.Helper()
	switch node.Kind {
	case yaml.MappingNode:
		b.mapping(path, node)
	case yaml.SequenceNode:
		for i, item := range node.Content {
			inner := fmt.Sprintf("%s[%d]", path, i)
			b.with(inner, "removed", node, without(node.Content, i, 1))
			b.node(inner, item)
		}
	case yaml.ScalarNode:
		b.scalar(path, node)
	default: // the examples have one document and no alias
	}
}

func (b *cloudFormationBreeder) mapping(path string, node *yaml.Node) {
	b.t.Helper()
	for i := 0; i < len(node.Content); i += 2 {
		inner := path + "." + node.Content[i].Value
		if strings.HasSuffix(path, "#") {
			inner = path + node.Content[i].Value
		}
		b.with(inner, "removed", node, without(node.Content, i, 2))
		if effect := node.Content[i+1]; node.Content[i].Value == "Effect" {
			effect.Value = "Deny"
			b.add(path, "denies")
			effect.Value = "Allow"
			b.with(path, "never holds", node, append(without(node.Content, 0, 0), neverHolds()...))
			continue
		}
		b.node(inner, node.Content[i+1])
	}
}

// neverHolds is a condition that no call of EC2 meets, beside what is there.
func neverHolds() []*yaml.Node {
	condition := &yaml.Node{}
	if err := yaml.Unmarshal([]byte(`{StringEquals: {"kms:ViaService": imagebuilder.us-east-1.amazonaws.com}}`), condition); err != nil {
		return nil
	}
	return []*yaml.Node{{Kind: yaml.ScalarNode, Value: "Condition"}, condition.Content[0]}
}

func (b *cloudFormationBreeder) scalar(path string, node *yaml.Node) {
	b.t.Helper()
	before := *node
	others := alterations(node.Value)
	if strings.HasPrefix(node.Tag, "!Ref") || strings.HasPrefix(node.Tag, "!GetAtt") {
		others = otherReferences(node.Tag + " " + node.Value)
	}
	for _, other := range others {
		if tag, value, tagged := strings.Cut(other.text, " "); tagged && strings.HasPrefix(tag, "!") {
			node.Tag, node.Value = tag, value
		} else if strings.HasPrefix(node.Tag, "!Ref") {
			node.Tag, node.Value = "!!str", other.text
		} else {
			node.Value = other.text
		}
		b.add(path, other.how)
		*node = before
	}
}

func without(nodes []*yaml.Node, at, n int) []*yaml.Node {
	rest := append([]*yaml.Node{}, nodes[:at]...)
	return append(rest, nodes[at+n:]...)
}
