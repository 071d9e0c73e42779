package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/iblint/iblint/policies"
)

// summary prints the last line.
func (t *textWriter) summary(r *Report) {
	s := r.Summary
	worst := policies.Severity("")
	switch {
	case s.Errors > 0 || len(r.Errors) > 0:
		worst = policies.SeverityError
	case s.Warnings > 0:
		worst = policies.SeverityWarning
	}
	text := SummaryLine(r)
	for i, line := range wrap(text, t.prose, t.prose-2) {
		if i > 0 {
			t.out.WriteString("  ")
		}
		if c := t.styles.label[string(worst)]; c != nil {
			line = c.Sprint(line)
		}
		t.out.WriteString(line + "\n")
	}
}

// SummaryLine is the last line of a report: what was read, what was found and
// what was left out.
func SummaryLine(r *Report) string {
	s := r.Summary
	read := fmt.Sprintf("%s, %s, %s: ", Count(s.Files, "file"), Count(s.Resources, "resource"), Count(s.Jobs, "distribution job"))
	var found []string
	add := func(n int, one string) {
		if n > 0 {
			found = append(found, Count(n, one))
		}
	}
	add(s.Errors, "error")
	add(s.Warnings, "warning")
	add(remarks(r.Findings), "remark")
	if s.Unknowns > 0 {
		found = append(found, fmt.Sprintf("%d unknown", s.Unknowns))
	}
	if len(found) == 0 {
		found = append(found, "no findings")
	}
	line := read + strings.Join(found, ", ")
	if s.Suppressed > 0 {
		line += fmt.Sprintf(" (%d suppressed)", s.Suppressed)
	}
	if s.Unresolved > 0 {
		line += "; " + Count(s.Unresolved, "value") + " could not be resolved"
	}
	if n := len(r.Errors); n > 0 {
		line += "; " + Count(n, "problem") + " in the input, some of it was not judged"
	}
	return line
}

// remarks counts the violations that are neither errors nor warnings.
func remarks(findings []policies.Finding) int {
	n := 0
	for i := range findings {
		if findings[i].Verdict == policies.Violation && findings[i].Severity == policies.SeverityInfo {
			n++
		}
	}
	return n
}

// Count is a number of things: "1 file", "2 files".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}
