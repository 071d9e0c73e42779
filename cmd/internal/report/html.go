package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"encoding/json"
	"html/template"
	"io"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

//go:embed page/page.html
var pageTemplate string

//go:embed page/page.css
var pageStyle string

//go:embed page/page.js
var pageScript string

// PageOptions say what a page shows first.
type PageOptions struct {
	// GraphFirst puts the picture of the graph before the findings.
	GraphFirst bool
	// Lead comes before both; it may link to findings by FindingAnchor.
	Lead template.HTML
	// Title and Summary head the page in place of what is said of the findings.
	Title, Summary string
}

// FindingAnchor is the element ID of the finding with an index.
func FindingAnchor(index int) string { return "finding-" + strconv.Itoa(index) }

// HTML writes one page that needs nothing else: findings, and the picture of
// the graph where there is one.
func HTML(w io.Writer, r *Report, o PageOptions) error {
	p := &page{Report: r, PageOptions: o}
	if r.Graph != nil {
		p.Picture = NewPicture(r)
		p.ids = nodeNames(p.Picture)
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"visible": visibleText, "lower": strings.ToLower, "position": pagePosition,
		"areaTitle": func(a Area) string { return a.title() },
		"shortName": func(n Node) string { return shortName(&n) },
		"kindTitle": kindTitle,
	}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// page is what the template sees.
type page struct {
	PageOptions

	Report  *Report
	Picture *Picture

	ids map[string]string
}

// pageFinding is a finding with what the template shows of it.
type pageFinding struct {
	*policies.Finding

	Index  int
	Anchor string
	Label  string
	Places []policies.Related
	Notes  []pageNote
	Page   string
}

type pageNote struct{ Name, Text string }

// Heading says it all in a few words.
func (p *page) Heading() string { return cmp.Or(p.Title, verdictWords(p.Report)) }

// Counts are the last line of the text report.
func (p *page) Counts() string { return cmp.Or(p.Summary, SummaryLine(p.Report)) }

// Style is the style sheet; StyleHash lets the page, and nothing else, use it.
func (p *page) Style() template.CSS { return template.CSS(pageStyle) } //nolint:gosec // a constant of the program

// Script is the script; ScriptHash lets the page run it and nothing else.
func (p *page) Script() template.JS { return template.JS(pageScript) } //nolint:gosec // a constant of the program

// StyleHash is the hash of the style sheet for the content security policy.
func (p *page) StyleHash() string { return contentHash(pageStyle) }

// ScriptHash is the hash of the script for the content security policy.
func (p *page) ScriptHash() string { return contentHash(pageScript) }

func contentHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// NodeID is the element ID of a node.
func (p *page) NodeID(id string) string { return p.ids[id] }

// Ties are the ties for the script: JSON that html/template escapes.
func (p *page) Ties() (template.JS, error) {
	type tie struct {
		From  string `json:"from"`
		To    string `json:"to"`
		Label string `json:"label"`
		Worst string `json:"worst,omitempty"`
	}
	ties := []tie{}
	for _, t := range p.Picture.Ties {
		ties = append(ties, tie{p.ids[t.From], p.ids[t.To], strings.ReplaceAll(t.Label, "_", " "), t.Worst})
	}
	content, err := json.Marshal(ties) // with <, > and & escaped
	return template.JS(content), err   //nolint:gosec // JSON cannot close the element
}

// Finding is a finding by its index.
func (p *page) Finding(i int) pageFinding {
	f := &p.Report.Findings[i]
	out := pageFinding{Finding: f, Index: i, Anchor: FindingAnchor(i), Label: label(f), Page: helpURI(f.Help)}
	out.Places, _ = relatedPlaces(f)
	for _, n := range notes(f) {
		if n.name != "help" {
			out.Notes = append(out.Notes, pageNote{n.name, strings.Join(visibleLines(n.text), "\n")})
		}
	}
	return out
}

// Open reports whether a finding is shown in full from the start.
func (p *page) Open(f pageFinding) bool {
	return f.Label == string(policies.SeverityError) && f.Index < 5
}

// Snippet is the line of a location with what is meant underlined.
func (p *page) Snippet(at graph.Location) string {
	s, ok := newSnippet(p.Report.Sources[at.File], at, snippetWidth)
	if !ok {
		return ""
	}
	number := strconv.Itoa(at.Start.Line)
	return number + "  " + s.line + "\n" + strings.Repeat(" ", len(number)+2+s.start) + strings.Repeat("^", s.length)
}

// maxLines is how many source lines of a resource are shown.
const maxLines = 40

// Lines are the source lines of the block that begins at a location: the lines
// that are indented below its first one, and its closing bracket.
func (p *page) Lines(at graph.Location) string {
	source, ok := p.Report.Sources[at.File]
	if !ok {
		return ""
	}
	rest, ok := fromLine(source, at.Start.Line)
	if !ok {
		return ""
	}
	first, rest := cutLine(rest)
	out := []string{shownLine(first)}
	for len(rest) > 0 {
		var text string
		text, rest = cutLine(rest)
		deeper := strings.TrimSpace(text) == "" || indentation(text) > indentation(first)
		closes := strings.HasPrefix(strings.TrimSpace(text), "}") && indentation(text) == indentation(first)
		if !deeper && !closes {
			break
		}
		if len(out) == maxLines {
			out = append(out, "…")
			break
		}
		out = append(out, shownLine(text))
		if closes {
			break
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n ")
}

func shownLine(text string) string { return layOut(text, 1, 1).crop(snippetWidth).line }

func indentation(text string) int { return len(text) - len(strings.TrimLeft(text, " \t")) }

func pagePosition(at any) string {
	switch at := at.(type) {
	case graph.Location:
		return position(&at)
	case *graph.Location:
		return position(at)
	}
	return ""
}

// visibleText makes a text visible and keeps its line breaks.
func visibleText(s string) string { return strings.Join(visibleLines(s), "\n") }
