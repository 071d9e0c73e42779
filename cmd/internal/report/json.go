package report

import (
	"encoding/json"
	"io"

	"github.com/iblint/iblint/policies"
)

// jsonReport is a report as it is written.
type jsonReport struct {
	Version  string        `json:"version"`
	Findings []jsonFinding `json:"findings"`
	Errors   []Problem     `json:"errors"`
	Warnings []Problem     `json:"warnings,omitempty"`
	Summary  Summary       `json:"summary"`
}

// jsonFinding is a finding with the changes that mend it.
type jsonFinding struct {
	policies.Finding

	Edits []Edit `json:"edits,omitempty"`
}

// JSON writes the report as docs/formats.md describes it.
func JSON(w io.Writer, r *Report) error {
	out := jsonReport{
		Version: r.Version, Findings: make([]jsonFinding, len(r.Findings)), Errors: r.Errors, Warnings: r.Warnings, Summary: r.Summary,
	}
	for i, f := range r.Findings {
		if f.Related == nil {
			f.Related = []policies.Related{}
		}
		if f.Prevents == nil {
			f.Prevents = []string{}
		}
		out.Findings[i] = jsonFinding{Finding: f, Edits: r.Edits[f.Fingerprint]}
	}
	if out.Errors == nil {
		out.Errors = []Problem{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
