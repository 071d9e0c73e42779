package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/policies"
)

// maxMarkdown is the size of a comment on a pull request, with room for what
// people put around it.
const maxMarkdown = 60000

// Markdown writes a comment for a pull request: a line that says it all, and
// the findings to open one by one. What does not fit is counted.
func Markdown(w io.Writer, r *Report) error {
	var b strings.Builder
	b.WriteString("### iblint: " + verdictWords(r) + "\n\n")
	b.WriteString(markdownText(SummaryLine(r)) + ".\n")
	b.WriteString(MarkdownProblems(r.Errors))
	for i := range r.Findings {
		part := markdownFinding(r, &r.Findings[i])
		if b.Len()+len(part) > maxMarkdown {
			fmt.Fprintf(&b, "\n_%s more left out: this would be too long for a comment._\n", Count(len(r.Findings)-i, "finding"))
			break
		}
		b.WriteString(part)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// MarkdownProblems is what could not be read, a paragraph each.
func MarkdownProblems(problems []Problem) string {
	var b strings.Builder
	for i := range problems {
		fmt.Fprintf(&b, "\n**could not be read:** %s", markdownText(problems[i].Message()))
		if problems[i].Location != nil {
			fmt.Fprintf(&b, " `%s`", codeText(position(problems[i].Location)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func verdictWords(r *Report) string {
	s := r.Summary
	switch {
	case s.Errors > 0:
		return "encrypted AMIs cannot be distributed as written"
	case len(r.Errors) > 0:
		return "some of the input could not be read"
	case s.Warnings > 0 || s.Unknowns > 0 || len(r.Findings) > 0:
		return "nothing certain is wrong, something to look at"
	}
	return "no findings"
}

func markdownFinding(r *Report, f *policies.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details>\n<summary><b>%s</b> %s: %s</summary>\n\n", label(f), f.Rule, htmlText(f.Message))
	fmt.Fprintf(&b, "`%s` in `%s`\n", codeText(f.Resource.Address), codeText(position(&f.Location)))
	b.WriteString(markdownSnippet(r, f))
	for _, related := range f.Related {
		fmt.Fprintf(&b, "- %s `%s`\n", markdownText(related.Message), codeText(position(&related.Location)))
	}
	for _, note := range notes(f) {
		if note.name == "help" {
			continue
		}
		fmt.Fprintf(&b, "- **%s:** %s\n", note.name, markdownText(note.text))
	}
	if page := helpURI(f.Help); page != "" {
		fmt.Fprintf(&b, "- **help:** [%s](%s)\n", f.Rule, page)
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

// markdownSnippet is the line at fault in a fence that it cannot close.
func markdownSnippet(r *Report, f *policies.Finding) string {
	s, ok := newSnippet(r.Sources[f.Location.File], f.Location, snippetWidth)
	if !ok {
		return "\n"
	}
	fence := "```"
	for strings.Contains(s.line, fence) {
		fence += "`"
	}
	marks := strings.Repeat(" ", s.start) + strings.Repeat("^", s.length)
	return "\n" + fence + "text\n" + s.line + "\n" + marks + "\n" + fence + "\n\n"
}

// MarkdownCell is a text in a cell of a table.
func MarkdownCell(s string) string {
	return strings.ReplaceAll(markdownText(s), "|", `\|`)
}

// markdownText is a text on one line, with what Markdown or HTML would act on
// escaped.
func markdownText(s string) string {
	s = Visible(strings.Join(strings.Fields(s), " "))
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`,
		"[", `\[`, "]", `\]`, "#", `\#`, "@", "&#64;", "~", `\~`, "://", "&#58;//",
	).Replace(s)
}

// htmlText is a text inside an HTML element within Markdown: both act on it.
func htmlText(s string) string { return markdownText(s) }

// codeText is a text between single backquotes.
func codeText(s string) string {
	return strings.ReplaceAll(Visible(s), "`", "'")
}
