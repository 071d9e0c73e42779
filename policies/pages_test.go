package policies_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// TestPages compares docs/rules with the catalogue; UPDATE=1 rewrites it.
func TestPages(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(project(t), "docs", "rules")
	want := []string{"README.md"}
	golden(t, filepath.Join(folder, "README.md"), []byte(catalog.Table()))
	for _, rule := range catalog {
		page, err := rule.Page()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, filepath.Join(folder, rule.ID+".md"), []byte(page))
		want = append(want, rule.ID+".md")
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files of docs/rules (-want +got):\n%s", diff)
	}
}

func TestPageOfARule(t *testing.T) {
	t.Parallel()
	e := testRules(t, policies.Options{})
	rule, err := e.Catalog().Find("IBL801")
	if err != nil {
		t.Fatal(err)
	}
	page, err := rule.Page()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/page.md", []byte(page))
	explained, err := rule.Explain()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/explain.txt", []byte(explained))
	for _, sign := range []string{"\n```", "## ", "]("} {
		if strings.Contains(explained, sign) {
			t.Errorf("the terminal would show %q", sign)
		}
	}
}
