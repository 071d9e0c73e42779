package facts

import (
	"sort"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"
)

// places turns what parsers say of positions into ranges of one file.
type places struct {
	file    string
	content []byte
	starts  []int // byte offset of each line
}

func newPlaces(file string, content []byte) *places {
	p := &places{file: file, content: content, starts: []int{0}}
	for i, c := range content {
		if c == '\n' {
			p.starts = append(p.starts, i+1)
		}
	}
	return p
}

// at is the position of a byte offset; columns count characters.
func (p *places) at(offset int) hcl.Pos {
	offset = min(max(offset, 0), len(p.content))
	line := sort.Search(len(p.starts), func(i int) bool { return p.starts[i] > offset }) - 1
	column := utf8.RuneCount(p.content[p.starts[line]:offset]) + 1
	return hcl.Pos{Line: line + 1, Column: column, Byte: offset}
}

// between is the range of two byte offsets.
func (p *places) between(start, end int) hcl.Range {
	return hcl.Range{Filename: p.file, Start: p.at(start), End: p.at(end)}
}

// of is the range of a YAML node: of a scalar all that is written of it, of a
// collection from its first to its last character that belongs to a scalar.
func (p *places) of(n *yaml.Node) hcl.Range {
	start := p.offset(n.Line, n.Column)
	return p.between(start, max(p.end(n, 0), start))
}

// offset is the byte offset of a line and a column, both counted from 1.
func (p *places) offset(line, column int) int {
	if line < 1 || line > len(p.starts) {
		return 0
	}
	offset := p.starts[line-1]
	for range column - 1 {
		if offset >= len(p.content) || p.content[offset] == '\n' {
			break
		}
		_, size := utf8.DecodeRune(p.content[offset:])
		offset += size
	}
	return offset
}

func (p *places) end(n *yaml.Node, depth int) int {
	start := p.offset(n.Line, n.Column)
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
	if end <= len(p.content) && string(p.content[start:end]) == n.Value {
		return end
	}
	return p.endOfWord(start)
}

func (p *places) endOfQuoted(start int) int {
	if start >= len(p.content) {
		return start
	}
	quote := p.content[start]
	if quote != '"' && quote != '\'' {
		return p.endOfWord(start)
	}
	for i := start + 1; i < len(p.content); i++ {
		switch {
		case quote == '"' && p.content[i] == '\\':
			i++
		case p.content[i] == quote && quote == '\'' && i+1 < len(p.content) && p.content[i+1] == quote:
			i++
		case p.content[i] == quote:
			return i + 1
		}
	}
	return len(p.content)
}

// endOfWord is the end of the line without its trailing white space, for what
// has no plain extent.
func (p *places) endOfWord(start int) int {
	end := start
	for i := start; i < len(p.content) && p.content[i] != '\n'; i++ {
		if c := p.content[i]; c != ' ' && c != '\t' && c != '\r' {
			end = i + 1
		}
	}
	return end
}
