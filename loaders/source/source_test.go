package source_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/iblint/iblint/loaders/source"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestReadStaysInside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "repo/.git/HEAD"), "")
	write(t, filepath.Join(dir, "repo/infra/main.tf"), "in")
	write(t, filepath.Join(dir, "repo/shared/policy.json"), "beside")
	write(t, filepath.Join(dir, "secret"), "out")
	write(t, filepath.Join(dir, "repository2/x"), "out")
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "repo/infra/link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../shared/policy.json", filepath.Join(dir, "repo/infra/inside")); err != nil {
		t.Fatal(err)
	}
	files, err := source.New([]string{filepath.Join(dir, "repo/infra")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{
		"repo/infra/main.tf":               nil,
		"repo/infra/../shared/policy.json": nil,
		"repo/infra/inside":                nil,
		"repo/infra/link":                  source.ErrOutside,
		"repo/infra/../../secret":          source.ErrOutside,
		"repository2/x":                    source.ErrOutside,
		"repo/infra/none":                  fs.ErrNotExist,
	} {
		if _, err := files.Read(filepath.Join(dir, name)); !errors.Is(err, want) {
			t.Errorf("Read(%q) = %v, want %v", name, err, want)
		}
	}
}

// TestAllowFile shows that a file that is named may be read, and nothing beside
// it.
func TestAllowFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "infra/main.tf"), "in")
	write(t, filepath.Join(dir, "values/.git/HEAD"), "")
	write(t, filepath.Join(dir, "values/prod.tfvars"), "named")
	write(t, filepath.Join(dir, "values/prod.tfvars.secret"), "beside")
	files, err := source.New([]string{filepath.Join(dir, "infra")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.AllowFile(filepath.Join(dir, "values/prod.tfvars"))
	files.AllowFile(filepath.Join(dir, "values/none.tfvars"))
	for name, want := range map[string]error{
		"values/prod.tfvars":        nil,
		"values/prod.tfvars.secret": source.ErrOutside,
		"values":                    source.ErrOutside,
		"values/none.tfvars":        fs.ErrNotExist,
	} {
		if _, err := files.Read(filepath.Join(dir, name)); !errors.Is(err, want) {
			t.Errorf("Read(%q) = %v, want %v", name, err, want)
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "small"), "12345")
	write(t, filepath.Join(dir, "large"), "123456")
	files, err := source.New([]string{dir}, 5)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := files.Read(filepath.Join(dir, "small")); err != nil {
		t.Error(err)
	}
	if _, err := files.Read(filepath.Join(dir, "large")); !errors.Is(err, source.ErrTooLarge) {
		t.Errorf("error = %v, want ErrTooLarge", err)
	}
	if _, err := files.Read(dir); err == nil {
		t.Error("a folder reads as a file")
	}
}

func TestOverlay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files, err := source.New([]string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("stdin.yaml", []byte("a: 1"))
	content, err := files.Read("./stdin.yaml")
	if err != nil || string(content) != "a: 1" {
		t.Errorf("Read = %q, %v", content, err)
	}
	files.Add(filepath.Join(dir, "main.tf"), []byte("x"))
	entries, err := files.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != "main.tf" {
		t.Errorf("ReadDir = %v, %v; want the added file", entries, err)
	}
	var looked string
	if err := files.Look("stdin.yaml", func(content []byte) { looked = string(content) }); err != nil || looked != "a: 1" {
		t.Errorf("Look = %q, %v", looked, err)
	}
}

// TestLook shows that looking keeps nothing, reads what Read reads and that a
// pipe does not stop it.
func TestLook(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "repo/.git/HEAD"), "")
	write(t, filepath.Join(dir, "repo/a/long"), "a long text")
	write(t, filepath.Join(dir, "repo/a/short"), "text")
	write(t, filepath.Join(dir, "secret"), "out")
	for name, target := range map[string]string{"repo/b": "a", "repo/a/out": "../../secret", "repo/a/in": "short", "repo/up": ".."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	files, err := source.New([]string{filepath.Join(dir, "repo")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"repo/a/long": "a long text", "repo/a/short": "text", "repo/b/short": "text", "repo/a/in": "text", "repo/b/in": "text",
	} {
		var got string
		if err := files.Look(filepath.Join(dir, name), func(content []byte) { got = string(content) }); err != nil || got != want {
			t.Errorf("Look(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"repo/a/out", "repo/b/out", "repo/up/secret"} {
		err := files.Look(filepath.Join(dir, name), func([]byte) { t.Errorf("%s was read", name) })
		if !errors.Is(err, source.ErrOutside) {
			t.Errorf("Look(%q) = %v, want ErrOutside", name, err)
		}
	}
	if kept := files.Content(); len(kept) != 0 {
		t.Errorf("%d files were kept", len(kept))
	}
}

// TestCircleOfLinks shows that the error for links in a circle says which path
// it is about.
func TestCircleOfLinks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".git/HEAD"), "")
	link := filepath.Join(dir, "circle")
	if err := os.Symlink("circle", link); err != nil {
		t.Fatal(err)
	}
	files, err := source.New([]string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, readErr := files.Read(link)
	_, newErr := source.New([]string{link}, 0)
	for call, err := range map[string]error{"Read": readErr, "New": newErr} {
		if !errors.Is(err, syscall.ELOOP) || !strings.HasPrefix(err.Error(), link+": ") {
			t.Errorf("%s: %v, want %s: %v", call, err, link, syscall.ELOOP)
		}
	}
}
