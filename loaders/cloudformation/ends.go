package cloudformation

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/internal/yamltext"
)

// sourceText finds places in the text of a template.
type sourceText struct{ *yamltext.Text }

func newSourceText(file string, content []byte, shift int) *sourceText {
	return &sourceText{yamltext.NewText(file, content, shift)}
}

// The YAML parser says where a value starts. These functions find where it
// ends, as an offset into the content.

// contentStart is where the value itself starts: after the tag and the anchor
// that its offset points to.
func (t *sourceText) contentStart(offset int) int {
	for c := t.At(offset); c == '!' || c == '&'; c = t.At(offset) {
		for offset < len(t.Content) && !isBlank(t.At(offset)) && !isFlowEnd(t.At(offset)) {
			offset++
		}
		next := t.skipBlank(offset)
		if next == offset {
			return offset
		}
		offset = next
	}
	return offset
}

// skipBlank skips white space, line ends and comments.
func (t *sourceText) skipBlank(offset int) int {
	for offset < len(t.Content) {
		switch {
		case isBlank(t.At(offset)):
			offset++
		case t.At(offset) == '#' && (offset == 0 || isBlank(t.At(offset-1))):
			offset = t.lineEnd(offset)
		default:
			return offset
		}
	}
	return offset
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func isFlowEnd(c byte) bool { return c == ',' || c == ']' || c == '}' || c == '[' || c == '{' }

// lineEnd is the offset of the line feed that ends the line, or of the end.
func (t *sourceText) lineEnd(offset int) int {
	if i := bytes.IndexByte(t.Content[min(offset, len(t.Content)):], '\n'); i >= 0 {
		return offset + i
	}
	return len(t.Content)
}

// scalarEnd is where a scalar ends that begins at offset.
func (t *sourceText) scalarEnd(n *yaml.Node, offset int) int {
	plain := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && n.Value == "" {
		return t.propertiesEnd(offset)
	}
	start := t.contentStart(offset)
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		return t.quotedEnd(start, '"')
	case n.Style&yaml.SingleQuotedStyle != 0:
		return t.quotedEnd(start, '\'')
	case !plain:
		return t.blockEnd(n.Value, start)
	}
	return t.plainEnd(n.Value, start)
}

// propertiesEnd is where the tag or anchor of an empty value ends.
func (t *sourceText) propertiesEnd(offset int) int {
	end := offset
	for c := t.At(offset); c == '!' || c == '&'; c = t.At(offset) {
		for offset < len(t.Content) && !isBlank(t.At(offset)) && !isFlowEnd(t.At(offset)) {
			offset++
		}
		end = offset
		for t.At(offset) == ' ' {
			offset++
		}
	}
	return end
}

func (t *sourceText) quotedEnd(start int, quote byte) int {
	for i := start + 1; i < len(t.Content); i++ {
		switch {
		case quote == '"' && t.Content[i] == '\\':
			i++
		case t.Content[i] != quote:
		case quote == '\'' && t.At(i+1) == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(t.Content)
}

// plainEnd follows the value through the text; line folding turned any run of
// white space around a line end into blanks or line feeds.
func (t *sourceText) plainEnd(value string, start int) int {
	offset, end := start, start
	for i := 0; i < len(value); {
		if isBlank(value[i]) {
			for i < len(value) && isBlank(value[i]) {
				i++
			}
			for isBlank(t.At(offset)) && offset < len(t.Content) {
				offset++
			}
			continue
		}
		if t.At(offset) != value[i] {
			break
		}
		i++
		offset++
		end = offset
	}
	for end < len(t.Content) && !utf8.RuneStart(t.Content[end]) {
		end++
	}
	return end
}

// blockEnd is the end of the last line with text of a literal or folded
// scalar; start is at its | or >.
func (t *sourceText) blockEnd(value string, start int) int {
	end := len(bytes.TrimRight(t.Content[:t.lineEnd(start)], "\r"))
	if strings.TrimSpace(value) == "" {
		return end
	}
	indent := -1
	for offset := t.lineEnd(start) + 1; offset < len(t.Content); offset = t.lineEnd(offset) + 1 {
		line := bytes.TrimRight(t.Content[offset:t.lineEnd(offset)], " \t\r")
		if len(line) == 0 {
			continue
		}
		width := len(line) - len(bytes.TrimLeft(line, " "))
		if indent < 0 {
			indent = width - leadingBlanks(value)
		}
		if width < indent || indent == 0 && isDocumentMark(line) {
			break
		}
		end = offset + len(line)
	}
	return end
}

// leadingBlanks counts the blanks that the first line with text keeps.
func leadingBlanks(value string) int {
	value = strings.TrimLeft(value, "\n")
	return len(value) - len(strings.TrimLeft(value, " "))
}

func isDocumentMark(line []byte) bool {
	return bytes.HasPrefix(line, []byte("---")) || bytes.HasPrefix(line, []byte("..."))
}

// aliasEnd is the end of *name.
func (t *sourceText) aliasEnd(name string, offset int) int { return offset + 1 + len(name) }

// collectionEnd is the end of a list or an object whose last part ends at
// last. One in brackets ends with its bracket.
func (t *sourceText) collectionEnd(offset, last int) int {
	start := t.contentStart(offset)
	closing := byte(']')
	switch t.At(start) {
	case '{':
		closing = '}'
	case '[':
	default:
		return last
	}
	for i := max(last, start+1); i < len(t.Content); i++ {
		i = t.skipBlank(i)
		if t.At(i) == closing {
			return i + 1
		}
	}
	return len(t.Content)
}
