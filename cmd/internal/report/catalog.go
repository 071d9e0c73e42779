package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/iblint/iblint/policies"
)

// jsonRule is a rule of the catalogue in JSON.
type jsonRule struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Title       string          `json:"title"`
	Severity    string          `json:"severity"`
	Category    string          `json:"category"`
	Default     bool            `json:"default"`
	Description string          `json:"description"`
	Remediation string          `json:"remediation"`
	Prevents    []string        `json:"prevents"`
	References  []jsonReference `json:"references"`
	Since       string          `json:"since,omitempty"`
	Aliases     []string        `json:"aliases,omitempty"`
	Help        string          `json:"help"`
}

type jsonReference struct {
	Description string `json:"description,omitempty"`
	URL         string `json:"url"`
}

// CatalogJSON lists the rules with everything that is known of them.
func CatalogJSON(w io.Writer, catalog policies.Catalog) error {
	rules := make([]jsonRule, len(catalog))
	for i, r := range catalog {
		rules[i] = jsonRule{
			ID: r.ID, Name: r.Name, Title: r.Title, Severity: string(r.Severity), Category: r.Category,
			Default: r.Default, Description: r.Description, Remediation: r.Remediation,
			Prevents: append([]string{}, r.Prevents...), References: []jsonReference{},
			Since: r.Since, Aliases: r.Aliases, Help: r.Help(),
		}
		for _, reference := range r.References {
			rules[i].References = append(rules[i].References, jsonReference(reference))
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Rules []jsonRule `json:"rules"`
	}{rules})
}

// CatalogMarkdown lists the rules as a table.
func CatalogMarkdown(w io.Writer, catalog policies.Catalog) error {
	var b strings.Builder
	b.WriteString("| rule | name | severity | what it finds |\n|---|---|---|---|\n")
	for _, r := range catalog {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", r.ID, r.Name, ruleSeverity(&r), MarkdownCell(r.Title))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// CatalogText lists the rules for a terminal.
func CatalogText(w io.Writer, catalog policies.Catalog, options TextOptions) error {
	t := newTextWriter(nil, options)
	widest := 0
	for _, r := range catalog {
		widest = max(widest, len(r.Name))
	}
	for _, r := range catalog {
		severity := fmt.Sprintf("%-7s", r.Severity)
		if c := t.styles.label[string(r.Severity)]; c != nil {
			severity = c.Sprint(severity)
		}
		indent := 8 + 8 + widest + 2
		title := Visible(r.Title)
		if !r.Default {
			title += " (off by default)"
		}
		lines := []string{title}
		if t.prose >= indent+minProse {
			lines = wrap(title, t.prose-indent, t.prose-indent)
		}
		fmt.Fprintf(&t.out, "%s  %s %-*s  %s\n", t.styles.bold.Sprint(r.ID), severity, widest, r.Name, lines[0])
		for _, line := range lines[1:] {
			t.out.WriteString(strings.Repeat(" ", indent) + line + "\n")
		}
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

// ChecklistText lists rules for a terminal with what to write.
func ChecklistText(w io.Writer, catalog policies.Catalog, options TextOptions) error {
	t := newTextWriter(nil, options)
	for _, r := range catalog {
		fmt.Fprintf(&t.out, "\n%s  %s\n", t.styles.bold.Sprint(r.ID), Visible(r.Title))
		remedy := strings.Join(strings.Fields(r.Remediation), " ")
		for _, line := range Wrap(Visible(remedy), max(t.prose-8, 0)) {
			t.out.WriteString("        " + line + "\n")
		}
	}
	_, err := w.Write(t.out.Bytes())
	return err
}

func ruleSeverity(r *policies.Rule) string {
	if !r.Default {
		return string(r.Severity) + ", off by default"
	}
	return string(r.Severity)
}
