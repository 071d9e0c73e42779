package fix

import (
	"bytes"
	"encoding/json"
	"strings"
)

// jsonReader reads JSON text with the places of its values.
type jsonReader struct {
	file    string
	content []byte
	// shift is where the content begins in the file.
	shift   int
	decoder *json.Decoder
}

// read reads one value.
func (p *jsonReader) read() (*node, error) {
	p.decoder = json.NewDecoder(bytes.NewReader(p.content))
	p.decoder.UseNumber()
	return p.value()
}

// next is where the next token begins.
func (p *jsonReader) next() int {
	rest := p.content[p.decoder.InputOffset():]
	return len(p.content) - len(bytes.TrimLeft(rest, " \t\r\n,:"))
}

func (p *jsonReader) value() (*node, error) {
	n := &node{file: p.file, start: p.shift + p.next(), key: -1, syntax: hclJSON}
	token, err := p.decoder.Token()
	if err != nil {
		return nil, errComputed
	}
	switch token := token.(type) {
	case json.Delim:
		n.kind = list
		if token == '{' {
			n.kind = object
		}
		err = p.inside(n)
	case string:
		n.text = token
		if !strings.Contains(token, "${") && !strings.Contains(token, "%{") {
			n.kind = scalar
		}
	}
	n.end = p.shift + int(p.decoder.InputOffset())
	return n, err
}

// inside reads what is in brackets, and the closing one.
func (p *jsonReader) inside(n *node) error {
	for p.decoder.More() {
		key, name := p.shift+p.next(), ""
		if n.kind == object {
			token, err := p.decoder.Token()
			if err != nil {
				return errComputed
			}
			name, _ = token.(string)
		}
		value, err := p.value()
		if err != nil {
			return err
		}
		if n.kind == list {
			n.items = append(n.items, value)
			continue
		}
		value.key = key
		n.members = append(n.members, member{name, value})
	}
	if _, err := p.decoder.Token(); err != nil {
		return errComputed
	}
	return nil
}
