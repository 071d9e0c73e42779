package report

import (
	"encoding/json"
	"io"

	"github.com/iblint/iblint/policies"
)

// JSON writes the report as docs/formats.md describes it.
func JSON(w io.Writer, r *Report) error {
	out := *r
	out.Findings = make([]policies.Finding, len(r.Findings))
	for i, f := range r.Findings {
		if f.Related == nil {
			f.Related = []policies.Related{}
		}
		if f.Prevents == nil {
			f.Prevents = []string{}
		}
		out.Findings[i] = f
	}
	if out.Errors == nil {
		out.Errors = []Problem{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
