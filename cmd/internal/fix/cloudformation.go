package fix

import (
	"bytes"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

// valueNode is a value of a CloudFormation template as it is written: every
// value of the graph knows its place there.
func (r *Resolver) valueNode(v graph.Value) (*node, error) {
	if v.Kind() == graph.KindList && !v.HasRange() {
		return r.listNode(v)
	}
	rng := v.Range()
	content := r.sources[rng.Filename]
	if !v.HasRange() || rng.Start.Byte >= rng.End.Byte || rng.End.Byte > len(content) {
		return nil, errComputed
	}
	n := &node{file: rng.Filename, start: rng.Start.Byte, end: rng.End.Byte, syntax: syntaxAt(content, rng.Start.Byte)}
	n.key = keyBefore(content, n.start)
	text := string(content[n.start:n.end])
	switch first := text[0]; {
	case v.Kind() == graph.KindMap:
		n.kind = object
	case v.Kind() == graph.KindList && (first == '[' || first == '-'):
		n.kind = list
		return n, r.fill(n, v)
	case v.Kind() == graph.KindList && len(v.Items()) == 1:
		n.saysIn(text, v.Items()[0])
	default:
		n.saysIn(text, v)
	}
	return n, nil
}

func (r *Resolver) fill(n *node, v graph.Value) error {
	for _, item := range v.Items() {
		child, err := r.valueNode(item)
		if err != nil {
			return err
		}
		if child.start < n.start || child.end > n.end {
			return errComputed // the list is put together from elsewhere
		}
		n.items = append(n.items, child)
	}
	return nil
}

// listNode is a list without a place of its own: the statements of a policy
// document lie where its items do.
func (r *Resolver) listNode(v graph.Value) (*node, error) {
	if len(v.Items()) == 0 {
		return nil, errComputed
	}
	n := &node{kind: list, key: -1}
	for _, item := range v.Items() {
		child, err := r.valueNode(item)
		if err != nil {
			return nil, err
		}
		n.items = append(n.items, child)
	}
	first, last := n.items[0], n.items[len(n.items)-1]
	n.file, n.start, n.end, n.syntax = first.file, first.start, last.end, first.syntax
	if !isItem(r.sources[n.file], first.start) {
		return nil, errComputed // one statement that stands in no list
	}
	return n, nil
}

// isItem reports whether what begins at the offset is an item of a list.
func isItem(content []byte, start int) bool {
	before := bytes.TrimRight(content[:start], " \t\r\n")
	return bytes.HasSuffix(before, []byte("-")) || bytes.HasSuffix(before, []byte("[")) || bytes.HasSuffix(before, []byte(","))
}

// saysIn makes the node a scalar if its text says what the value is.
func (n *node) saysIn(text string, v graph.Value) {
	said, ok := v.AsString()
	if !ok {
		return
	}
	if written, ok := plainScalar(text); ok && (written == said || isBoolean(v)) {
		n.kind, n.text = scalar, said
	}
}

// plainScalar is what a scalar without tag or anchor says.
func plainScalar(text string) (string, bool) {
	var parsed yaml.Node
	if err := yaml.Unmarshal([]byte(text), &parsed); err != nil || len(parsed.Content) != 1 {
		return "", false
	}
	only := parsed.Content[0]
	return only.Value, only.Kind == yaml.ScalarNode && !strings.ContainsAny(text[:1], "!&*")
}

func isBoolean(v graph.Value) bool { return v.Kind() == graph.KindBool }

// syntaxAt says how a template is written at an offset.
func syntaxAt(content []byte, offset int) syntax {
	if trimmed := bytes.TrimLeft(content, "\uFEFF \t\r\n"); len(trimmed) > 0 && trimmed[0] == '{' {
		return jsonText
	}
	line := content[bytes.LastIndexByte(content[:offset], '\n')+1 : offset]
	if first := content[offset]; first == '[' || first == '{' || opensBracket(line) {
		return yamlFlow
	}
	return yamlBlock
}

// opensBracket reports whether a bracket before the place on its line is open.
func opensBracket(line []byte) bool {
	depth := bytes.Count(line, []byte("[")) + bytes.Count(line, []byte("{")) -
		bytes.Count(line, []byte("]")) - bytes.Count(line, []byte("}"))
	return depth > 0
}

// keyBefore is where the name of the entry begins whose value begins at the
// offset; -1 where it cannot be told.
func keyBefore(content []byte, offset int) int {
	before := bytes.TrimRight(content[:offset], " \t\r\n")
	before, ok := bytes.CutSuffix(before, []byte(":"))
	if !ok {
		return -1
	}
	before = bytes.TrimRight(before, " \t")
	if len(before) == 0 {
		return -1
	}
	if quote := before[len(before)-1]; quote == '"' || quote == '\'' {
		return bytes.LastIndexByte(before[:len(before)-1], quote)
	}
	start := bytes.LastIndexAny(before, " \t\r\n{,") + 1
	if start == len(before) {
		return -1
	}
	return start
}

// yamlText is a string as YAML has it: plain where it can be.
func yamlText(s string) string {
	out, err := yaml.Marshal(s)
	plain := strings.TrimSuffix(string(out), "\n")
	if err != nil || plain != s || strings.ContainsAny(s, "[]{},#\n") {
		return strconv.Quote(s)
	}
	return plain
}
