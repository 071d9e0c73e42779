package report

import (
	"fmt"
	"io"
	"strings"
)

// Mermaid writes the picture as a flowchart for Markdown pages.
func Mermaid(w io.Writer, p *Picture) error {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	names := nodeNames(p)
	for i, area := range p.Areas {
		fmt.Fprintf(&b, "  subgraph a%d[\"%s\"]\n", i, mermaidText(area.title()))
		for _, node := range area.Nodes {
			fmt.Fprintf(&b, "    %s[\"%s<br>%s\"]\n", names[node.ID], mermaidText(shortName(&node)), mermaidText(kindTitle(node.Kind)))
		}
		b.WriteString("  end\n")
	}
	for _, tie := range p.Ties {
		fmt.Fprintf(&b, "  %s -->|%s| %s\n", names[tie.From], mermaidText(strings.ReplaceAll(tie.Label, "_", " ")), names[tie.To])
	}
	mermaidStyles(&b, p, names)
	_, err := io.WriteString(w, b.String())
	return err
}

func mermaidStyles(b *strings.Builder, p *Picture, names map[string]string) {
	for _, area := range p.Areas {
		for _, node := range area.Nodes {
			if node.Label != "" {
				fmt.Fprintf(b, "  style %s stroke:%s,stroke-width:2px\n", names[node.ID], verdictColour(node.Label))
			}
		}
	}
	for i, tie := range p.Ties {
		if tie.Worst != "" {
			fmt.Fprintf(b, "  linkStyle %d stroke:%s,stroke-width:2px\n", i, verdictColour(tie.Worst))
		}
	}
}

// mermaidText escapes what Mermaid or HTML would act on.
func mermaidText(s string) string {
	var b strings.Builder
	for _, r := range Visible(s) {
		switch {
		case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', strings.ContainsRune(" ._-/:,()", r), r > 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
