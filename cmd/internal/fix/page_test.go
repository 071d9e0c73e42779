package fix_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// TestPageNamesTheRules compares the table of the page with the rules that
// give edits.
func TestPageNamesTheRules(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, rule := range catalog {
		if _, err := os.Stat(filepath.Join("../../../rego/iblint/rules", rule.Slug, "edits.rego")); err == nil {
			want = append(want, rule.ID)
		}
	}
	page, err := os.ReadFile("../../../docs/fix.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range regexp.MustCompile(`(?m)^\| IBL.*?\|`).FindAllString(string(page), -1) {
		got = append(got, regexp.MustCompile(`IBL\d+`).FindAllString(row, -1)...)
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules with edits (-want +page):\n%s", diff)
	}
}
