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
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Noncharacters delimit an unknown part while the text is with the decoder.
// They cannot stand in a valid document for interchange.
const (
	open  = "\uFDD0"
	close = "\uFDD1"
	bare  = "\uFDD2"
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
	p.decoder = json.NewDecoder(bytes.NewReader(p.encode(parts)))
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
}

// encode renders the parts as one JSON text. An unknown part within a string
// stays in it; one outside becomes a string of its own.
func (p *parser) encode(parts []graph.Part) []byte {
	var b bytes.Buffer
	inString := false
	for _, part := range parts {
		if part.Unknown == nil {
			inString = writeLiteral(&b, part.Literal, inString)
			continue
		}
		token := open + strconv.Itoa(len(p.unknowns)) + close
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
	b.WriteString(strings.NewReplacer(open, "", close, "", bare, "").Replace(literal))
	return inString
}

func (p *parser) value(depth int) (graph.Value, error) {
	if depth > MaxDepth {
		return graph.Absent(), ErrDepth
	}
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
			return p.object(depth)
		}
		return p.array(depth)
	case string:
		return p.placed(p.text(t)), nil
	case json.Number:
		return p.placed(graph.Number(t.String())), nil
	case bool:
		return p.placed(graph.Bool(t)), nil
	}
	return p.placed(graph.Absent()), nil
}

func (p *parser) object(depth int) (graph.Value, error) {
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
	return p.placed(graph.Map(fields...)), err
}

// displayName is a member name with an unknown part, as text that cannot be
// equal to a known name.
func (p *parser) displayName(name string) string {
	var b strings.Builder
	for _, part := range p.text(name).Parts() {
		if part.Unknown != nil {
			b.WriteString("${" + part.Unknown.Reason + "}")
			continue
		}
		b.WriteString(part.Literal)
	}
	return b.String()
}

func (p *parser) array(depth int) (graph.Value, error) {
	var items []graph.Value
	for p.decoder.More() {
		value, err := p.value(depth + 1)
		if err != nil {
			return graph.Absent(), err
		}
		items = append(items, value)
	}
	_, err := p.decoder.Token()
	return p.placed(graph.List(items...)), err
}

// text turns a decoded string with tokens into a value again.
func (p *parser) text(s string) graph.Value {
	if rest, ok := strings.CutPrefix(s, bare+open); ok {
		if index, err := strconv.Atoi(strings.TrimSuffix(rest, close)); err == nil {
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
		number, rest, _ := strings.Cut(after, close)
		if index, err := strconv.Atoi(number); err == nil && index < len(p.unknowns) {
			parts = append(parts, graph.Part{Unknown: p.unknowns[index]})
		}
		s = rest
	}
}

func (p *parser) placed(v graph.Value) graph.Value {
	if p.place.HasRange() {
		v = v.WithRange(p.place.Range()).WithVia(p.place.Via()...)
	}
	return v
}
