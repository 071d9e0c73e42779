package cloudformation

import (
	"bytes"
	"sort"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// sourceText finds places in the text of one file. The YAML parser and people
// do not count lines alike: to the parser U+0085, U+2028 and U+2029 end a line
// too.
type sourceText struct {
	file    string
	content []byte
	// shift is the length of a byte order mark before the content.
	shift int
	// parserLines and lines are offsets of the first byte of each line.
	parserLines []int
	lines       []int
	ascii       bool
	// marks holds, for lines with other than ASCII characters, the byte offset
	// of every markStep-th character.
	marks map[int][]int
}

const markStep = 64

func newSourceText(file string, content []byte, shift int) *sourceText {
	t := &sourceText{file: file, content: content, shift: shift, ascii: isASCII(content), marks: map[int][]int{}}
	t.lines = make([]int, 1, bytes.Count(content, []byte("\n"))+1)
	for i := bytes.IndexByte(content, '\n'); i >= 0; {
		t.lines = append(t.lines, i+1)
		next := bytes.IndexByte(content[i+1:], '\n')
		if next < 0 {
			break
		}
		i += next + 1
	}
	t.parserLines = t.lines
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
func (t *sourceText) lineBreak(i int) {
	c := t.content[i]
	switch {
	case c == '\n':
		t.parserLines = append(t.parserLines, i+1)
	case c == '\r':
		if t.at(i+1) != '\n' {
			t.parserLines = append(t.parserLines, i+1)
		}
	case c == 0xC2 && t.at(i+1) == 0x85:
		t.parserLines = append(t.parserLines, i+2)
	case c == 0xE2 && t.at(i+1) == 0x80 && (t.at(i+2) == 0xA8 || t.at(i+2) == 0xA9):
		t.parserLines = append(t.parserLines, i+3)
	}
}

// at returns a byte of the content, 0 beyond its end.
func (t *sourceText) at(i int) byte {
	if i < 0 || i >= len(t.content) {
		return 0
	}
	return t.content[i]
}

// offset converts the parser's line and column, which count from 1.
func (t *sourceText) offset(line, column int) int {
	if line < 1 || line > len(t.parserLines) {
		return len(t.content)
	}
	return min(t.advance(t.parserLines[line-1], column-1), len(t.content))
}

// advance is the offset of the character that is n characters after start.
func (t *sourceText) advance(start, n int) int {
	if t.ascii {
		return start + n
	}
	marks := t.marksFrom(start)
	i := min(n/markStep, len(marks)-1)
	offset := marks[i]
	for range n - i*markStep {
		if offset >= len(t.content) {
			break
		}
		_, size := utf8.DecodeRune(t.content[offset:])
		offset += size
	}
	return offset
}

// marksFrom returns the marks of the line that begins at start.
func (t *sourceText) marksFrom(start int) []int {
	if marks, ok := t.marks[start]; ok {
		return marks
	}
	marks := []int{start}
	count := 0
	for offset := start; offset < len(t.content) && t.content[offset] != '\n'; {
		_, size := utf8.DecodeRune(t.content[offset:])
		offset += size
		if count++; count%markStep == 0 {
			marks = append(marks, offset)
		}
	}
	t.marks[start] = marks
	return marks
}

// position converts an offset to what people count: lines end with a line
// feed, columns are characters, both from 1.
func (t *sourceText) position(offset int) hcl.Pos {
	line := sort.SearchInts(t.lines, offset+1) - 1
	start := t.lines[line]
	pos := hcl.Pos{Line: line + 1, Column: offset - start + 1, Byte: offset + t.shift}
	if t.ascii {
		return pos
	}
	marks := t.marksFrom(start)
	i := sort.SearchInts(marks, offset+1) - 1
	if i >= 0 {
		pos.Column = i*markStep + utf8.RuneCount(t.content[marks[i]:offset]) + 1
	}
	return pos
}

func (t *sourceText) span(start, end int) hcl.Range {
	start = min(start, len(t.content))
	end = max(start, min(end, len(t.content)))
	return hcl.Range{Filename: t.file, Start: t.position(start), End: t.position(end)}
}
