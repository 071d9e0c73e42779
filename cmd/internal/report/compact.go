package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Compact writes one line a finding, "file:line:col: IBL001 message", and one
// a problem, "file:line:col: error message": what editors and grep read.
func Compact(w io.Writer, r *Report) error {
	var b strings.Builder
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "%s: %s %s%s\n", position(&f.Location), Visible(f.Rule), Visible(f.Message), compactLabel(f))
	}
	for i := range r.Errors {
		p := &r.Errors[i]
		fmt.Fprintf(&b, "%s: error %s\n", position(p.Location), Visible(p.Message()))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// compactLabel marks what is no error, so that a line does not look like one.
func compactLabel(f *policies.Finding) string {
	if f.Verdict == policies.Violation && f.Severity == policies.SeverityError {
		return ""
	}
	return " (" + label(f) + ")"
}

func position(at *graph.Location) string {
	if at == nil || at.File == "" {
		return "-"
	}
	if at.Start.Line == 0 {
		return Visible(at.File)
	}
	return fmt.Sprintf("%s:%d:%d", Visible(at.File), at.Start.Line, at.Start.Column)
}
