package report

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"github.com/iblint/iblint/loaders/graph"
)

// tabWidth is the number of columns that a tab takes in a snippet.
const tabWidth = 4

// snippet is one source line with the columns to underline.
type snippet struct {
	line string
	// start and length are display columns, from 0.
	start, length int
}

// lineOf returns a line of a file, from 1, without its line break.
func lineOf(source []byte, line int) (string, bool) {
	rest, ok := fromLine(source, line)
	if !ok {
		return "", false
	}
	text, _ := cutLine(rest)
	return text, true
}

// fromLine is the source from a line on; lines count from 1.
func fromLine(source []byte, line int) ([]byte, bool) {
	for n := 1; n < line; n++ {
		i := bytes.IndexByte(source, '\n')
		if i < 0 {
			return nil, false
		}
		source = source[i+1:]
	}
	return source, len(source) > 0 && line >= 1
}

// cutLine is the first line, without its end, and what comes after it.
func cutLine(source []byte) (string, []byte) {
	line, rest, _ := bytes.Cut(source, []byte{'\n'})
	return strings.TrimSuffix(string(line), "\r"), rest
}

// newSnippet cuts the first line of a location out of its file. Columns of a
// location count characters as people see them (grapheme clusters).
func newSnippet(source []byte, at graph.Location, width int) (snippet, bool) {
	text, ok := lineOf(source, at.Start.Line)
	if !ok {
		return snippet{}, false
	}
	endColumn := at.End.Column
	if at.End.Line > at.Start.Line {
		endColumn = 1 << 30
	}
	s := layOut(text, at.Start.Column, endColumn)
	return s.crop(width), true
}

// layOut prints a source line as a terminal can show it and finds the display
// columns of two character columns; text beyond the last character counts as
// the place after it. White space at the end is not underlined.
func layOut(text string, startColumn, endColumn int) snippet {
	var b strings.Builder
	start, end, at, column := -1, -1, 0, 1
	lastInk := 0
	state := -1
	for rest := text; rest != ""; column++ {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if column == startColumn {
			start = at
		}
		if column == endColumn {
			end = at
		}
		shown := showCluster(cluster)
		b.WriteString(shown)
		at += uniseg.StringWidth(shown)
		if strings.TrimSpace(cluster) != "" {
			lastInk = at
		}
	}
	if start < 0 {
		start = at
	}
	if end < 0 {
		end = max(lastInk, start)
	}
	return snippet{line: strings.TrimRight(b.String(), " "), start: start, length: max(1, end-start)}
}

func showCluster(cluster string) string {
	if cluster == "\t" {
		return strings.Repeat(" ", tabWidth)
	}
	return Visible(cluster)
}

// crop keeps the part of a long line around the underlined columns. A width of
// 0 or less keeps everything.
func (s snippet) crop(width int) snippet {
	total := uniseg.StringWidth(s.line)
	if width <= 0 || total <= width {
		return s
	}
	const mark = "…"
	from := 0
	if s.start+s.length > width-1 {
		from = max(0, min(s.start-width/4, total-width+1))
	}
	room := width
	prefix, suffix := "", ""
	if from > 0 {
		prefix = mark
		room--
	}
	if total-from > room {
		suffix = mark
		room--
	}
	line, skipped := cut(s.line, from, room)
	start := s.start - skipped + len([]rune(prefix))
	length := max(1, min(s.length, width-start))
	return snippet{line: prefix + line + suffix, start: start, length: length}
}

// cut returns the clusters of a line that lie between two display columns, and
// the column of the first of them.
func cut(line string, from, width int) (part string, first int) {
	var b strings.Builder
	at, state := 0, -1
	first = -1
	for rest := line; rest != ""; {
		var cluster string
		cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		w := uniseg.StringWidth(cluster)
		if at >= from && at+w <= from+width {
			if first < 0 {
				first = at
			}
			b.WriteString(cluster)
		}
		at += w
	}
	return b.String(), max(first, 0)
}

// runeColumn turns a column of a location into one that counts code points, as
// SARIF and GitHub do.
func runeColumn(source []byte, line, column int) int {
	text, ok := lineOf(source, line)
	if !ok {
		return column
	}
	runes, state := 0, -1
	for n := 1; n < column && text != ""; n++ {
		var cluster string
		cluster, text, _, state = uniseg.FirstGraphemeClusterInString(text, state)
		runes += utf8.RuneCountInString(cluster)
	}
	return runes + 1
}
