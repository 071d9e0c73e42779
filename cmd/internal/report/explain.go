package report

import (
	"strings"

	"github.com/iblint/iblint/policies"
)

// Explain is the page of a rule for a terminal.
func Explain(r policies.Rule, options TextOptions) string {
	t := newTextWriter(nil, options)
	t.out.WriteString(t.styles.bold.Sprint(r.ID+" "+r.Name) + "\n")
	t.paragraph("", r.Title)
	t.section("Severity", ruleSeverity(&r))
	t.section("Why it matters", r.Description)
	t.section("What AWS would say", strings.Join(r.Prevents, "\n"))
	t.section("How to fix", r.Remediation)
	t.section("When it cannot be decided", r.Unknown)
	references := make([]string, len(r.References))
	for i, reference := range r.References {
		references[i] = reference.Description + "\n" + reference.URL
	}
	t.section("References", strings.Join(references, "\n"))
	return t.out.String()
}

// section prints a heading and a text below it, or nothing without text.
func (t *textWriter) section(heading, text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	t.out.WriteString("\n" + t.styles.bold.Sprint(heading) + "\n")
	t.paragraph("  ", text)
}

// paragraph prints a text, indented and wrapped.
func (t *textWriter) paragraph(indent, text string) {
	for _, line := range visibleLines(text) {
		for _, part := range wrap(line, t.prose-len(indent), t.prose-len(indent)) {
			t.out.WriteString(strings.TrimRight(indent+part, " ") + "\n")
		}
	}
}
