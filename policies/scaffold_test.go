package policies_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/open-policy-agent/opa/v1/format"

	"github.com/iblint/iblint/policies"
)

func TestScaffoldWorksAsItIs(t *testing.T) {
	t.Parallel()
	files, err := policies.Scaffold("key-without-owner", "ACME007")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		formatted, err := format.Source(file.Name, []byte(file.Content))
		if err != nil {
			t.Fatal(err)
		}
		if string(formatted) != file.Content {
			t.Errorf("%s is not formatted", file.Name)
		}
	}
	dir := t.TempDir()
	if err := policies.WriteScaffold(dir, files); err != nil {
		t.Fatal(err)
	}
	if err := policies.WriteScaffold(dir, files); err == nil {
		t.Error("the files are overwritten")
	}
	report, err := policies.RunTests(t.Context(), policies.TestOptions{
		PolicyDirs: []string{dir}, Run: "^custom",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, result := range report.Results {
		if !result.Passed {
			t.Errorf("%s: %s", result.Name, result.Problem)
		}
	}
	if len(report.Results) != 3 {
		t.Errorf("%d tests, want 3", len(report.Results))
	}
	catalog, err := policies.LoadCatalog(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := catalog.Find("key_without_owner"); err != nil {
		t.Error(err)
	}
	if got := catalog.FreeID("ACME"); got != "ACME001" {
		t.Errorf("free ID %s, want ACME001", got)
	}
}

func TestScaffoldRefusesNames(t *testing.T) {
	t.Parallel()
	for _, bad := range [][2]string{{"", ""}, {"../x", ""}, {"a b", ""}, {"x_test", ""}, {"x", "IBL001"}, {"x", "acme"}} {
		if files, err := policies.Scaffold(bad[0], bad[1]); err == nil {
			t.Errorf("%q with ID %q gives %d files", bad[0], bad[1], len(files))
		}
	}
}

func TestFailingTestsAreLocated(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const source = `package custom.sums_test

test_wrong if {
	print("one and one is", 1 + 1)
	1 + 1 == 3
}

test_error if to_number("x") == 1

test_right if 1 + 1 == 2
`
	if err := os.WriteFile(filepath.Join(dir, "sums_test.rego"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := policies.RunTests(t.Context(), policies.TestOptions{
		Files: os.DirFS("testdata/rego"), PolicyDirs: []string{dir},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Results) != 3 || report.Failed() != 2 {
		t.Fatalf("%d tests of which %d failed, want 3 and 2", len(report.Results), report.Failed())
	}
	wrong, failing := report.Results[2], report.Results[0]
	if want := filepath.ToSlash(dir) + "/sums_test.rego:5:2: not true: 1 + 1 == 3"; wrong.Problem != want {
		t.Errorf("problem %q, want %q", wrong.Problem, want)
	}
	if want := "one and one is 2\n"; wrong.Output != want {
		t.Errorf("output %q, want %q", wrong.Output, want)
	}
	if want := filepath.ToSlash(dir) + "/sums_test.rego:8:15: "; len(failing.Problem) < len(want) || failing.Problem[:len(want)] != want {
		t.Errorf("problem %q, want one at %q", failing.Problem, want)
	}
}
