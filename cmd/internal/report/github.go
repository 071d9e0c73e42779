package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// maxAnnotations is the number of annotations of each level that GitHub shows
// of one step.
const maxAnnotations = 10

// GitHub writes workflow commands: GitHub Actions shows them as annotations of
// the lines. The worst come first, because it shows only so many.
func GitHub(w io.Writer, r *Report) error {
	var b strings.Builder
	if r.annotations() > maxAnnotations {
		r.annotation(&b, "notice", nil, "iblint", SummaryLine(r)+". GitHub shows "+strconv.Itoa(maxAnnotations)+
			" annotations of each level; the log of the step has all.")
	}
	for _, i := range worstFirst(r.Findings) {
		f := &r.Findings[i]
		r.annotation(&b, githubLevel(f.Severity), &f.Location, f.Rule+" "+f.Name, annotationText(f))
	}
	for i := range r.Errors {
		r.annotation(&b, "error", r.Errors[i].Location, "iblint could not read this", r.Errors[i].Message())
	}
	for i := range r.Warnings {
		r.annotation(&b, "warning", r.Warnings[i].Location, "iblint", r.Warnings[i].Message())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// annotations is the largest number of annotations of one level.
func (r *Report) annotations() int {
	counts := map[string]int{"error": len(r.Errors), "warning": len(r.Warnings)}
	for i := range r.Findings {
		counts[githubLevel(r.Findings[i].Severity)]++
	}
	return slices.Max(slices.Collect(maps.Values(counts)))
}

func githubLevel(s policies.Severity) string {
	if level := sarifLevel(s); level != "note" {
		return level
	}
	return "notice"
}

// annotationText is the message and what helps with it, on lines of their own.
func annotationText(f *policies.Finding) string {
	lines := []string{f.Message}
	if f.Settle != "" {
		lines = append(lines, "To settle it: "+f.Settle)
	}
	if f.Fix != "" {
		lines = append(lines, "How to fix: "+f.Fix)
	}
	return strings.Join(lines, "\n")
}

func (r *Report) annotation(b *strings.Builder, level string, at *graph.Location, title, text string) {
	b.WriteString("::" + level + " ")
	if at != nil && at.File != "" {
		p := r.codePoints(*at)
		fmt.Fprintf(b, "file=%s,", commandProperty(r.repositoryPath(at.File)))
		if p.Start.Line > 0 {
			fmt.Fprintf(b, "line=%d,endLine=%d,", p.Start.Line, max(p.End.Line, p.Start.Line))
			if p.Start.Line == p.End.Line {
				fmt.Fprintf(b, "col=%d,endColumn=%d,", p.Start.Column, p.End.Column)
			}
		}
	}
	fmt.Fprintf(b, "title=%s::%s\n", commandProperty(title), commandData(strings.Join(visibleLines(text), "\n")))
}

// commandData escapes the text of a workflow command.
func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// commandProperty escapes a property of a workflow command.
func commandProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(Visible(s)))
}
