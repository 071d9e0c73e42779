package report_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// manyPlaces is a report of a finding with very many places, after others that
// matter less.
func manyPlaces() *report.Report {
	r := &report.Report{Version: "0.1.0", Sources: map[string][]byte{}}
	place := func(line int) graph.Location {
		return graph.Location{File: "a.tf", Start: graph.Position{Line: line, Column: 1}, End: graph.Position{Line: line, Column: 2}}
	}
	for i := range 11 {
		r.Findings = append(r.Findings, policies.Finding{
			Rule: "IBL011", Verdict: policies.Unknown, Severity: policies.SeverityInfo, Message: "not known", Location: place(i + 1),
		})
	}
	worst := policies.Finding{
		Rule: "IBL017", Verdict: policies.Violation, Severity: policies.SeverityError, Message: "no grant", Location: place(20),
	}
	for i := range 2000 {
		worst.Related = append(worst.Related, policies.Related{Message: "used here", Location: place(100 + i)})
	}
	worst.Related = append(worst.Related, policies.Related{Message: "default of variable key", Location: place(90)})
	r.Findings = append(r.Findings, worst)
	return r
}

// Formats for people show a few of the places that are alike, and say how many
// more there are.
func TestPlacesAreFew(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(w io.Writer, r *report.Report) error{
		"text":     func(w io.Writer, r *report.Report) error { return report.Text(w, r, report.TextOptions{}) },
		"markdown": report.Markdown, "junit": report.JUnit, "sarif": report.SARIF,
		"html": func(w io.Writer, r *report.Report) error { return report.HTML(w, r, report.PageOptions{}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := manyPlaces()
			r.Rules = policies.Catalog{{ID: "IBL017", Title: "t", Default: true}}
			var b bytes.Buffer
			if err := write(&b, r); err != nil {
				t.Fatal(err)
			}
			got := b.String()
			if n := strings.Count(got, "used here"); n < 1 || n > 8 {
				t.Errorf("%d places are shown", n)
			}
			for _, want := range []string{"default of variable key", "1996 more places"} {
				if !strings.Contains(got, want) {
					t.Errorf("the report lacks %q", want)
				}
			}
		})
	}
}

// GitHub shows the first annotations only.
func TestGitHubSaysTheWorstFirst(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := report.GitHub(&b, manyPlaces()); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	if !strings.HasPrefix(lines[0], "::notice title=iblint::") || !strings.Contains(lines[0], "GitHub shows 10") {
		t.Errorf("the first line does not say that GitHub shows few: %s", lines[0])
	}
	if !strings.HasPrefix(lines[1], "::error file=a.tf,line=20,") {
		t.Errorf("the worst finding is not the first: %s", lines[1])
	}
}

func TestMarkdownKeepsTheWorst(t *testing.T) {
	t.Parallel()
	r := manyPlaces()
	for i := range 1000 {
		more := r.Findings[0]
		more.Message = fmt.Sprintf("not known %d", i)
		r.Findings = append([]policies.Finding{more}, r.Findings...)
		r.Errors = append(r.Errors, report.Problem{Summary: fmt.Sprintf("cannot be read %d", i)})
	}
	var b bytes.Buffer
	if err := report.Markdown(&b, r); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65536 {
		t.Errorf("%d bytes do not fit into a comment", b.Len())
	}
	for _, want := range []string{"IBL017: no grant", "findings more left out", "cannot be read 0", "problems more left out"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the comment lacks %q", want)
		}
	}
}
