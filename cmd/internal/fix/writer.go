package fix

import (
	"bytes"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// writer writes one edit at its place.
type writer struct {
	content []byte
	node    *node
	edit    *policies.Edit
}

// change is a change of the file of the node, with the line ends of the file.
func (w *writer) change(start, end int, text string) Change {
	if bytes.Contains(w.content, []byte("\r\n")) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return Change{File: w.node.file, Start: start, End: end, Text: text}
}

// replace puts another value in the place of a scalar, or one reference in
// the place of another.
func (w *writer) replace() (Change, error) {
	value, err := w.tree(w.edit.Value)
	if err != nil {
		return Change{}, err
	}
	_, refers := value.(raw)
	if w.node.kind != scalar && (!refers || w.node.kind != computed) {
		return Change{}, errComputed
	}
	text, err := render(value, w.node.syntax, w.indent(w.node.start), false)
	if err != nil {
		return Change{}, err
	}
	if w.edit.Name == "" {
		return w.change(w.node.start, w.node.end, text), nil
	}
	if w.node.key < 0 {
		return Change{}, errComputed
	}
	if w.node.syntax != hclExpression {
		return Change{}, errUnwritable
	}
	return w.change(w.node.key, w.node.end, w.aligned(text)), nil
}

// append adds items to a list; a scalar becomes a list.
func (w *writer) append() (Change, error) {
	items, err := w.newItems()
	if err != nil {
		return Change{}, err
	}
	n := w.node
	if n.kind == list {
		return w.appendTo(items)
	}
	if n.kind == computed || n.kind == object && n.syntax == yamlBlock {
		return Change{}, errComputed
	}
	texts := []string{string(w.content[n.start:n.end])}
	for _, item := range items {
		text, err := render(item, flowOf(n.syntax), w.indent(n.start), true)
		if err != nil {
			return Change{}, err
		}
		texts = append(texts, text)
	}
	return w.change(n.start, n.end, "["+strings.Join(texts, ", ")+"]"), nil
}

// flowOf is the syntax of what is put in brackets.
func flowOf(s syntax) syntax {
	if s == yamlBlock {
		return yamlFlow
	}
	return s
}

// newItems are the values to append, as trees.
func (w *writer) newItems() ([]any, error) {
	values, ok := w.edit.Value.([]any)
	if !ok {
		values = []any{w.edit.Value}
	}
	items := make([]any, len(values))
	for i, value := range values {
		var err error
		if items[i], err = w.tree(value); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// appendTo adds items after the last of a list that is written out.
func (w *writer) appendTo(items []any) (Change, error) {
	n := w.node
	if len(n.items) == 0 {
		return w.appendToEmpty(items)
	}
	last := n.items[len(n.items)-1]
	at, before, after := w.gap(last)
	indent := w.indent(last.start)
	var b strings.Builder
	for _, item := range items {
		text, err := w.item(item, indent)
		if err != nil {
			return Change{}, err
		}
		b.WriteString(before + text + after)
	}
	if w.closesAlone(last) {
		return w.betweenBraces(last, b.String()), nil
	}
	return w.change(at, at, b.String()), nil
}

// closesAlone reports whether the last item begins on the line of the bracket,
// [{, and its closing brace stands alone on a line.
func (w *writer) closesAlone(last *node) bool {
	return w.node.syntax == hclExpression && last.kind == object &&
		len(bytes.TrimSpace(w.lead(last.start))) > 0 && len(bytes.TrimSpace(w.lead(last.end-1))) == 0
}

// betweenBraces puts objects before the closing brace of the last, which
// closes them: so terraform fmt indents the braces between.
func (w *writer) betweenBraces(last *node, items string) Change {
	text := strings.ReplaceAll(strings.TrimSuffix(items, "}"), "\n"+w.indent(last.end-1)+"}, ", "\n"+w.indent(last.end-1)+"  }, ")
	return w.change(last.end-1, last.end-1, "  }"+text)
}

// lead is what stands before an offset on its line.
func (w *writer) lead(offset int) []byte {
	return w.content[bytes.LastIndexByte(w.content[:offset], '\n')+1 : offset]
}

// gap is where an item after the last one goes, and what stands before and
// after it.
func (w *writer) gap(last *node) (at int, before, after string) {
	lead := w.lead(last.start)
	indent := w.indent(last.start)
	rest := w.content[last.end:]
	switch {
	case w.node.syntax == hclBody:
		return w.afterComment(last.end), "\n\n" + indent, ""
	case w.node.syntax == yamlBlock:
		return w.lineEnd(last.end), "\n" + w.dashIndent(last) + "- ", ""
	case len(bytes.TrimSpace(lead)) > 0:
		return last.end, ", ", ""
	case w.node.syntax == hclExpression && bytes.HasPrefix(rest, []byte(",")):
		return w.afterComment(last.end + 1), "\n" + indent, ","
	}
	return last.end, ",\n" + indent, ""
}

// dashIndent is the white space before the dash of an item.
func (w *writer) dashIndent(item *node) string {
	if dash := bytes.LastIndexByte(w.lead(item.start), '-'); dash >= 0 {
		return strings.Repeat(" ", dash)
	}
	return w.indent(item.start)
}

// lineEnd is the end of the line of an offset, without its line end: a comment
// stays where it is.
func (w *writer) lineEnd(offset int) int {
	end := bytes.IndexByte(w.content[offset:], '\n')
	if end < 0 {
		return len(w.content)
	}
	return offset + len(bytes.TrimRight(w.content[offset:offset+end], "\r"))
}

// afterComment is the end of the line where nothing but a comment follows the
// offset on it.
func (w *writer) afterComment(offset int) int {
	end := w.lineEnd(offset)
	rest := bytes.TrimSpace(w.content[offset:end])
	if len(rest) == 0 || rest[0] == '#' || bytes.HasPrefix(rest, []byte("//")) {
		return end
	}
	return offset
}

// item is an item as the list has it.
func (w *writer) item(value any, indent string) (string, error) {
	object, isStatement := value.(ordered)
	switch {
	case isStatement && w.node.syntax == hclBody:
		return indented(statementBlock(object), indent), nil
	case w.node.syntax == yamlBlock:
		return render(value, yamlBlock, w.dashIndent(w.node.items[len(w.node.items)-1])+"  ", true)
	}
	return render(value, w.node.syntax, indent, true)
}

func (w *writer) appendToEmpty(items []any) (Change, error) {
	if w.node.syntax == hclBody {
		return Change{}, errComputed
	}
	text, err := render(items, flowOf(w.node.syntax), w.indent(w.node.start), false)
	if err != nil {
		return Change{}, err
	}
	return w.change(w.node.start, w.node.end, text), nil
}

// insert writes an argument before the one of the node.
func (w *writer) insert() (Change, error) {
	n := w.node
	value, err := w.tree(w.edit.Value)
	if err != nil {
		return Change{}, err
	}
	if n.key < 0 {
		return Change{}, errComputed
	}
	lead := w.lead(n.key)
	ownLine := len(bytes.TrimSpace(lead)) == 0
	indent := strings.Repeat(" ", len(lead))
	if ownLine {
		indent = string(lead)
	}
	form := w.keySyntax()
	text, err := render(value, form, indent, false)
	if err != nil {
		return Change{}, err
	}
	return w.change(n.key, n.key, w.inserted(form, text, indent, ownLine)), nil
}

// inserted is the text of an argument and of what separates it from the next.
func (w *writer) inserted(form syntax, text, indent string, ownLine bool) string {
	switch {
	case form == hclExpression && !ownLine:
		return w.name() + " = " + text + ", "
	case form == hclExpression || form == hclBody:
		return w.aligned(text) + "\n" + indent
	case form == yamlBlock:
		return w.name() + ": " + text + "\n" + indent
	case form == yamlFlow:
		return w.name() + ": " + text + ", "
	case ownLine:
		return jsonString(w.name()) + ": " + text + ",\n" + indent
	}
	return jsonString(w.name()) + ": " + text + ", "
}

// keySyntax is how the object is written that holds the node: the value itself
// may stand in brackets within a block.
func (w *writer) keySyntax() syntax {
	if w.edit.Resource.Dialect == graph.CloudFormation {
		return syntaxAt(w.content, w.node.key)
	}
	return w.node.syntax
}

// aligned is an argument of HCL whose = stands where the one of the node does.
func (w *writer) aligned(text string) string {
	name := w.name()
	between := w.content[w.node.key:w.node.start]
	if equals := bytes.IndexByte(between, '='); equals > len(name) {
		name += strings.Repeat(" ", equals-len(name)-1)
	}
	return name + " = " + text
}

func (w *writer) name() string {
	return argumentName(w.node, w.edit.Resource, w.edit.Property, w.edit.Name)
}

// indent is the white space at the beginning of the line of an offset.
func (w *writer) indent(offset int) string {
	line := w.lead(offset)
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// tree is a value of an edit as it is to be written.
func (w *writer) tree(value any) (any, error) {
	switch value := value.(type) {
	case policies.AttributeOf:
		return reference(w.node, w.edit.Resource, value)
	case map[string]any:
		return w.statement(value)
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			var err error
			if out[i], err = w.tree(item); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return value, nil
}

func (w *writer) statement(value map[string]any) (any, error) {
	written := map[string]any{}
	for name, member := range value {
		if name == "principals" {
			written[name] = member
			continue
		}
		var err error
		if written[name], err = w.tree(member); err != nil {
			return nil, err
		}
	}
	return statement(written)
}
