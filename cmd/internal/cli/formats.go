package cli

import (
	"io"

	"github.com/iblint/iblint/cmd/internal/report"
)

// reportFormat is one form of the report.
type reportFormat struct {
	name  string
	write func(w io.Writer, r *report.Report, options report.TextOptions) error
}

// reportFormats are the forms of the report, in the order of the help.
func reportFormats() []reportFormat {
	plain := func(write func(io.Writer, *report.Report) error) func(io.Writer, *report.Report, report.TextOptions) error {
		return func(w io.Writer, r *report.Report, _ report.TextOptions) error { return write(w, r) }
	}
	return []reportFormat{
		{"text", report.Text},
		{"compact", plain(report.Compact)},
		{"json", plain(report.JSON)},
		{"sarif", plain(report.SARIF)},
		{"junit", plain(report.JUnit)},
		{"github", plain(report.GitHub)},
		{"gitlab", plain(report.GitLab)},
		{"markdown", plain(report.Markdown)},
		{"html", plain(func(w io.Writer, r *report.Report) error { return report.HTML(w, r, report.PageOptions{}) })},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range reportFormats() {
		names = append(names, f.name)
	}
	return names
}

// format returns the form of a name that was checked before.
func format(name string) reportFormat {
	for _, f := range reportFormats() {
		if f.name == name {
			return f
		}
	}
	return reportFormats()[0]
}
