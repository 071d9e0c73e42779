package trace

import (
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/cmd/internal/report"
)

// Markdown writes the trace as tables, one a delivery.
func Markdown(w io.Writer, t *Trace) error {
	var b strings.Builder
	b.WriteString("### " + Summary(t) + "\n" + report.MarkdownProblems(t.Errors))
	for i := range t.Deliveries {
		d := &t.Deliveries[i]
		fmt.Fprintf(&b, "\n#### %s: %s (%s)\n\n| step | | |\n|---|---|---|\n",
			report.MarkdownCell(d.Pipeline), report.MarkdownCell(title(d)), d.Status)
		for j := range d.Steps {
			step := &d.Steps[j]
			fmt.Fprintf(&b, "| %s | %s | %s |\n", report.MarkdownCell(step.Text), step.Status, cell(step))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func cell(step *Step) string {
	var texts []string
	for _, f := range step.Findings {
		texts = append(texts, fmt.Sprintf("%s %s (%s:%d)",
			f.Rule, report.MarkdownCell(f.Message), report.MarkdownCell(f.Location.File), f.Location.Start.Line))
	}
	for _, note := range step.notes() {
		texts = append(texts, report.MarkdownCell(note))
	}
	return strings.Join(texts, "<br>")
}
