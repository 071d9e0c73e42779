package functions

import (
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

func (s *Set) sensitive(args []cty.Value) (cty.Value, error) {
	return args[0].Mark(partial.Sensitive), nil
}

func (s *Set) nonSensitive(args []cty.Value) (cty.Value, error) {
	plain, marks := args[0].Unmark()
	delete(marks, partial.Sensitive)
	delete(marks, partial.Private)
	return plain.WithMarks(marks), nil
}

func (s *Set) isSensitive(args []cty.Value) (cty.Value, error) {
	if partial.Has(args[0], partial.Sensitive) {
		return cty.True, nil
	}
	if plain, _ := args[0].Unmark(); !plain.IsKnown() {
		return cty.UnknownVal(cty.Bool), nil
	}
	return cty.False, nil
}

// ephemeralAsNull replaces what is ephemeral, however deep, by null.
func (s *Set) ephemeralAsNull(args []cty.Value) (cty.Value, error) {
	return withoutEphemeral(args[0]), nil
}

func withoutEphemeral(v cty.Value) cty.Value {
	if !v.ContainsMarked() {
		return v
	}
	plain, marks := v.Unmark()
	if _, ok := marks[partial.Ephemeral]; ok {
		delete(marks, partial.Ephemeral)
		return cty.NullVal(plain.Type()).WithMarks(marks)
	}
	ty := plain.Type()
	if !plain.IsKnown() || plain.IsNull() || ty.IsPrimitiveType() || ty.IsCapsuleType() || ty.IsSetType() || plain.LengthInt() == 0 {
		return v
	}
	if ty.IsObjectType() || ty.IsMapType() {
		fields := plain.AsValueMap()
		for name, field := range fields {
			fields[name] = withoutEphemeral(field)
		}
		if ty.IsMapType() {
			return cty.MapVal(fields).WithMarks(marks)
		}
		return cty.ObjectVal(fields).WithMarks(marks)
	}
	items := plain.AsValueSlice()
	for i, item := range items {
		items[i] = withoutEphemeral(item)
	}
	if ty.IsListType() {
		return cty.ListVal(items).WithMarks(marks)
	}
	return cty.TupleVal(items).WithMarks(marks)
}
