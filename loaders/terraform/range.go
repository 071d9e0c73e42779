package terraform

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// lines are the offsets at which the lines of a file begin.
type lines []int

func linesOf(content []byte) lines {
	out := lines{0}
	for i, c := range content {
		if c == '\n' {
			out = append(out, i+1)
		}
	}
	return out
}

// inside is a range as it lies in its file. What the parser says of a template
// within a JSON string counts an escaped line break as one, and what it says
// of an unfinished string may lie behind the end, of an unfinished call before
// its beginning.
func (l *loader) inside(r hcl.Range) hcl.Range {
	if r.End.Byte < r.Start.Byte {
		r.End = r.Start
	}
	content, ok := l.sources[r.Filename]
	if !ok || !strings.HasSuffix(r.Filename, ".json") && r.End.Byte <= len(content) {
		return r
	}
	index, ok := l.lines[r.Filename]
	if !ok {
		index = linesOf(content)
		l.lines[r.Filename] = index
	}
	r.Start, r.End = index.inside(r.Start, content), index.inside(r.End, content)
	return r
}

// inside is a position with the line that its offset lies on.
func (s lines) inside(p hcl.Pos, content []byte) hcl.Pos {
	offset := min(max(p.Byte, 0), len(content))
	line := sort.SearchInts(s, offset+1)
	if line == p.Line && offset == p.Byte {
		return p
	}
	return hcl.Pos{Line: line, Column: utf8.RuneCount(content[s[line-1]:offset]) + 1, Byte: offset}
}
