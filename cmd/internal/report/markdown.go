package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/policies"
)

// MaxMarkdown is the size of a comment on a pull request, with room for what
// people put around it.
const MaxMarkdown = 60000

// maxMarkdownProblems is the part of it that inputs that could not be read take.
const maxMarkdownProblems = MaxMarkdown / 4

// Markdown writes a comment for a pull request: a line that says it all, and
// the findings to open one by one. Of what does not fit, the least severe is
// left out and counted.
func Markdown(w io.Writer, r *Report) error {
	head := "### iblint: " + verdictWords(r) + "\n\n" + markdownText(SummaryLine(r)) + ".\n" + MarkdownProblems(r.Errors)
	parts := make([]string, len(r.Findings))
	for i := range r.Findings {
		parts[i] = markdownFinding(r, &r.Findings[i])
	}
	text, left := Fit(parts, worstFirst(r.Findings), MaxMarkdown-len(head))
	_, err := io.WriteString(w, head+text+MarkdownLeft(left, "finding"))
	return err
}

// MarkdownLeft says how many things were left out.
func MarkdownLeft(left int, one string) string {
	if left == 0 {
		return ""
	}
	return fmt.Sprintf("\n_%s more left out: this would be too long for a comment._\n", Count(left, one))
}

// MarkdownProblems is what could not be read, a paragraph each.
func MarkdownProblems(problems []Problem) string {
	parts, order := make([]string, len(problems)), make([]int, len(problems))
	for i := range problems {
		order[i] = i
		place := ""
		if problems[i].Location != nil {
			place = fmt.Sprintf(" `%s`", codeText(position(problems[i].Location)))
		}
		parts[i] = fmt.Sprintf("\n**could not be read:** %s%s\n", markdownText(problems[i].Message()), place)
	}
	text, left := Fit(parts, order, maxMarkdownProblems)
	return text + MarkdownLeft(left, "problem")
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
	places, _ := relatedPlaces(f)
	for _, related := range places {
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
