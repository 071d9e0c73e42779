package cloudformation

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

// anchor is a place of a string from which on its text stands in the file
// character by character.
type anchor struct{ text, file int }

// inner places the pieces of a scalar that starts at an offset of the file and
// may hold a document: a policy or a template that is written as text.
func (c *converter) inner(n *yaml.Node, start int, value string) graph.Inner {
	trimmed := strings.TrimLeft(value, " \t\r\n")
	if !strings.HasPrefix(trimmed, "{") && !strings.Contains(strings.TrimRight(value, "\n"), "\n") {
		return nil
	}
	whole := c.span(start, c.text.scalarEnd(n, start))
	anchors := sync.OnceValue(func() []anchor { return c.text.anchors(n, start, value) })
	return func(from, to int) hcl.Range {
		found := anchors()
		if found == nil || from < 0 || to < from {
			return whole
		}
		rng := c.text.between(at(found, from), at(found, max(to-1, from))+1)
		if c.place != nil {
			return c.place(rng)
		}
		return rng
	}
}

// at converts an offset of a string to one of the file.
func at(anchors []anchor, offset int) int {
	i := sort.Search(len(anchors), func(i int) bool { return anchors[i].text > offset }) - 1
	return anchors[max(i, 0)].file + offset - anchors[max(i, 0)].text
}

// anchors follows a string through the file, over the indentation of blocks,
// folded lines and escapes. It is nil where they differ.
func (t *sourceText) anchors(n *yaml.Node, start int, value string) []anchor {
	f := follower{t: t, value: value, file: t.contentStart(start)}
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		f.quote = '"'
		f.file++
	case n.Style&yaml.SingleQuotedStyle != 0:
		f.quote = '\''
		f.file++
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		f.file = t.lineEnd(f.file)
	}
	for f.text < len(value) {
		if !f.step() {
			return nil
		}
	}
	return f.found
}

// follower goes through a string and the file side by side.
type follower struct {
	t          *sourceText
	value      string
	quote      byte
	text, file int
	found      []anchor
}

func (f *follower) step() bool {
	f.mark()
	c := f.t.At(f.file)
	switch {
	case f.quote == '"' && c == '\\':
		f.escape()
	case f.quote == '\'' && c == '\'' && f.value[f.text] == '\'':
		f.text++
		f.file += 2
	case isBlank(f.value[f.text]) || isBlank(c):
		for f.text < len(f.value) && isBlank(f.value[f.text]) {
			f.text++
		}
		for f.file < len(f.t.Content) && isBlank(f.t.At(f.file)) {
			f.file++
		}
	case c != f.value[f.text] || f.file >= len(f.t.Content):
		return false
	default:
		f.text++
		f.file++
	}
	return true
}

// mark adds an anchor where the distance between string and file changes.
func (f *follower) mark() {
	if n := len(f.found); n > 0 && f.file-f.text == f.found[n-1].file-f.found[n-1].text {
		return
	}
	f.found = append(f.found, anchor{text: f.text, file: f.file})
}

// escape passes over an escape of a quoted string and the character that it
// stands for. A line end that is escaped stands for nothing.
func (f *follower) escape() {
	c := f.t.At(f.file + 1)
	if c == '\n' || c == '\r' {
		for f.file++; f.file < len(f.t.Content) && isBlank(f.t.At(f.file)); f.file++ {
			continue
		}
		return
	}
	width, ok := map[byte]int{'x': 4, 'u': 6, 'U': 10}[c]
	if !ok {
		width = 2
	}
	r, size := utf8.DecodeRuneInString(f.value[f.text:])
	if c == 'u' && r > 0xFFFF {
		width *= 2 // a pair of surrogates
	}
	f.text += size
	f.file += width
}

// between is a range of the file. Unlike span it remembers nothing, so that it
// may be asked for at any time.
func (t *sourceText) between(start, end int) hcl.Range {
	pos := func(offset int) hcl.Pos {
		offset = min(offset, len(t.Content))
		line := sort.SearchInts(t.Lines, offset+1) - 1
		column := utf8.RuneCount(t.Content[t.Lines[line]:offset]) + 1
		return hcl.Pos{Line: line + 1, Column: column, Byte: offset + t.Shift}
	}
	return hcl.Range{Filename: t.File, Start: pos(start), End: pos(max(start, end))}
}

// concatPlaced joins strings at a place. What may hold a document keeps the
// places of its pieces.
func concatPlaced(rng hcl.Range, values ...graph.Value) graph.Value {
	out := concat(values...)
	if !slices.ContainsFunc(values, graph.Value.HasInner) {
		return out
	}
	pieces := make([]graph.Piece, len(values))
	for i, v := range values {
		if !v.HasRange() {
			v = v.WithRange(rng)
		}
		pieces[i] = graph.PieceOf(v)
	}
	return out.WithInner(graph.JoinInner(pieces))
}
