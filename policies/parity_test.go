package policies_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/policies"
)

// TestTemplatesInJSON writes every CloudFormation example of every rule, and
// the golden one, as JSON with intrinsic functions in their long form: the
// findings are the same.
func TestTemplatesInJSON(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(project(t), "rego", "iblint", "rules", "*", "testdata", "*_cloudformation*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		rule := filepath.Base(filepath.Dir(filepath.Dir(folder)))
		t.Run(rule+"/"+filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			twin := jsonTwin(t, folder)
			want, got := withoutPlaces(lint(t, engine, folder), folder), withoutPlaces(lint(t, engine, twin), twin)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("JSON finds something else (-YAML +JSON):\n%s", diff)
			}
		})
	}
	t.Logf("parity: %d templates in YAML and JSON", len(folders))
}

func withoutPlaces(findings []policies.Finding, folder string) []string {
	out := []string{}
	for _, f := range findings {
		line := strings.Join([]string{f.Rule, string(f.Verdict), string(f.Severity), f.Message, f.Reason}, " | ")
		line = strings.ReplaceAll(line, folder, "")
		out = append(out, strings.ReplaceAll(line, ".yaml", ".json"))
	}
	slices.Sort(out)
	return out
}

// jsonTwin copies a folder with every template rewritten as JSON.
func jsonTwin(t *testing.T, folder string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			t.Skip("the example has folders")
		}
		content, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name := entry.Name()
		switch {
		case name == ".iblint.yaml":
			content = []byte(strings.ReplaceAll(string(content), ".yaml", ".json"))
		case strings.HasSuffix(name, ".yaml"):
			name = strings.TrimSuffix(name, ".yaml") + ".json"
			content = asJSON(t, content)
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func asJSON(t *testing.T, content []byte) []byte {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(plain(document.Content[0]), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// plain is a node without tags: !Sub x becomes {"Fn::Sub": "x"}.
func plain(n *yaml.Node) any {
	if n.Kind == yaml.AliasNode {
		return plain(n.Alias)
	}
	tag := n.Tag
	if strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!") {
		untagged := *n
		untagged.Tag = ""
		value := plain(&untagged)
		switch name := strings.TrimPrefix(tag, "!"); name {
		case "Ref", "Condition":
			return map[string]any{name: value}
		case "GetAtt":
			if text, ok := value.(string); ok {
				resource, attribute, _ := strings.Cut(text, ".")
				return map[string]any{"Fn::GetAtt": []any{resource, attribute}}
			}
			return map[string]any{"Fn::GetAtt": value}
		default:
			return map[string]any{"Fn::" + name: value}
		}
	}
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			out[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return out
	case yaml.SequenceNode:
		out := []any{}
		for _, item := range n.Content {
			out = append(out, plain(item))
		}
		return out
	default:
	}
	if n.ShortTag() == "!!bool" && n.Style == 0 {
		return n.Value == "true"
	}
	return n.Value
}
