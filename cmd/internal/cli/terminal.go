package cli

import (
	"io"
	"strings"

	"golang.org/x/term"

	"github.com/iblint/iblint/cmd/internal/report"
)

// textOptions says what a writer can show. NO_COLOR, of any content but none,
// turns colours off; --color decides over it.
func (c *Command) textOptions(w io.Writer, g *general) report.TextOptions {
	width, terminal := terminalWidth(w)
	options := report.TextOptions{Width: width, Quiet: g.quiet}
	switch g.color.value {
	case "always":
		options.Color = true
	case "auto":
		options.Color = terminal && c.environment("NO_COLOR") == "" && c.environment("TERM") != "dumb"
	}
	return options
}

// terminalWidth returns the number of columns of a terminal, and false for
// anything that is none.
func terminalWidth(w io.Writer) (width int, terminal bool) {
	file, ok := w.(interface{ Fd() uintptr })
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0, true
	}
	return width, true
}

// isTerminal reports whether somebody types what is read.
func isTerminal(r io.Reader) bool {
	file, ok := r.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// printable makes a message safe for a terminal; its line breaks stay.
func printable(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = report.Visible(line)
	}
	return strings.Join(lines, "\n")
}
