package loaders_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
)

// TestUnreadableFilesAreSaidOnce: the search for templates and the loader both
// read the files of a root, and only the search those of what is not loaded.
func TestUnreadableFilesAreSaidOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{
		"root/main.tf":  "locals { service = \"imagebuilder\" }\n",
		"plain/main.tf": "locals {}\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var want []string
	for _, name := range []string{"plain/gone.tf", "root/gone.tf"} {
		want = append(want, filepath.Join(dir, name))
		if err := os.Symlink("nowhere", filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	_, diagnostics, err := loaders.Load(t.Context(), loaders.Options{Paths: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range diagnostics {
		got = append(got, d.Subject.Filename)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unreadable files (-want +got):\n%s", diff)
	}
}
