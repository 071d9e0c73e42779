package cloudformation

import (
	"sort"
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

// encoded is a template that is a string, with a token for each part that is
// not known.
type encoded struct {
	bytes    []byte
	unknowns []*graph.Unknown
	// anchors lead from the known text of the string to its bytes.
	anchors []anchor
}

func encodeBody(body graph.Value) encoded {
	var b strings.Builder
	var out encoded
	offset := 0
	for _, part := range body.Parts() {
		if part.Unknown == nil {
			out.anchors = append(out.anchors, anchor{text: offset, file: b.Len()})
			b.WriteString(strings.NewReplacer(openToken, "", closeToken, "").Replace(part.Literal))
			offset += len(part.Literal)
			continue
		}
		b.WriteString(openToken + strconv.Itoa(len(out.unknowns)) + closeToken)
		out.unknowns = append(out.unknowns, part.Unknown)
	}
	out.bytes = []byte(b.String())
	return out
}

// known is the offset into the known text that an offset of the bytes has.
func (e encoded) known(offset int) int {
	i := sort.Search(len(e.anchors), func(i int) bool { return e.anchors[i].file > offset }) - 1
	if i < 0 {
		return 0
	}
	out := e.anchors[i].text + offset - e.anchors[i].file
	if i+1 < len(e.anchors) {
		out = min(out, e.anchors[i+1].text)
	}
	return out
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
