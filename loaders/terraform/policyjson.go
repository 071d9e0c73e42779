package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// jsonWriter writes a policy document, indented or not.
type jsonWriter struct {
	set    *loader
	indent bool
	b      strings.Builder
	err    error
}

// line starts a new line at a depth.
func (w *jsonWriter) line(depth int) {
	if w.indent {
		w.b.WriteString("\n" + strings.Repeat("  ", depth))
	}
}

func (w *jsonWriter) comma(depth int) {
	w.b.WriteByte(',')
	w.line(depth)
}

func (w *jsonWriter) key(name string) {
	w.text(cty.StringVal(name))
	w.b.WriteByte(':')
	if w.indent {
		w.b.WriteByte(' ')
	}
}

// text writes a value without indentation.
func (w *jsonWriter) text(v cty.Value) {
	text, err := w.set.functions.JSON(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.b.WriteString(text)
}

// object writes fields, and what more adds.
func (w *jsonWriter) object(fields []element, depth int, more func()) {
	w.b.WriteByte('{')
	for i, f := range fields {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.line(depth + 1)
		w.key(f.name)
		w.node(f.value, depth+1)
	}
	if more != nil {
		more()
	}
	if len(fields) > 0 || more != nil {
		w.line(depth)
	}
	w.b.WriteByte('}')
}

func (w *jsonWriter) node(n node, depth int) {
	if n.object {
		w.object(n.fields, depth, nil)
		return
	}
	w.value(n.value, depth)
}

// value writes a value; a list of known length takes a line an item.
func (w *jsonWriter) value(v cty.Value, depth int) {
	plain, marks := v.Unmark()
	ty := plain.Type()
	if len(marks) > 0 || !plain.IsKnown() || plain.IsNull() || !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType() || plain.LengthInt() == 0 {
		w.text(v)
		return
	}
	w.b.WriteByte('[')
	for i, item := range plain.AsValueSlice() {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.line(depth + 1)
		w.text(item)
	}
	w.line(depth)
	w.b.WriteByte(']')
}

func (w *jsonWriter) statements(statements []statement) {
	if len(statements) == 0 {
		w.b.WriteString("null")
		return
	}
	w.b.WriteByte('[')
	for i, st := range statements {
		if i > 0 {
			w.b.WriteByte(',')
		}
		w.line(2)
		if st.unknown != cty.NilVal {
			w.text(st.unknown)
			continue
		}
		w.object(st.elements, 2, nil)
	}
	w.line(1)
	w.b.WriteByte(']')
}
