package gitignore_test

import (
	"path"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/internal/gitignore"
)

// FuzzIgnored: whatever an ignore file says about whatever path, there is an
// answer, always the same, and an entry's own folder does not change it.
func FuzzIgnored(f *testing.F) {
	f.Add("*.tf\n!main.tf\n/build/\n", "build/main.tf", false)
	f.Add("**/a/**/b\n[!ab].tf\n\\#x\n", "x/a/y/b", true)
	f.Add("a{b,c}\n***\n[a-\nfoo\\ \n", "a{b,c}", false)
	f.Fuzz(func(t *testing.T, content, name string, isDir bool) {
		name = strings.TrimPrefix(path.Clean("/"+name), "/")
		root := gitignore.Root(gitignore.Parse([]byte(content)))
		first := root.Ignored(name, isDir)
		if second := gitignore.Root(gitignore.Parse([]byte(content+"\n"))).Ignored(name, isDir); first != second {
			t.Errorf("an empty line more changes the answer from %v to %v", first, second)
		}
		if below := root.Child("elsewhere", nil).Ignored(name, isDir); below != first {
			t.Errorf("a folder without patterns says %v, its parent %v", below, first)
		}
	})
}
