package trace

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/iblint/iblint/cmd/internal/report"
)

// Markdown writes the trace as tables, one a delivery. Of what does not fit
// into a comment, deliveries that work are left out first, and counted.
func Markdown(w io.Writer, t *Trace) error {
	head := "### " + Summary(t) + "\n" + report.MarkdownProblems(t.Errors)
	parts, order := make([]string, len(t.Deliveries)), make([]int, len(t.Deliveries))
	for i := range t.Deliveries {
		parts[i], order[i] = table(&t.Deliveries[i]), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.Deliveries[a].Status.weight() - t.Deliveries[b].Status.weight() })
	text, left := report.Fit(parts, order, report.MaxMarkdown-len(head))
	_, err := io.WriteString(w, head+text+report.MarkdownLeft(left, "distribution job"))
	return err
}

func table(d *Delivery) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n#### %s: %s (%s)\n\n| step | | |\n|---|---|---|\n",
		report.MarkdownCell(d.Pipeline), report.MarkdownCell(title(d)), d.Status)
	for j := range d.Steps {
		step := &d.Steps[j]
		fmt.Fprintf(&b, "| %s | %s | %s |\n", report.MarkdownCell(step.Text), step.Status, cell(step))
	}
	return b.String()
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
