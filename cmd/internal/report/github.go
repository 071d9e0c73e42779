package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// GitHub writes workflow commands: GitHub Actions shows them as annotations of
// the lines.
func GitHub(w io.Writer, r *Report) error {
	var b strings.Builder
	for i := range r.Findings {
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
