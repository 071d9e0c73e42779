package report

import (
	"strings"

	"github.com/rivo/uniseg"
)

// wrap breaks a text at its spaces so that no line is wider than width; the
// first line has less room because of what stands before it. A word that is
// wider stays whole. A width of 0 or less does not break.
func wrap(text string, first, width int) []string {
	if width <= 0 {
		return []string{text}
	}
	var lines []string
	var line strings.Builder
	room := first
	for word := range strings.SplitSeq(text, " ") {
		w := uniseg.StringWidth(word)
		used := uniseg.StringWidth(line.String())
		if used > 0 && used+1+w > room {
			lines = append(lines, line.String())
			line.Reset()
			room, used = width, 0
		}
		if used > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(word)
	}
	return append(lines, line.String())
}

// Wrap breaks a text at its spaces so that no line is wider than width, if it
// is not 0.
func Wrap(text string, width int) []string { return wrap(text, width, width) }
