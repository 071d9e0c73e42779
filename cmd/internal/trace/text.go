package trace

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

// Text writes the trace as a tree: pipelines, their deliveries, the steps.
func Text(w io.Writer, t *Trace, options report.TextOptions) error {
	p := &printer{styles: newStyles(options.Color), width: options.Width}
	for i, d := range t.Deliveries {
		if i == 0 || t.Deliveries[i-1].pipelineID != d.pipelineID {
			p.pipeline(&t.Deliveries[i])
		}
		last := i+1 == len(t.Deliveries) || t.Deliveries[i+1].pipelineID != d.pipelineID
		p.delivery(&t.Deliveries[i], last)
	}
	if !options.Quiet {
		p.out.WriteString("\n" + Summary(t) + "\n")
	}
	_, err := io.WriteString(w, strings.TrimPrefix(p.out.String(), "\n"))
	return err
}

// Summary is the last line of a trace.
func Summary(t *Trace) string {
	counts := map[Status]int{}
	for _, d := range t.Deliveries {
		counts[d.Status]++
	}
	return fmt.Sprintf("%s: %d ok, %d failing, %d not known",
		report.Count(len(t.Deliveries), "distribution job"), counts[OK], counts[Fails], counts[Unknown])
}

// markSpace is as wide as the status and the space behind it.
const markSpace = "        "

// minWidth is the least room for text on a narrow terminal.
const minWidth = 30

type printer struct {
	out    strings.Builder
	styles map[Status]*color.Color
	width  int
}

func newStyles(on bool) map[Status]*color.Color {
	styles := map[Status]*color.Color{
		OK: color.New(color.FgGreen), Fails: color.New(color.FgRed, color.Bold), Unknown: color.New(color.FgMagenta, color.Bold),
	}
	for _, style := range styles {
		if on {
			style.EnableColor()
		} else {
			style.DisableColor()
		}
	}
	return styles
}

func (p *printer) pipeline(d *Delivery) {
	fmt.Fprintf(&p.out, "\n%s in %s\n", report.Visible(d.Pipeline), report.Visible(d.SourceAccount))
}

func (p *printer) delivery(d *Delivery, last bool) {
	branch, indent := "├─ ", "│  "
	if last {
		branch, indent = "└─ ", "   "
	}
	p.line(branch, indent+markSpace, p.mark(d.Status), title(d))
	for i := range d.Steps {
		p.step(&d.Steps[i], indent, i+1 == len(d.Steps))
	}
}

// title says what the delivery does.
func title(d *Delivery) string {
	switch d.Kind {
	case Copy:
		return fmt.Sprintf("copy to %s in %s", d.Recipient, d.Region)
	case Launch:
		return fmt.Sprintf("launch by %s in %s", d.Recipient, d.Region)
	case Keep:
	}
	return "stays in " + d.Region
}

func (p *printer) step(s *Step, indent string, last bool) {
	branch, more := indent+"├─ ", indent+"│  "
	if last {
		branch, more = indent+"└─ ", indent+"   "
	}
	p.line(branch, more+markSpace, p.mark(s.Status), s.Text)
	for _, f := range s.Findings {
		p.finding(f, more+markSpace)
	}
	for _, note := range s.notes() {
		p.line(more+markSpace, more+markSpace+"  ", "", note)
	}
}

// notes say what of a step was accepted or not judged.
func (s *Step) notes() []string {
	var out []string
	for _, a := range s.Suppressed {
		out = append(out, fmt.Sprintf("suppressed: %s %s (%s)", a.Rule, a.Message, a.Justification))
	}
	if len(s.NotJudged) > 0 {
		out = append(out, "not judged: "+strings.Join(s.NotJudged, ", ")+" turned off")
	}
	return out
}

func (p *printer) finding(f *policies.Finding, indent string) {
	place := fmt.Sprintf("%s:%d:%d", f.Location.File, f.Location.Start.Line, f.Location.Start.Column)
	p.line(indent, indent+"  ", "", fmt.Sprintf("%s %s", f.Rule, f.Message))
	p.line(indent+"  ", indent+"  ", "", "at "+place)
	if f.Verdict == policies.Violation && len(f.Prevents) > 0 {
		p.line(indent+"  ", indent+"  ", "", "AWS: "+f.Prevents[0])
	}
	for line := range strings.SplitSeq(f.Settle, "\n") {
		if line != "" {
			p.line(indent+"  ", indent+"  ", "", "to settle: "+line)
		}
	}
}

// mark is the status in a column of its own.
func (p *printer) mark(s Status) string {
	return p.styles[s].Sprint(fmt.Sprintf("%-7s", s)) + " "
}

// line prints a text, wrapped behind an indent. The mark stands before it; it
// may be coloured and is as wide as markWidth or empty.
func (p *printer) line(first, more, mark, text string) {
	room := 0
	if p.width > 0 {
		room = max(minWidth, p.width-utf8.RuneCountInString(more))
	}
	for i, part := range report.Wrap(report.Visible(text), room) {
		if i == 0 {
			p.out.WriteString(first + mark + part + "\n")
			continue
		}
		p.out.WriteString(more + part + "\n")
	}
}
