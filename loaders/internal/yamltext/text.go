package yamltext

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// Text finds places in the text of one file, in a time that does not grow with
// the length of its lines. The YAML parser and people do not count lines alike:
// to the parser U+0085, U+2028 and U+2029 end a line too.
type Text struct {
	File    string
	Content []byte
	// Shift is the length of a byte order mark before the content.
	Shift int
	// Lines are the offsets of the first byte of each line, as people count.
	Lines []int

	parserLines []int
	ascii       bool
	// marks holds, for lines with other than ASCII characters, the byte offset
	// of every markStep-th character.
	marks map[int][]int
}

const markStep = 64

// NewText takes the content of a file, without a byte order mark of that length.
func NewText(file string, content []byte, shift int) *Text {
	t := &Text{File: file, Content: content, Shift: shift, ascii: isASCII(content), marks: map[int][]int{}}
	t.Lines = make([]int, 1, bytes.Count(content, []byte("\n"))+1)
	for i := bytes.IndexByte(content, '\n'); i >= 0; {
		t.Lines = append(t.Lines, i+1)
		next := bytes.IndexByte(content[i+1:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	t.parserLines = t.Lines
	if !t.ascii || bytes.IndexByte(content, '\r') >= 0 {
		t.parserLines = []int{0}
		for i := range content {
			t.lineBreak(i)
		}
	}
	return t
}

func isASCII(content []byte) bool {
	for _, c := range content {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lineBreak records the line that begins for the parser after byte i, if one
// does.
func (t *Text) lineBreak(i int) {
	c := t.Content[i]
	switch {
	case c == '\n':
		t.parserLines = append(t.parserLines, i+1)
	case c == '\r':
		if t.At(i+1) != '\n' {
			t.parserLines = append(t.parserLines, i+1)
		}
	case c == 0xC2 && t.At(i+1) == 0x85:
		t.parserLines = append(t.parserLines, i+2)
	case c == 0xE2 && t.At(i+1) == 0x80 && (t.At(i+2) == 0xA8 || t.At(i+2) == 0xA9):
		t.parserLines = append(t.parserLines, i+3)
	}
}

// At returns a byte of the content, 0 beyond its end.
func (t *Text) At(i int) byte {
	if i < 0 || i >= len(t.Content) {
		return 0
	}
	return t.Content[i]
}

// Offset converts the parser's line and column, which count from 1.
func (t *Text) Offset(line, column int) int {
	if line < 1 || line > len(t.parserLines) {
		return len(t.Content)
	}
	return min(t.advance(t.parserLines[line-1], column-1), len(t.Content))
}

// advance is the offset of the character that is n characters after start.
func (t *Text) advance(start, n int) int {
	if t.ascii {
		return start + n
	}
	marks := t.marksFrom(start)
	i := min(n/markStep, len(marks)-1)
	offset := marks[i]
	for range n - i*markStep {
		if offset >= len(t.Content) {
			break
		}
		_, size := utf8.DecodeRune(t.Content[offset:])
		offset += size
	}
	return offset
}

// marksFrom returns the marks of the line that begins at start.
func (t *Text) marksFrom(start int) []int {
	if marks, ok := t.marks[start]; ok {
		return marks
	}
	marks := []int{start}
	count := 0
	for offset := start; offset < len(t.Content) && t.Content[offset] != '\n'; {
		_, size := utf8.DecodeRune(t.Content[offset:])
		offset += size
		if count++; count%markStep == 0 {
			marks = append(marks, offset)
		}
	}
	t.marks[start] = marks
	return marks
}

// Position converts an offset to what people count: lines end with a line
// feed, columns are characters, both from 1.
func (t *Text) Position(offset int) hcl.Pos {
	line := sort.SearchInts(t.Lines, offset+1) - 1
	start := t.Lines[line]
	pos := hcl.Pos{Line: line + 1, Column: offset - start + 1, Byte: offset + t.Shift}
	if t.ascii {
		return pos
	}
	marks := t.marksFrom(start)
	i := sort.SearchInts(marks, offset+1) - 1
	if i >= 0 {
		pos.Column = i*markStep + utf8.RuneCount(t.Content[marks[i]:offset]) + 1
	}
	return pos
}

// Span is the range of two offsets.
func (t *Text) Span(start, end int) hcl.Range {
	start = min(start, len(t.Content))
	end = max(start, min(end, len(t.Content)))
	return hcl.Range{Filename: t.File, Start: t.Position(start), End: t.Position(end)}
}
