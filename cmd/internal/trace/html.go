package trace

import (
	_ "embed" // the template of the list
	"html/template"
	"io"
	"strings"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

//go:embed trace.html
var listTemplate string

// HTML writes the page of a report with the deliveries first.
func HTML(w io.Writer, t *Trace, r *report.Report) error {
	anchors := make(map[*policies.Finding]string, len(r.Findings))
	for i := range r.Findings {
		anchors[&r.Findings[i]] = report.FindingAnchor(i)
	}
	list, err := template.New("trace").Funcs(template.FuncMap{
		"title": func(d Delivery) string { return title(&d) }, "visible": report.Visible,
		"anchor": func(f *policies.Finding) string { return anchors[f] },
		"starts": func(i int) bool { return i == 0 || t.Deliveries[i-1].pipelineID != t.Deliveries[i].pipelineID },
		"notes":  func(s Step) []string { return s.notes() },
	}).Parse(listTemplate)
	if err != nil {
		return err
	}
	var lead strings.Builder
	if err := list.Execute(&lead, t); err != nil {
		return err
	}
	return report.HTML(w, r, report.PageOptions{
		Lead:  template.HTML(lead.String()), //nolint:gosec // made by html/template
		Title: Summary(t), Summary: report.SummaryLine(r),
	})
}
