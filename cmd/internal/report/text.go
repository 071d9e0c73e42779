package report

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/fatih/color"
	"github.com/rivo/uniseg"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Widths of lines. Prose wider than maxProse is hard to read on the widest
// terminal; a source line is cut at snippetWidth where there is no terminal.
const (
	maxProse     = 120
	minProse     = 40
	snippetWidth = 140
)

// TextOptions say what the place can show that text is written to.
type TextOptions struct {
	Color bool
	// Width is the width of the terminal, 0 when there is none: lines are then
	// not wrapped.
	Width int
	// Quiet leaves out the last line with the counts.
	Quiet bool
}

// Text writes findings with the source lines that they are about.
func Text(w io.Writer, r *Report, options TextOptions) error {
	t := newTextWriter(r.Sources, options)
	for i := range r.Findings {
		t.finding(&r.Findings[i])
	}
	if !options.Quiet {
		t.summary(r)
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

// TextProblems writes inputs that could not be read or evaluated, or remarks on
// them, with the source lines that they are about.
func TextProblems(w io.Writer, severity policies.Severity, problems []Problem, sources map[string][]byte, options TextOptions) error {
	t := newTextWriter(sources, options)
	for i := range problems {
		t.problem(severity, &problems[i])
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

type textWriter struct {
	out     bytes.Buffer
	sources map[string][]byte
	prose   int // width of text, 0 for no limit
	code    int // width of source lines
	styles  styles
}

func newTextWriter(sources map[string][]byte, options TextOptions) *textWriter {
	t := &textWriter{sources: sources, styles: newStyles(options.Color), code: snippetWidth}
	if options.Width > 0 {
		t.prose = max(minProse, min(options.Width, maxProse))
		t.code = max(minProse, options.Width)
	}
	return t
}

func (t *textWriter) finding(f *policies.Finding) {
	gutter := t.gutter(f)
	t.headline(t.styles.label[label(f)], label(f)+"["+Visible(f.Rule)+"]", f.Message)
	t.place(gutter, "-->", f.Location, Visible(f.Resource.Address))
	t.source(gutter, f.Location, '^', t.styles.label[label(f)], "")
	places, _ := relatedPlaces(f)
	for _, related := range places {
		t.related(gutter, f, related)
	}
	for _, note := range notes(f) {
		t.note(gutter, note.name, note.text)
	}
	t.out.WriteByte('\n')
}

// related prints another place; one that the source line above has shown
// already needs its words only.
func (t *textWriter) related(gutter int, f *policies.Finding, related policies.Related) {
	if related.Location.File == "" {
		t.note(gutter, "note", related.Message)
		return
	}
	if related.Location == f.Location {
		t.note(gutter, "note", related.Message)
		return
	}
	t.place(gutter, ":::", related.Location, "")
	t.source(gutter, related.Location, '-', t.styles.frame, related.Message)
}

type note struct{ name, text string }

// notes are the lines below the source of a finding.
func notes(f *policies.Finding) []note {
	var out []note
	add := func(name, text string) {
		if text != "" {
			out = append(out, note{name, text})
		}
	}
	if _, left := relatedPlaces(f); left > 0 {
		add("places", Count(left, "more place")+"; -f json lists all")
	}
	jobs := f.AllJobs()
	name := "jobs"
	if len(jobs) == 1 {
		name = "job"
	}
	add(name, jobsText(jobs))
	add("missing", strings.Join(f.Missing, ", "))
	if f.Verdict == policies.Unknown {
		add("not known", f.Reason)
		add("to settle", f.Settle)
	}
	if f.Verdict == policies.Violation && len(f.Prevents) > 0 {
		add("prevents", f.Prevents[0])
	}
	add("fix", f.Fix)
	add("help", "iblint explain "+f.Rule)
	return out
}

// maxJobs is the number of jobs that a text names before it counts.
const maxJobs = 4

// jobsText names the jobs that a finding is about.
func jobsText(jobs []policies.Job) string {
	var texts []string
	for i, job := range jobs {
		if i == maxJobs {
			texts = append(texts, fmt.Sprintf("and %d more", len(jobs)-maxJobs))
			break
		}
		texts = append(texts, jobText(job))
	}
	return strings.Join(texts, "\n")
}

func jobText(job policies.Job) string {
	var b strings.Builder
	b.WriteString(orUnknown(job.SourceAccount))
	b.WriteString(" to ")
	b.WriteString(orUnknown(job.TargetAccount))
	if job.Region != "" {
		b.WriteString(" in " + job.Region)
	}
	if job.Pipeline != "" {
		b.WriteString(" by " + job.Pipeline)
	}
	return b.String()
}

func orUnknown(account string) string {
	if account == "" {
		return "unknown account"
	}
	return account
}

func (t *textWriter) problem(severity policies.Severity, p *Problem) {
	t.headline(t.styles.label[string(severity)], string(severity), p.Summary)
	gutter := 1
	if p.Location != nil {
		gutter = digits(p.Location.Start.Line)
		t.place(gutter, "-->", *p.Location, "")
		t.source(gutter, *p.Location, '^', t.styles.label[string(severity)], "")
	}
	if p.Detail != "" && p.Detail != p.Summary {
		t.note(gutter, "note", p.Detail)
	}
	t.out.WriteByte('\n')
}

// headline prints "error[IBL001]: message", wrapped.
func (t *textWriter) headline(c *color.Color, label, message string) {
	t.out.WriteString(c.Sprint(label))
	first := t.prose - len(label) - 2
	for i, line := range wrap(Visible(message), first, t.prose-2) {
		if i == 0 {
			t.out.WriteString(t.styles.bold.Sprint(": " + line))
		} else {
			t.out.WriteString("\n  " + t.styles.bold.Sprint(line))
		}
	}
	t.out.WriteByte('\n')
}

// place prints "  --> file:line:column  address".
func (t *textWriter) place(gutter int, arrow string, at graph.Location, address string) {
	text := Visible(at.File)
	if at.Start.Line > 0 {
		text += ":" + strconv.Itoa(at.Start.Line) + ":" + strconv.Itoa(at.Start.Column)
	}
	fmt.Fprintf(&t.out, "%s%s %s", strings.Repeat(" ", gutter), t.styles.frame.Sprint(arrow), text)
	if address != "" {
		t.out.WriteString(t.beforeAddress(gutter, text, address) + t.styles.faint.Sprint(address))
	}
	t.out.WriteByte('\n')
}

// beforeAddress puts an address beside a place, or below it where there is no
// room.
func (t *textWriter) beforeAddress(gutter int, place, address string) string {
	if t.prose == 0 || gutter+4+uniseg.StringWidth(place)+2+uniseg.StringWidth(address) <= t.prose {
		return "  "
	}
	return "\n" + strings.Repeat(" ", gutter+4)
}

// source prints the first line of a location with what is meant underlined.
func (t *textWriter) source(gutter int, at graph.Location, mark byte, c *color.Color, words string) {
	s, ok := newSnippet(t.sources[at.File], at, t.code-gutter-3)
	if !ok {
		if words != "" {
			t.note(gutter, "note", words)
		}
		return
	}
	bar := t.styles.frame.Sprint("|")
	blank := strings.Repeat(" ", gutter)
	number := fmt.Sprintf("%*d", gutter, at.Start.Line)
	fmt.Fprintf(&t.out, "%s %s\n", blank, bar)
	fmt.Fprintf(&t.out, "%s %s %s\n", t.styles.frame.Sprint(number), bar, s.line)
	line := strings.Repeat(" ", s.start) + c.Sprint(strings.Repeat(string(mark), s.length))
	rest := t.beside(gutter, s, words)
	fmt.Fprintf(&t.out, "%s %s %s%s\n", blank, bar, line, rest.beside(c))
	for _, below := range rest.lines {
		fmt.Fprintf(&t.out, "%s %s %s%s\n", blank, bar, strings.Repeat(" ", rest.indent), c.Sprint(below))
	}
}

// caption is the words of an underlined place: beside it, or below it where
// there is no room.
type caption struct {
	text   string
	indent int
	lines  []string
}

func (l caption) beside(c *color.Color) string {
	if l.text == "" {
		return ""
	}
	return " " + c.Sprint(l.text)
}

func (t *textWriter) beside(gutter int, s snippet, words string) caption {
	if words == "" {
		return caption{}
	}
	words = Visible(words)
	used := gutter + 3 + s.start + s.length + 1
	if t.prose == 0 || used+uniseg.StringWidth(words) <= t.prose {
		return caption{text: words}
	}
	indent := min(s.start, t.prose/4)
	room := t.prose - gutter - 3 - indent
	return caption{indent: indent, lines: wrap(words, room, room)}
}

// note prints "   = name: text", wrapped under its text.
func (t *textWriter) note(gutter int, name, text string) {
	head := strings.Repeat(" ", gutter+1)
	indent := gutter + 3 + len(name) + 2
	for n, paragraph := range visibleLines(text) {
		for i, line := range wrap(paragraph, t.prose-indent, t.prose-indent) {
			if n == 0 && i == 0 {
				t.out.WriteString(head + t.styles.frame.Sprint("=") + " " + t.styles.bold.Sprint(name+":") + " " + line + "\n")
				continue
			}
			t.out.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
}

// gutter is the width of the widest line number of a finding.
func (t *textWriter) gutter(f *policies.Finding) int {
	widest := digits(f.Location.Start.Line)
	for _, related := range f.Related {
		widest = max(widest, digits(related.Location.Start.Line))
	}
	return widest
}

func digits(n int) int { return len(strconv.Itoa(max(n, 1))) }
