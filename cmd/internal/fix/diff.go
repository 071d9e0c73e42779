package fix

import (
	"maps"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Diff is a unified diff from one text of files to another, as patch and git
// apply take it. Only files of after that keep accepts are in it.
func Diff(before, after map[string][]byte, keep func(file string) bool) (string, error) {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if !keep(name) {
			continue
		}
		old := string(before[name])
		changes := udiff.Lines(old, string(after[name]))
		diff, err := udiff.ToUnifiedDiff("a/"+name, "b/"+name, old, changes, udiff.DefaultContextLines)
		if err != nil {
			return "", err
		}
		renumber(diff.Hunks)
		b.WriteString(diff.String())
	}
	return b.String(), nil
}

// renumber sets the line at which each hunk begins in the new text. The library
// does not count the unchanged lines between two changes of one hunk.
func renumber(hunks []*udiff.Hunk) {
	added := 0
	for _, hunk := range hunks {
		hunk.ToLine = hunk.FromLine + added
		for _, line := range hunk.Lines {
			if line.Kind == udiff.Insert {
				added++
			}
			if line.Kind == udiff.Delete {
				added--
			}
		}
	}
}
