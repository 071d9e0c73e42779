package policies_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/policies"
)

// edit replaces text of a file of a golden example. An old text that is not
// there fails the test; "" appends.
type edit struct{ file, old, new string }

// mutation is one row of the table: what is changed, and every finding that
// this gives, as "RULE verdict severity".
type mutation struct {
	name   string
	edits  []edit
	config string
	want   []string
}

const terraformConfig = `version: 1
accounts:
  "222222222222": {providers: [aws.target]}
`

const cloudFormationConfig = `version: 1
accounts:
  "111111111111": {roots: [source.yaml], region: us-east-1}
  "222222222222": {roots: [target.yaml], region: us-east-1}
bindings:
  "source.yaml#TargetKeyArn": "target.yaml#TargetKey.Arn"
  "target.yaml#RecipeKeyArn": "source.yaml#Outputs.RecipeKeyArn"
`

// shared returns a path beside the project, or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "shared", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is not there: the golden examples are kept beside the project", dir)
	}
	return dir
}

// mutate copies a golden example to a new folder and applies the edits.
func mutate(t *testing.T, dialect, config string, edits []edit) string {
	t.Helper()
	from := shared(t, "domain/golden/"+dialect)
	dir := t.TempDir()
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(from, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		text := string(content)
		for _, e := range edits {
			if e.file != entry.Name() {
				continue
			}
			if e.old == "" {
				text += "\n" + e.new
				continue
			}
			if !strings.Contains(text, e.old) {
				t.Fatalf("%s does not hold %q", e.file, e.old)
			}
			text = strings.Replace(text, e.old, e.new, 1)
		}
		if err := os.WriteFile(filepath.Join(dir, entry.Name()), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, facts.FileName), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// lint runs the whole product on a folder and its configuration.
func lint(t *testing.T, engine *policies.Engine, dir string) []policies.Finding {
	t.Helper()
	findings, diagnostics := lintAll(t, engine, dir)
	for _, d := range diagnostics {
		t.Logf("diagnostic: %v", d)
	}
	return findings
}

// lintAll is lint with what was said about the templates themselves.
func lintAll(t *testing.T, engine *policies.Engine, dir string) ([]policies.Finding, hcl.Diagnostics) {
	t.Helper()
	options := loaders.Options{Paths: []string{dir}, Jobs: 2}
	if file := filepath.Join(dir, facts.FileName); exists(file) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		config, diagnostics := facts.Parse(file, content)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		options.Config = config
	}
	result, diagnostics, err := loaders.Load(context.Background(), options)
	if err != nil {
		t.Fatal(err)
	}
	findings, _, err := engine.Evaluate(context.Background(), judged(result))
	if err != nil {
		t.Fatal(err)
	}
	return findings, diagnostics
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func judged(result *loaders.Result) []policies.World {
	worlds := make([]policies.World, 0, len(result.Worlds))
	for _, w := range result.Worlds {
		worlds = append(worlds, policies.World{
			Graph: w.Graph, Input: w.Model.Input(), Names: w.Model.Names, Decided: w.Decided, Conditions: w.Conditions,
		})
	}
	return worlds
}

func summaries(findings []policies.Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%s %s %s", f.Rule, f.Verdict, f.Severity))
	}
	return out
}

func newEngine(t *testing.T) *policies.Engine {
	t.Helper()
	engine, err := policies.New(context.Background(), policies.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func runMutations(t *testing.T, dialect, config string, mutations []mutation) {
	t.Helper()
	engine := newEngine(t)
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			c := config
			if m.config != "" {
				c = m.config
			}
			findings := lint(t, engine, mutate(t, dialect, c, m.edits))
			if diff := cmp.Diff(m.want, summaries(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
				for _, f := range findings {
					t.Logf("%s %s: %s (%s)", f.Rule, f.Verdict, f.Message, f.Reason)
				}
			}
		})
	}
}

func violation(rule string) []string { return []string{rule + " violation error"} }
func warning(rule string) []string   { return []string{rule + " violation warning"} }
func unknown(rule string) []string   { return []string{rule + " unknown info"} }
