package report

import (
	"github.com/fatih/color"

	"github.com/iblint/iblint/policies"
)

// styles are the colours of one writer.
type styles struct {
	label map[string]*color.Color
	bold  *color.Color
	frame *color.Color
	faint *color.Color
	place *color.Color
}

func newStyles(on bool) styles {
	style := func(attributes ...color.Attribute) *color.Color {
		c := color.New(attributes...)
		if on {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	return styles{
		label: map[string]*color.Color{
			string(policies.SeverityError):   style(color.FgRed, color.Bold),
			string(policies.SeverityWarning): style(color.FgYellow, color.Bold),
			string(policies.SeverityInfo):    style(color.FgCyan, color.Bold),
			unknown:                          style(color.FgMagenta, color.Bold),
		},
		bold:  style(color.Bold),
		frame: style(color.FgBlue, color.Bold),
		faint: style(color.Faint),
		place: style(color.FgCyan, color.Bold),
	}
}
