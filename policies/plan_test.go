package policies_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlanAndSources: one infrastructure gives the same findings as HCL and as
// the JSON of its plan beside the sources. A plan alone may know less, never
// something else.
func TestPlanAndSources(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for _, name := range []string{"images", "references", "beside"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(project(t), "loaders", "terraformplan", "testdata", name)
			sources := copyOf(t, folder, func(name string) bool { return strings.HasSuffix(name, ".tf") })
			plan := copyOf(t, folder, func(name string) bool { return strings.HasSuffix(name, ".tf") || name == "plan.json" })
			want := withoutPlaces(lint(t, engine, sources), sources)
			got := withoutPlaces(lint(t, engine, plan), plan)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the plan finds something else (-HCL +plan):\n%s", diff)
			}
			alone := copyOf(t, folder, func(name string) bool { return name == "plan.json" })
			for _, line := range withoutPlaces(lint(t, engine, alone), alone) {
				if strings.Contains(line, "| violation |") && !slices.Contains(want, line) {
					t.Errorf("the plan alone claims %s", line)
				}
			}
			t.Logf("%d findings", len(want))
		})
	}
}

// copyOf copies the files of a folder that are wanted.
func copyOf(t *testing.T, from string, wanted func(name string) bool) string {
	t.Helper()
	dir := t.TempDir()
	err := filepath.WalkDir(from, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !wanted(entry.Name()) {
			return err
		}
		relative, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		target := filepath.Join(dir, relative)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		return os.WriteFile(target, content, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
