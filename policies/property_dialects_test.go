package policies_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

// TestSameFindingsInTemplates changes CloudFormation examples in ways that mean
// nothing: the findings stay as they are, but for where they stand.
func TestSameFindingsInTemplates(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for _, dir := range someExamples(t, "*_cloudformation*") {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			folder := copyOf(t, dir, func(string) bool { return true })
			files := templatesIn(t, folder)
			original := meaning(lint(t, engine, folder), true)
			for name, change := range templateChanges() {
				for file, content := range files {
					rewriteTemplate(t, file, content, change)
				}
				if diff := cmp.Diff(original, meaning(lint(t, engine, folder), true)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func templateChanges() map[string]func(root *yaml.Node) {
	return map[string]func(*yaml.Node){
		"moved lines":   func(root *yaml.Node) { root.HeadComment = strings.Repeat("# moved\n", 7) },
		"order of keys": reversed,
		"an unrelated resource": func(root *yaml.Node) {
			resources := member(root, "Resources")
			resources.Content = append(resources.Content, nodeOf("Unrelated"), nodeOf(object{"Type": "AWS::S3::Bucket"}))
		},
	}
}

// TestSameFindingsInPlans does the same with the plans of the Terraform
// examples.
func TestSameFindingsInPlans(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for _, dir := range someExamples(t, "*_terraform_*") {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			folder := copyOf(t, dir, func(name string) bool { return !strings.HasSuffix(name, ".tf") })
			plan := planOf(t, dir)
			writePlan(t, folder, plan)
			original := meaning(lint(t, engine, folder), true)
			for name, change := range planChanges() {
				writePlan(t, folder, changedPlan(t, plan, change))
				if diff := cmp.Diff(original, meaning(lint(t, engine, folder), true)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

func changedPlan(t *testing.T, plan []byte, change func(root *yaml.Node)) []byte {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(plan, &document); err != nil {
		t.Fatal(err)
	}
	change(document.Content[0])
	var text bytes.Buffer
	if err := json.Indent(&text, []byte(jsonText(t, document.Content[0])), "", "   "); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func planChanges() map[string]func(root *yaml.Node) {
	lists := func(root *yaml.Node) []*yaml.Node {
		return []*yaml.Node{
			member(member(member(root, "planned_values"), "root_module"), "resources"),
			member(root, "resource_changes"),
			member(member(member(root, "configuration"), "root_module"), "resources"),
		}
	}
	return map[string]func(*yaml.Node){
		"moved lines":   func(*yaml.Node) {},
		"order of keys": reversed,
		"order of resources": func(root *yaml.Node) {
			for _, list := range lists(root) {
				slices.Reverse(list.Content)
			}
		},
		"an unrelated resource": func(root *yaml.Node) {
			resource := object{
				"address": "aws_s3_bucket.unrelated", "mode": "managed", "type": "aws_s3_bucket", "name": "unrelated",
				"provider_name": "registry.terraform.io/hashicorp/aws", "values": object{"bucket": "unrelated"},
			}
			planned := lists(root)[0]
			planned.Content = append(planned.Content, nodeOf(resource))
		},
	}
}

// someExamples are the examples of rules whose name matches: every tenth, or
// all with IBLINT_EXAMPLES=all.
func someExamples(t *testing.T, pattern string) []string {
	t.Helper()
	dirs, err := filepath.Glob("../rego/iblint/rules/*/testdata/" + pattern)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("IBLINT_EXAMPLES") == "all" {
		return dirs
	}
	var out []string
	for chunk := range slices.Chunk(dirs, 10) {
		out = append(out, chunk[0])
	}
	return out
}

// templatesIn are the templates of a folder, but for those whose comments
// speak of lines.
func templatesIn(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(file)[0] != '.' && !bytes.Contains(content, []byte("iblint:ignore")) {
			out[file] = content
		}
	}
	return out
}

func rewriteTemplate(t *testing.T, file string, content []byte, change func(root *yaml.Node)) {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	change(document.Content[0])
	content, err := yaml.Marshal(&document)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// reversed turns the members of every mapping round.
func reversed(n *yaml.Node) {
	for _, child := range n.Content {
		reversed(child)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	slices.Reverse(n.Content)
	for i := 0; i+1 < len(n.Content); i += 2 {
		n.Content[i], n.Content[i+1] = n.Content[i+1], n.Content[i]
	}
}

// member is the value of a key, an empty mapping where it is not there.
func member(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return &yaml.Node{Kind: yaml.MappingNode}
}

func nodeOf(value any) *yaml.Node {
	var n yaml.Node
	if err := n.Encode(value); err != nil {
		panic(err) // values of tests have no cycles
	}
	return &n
}

// jsonText writes a node as JSON, its members in their order.
func jsonText(t *testing.T, n *yaml.Node) string {
	t.Helper()
	var parts []string
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, jsonText(t, n.Content[i])+":"+jsonText(t, n.Content[i+1]))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case yaml.SequenceNode:
		for _, item := range n.Content {
			parts = append(parts, jsonText(t, item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	default:
		if n.Tag != "!!str" {
			return n.Value
		}
		text, err := json.Marshal(n.Value)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}
