package facts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// maxJSONDepth is the deepest nesting that is read.
const maxJSONDepth = 100

var errDepth = errors.New("the JSON is nested too deeply")

// decodeJSON reads one JSON value; every part of it knows where it stands.
func decodeJSON(file string, content []byte) (graph.Value, *hcl.Diagnostic) {
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	d := &jsonDecoder{places: newPlaces(file, content), decoder: json.NewDecoder(bytes.NewReader(content))}
	d.decoder.UseNumber()
	v, err := d.value(0)
	if err == nil {
		if _, end := d.decoder.Token(); !errors.Is(end, io.EOF) {
			err = errors.New("text follows the JSON value")
		}
	}
	if err == nil {
		return v, nil
	}
	at := d.places.Position(int(d.decoder.InputOffset()))
	return graph.Absent(), &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Invalid JSON",
		Detail:  fmt.Sprintf("%s is not valid JSON: %v.", file, err),
		Subject: &hcl.Range{Filename: file, Start: at, End: at},
	}
}

type jsonDecoder struct {
	places  *places
	decoder *json.Decoder
}

// token returns the next token and where it begins.
func (d *jsonDecoder) token() (json.Token, int, error) {
	start := int(d.decoder.InputOffset())
	for start < len(d.places.Content) && isBetween(d.places.Content[start]) {
		start++
	}
	token, err := d.decoder.Token()
	if errors.Is(err, io.EOF) {
		err = errors.New("the text ends before the JSON value does")
	}
	return token, start, err
}

func isBetween(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ',', ':':
		return true
	}
	return false
}

func (d *jsonDecoder) value(depth int) (graph.Value, error) {
	if depth > maxJSONDepth {
		return graph.Absent(), errDepth
	}
	token, start, err := d.token()
	if err != nil {
		return graph.Absent(), err
	}
	var v graph.Value
	switch t := token.(type) {
	case json.Delim:
		v, err = d.collection(t, depth)
	case string:
		v = graph.String(t)
	case json.Number:
		v = graph.Number(t.String())
	case bool:
		v = graph.Bool(t)
	default:
		v = graph.Absent()
	}
	if err != nil {
		return graph.Absent(), err
	}
	return v.WithRange(d.places.Span(start, int(d.decoder.InputOffset()))), nil
}

func (d *jsonDecoder) collection(open json.Delim, depth int) (graph.Value, error) {
	var items []graph.Value
	var fields []graph.Field
	for d.decoder.More() {
		name := ""
		if open == '{' {
			token, _, err := d.token()
			if err != nil {
				return graph.Absent(), err
			}
			name, _ = token.(string)
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return graph.Absent(), err
		}
		items = append(items, v)
		fields = append(fields, graph.Field{Name: name, Value: v})
	}
	if _, _, err := d.token(); err != nil {
		return graph.Absent(), err
	}
	if open == '{' {
		return graph.Map(fields...), nil
	}
	return graph.List(items...), nil
}

// decodeText reads a file that the AWS CLI may have written in a console that
// uses UTF-16, as PowerShell does when output is redirected.
func decodeText(content []byte) []byte {
	if len(content) < 2 || len(content)%2 != 0 {
		return content
	}
	little := content[0] == 0xff && content[1] == 0xfe
	if !little && (content[0] != 0xfe || content[1] != 0xff) {
		return content
	}
	units := make([]uint16, 0, len(content)/2)
	for i := 2; i+1 < len(content); i += 2 {
		if little {
			units = append(units, uint16(content[i])|uint16(content[i+1])<<8)
		} else {
			units = append(units, uint16(content[i+1])|uint16(content[i])<<8)
		}
	}
	return []byte(string(utf16.Decode(units)))
}
