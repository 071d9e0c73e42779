package facts

import (
	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/internal/yamltext"
)

// places turns what parsers say of positions into ranges of one file.
type places struct{ *yamltext.Text }

func newPlaces(file string, content []byte) *places {
	return &places{yamltext.NewText(file, content, 0)}
}

// of is the range of a YAML node: of a scalar all that is written of it, of a
// collection from its first to its last character that belongs to a scalar.
func (p *places) of(n *yaml.Node) hcl.Range {
	start := p.Offset(n.Line, n.Column)
	return p.Span(start, max(p.end(n, 0), start))
}

func (p *places) end(n *yaml.Node, depth int) int {
	start := p.Offset(n.Line, n.Column)
	switch {
	case n.Kind == yaml.AliasNode:
		return p.endOfWord(start)
	case n.Kind == yaml.ScalarNode:
		return p.endOfScalar(n, start)
	case len(n.Content) == 0 || depth > maxAliasDepth:
		return p.endOfWord(start)
	}
	return p.end(n.Content[len(n.Content)-1], depth+1)
}

func (p *places) endOfScalar(n *yaml.Node, start int) int {
	switch n.Style &^ yaml.TaggedStyle {
	case yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle:
		return p.endOfQuoted(start)
	case yaml.LiteralStyle, yaml.FoldedStyle:
		return p.endOfWord(start)
	default: // plain: its extent is looked for below
	}
	end := start + len(n.Value)
	if end <= len(p.Content) && string(p.Content[start:end]) == n.Value {
		return end
	}
	return p.endOfWord(start)
}

func (p *places) endOfQuoted(start int) int {
	if start >= len(p.Content) {
		return start
	}
	quote := p.Content[start]
	if quote != '"' && quote != '\'' {
		return p.endOfWord(start)
	}
	for i := start + 1; i < len(p.Content); i++ {
		switch {
		case quote == '"' && p.Content[i] == '\\':
			i++
		case p.Content[i] == quote && quote == '\'' && i+1 < len(p.Content) && p.Content[i+1] == quote:
			i++
		case p.Content[i] == quote:
			return i + 1
		}
	}
	return len(p.Content)
}

// endOfWord is the end of the line without its trailing white space, for what
// has no plain extent.
func (p *places) endOfWord(start int) int {
	end := start
	for i := start; i < len(p.Content) && p.Content[i] != '\n'; i++ {
		if c := p.Content[i]; c != ' ' && c != '\t' && c != '\r' {
			end = i + 1
		}
	}
	return end
}
