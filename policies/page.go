package policies

import (
	"fmt"
	"path"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Page is the page of a rule in Markdown, made of its annotation and examples.
func (r Rule) Page() (string, error) {
	examples, err := r.Examples()
	if err != nil {
		return "", err
	}
	p := &page{}
	p.line("# %s: %s", r.ID, escape(r.Title))
	p.line("`%s` · %s · %s%s%s", r.Name, r.Severity, r.Category, r.since(), r.byDefault())
	p.section("Why it matters", r.Description)
	if len(r.Prevents) > 0 {
		p.line("## The error that it prevents")
		for _, text := range r.Prevents {
			p.fence("text", text)
		}
	}
	p.section("How to fix", r.Remediation)
	p.section("What it cannot know", r.Unknown)
	for _, dialect := range r.Dialects {
		p.examples(dialect, examples)
	}
	p.references(r.References)
	p.line("## Turning it off")
	p.line("In one place, with a reason: `# iblint:ignore %s reason`. Everywhere, in `.iblint.yaml`: `rules: {%s: off}`.",
		r.ID, r.ID)
	return strings.TrimSpace(p.text.String()) + "\n", nil
}

func (r Rule) since() string {
	if r.Since == "" {
		return ""
	}
	return " · since " + r.Since
}

func (r Rule) byDefault() string {
	if r.Default {
		return ""
	}
	return " · off by default"
}

// page is Markdown in the making: blocks with a blank line between them.
type page struct{ text strings.Builder }

func (p *page) line(format string, args ...any) {
	fmt.Fprintf(&p.text, format, args...)
	p.text.WriteString("\n\n")
}

func (p *page) section(title, text string) {
	if text != "" {
		p.line("## %s", title)
		p.line("%s", escape(strings.TrimSpace(text)))
	}
}

// escape keeps the signs of Markdown in prose that are meant as they stand:
// actions and ARNs are full of asterisks. Code between backquotes is left.
func escape(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer("*", `\*`, "<", `\<`).Replace(parts[i])
	}
	return strings.Join(parts, "`")
}

func unescape(text string) string {
	return strings.NewReplacer(`\*`, "*", `\<`, "<").Replace(text)
}

// fence writes a code block; a longer fence encloses text that has one.
func (p *page) fence(language, content string) {
	fence := "```"
	for strings.Contains(content, fence) {
		fence += "`"
	}
	p.line("%s%s\n%s\n%s", fence, language, strings.Trim(content, "\n"), fence)
}

// examples shows the first example of each kind in a dialect.
func (p *page) examples(dialect graph.Dialect, examples []Example) {
	titles := []struct {
		kind  ExampleKind
		title string
	}{{Failing, "Wrong"}, {Passing, "Right"}, {Undecidable, "Not decidable"}}
	for _, t := range titles {
		for i := range examples {
			if e := &examples[i]; e.Dialect == dialect && e.Kind == t.kind {
				p.line("## %s, in %s", t.title, dialectName(dialect))
				p.example(e)
				break
			}
		}
	}
}

func dialectName(d graph.Dialect) string {
	if d == graph.Terraform {
		return "Terraform"
	}
	return "CloudFormation"
}

func (p *page) example(e *Example) {
	for _, file := range e.Files {
		p.line("`%s`", file.Name)
		p.fence(language(file.Name), file.Content)
	}
	if strings.TrimSpace(e.Want) != "" {
		p.line("iblint says:")
		p.fence("text", e.Want)
	}
}

func language(file string) string {
	switch path.Ext(file) {
	case ".tf", ".tfvars", ".hcl":
		return "hcl"
	case ".yaml", ".yml", ".template":
		return "yaml"
	case ".json":
		return "json"
	}
	return "text"
}

func (p *page) references(references []Reference) {
	if len(references) == 0 {
		return
	}
	p.line("## References")
	for _, r := range references {
		title := r.Description
		if title == "" {
			title = r.URL
		}
		fmt.Fprintf(&p.text, "- [%s](%s)\n", title, r.URL)
	}
	p.text.WriteString("\n")
}

// Explain is the page of a rule for a terminal: the same text, without the
// signs that only a renderer of Markdown needs.
func (r Rule) Explain() (string, error) {
	markdown, err := r.Page()
	if err != nil {
		return "", err
	}
	var out strings.Builder
	fence := ""
	for line := range strings.Lines(markdown) {
		text := strings.TrimRight(line, "\n")
		mark := text[:len(text)-len(strings.TrimLeft(text, "`"))]
		switch {
		case fence == "" && len(mark) >= 3:
			fence = mark
			continue
		case fence != "" && text == fence:
			fence = ""
			continue
		case fence != "" && text != "":
			text = "    " + text
		case fence == "":
			text = plainLine(text)
		}
		out.WriteString(text)
		out.WriteString("\n")
	}
	return out.String(), nil
}

func plainLine(text string) string {
	switch {
	case strings.HasPrefix(text, "# "):
		return unescape(strings.TrimPrefix(text, "# "))
	case strings.HasPrefix(text, "## "):
		return strings.ToUpper(strings.TrimPrefix(text, "## "))
	case strings.HasPrefix(text, "- ["):
		title, link, ok := strings.Cut(strings.TrimPrefix(text, "- ["), "](")
		if ok {
			return "- " + title + "\n  " + strings.TrimSuffix(link, ")")
		}
	}
	return unescape(strings.ReplaceAll(text, "`", ""))
}

// Table is docs/rules/README.md: the catalogue as a Markdown table.
func (c Catalog) Table() string {
	p := &page{}
	p.line("# Rules")
	p.line("Generated from the annotations in `rego/iblint/rules`. `iblint explain RULE` prints a page; the folder beside " +
		"each rule holds its tests and examples.")
	p.text.WriteString("| rule | name | severity | what it finds | source |\n|---|---|---|---|---|\n")
	for _, r := range c {
		severity := string(r.Severity)
		if !r.Default {
			severity += ", off by default"
		}
		fmt.Fprintf(&p.text, "| [%s](%s.md) | `%s` | %s | %s | [Rego](../../rego/iblint/rules/%s/%s.rego) |\n",
			r.ID, r.ID, r.Name, severity, cell(r.Title), r.Slug, r.Slug)
	}
	return p.text.String()
}

// cell is text that fits into a table.
func cell(text string) string {
	return strings.ReplaceAll(escape(strings.Join(strings.Fields(text), " ")), "|", `\|`)
}
