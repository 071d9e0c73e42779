// Package jsontext parses JSON text of which some parts may be unknown into a
// value: a policy document written as a string keeps its structure although a
// leaf of it, or part of a leaf, is not known.
package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Noncharacters delimit an unknown part while the text is with the decoder.
// They cannot stand in a valid document for interchange.
const (
	open    = "\uFDD0"
	closing = "\uFDD1"
	bare    = "\uFDD2"
)

// MaxDepth is the deepest nesting that is parsed.
const MaxDepth = 200

// ErrDepth is the error for text that is nested too deeply.
var ErrDepth = errors.New("JSON is nested too deeply")

// Parse parses a string value as JSON. The result carries the range of the
// text. It returns an error when the known parts are no JSON; then an unknown
// part may be the reason, if there is one.
func Parse(text graph.Value) (graph.Value, error) {
	parts := text.Parts()
	if parts == nil {
		return graph.Absent(), errors.New("not a string")
	}
	p := parser{place: text}
	p.text = p.encode(parts)
	p.decoder = json.NewDecoder(bytes.NewReader(p.text))
	p.decoder.UseNumber()
	value, err := p.value(0)
	if err != nil {
		return graph.Absent(), err
	}
	if _, err := p.decoder.Token(); !errors.Is(err, io.EOF) {
		return graph.Absent(), errors.New("text follows the JSON value")
	}
	return value, nil
}

type parser struct {
	decoder  *json.Decoder
	unknowns []*graph.Unknown
	place    graph.Value
	// text is what the decoder reads; anchors say where its pieces stand in the
	// known text of the value.
	text    []byte
	anchors []anchor
}

// anchor is an offset into the text of the decoder and the one into the known
// text from which it was made.
type anchor struct{ text, known int }

// encode renders the parts as one JSON text. An unknown part within a string
// stays in it; one outside becomes a string of its own.
func (p *parser) encode(parts []graph.Part) []byte {
	var b bytes.Buffer
	inString := false
	known := 0
	for _, part := range parts {
		p.anchors = append(p.anchors, anchor{text: b.Len(), known: known})
		if part.Unknown == nil {
			inString = writeLiteral(&b, part.Literal, inString)
			known += len(part.Literal)
			continue
		}
		token := open + strconv.Itoa(len(p.unknowns)) + closing
		p.unknowns = append(p.unknowns, part.Unknown)
		if inString {
			b.WriteString(token)
		} else {
			b.WriteString(`"` + bare + token + `"`)
		}
	}
	return b.Bytes()
}

func writeLiteral(b *bytes.Buffer, literal string, inString bool) bool {
	escaped := false
	for i := range len(literal) {
		c := literal[i]
		switch {
		case escaped:
			escaped = false
		case inString && c == '\\':
			escaped = true
		case c == '"':
			inString = !inString
		}
	}
	b.WriteString(strings.NewReplacer(open, "", closing, "", bare, "").Replace(literal))
	return inString
}

func (p *parser) value(depth int) (graph.Value, error) {
	if depth > MaxDepth {
		return graph.Absent(), ErrDepth
	}
	start := p.next()
	token, err := p.decoder.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = errors.New("the text ends before the JSON value does")
		}
		return graph.Absent(), err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return p.object(depth, start)
		}
		return p.array(depth, start)
	case string:
		return p.placed(p.string(t), start), nil
	case json.Number:
		return p.placed(graph.Number(t.String()), start), nil
	case bool:
		return p.placed(graph.Bool(t), start), nil
	}
	return p.placed(graph.Absent(), start), nil
}

// next is the offset at which the next value begins.
func (p *parser) next() int {
	offset := int(p.decoder.InputOffset())
	for offset < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[offset]) >= 0 {
		offset++
	}
	return offset
}

func (p *parser) object(depth, start int) (graph.Value, error) {
	var fields []graph.Field
	for p.decoder.More() {
		token, err := p.decoder.Token()
		if err != nil {
			return graph.Absent(), err
		}
		name, ok := token.(string)
		if !ok {
			return graph.Absent(), fmt.Errorf("a member name must be a string, not %v", token)
		}
		if strings.Contains(name, open) {
			name = p.displayName(name)
		}
		value, err := p.value(depth + 1)
		if err != nil {
			return graph.Absent(), err
		}
		fields = append(fields, graph.Field{Name: name, Value: value})
	}
	_, err := p.decoder.Token()
	return p.placed(graph.Map(fields...), start), err
}

// displayName is a member name with an unknown part, as text that cannot be
// equal to a known name.
func (p *parser) displayName(name string) string {
	var b strings.Builder
	for _, part := range p.string(name).Parts() {
		if part.Unknown != nil {
			b.WriteString("${" + part.Unknown.Reason + "}")
			continue
		}
		b.WriteString(part.Literal)
	}
	return b.String()
}

func (p *parser) array(depth, start int) (graph.Value, error) {
	var items []graph.Value
	for p.decoder.More() {
		value, err := p.value(depth + 1)
		if err != nil {
			return graph.Absent(), err
		}
		items = append(items, value)
	}
	_, err := p.decoder.Token()
	return p.placed(graph.List(items...), start), err
}

// string turns a decoded string with tokens into a value again.
func (p *parser) string(s string) graph.Value {
	if rest, ok := strings.CutPrefix(s, bare+open); ok {
		if index, err := strconv.Atoi(strings.TrimSuffix(rest, closing)); err == nil {
			return graph.UnknownValue(p.unknowns[index])
		}
	}
	var parts []graph.Part
	for {
		before, after, found := strings.Cut(s, open)
		parts = append(parts, graph.Part{Literal: before})
		if !found {
			return graph.Text(parts...)
		}
		number, rest, _ := strings.Cut(after, closing)
		if index, err := strconv.Atoi(number); err == nil && index < len(p.unknowns) {
			parts = append(parts, graph.Part{Unknown: p.unknowns[index]})
		}
		s = rest
	}
}

// placed gives a value that begins at an offset, and ends where the decoder is,
// its place.
func (p *parser) placed(v graph.Value, start int) graph.Value {
	if !p.place.HasRange() {
		return v
	}
	rng := p.place.Range()
	if p.place.HasInner() {
		rng = p.place.Inner(p.known(start), p.known(int(p.decoder.InputOffset())))
	}
	return v.WithRange(rng).WithVia(p.place.Via()...)
}

// known converts an offset of the decoder's text to one of the known text.
func (p *parser) known(offset int) int {
	i := max(sort.Search(len(p.anchors), func(i int) bool { return p.anchors[i].text > offset })-1, 0)
	out := p.anchors[i].known + offset - p.anchors[i].text
	if i+1 < len(p.anchors) {
		out = min(out, p.anchors[i+1].known)
	}
	return out
}
