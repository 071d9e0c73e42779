package policies_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// fewestPlanned is how many rules must find something in a plan at least.
const fewestPlanned = 15

// TestPlansOfExamples: the Terraform examples of the rules give the same
// findings as HCL and as a plan beside the sources; a plan alone claims nothing
// that the sources do not.
func TestPlansOfExamples(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	found, plans := map[string]bool{}, 0
	folders := terraformExamples(t)
	for _, folder := range folders {
		t.Run(strings.Join(strings.Split(filepath.ToSlash(folder), "/")[3:], "/"), func(t *testing.T) {
			t.Parallel()
			rules := comparePlan(t, engine, filepath.Join(project(t), folder))
			mutex.Lock()
			defer mutex.Unlock()
			plans++
			for _, rule := range rules {
				found[rule] = true
			}
		})
	}
	t.Cleanup(func() {
		rules := slices.Sorted(maps.Keys(found))
		t.Logf("%d plans, findings of %d rules: %s", plans, len(rules), strings.Join(rules, " "))
		whole := plans > len(folders)/2 // not some examples alone
		if whole && len(rules) < fewestPlanned {
			t.Errorf("plans of %d rules, at least %d are wanted", len(rules), fewestPlanned)
		}
	})
}

func terraformExamples(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(project(t), "rego", "iblint", "rules", "*", "testdata", "*_terraform_*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, folder := range folders {
		if folders[i], err = filepath.Rel(project(t), folder); err != nil {
			t.Fatal(err)
		}
	}
	return folders
}

// comparePlan returns the rules that found something.
func comparePlan(t *testing.T, engine *policies.Engine, folder string) []string {
	t.Helper()
	plan := planOf(t, folder)
	want := compareBeside(t, engine, folder, plan)
	compareAlone(t, engine, folder, plan, want)
	var rules []string
	for _, f := range want {
		rules = append(rules, f.Rule)
	}
	return rules
}

// compareBeside compares the findings of the sources with those of a plan beside
// them, and returns them.
func compareBeside(t *testing.T, engine *policies.Engine, folder string, plan []byte) []policies.Finding {
	t.Helper()
	all := func(string) bool { return true }
	sources, beside := copyOf(t, folder, all), copyOf(t, folder, all)
	writePlan(t, beside, plan)
	want := lint(t, engine, sources)
	if diff := cmp.Diff(withPlaces(want, sources), withPlaces(lint(t, engine, beside), beside)); diff != "" {
		t.Errorf("the plan beside the sources finds something else (-HCL +plan):\n%s", diff)
	}
	return want
}

// compareAlone looks for violations that a plan or a state claims without the
// sources, and that these do not have.
func compareAlone(t *testing.T, engine *policies.Engine, folder string, plan []byte, want []policies.Finding) {
	t.Helper()
	alone := copyOf(t, folder, func(name string) bool { return !strings.HasSuffix(name, ".tf") })
	writePlan(t, alone, plan)
	violations := map[string]bool{}
	for _, f := range want {
		violations[f.Rule] = violations[f.Rule] || f.Verdict == policies.Violation
	}
	for _, f := range lint(t, engine, alone) {
		if f.Verdict == policies.Violation && !violations[f.Rule] {
			t.Errorf("the plan alone claims %s: %s", f.Rule, f.Message)
		}
	}
}

// withPlaces are findings with the lines they point at.
func withPlaces(findings []policies.Finding, folder string) []string {
	out := []string{}
	for _, f := range findings {
		text := withoutPlaces([]policies.Finding{f}, folder)[0]
		out = append(out, fmt.Sprintf("%s:%d: %s", strings.TrimPrefix(f.Range.Filename, folder), f.Range.Start.Line, text))
	}
	slices.Sort(out)
	return out
}

func writePlan(t *testing.T, folder string, plan []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, "plan.json"), plan, 0o600); err != nil {
		t.Fatal(err)
	}
}
