package policies_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/policies"
)

// TestExamples runs the whole product on the examples of every rule and
// compares with their want.txt; UPDATE=1 rewrites it. A failing example must
// report its own rule as a violation, an undecidable one as unknown, and a
// passing one nothing of its rule.
func TestExamples(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	count := map[policies.ExampleKind]int{}
	for _, rule := range engine.Catalog() {
		examples, err := rule.Examples()
		if err != nil {
			t.Error(err)
		}
		for _, example := range examples {
			count[example.Kind]++
			t.Run(rule.ID+"/"+example.Name, func(t *testing.T) {
				t.Parallel()
				folder := filepath.Join(project(t), "rego", "iblint", "rules", rule.Slug, "testdata", example.Name)
				findings := lintExample(t, engine, folder)
				golden(t, filepath.Join(folder, "want.txt"), []byte(want(t, folder, findings)))
				checkKind(t, rule, example.Kind, findings)
			})
		}
	}
	t.Logf("%d failing, %d passing, %d undecidable examples",
		count[policies.Failing], count[policies.Passing], count[policies.Undecidable])
}

// everyRule turns on the rules that are off by default.
func everyRule(t *testing.T) map[string]policies.Severity {
	t.Helper()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]policies.Severity{}
	for _, rule := range catalog {
		if !rule.Default {
			settings[rule.ID] = rule.Severity
		}
	}
	return settings
}

// lintExample runs the product on a folder with its configuration.
func lintExample(t *testing.T, engine *policies.Engine, folder string) []policies.Finding {
	t.Helper()
	options := loaders.Options{Paths: []string{folder}}
	name := filepath.Join(folder, facts.FileName)
	content, err := os.ReadFile(name)
	if err == nil {
		config, diagnostics := facts.Parse(name, content)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		options.Config = config
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	loaded, diagnostics, err := loaders.Load(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diagnostics {
		t.Errorf("diagnostic: %v", d)
	}
	findings, _, err := engine.Evaluate(t.Context(), judgedWorlds(loaded))
	if err != nil {
		t.Fatal(err)
	}
	return findings
}

// judgedWorlds are the worlds of the loaders as the engine takes them.
func judgedWorlds(loaded *loaders.Result) []policies.World {
	worlds := make([]policies.World, 0, len(loaded.Worlds))
	for _, w := range loaded.Worlds {
		worlds = append(worlds, policies.World{
			Graph: w.Graph, Input: w.Model.Input(), Names: w.Model.Names, Decided: w.Decided, Conditions: w.Conditions,
		})
	}
	return worlds
}

// want is one line a finding, with paths relative to the example.
func want(t *testing.T, folder string, findings []policies.Finding) string {
	t.Helper()
	root := filepath.ToSlash(folder)
	relative := strings.NewReplacer(root+"/", "", root, ".")
	var out strings.Builder
	for _, f := range findings {
		verdict := ""
		if f.Verdict == policies.Unknown {
			verdict = "unknown: "
		}
		text := fmt.Sprintf("%s:%d:%d: %s: %s%s\n",
			f.Location.File, f.Location.Start.Line, f.Location.Start.Column, f.Rule, verdict, f.Message)
		out.WriteString(relative.Replace(text))
	}
	return out.String()
}

func checkKind(t *testing.T, rule policies.Rule, kind policies.ExampleKind, findings []policies.Finding) {
	t.Helper()
	var verdicts []policies.Verdict
	others := []string{}
	for _, f := range findings {
		switch {
		case f.Rule == rule.ID:
			verdicts = append(verdicts, f.Verdict)
		case f.Verdict == policies.Violation && f.Severity == policies.SeverityError:
			others = append(others, f.Rule)
		}
	}
	ok := false
	switch kind {
	case policies.Failing:
		ok = slices.Contains(verdicts, policies.Violation)
	case policies.Passing:
		ok = len(verdicts) == 0
	case policies.Undecidable:
		ok = slices.Contains(verdicts, policies.Unknown) && !slices.Contains(verdicts, policies.Violation)
	}
	if !ok {
		t.Errorf("the example is %s, the verdicts of %s are %v", kind, rule.ID, verdicts)
	}
	if diff := cmp.Diff([]string{}, others); diff != "" {
		t.Errorf("errors of other rules (-want +got):\n%s", diff)
	}
}
