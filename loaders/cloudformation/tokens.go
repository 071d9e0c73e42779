package cloudformation

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// Noncharacters delimit an unknown part while a template that is a string is
// with the parser. They cannot stand in a template otherwise.
const (
	openToken  = "\uFDD0"
	closeToken = "\uFDD1"
)

// encodeBody renders a template that is a string, with a token for each part
// that is not known.
func encodeBody(body graph.Value) (text []byte, unknowns []*graph.Unknown) {
	var b strings.Builder
	for _, part := range body.Parts() {
		if part.Unknown == nil {
			b.WriteString(strings.NewReplacer(openToken, "", closeToken, "").Replace(part.Literal))
			continue
		}
		b.WriteString(openToken + strconv.Itoa(len(unknowns)) + closeToken)
		unknowns = append(unknowns, part.Unknown)
	}
	return []byte(b.String()), unknowns
}

// decodeTokens turns a scalar with tokens into text with unknown parts.
func decodeTokens(s string, unknowns []*graph.Unknown) graph.Value {
	var parts []graph.Part
	for {
		before, after, found := strings.Cut(s, openToken)
		parts = append(parts, graph.Part{Literal: before})
		if !found {
			return textOf(parts...)
		}
		number, rest, _ := strings.Cut(after, closeToken)
		if index, err := strconv.Atoi(number); err == nil && index >= 0 && index < len(unknowns) {
			parts = append(parts, graph.Part{Unknown: unknowns[index]})
		}
		s = rest
	}
}

// displayTokens is a name with tokens as text that no known name equals.
func displayTokens(s string, unknowns []*graph.Unknown) string {
	var b strings.Builder
	for _, part := range decodeTokens(s, unknowns).Parts() {
		if part.Unknown != nil {
			b.WriteString("${" + part.Unknown.Reason + "}")
			continue
		}
		b.WriteString(part.Literal)
	}
	return b.String()
}

// textOf is graph.Text, except that a single unknown part is the unknown value
// itself: a reference and a substitution of nothing but it are equal.
func textOf(parts ...graph.Part) graph.Value {
	v := graph.Text(parts...)
	if p := v.Parts(); v.Kind() == graph.KindText && len(p) == 1 {
		return graph.UnknownValue(p[0].Unknown)
	}
	return v
}

// concat joins strings, known or not.
func concat(values ...graph.Value) graph.Value {
	var parts []graph.Part
	for _, v := range values {
		parts = append(parts, v.Parts()...)
	}
	return textOf(parts...)
}

func quote(s string) string { return strconv.Quote(s) }

// place is a range as people write it.
func place(r hcl.Range) string {
	return r.Filename + ":" + strconv.Itoa(r.Start.Line) + ":" + strconv.Itoa(r.Start.Column)
}
