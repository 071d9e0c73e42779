package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/iblint/iblint/loaders/graph"
)

// editedFinding is what the report says of a finding and how to mend it.
type editedFinding struct {
	Rule        string       `json:"rule"`
	Message     string       `json:"message"`
	Fingerprint string       `json:"fingerprint"`
	Edits       []editOfText `json:"edits"`
}

type editOfText struct {
	Location graph.Location `json:"location"`
	Text     string         `json:"text"`
}

// Whoever applies the edits of a finding, as the report has them, is rid of it,
// and everything can still be read.
func TestEditsMend(t *testing.T) { //nolint:paralleltest // it changes the working directory
	rules := filepath.Join(projectRoot(t), "rego", "iblint", "rules")
	examples, err := filepath.Glob(filepath.Join(rules, "*", "testdata", "fail_*"))
	if err != nil {
		t.Fatal(err)
	}
	judge, mended := reusing(), 0
	for _, example := range examples { //nolint:paralleltest // as above
		name, _ := filepath.Rel(rules, example)
		t.Run(filepath.ToSlash(name), func(t *testing.T) {
			for _, f := range editedFindings(t, example, judge, nil) {
				if len(f.Edits) == 0 {
					continue
				}
				mended++
				for _, left := range editedFindings(t, example, judge, &f) {
					if left.Fingerprint == f.Fingerprint {
						t.Errorf("%s %s: the edits do not mend it: %+v", f.Rule, f.Message, f.Edits)
					}
				}
			}
		})
	}
	if mended < 25 {
		t.Errorf("only %d findings have edits", mended)
	}
	t.Logf("%d findings are mended by their edits", mended)
}

// editedFindings judges a copy of an example with the edits of a finding.
func editedFindings(t *testing.T, example string, judge judgeFunc, edits *editedFinding) []editedFinding {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if edits != nil {
		apply(t, edits)
	}
	var stdout, stderr bytes.Buffer
	command := &Command{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, judge: judge}
	if status := command.Main(t.Context(), []string{"-f", "json", "--fail-on", "never"}); status != ExitOK {
		t.Fatalf("exit status %d: %s", status, stderr.String())
	}
	var report struct {
		Findings []editedFinding `json:"findings"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	return report.Findings
}

// apply changes the files, from the last edit to the first.
func apply(t *testing.T, f *editedFinding) {
	t.Helper()
	edits := slices.Clone(f.Edits)
	slices.Reverse(edits)
	slices.SortStableFunc(edits, func(a, b editOfText) int {
		return cmp.Or(cmp.Compare(b.Location.Start.Line, a.Location.Start.Line), cmp.Compare(b.Location.Start.Column, a.Location.Start.Column))
	})
	for _, edit := range edits {
		content, err := os.ReadFile(edit.Location.File)
		if err != nil {
			t.Fatal(err)
		}
		start, end := offset(content, edit.Location.Start), offset(content, edit.Location.End)
		changed := slices.Concat(content[:start], []byte(edit.Text), content[end:])
		if err := os.WriteFile(edit.Location.File, changed, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// offset is where a position begins.
func offset(content []byte, at graph.Position) int {
	out := 0
	for range at.Line - 1 {
		out += bytes.IndexByte(content[out:], '\n') + 1
	}
	rest := content[out:]
	for range at.Column - 1 {
		cluster, after, _, _ := uniseg.FirstGraphemeCluster(rest, -1)
		out, rest = out+len(cluster), after
	}
	return out
}
