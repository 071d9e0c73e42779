package policies_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/iblint/iblint/policies"
	"github.com/iblint/iblint/rego"
)

// regoFiles lists the Rego files on disk below rego/iblint, as "iblint/…".
func regoFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	root := os.DirFS(filepath.Join(project(t), "rego"))
	err := fs.WalkDir(root, "iblint", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path.Ext(name) == ".rego" {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// leastCoverage is how much of rules and library the Rego tests must reach, in
// percent; the files of the tests themselves do not count.
const leastCoverage = 95

// TestRego runs every test of rules and library as a subtest of its package,
// and fails where they reach too little. With REGO_COVER=1 in the environment
// it logs the lines that none reaches; -short leaves coverage out.
func TestRego(t *testing.T) {
	t.Parallel()
	o := policies.TestOptions{Files: os.DirFS(filepath.Join(project(t), "rego"))}
	report, covered, err := runRego(t, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Results {
		t.Run(strings.TrimPrefix(result.Package, "iblint.")+"/"+result.Name, func(t *testing.T) {
			t.Parallel()
			if result.Output != "" {
				t.Log(result.Output)
			}
			if !result.Passed {
				t.Errorf("%s: %s", result.Location, result.Problem)
			}
		})
	}
	t.Logf("%d Rego tests", len(report.Results))
	if len(covered.Files) > 0 {
		checkCoverage(t, covered)
	}
}

func checkCoverage(t *testing.T, covered cover.Report) {
	t.Helper()
	if os.Getenv("REGO_COVER") != "" {
		for _, file := range slices.Sorted(maps.Keys(covered.Files)) {
			for _, missed := range covered.Files[file].NotCovered {
				t.Logf("%s:%d-%d is not covered", file, missed.Start.Row, missed.End.Row)
			}
		}
	}
	t.Logf("Rego coverage %.1f %%", covered.Coverage)
	if covered.Coverage < leastCoverage {
		t.Errorf("Rego coverage is %.1f %%, less than %d %%", covered.Coverage, leastCoverage)
	}
}

func runRego(t *testing.T, o policies.TestOptions) (*policies.TestReport, cover.Report, error) {
	t.Helper()
	if !testing.Short() {
		return policies.RunTestsCovered(t.Context(), o)
	}
	report, err := policies.RunTests(t.Context(), o)
	return report, cover.Report{}, err
}

func TestRegoIsFormatted(t *testing.T) {
	t.Parallel()
	for _, name := range regoFiles(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(project(t), "rego", filepath.FromSlash(name))
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			formatted, err := format.Source(name, source)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Equal(source, formatted) {
				return
			}
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(file, formatted, 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("not formatted (-formatted +written):\n%s", cmp.Diff(string(formatted), string(source)))
		})
	}
}

// TestEmbeddedFiles compares what the program carries with what lies on disk:
// every policy and example, and no test.
func TestEmbeddedFiles(t *testing.T) {
	t.Parallel()
	var embedded, want []string
	err := fs.WalkDir(rego.Files(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			embedded = append(embedded, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(project(t), "rego")
	err = fs.WalkDir(os.DirFS(root), "iblint", func(name string, entry fs.DirEntry, err error) error {
		example, _ := path.Match("iblint/rules/*/testdata", strings.Join(firstParts(name, 4), "/"))
		policy := path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
		if err == nil && !entry.IsDir() && (example || policy) {
			want = append(want, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(embedded)
	slices.Sort(want)
	if diff := cmp.Diff(want, embedded); diff != "" {
		t.Errorf("embedded files (-want +got):\n%s", diff)
	}
}

func firstParts(name string, n int) []string {
	parts := strings.Split(name, "/")
	return parts[:min(n, len(parts))]
}

// TestRulesAreComplete checks what every rule folder must hold.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range catalog {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(project(t), "rego", "iblint", "rules", rule.Slug)
			for _, name := range []string{rule.Slug + ".rego", rule.Slug + "_test.rego"} {
				if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
					t.Error(err)
				}
			}
			examples, err := rule.Examples()
			if err != nil {
				t.Fatal(err)
			}
			var have []string
			for _, e := range examples {
				have = append(have, fmt.Sprintf("%s in %s", e.Kind, e.Dialect))
			}
			for _, kind := range []string{"fail", "pass", "unknown"} {
				for _, dialect := range rule.Dialects {
					want := fmt.Sprintf("%s in %s", kind, dialect)
					if !slices.Contains(have, want) && (kind != "unknown" || rule.Undecidable) {
						t.Errorf("no example %s", want)
					}
				}
			}
		})
	}
}
