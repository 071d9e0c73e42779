package terraform

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// parse reads a document that is merged in.
func (w *documentWriter) parse(v cty.Value) (*policy, error) {
	if text, ok := plainText(v); ok && strings.TrimSpace(text) == "" {
		return &policy{version: cty.NilVal, id: cty.NilVal}, nil
	}
	decoded, err := w.m.l.functions.DecodeJSON(v)
	if err != nil {
		return nil, fmt.Errorf("merged document: %w", err)
	}
	plain, _ := decoded.Unmark()
	if !plain.IsKnown() {
		o := w.m.l.table.OriginOf(v)
		if o == nil {
			o = w.m.l.table.Derive("document", v)
		}
		return &policy{version: cty.NilVal, id: cty.NilVal, statements: []statement{{unknown: w.m.l.table.Value(cty.DynamicPseudoType, o)}}}, nil
	}
	if plain.IsNull() || !plain.Type().IsObjectType() {
		return nil, errors.New("merged document is no JSON object")
	}
	return w.decoded(plain), nil
}

func (w *documentWriter) decoded(v cty.Value) *policy {
	p := &policy{version: cty.NilVal, id: cty.NilVal}
	fields := v.AsValueMap()
	if version, ok := fields["Version"]; ok {
		p.version = version
	}
	if id, ok := fields["Id"]; ok && !id.IsNull() {
		p.id = id
	}
	statements, ok := fields["Statement"]
	if !ok || statements.IsNull() {
		return p
	}
	plain, _ := statements.Unmark()
	if !plain.IsKnown() {
		p.statements = append(p.statements, statement{unknown: statements})
		return p
	}
	items := []cty.Value{plain}
	if plain.Type().IsTupleType() {
		items = plain.AsValueSlice()
	}
	for _, item := range items {
		p.statements = append(p.statements, w.decodedStatement(item))
	}
	return p
}

// elementOrder is the order in which the provider writes the elements.
const elementOrder = "Sid Effect Action NotAction Resource NotResource Principal NotPrincipal Condition"

func (w *documentWriter) decodedStatement(v cty.Value) statement {
	plain, _ := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() || !plain.Type().IsObjectType() {
		return statement{unknown: v}
	}
	var st statement
	fields := plain.AsValueMap()
	for name := range strings.FieldsSeq(elementOrder) {
		field, ok := fields[name]
		if !ok {
			continue
		}
		if name == "Sid" {
			st.sid, _ = plainText(field)
		}
		st.elements = append(st.elements, element{name, w.decodedNode(field, name == "Condition")})
	}
	return st
}

// decodedNode keeps objects as objects; the values of conditions become
// strings, as the provider writes them.
func (w *documentWriter) decodedNode(v cty.Value, strings bool) node {
	plain, _ := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() || !plain.Type().IsObjectType() {
		if strings {
			v = partial.Map(v, w.asText)
		}
		return node{value: collapsed(v)}
	}
	out := node{object: true}
	fields := plain.AsValueMap()
	for _, name := range sortedKeys(fields) {
		out.fields = append(out.fields, element{name, w.decodedNode(fields[name], strings)})
	}
	return out
}

// collapsed is a list of one item as the item.
func collapsed(v cty.Value) cty.Value {
	plain, marks := v.Unmark()
	if len(marks) == 0 && plain.IsKnown() && !plain.IsNull() && plain.Type().IsTupleType() && plain.LengthInt() == 1 {
		return plain.AsValueSlice()[0]
	}
	return v
}

func (w *documentWriter) asText(leaf cty.Value) cty.Value {
	plain, _ := leaf.Unmark()
	if !plain.IsKnown() || plain.IsNull() {
		return leaf
	}
	switch plain.Type() {
	case cty.Bool:
		return cty.StringVal(strconv.FormatBool(plain.True()))
	case cty.Number:
		return cty.StringVal(plain.AsBigFloat().Text('f', -1))
	}
	return leaf
}
