package report_test

import (
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/rivo/uniseg"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

func TestTextGolden(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]report.TextOptions{
		"text.txt":         {},
		"text-quiet.txt":   {Quiet: true},
		"text-80.txt":      {Width: 80},
		"text-200.txt":     {Width: 200},
		"text-colour.ansi": {Width: 80, Color: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReport(t)
			got := golden(t, name, func(w io.Writer) error {
				if err := report.TextProblems(w, policies.SeverityError, r.Errors, r.Sources, options); err != nil {
					return err
				}
				return report.Text(w, r, options)
			})
			checkTerminalText(t, string(got), options)
		})
	}
}

// checkTerminalText checks that nothing of the templates acts on the terminal
// and that source lines fit.
func checkTerminalText(t *testing.T, text string, options report.TextOptions) {
	t.Helper()
	if !options.Color && strings.ContainsRune(text, '\x1b') {
		t.Error("escape sequence without colour")
	}
	if strings.Contains(text, "\x1b[31m [text]") || strings.ContainsRune(text, '\u202e') {
		t.Error("control characters of a template reach the terminal")
	}
	if options.Width == 0 || options.Color {
		return
	}
	for line := range strings.SplitSeq(text, "\n") {
		if uniseg.StringWidth(line) > options.Width {
			t.Errorf("line of %d columns on a terminal of %d: %s", uniseg.StringWidth(line), options.Width, line)
		}
	}
}

func TestCompactAndJSONGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	golden(t, "compact.txt", func(w io.Writer) error { return report.Compact(w, r) })
	golden(t, "report.json", func(w io.Writer) error { return report.JSON(w, r) })
	golden(t, "empty.json", func(w io.Writer) error { return report.JSON(w, &report.Report{Version: "0.1.0"}) })
}

func TestCatalogGolden(t *testing.T) {
	t.Parallel()
	golden(t, "rules.txt", func(w io.Writer) error { return report.CatalogText(w, catalog(), report.TextOptions{}) })
	golden(t, "rules.json", func(w io.Writer) error { return report.CatalogJSON(w, catalog()) })
	golden(t, "rules.md", func(w io.Writer) error { return report.CatalogMarkdown(w, catalog()) })
}

func TestVisible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"plain", "plain"},
		{"日本語 é", "日本語 é"},
		{"a\nb\r\tc", `a\nb\r\tc`},
		{"\x1b[31mred", `\x1b[31mred`},
		{"\u009b31m", `\x9b31m`},
		{"bad \xff byte", `bad \xff byte`},
		{"a\u202eb\u2066c\u200bd\ufeff", `a\u202eb\u2066c\u200bd\ufeff`},
		{"family \U0001F468\u200d\U0001F469", "family \U0001F468\u200d\U0001F469"},
	} {
		if got := report.Visible(c.in); got != c.want {
			t.Errorf("Visible(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// TestProblemsAreBounded: a file may be wrong in every line, and hold a line of
// a megabyte.
func TestProblemsAreBounded(t *testing.T) {
	t.Parallel()
	wrong := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Wrong", Detail: strings.Repeat("ü", 1<<20)}
	diags := slices.Repeat(hcl.Diagnostics{wrong}, 5000)
	errors, warnings := report.Problems(diags)
	if len(errors) != 1001 || len(warnings) != 0 {
		t.Fatalf("%d errors, %d warnings", len(errors), len(warnings))
	}
	if got := len(errors[0].Detail); got > 5000 || !utf8.ValidString(errors[0].Detail) {
		t.Errorf("%d bytes", got)
	}
	if got := errors[1000].Summary; got != "4000 more errors" {
		t.Errorf("at the end: %s", got)
	}
}
