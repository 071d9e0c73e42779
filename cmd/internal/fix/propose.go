package fix

import (
	"bytes"

	"github.com/rivo/uniseg"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Propose adds to a report the changes that mend its findings, where it is
// certain what to write. They are those that Run would try; it judges them, too,
// which costs a second reading.
func Propose(r *report.Report, may func(file string) error) {
	resolver := New(r.Sources)
	r.Edits = map[string][]report.Edit{}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Verdict != policies.Violation {
			continue
		}
		found, err := textChanges(resolver, f, may)
		if err != nil {
			continue // the finding says in words what to do
		}
		for _, change := range found {
			r.Edits[f.Fingerprint] = append(r.Edits[f.Fingerprint], edit(r.Sources[change.File], change))
		}
	}
}

// edit is a change by lines and columns.
func edit(content []byte, change Change) report.Edit {
	return report.Edit{
		Location: graph.Location{File: change.File, Start: position(content, change.Start), End: position(content, change.End)},
		Text:     change.Text,
	}
}

// position counts characters as people see them, as every location does.
func position(content []byte, offset int) graph.Position {
	before := content[:offset]
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return graph.Position{Line: bytes.Count(before, []byte("\n")) + 1, Column: uniseg.GraphemeClusterCount(string(line)) + 1}
}
