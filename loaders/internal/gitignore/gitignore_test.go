package gitignore_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/internal/gitignore"
)

// TestAgreesWithGit asks git itself about each pattern file.
func TestAgreesWithGit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	paths := []string{
		"a.tf", "b.tf", "c.tf", "x/a.tf", "x/y/a.tf", "build/a.tf", "x/build/a.tf", "x/build2/a.tf", "doc/a/b.tf", "{a}.tf",
		"foo bar.tf", "#a.tf", "!a.tf", "x/keep/a.tf", ".hidden/a.tf", "a b ", "abc.yaml", "x/abc.yaml", "deep/1/2/3.tf",
	}
	files := []string{
		"*.tf", "/a.tf", "x/", "build/", "/build/", "build", "[!ab].tf", "[^ab].tf", "[a-b].tf", "*\n!*/\n!*.tf", "x/**", "**/a.tf",
		"x/**/a.tf", "**/build", "doc/*", "doc/**/b.tf", "{a}.tf", "{a,b}.tf", "foo\\ bar.tf", "\\#a.tf", "\\!a.tf", "*.tf\n!a.tf",
		"x/\n!x/keep/", "x/*\n!x/keep/", ".*", "?.tf", "a.tf ", "a b\\ ", "*.yaml\n!x/abc.yaml", "/*\n!/x", "**", "deep/**/3.tf",
		"deep/*/3.tf", "# comment\n\na.tf", "/x/y/a.tf", "y/a.tf", "x/y", "[", "a[", "\\a.tf", "*a*", "!a.tf", "x/build*/", "a.tf\r",
	}
	for _, content := range files {
		t.Run(strings.ReplaceAll(content, "/", "∕"), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			run(t, dir, "", "init", "-q")
			write(t, filepath.Join(dir, ".gitignore"), content+"\n")
			for _, p := range paths {
				write(t, filepath.Join(dir, p), "")
			}
			want := strings.Split(run(t, dir, strings.Join(paths, "\x00"), "check-ignore", "-z", "--stdin"), "\x00")
			ignored := map[string]bool{}
			for _, p := range want {
				ignored[p] = true
			}
			root := gitignore.Root(gitignore.Parse([]byte(content + "\n")))
			for _, p := range paths {
				if got := ignoredWithParents(root, p); got != ignored[p] {
					t.Errorf("%q: %q ignored = %v, git says %v", content, p, got, ignored[p])
				}
			}
		})
	}
}

func ignoredWithParents(root *gitignore.Folder, path string) bool {
	steps := strings.Split(path, "/")
	for i := 1; i < len(steps); i++ {
		if root.Ignored(strings.Join(steps[:i], "/"), true) {
			return true
		}
	}
	return root.Ignored(path, false)
}

func run(t *testing.T, dir, stdin string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	out, err := cmd.Output()
	if err != nil && len(args) > 0 && args[0] != "check-ignore" {
		t.Fatal(err)
	}
	return string(out)
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
