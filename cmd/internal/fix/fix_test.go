package fix_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/cmd/internal/fix"
	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/policies"
)

// judge judges the templates of a folder.
func judge(t *testing.T, engine *policies.Engine, folder string) fix.Judge {
	t.Helper()
	config := configuration(t, folder)
	return func(texts map[string][]byte) (*report.Report, error) {
		result, diags, err := loaders.Load(t.Context(), loaders.Options{Paths: []string{folder}, Overlay: texts, Config: config})
		if err != nil {
			return nil, err
		}
		var worlds []policies.World
		for _, w := range result.Worlds {
			worlds = append(worlds, policies.World{
				Graph: w.Graph, Input: w.Model.Input(), Names: w.Model.Names, Decided: w.Decided, Conditions: w.Conditions,
			})
		}
		findings, _, err := engine.Evaluate(t.Context(), worlds)
		if err != nil {
			return nil, err
		}
		r := &report.Report{Findings: findings, Sources: result.Graph.Sources}
		r.Errors, _ = report.Problems(diags)
		return r, nil
	}
}

func configuration(t *testing.T, folder string) *facts.Config {
	t.Helper()
	file := filepath.Join(folder, ".iblint.yaml")
	content, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	config, diags := facts.Parse(file, content)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return config
}

func anywhere(string) error { return nil }

// TestRun compares, for each folder of templates, the changes and what is left
// with want.diff.
func TestRun(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	folders, err := filepath.Glob("testdata/cases/*")
	if err != nil || len(folders) == 0 {
		t.Fatal("no cases", err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			run(t, engine, folder, filepath.Join(folder, "want.diff"))
		})
	}
}

// TestExamples mends the examples of the rules that give edits.
func TestExamples(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	rules, err := filepath.Glob("../../../rego/iblint/rules/*/edits.rego")
	if err != nil || len(rules) == 0 {
		t.Fatal("no rules", err)
	}
	for _, rule := range rules {
		examples, err := filepath.Glob(filepath.Join(filepath.Dir(rule), "testdata", "fail_*"))
		if err != nil || len(examples) == 0 {
			t.Fatal("no examples", err)
		}
		for _, example := range examples {
			name := filepath.Base(filepath.Dir(rule)) + strings.TrimPrefix(filepath.Base(example), "fail")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				run(t, engine, example, filepath.Join("testdata", "examples", name+".diff"))
			})
		}
	}
}

func newEngine(t *testing.T) *policies.Engine {
	t.Helper()
	engine, err := policies.New(t.Context(), policies.Options{Edits: true})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// run mends a folder and compares. What was mended stays mended: a second run
// changes nothing.
func run(t *testing.T, engine *policies.Engine, folder, want string) {
	t.Helper()
	read := judge(t, engine, folder)
	outcome, err := fix.Run(read, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, want, describe(t, outcome))
	again, err := fix.Run(func(texts map[string][]byte) (*report.Report, error) {
		all := maps.Clone(outcome.After)
		maps.Copy(all, texts)
		return read(all)
	}, anywhere)
	if err != nil {
		t.Fatal(err)
	}
	if len(again.After) > 0 {
		t.Errorf("a second run changes more: %s", describe(t, again))
	}
}

func describe(t *testing.T, o *fix.Outcome) string {
	t.Helper()
	var b strings.Builder
	diff, err := fix.Diff(o.Before, o.After, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	b.WriteString(diff)
	for _, f := range o.Fixed {
		fmt.Fprintf(&b, "fixed: %s %s\n", f.Rule, f.Resource.Address)
	}
	for _, f := range o.Report.Findings {
		fmt.Fprintf(&b, "left: %s %s %s: %s\n", f.Rule, f.Verdict, f.Resource.Address, o.Reasons[f.Fingerprint])
	}
	for _, problem := range o.Report.Errors {
		fmt.Fprintf(&b, "error: %s\n", problem.Message())
	}
	return b.String()
}

func compare(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}
