package report

import (
	"fmt"
	"io"
	"strings"
)

// verdictColours are readable on white and on black, and differ for people who
// do not tell red from green.
func verdictColour(label string) string {
	switch label {
	case "error":
		return "#c5221f"
	case "warning":
		return "#b06000"
	case unknown:
		return "#8430ce"
	case delivered:
		return "#188038"
	}
	return "#5f6368"
}

// DOT writes the picture for Graphviz.
func DOT(w io.Writer, p *Picture) error {
	var b strings.Builder
	b.WriteString("digraph iblint {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n" +
		"  edge [fontname=\"sans-serif\", fontsize=10];\n")
	names := nodeNames(p)
	for i, area := range p.Areas {
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%s;\n    style=rounded;\n", i, dotQuote(area.title()))
		for _, node := range area.Nodes {
			fmt.Fprintf(&b, "    %s [label=%s, color=%q, tooltip=%s];\n", names[node.ID],
				dotQuote(shortName(&node)+"\n"+kindTitle(node.Kind)), verdictColour(node.Label), dotQuote(node.Name))
		}
		b.WriteString("  }\n")
	}
	for _, tie := range p.Ties {
		fmt.Fprintf(&b, "  %s -> %s [label=%s, color=%q];\n", names[tie.From], names[tie.To],
			dotQuote(strings.ReplaceAll(tie.Label, "_", " ")), verdictColour(tie.Worst))
	}
	b.WriteString("}\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// nodeNames gives every node a short name that needs no quotes.
func nodeNames(p *Picture) map[string]string {
	names := map[string]string{}
	for _, area := range p.Areas {
		for _, node := range area.Nodes {
			names[node.ID] = fmt.Sprintf("n%d", len(names))
		}
	}
	return names
}

func kindTitle(kind string) string { return strings.ReplaceAll(kind, "_", " ") }

func dotQuote(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(Visible(line))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
