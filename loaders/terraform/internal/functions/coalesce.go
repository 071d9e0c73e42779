package functions

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// coalesceFunction is coalesce as Terraform has it.
func coalesceFunction() function.Function {
	return function.New(&function.Spec{
		VarParam: &function.Parameter{
			Name: "vals", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true,
		},
		Type: unifiedType,
		Impl: coalesceValue,
	})
}

func coalesceValue(args []cty.Value, ty cty.Type) (cty.Value, error) {
	for _, arg := range args {
		v, err := convert.Convert(arg, ty)
		switch {
		case err != nil:
			return cty.NilVal, err
		case !v.IsKnown():
			return cty.UnknownVal(ty), nil
		case !v.IsNull() && !v.RawEquals(cty.StringVal("")):
			return v, nil
		}
	}
	return cty.NilVal, errNothingSet
}

// errNothingSet is the error of coalesce where it has nothing to return.
var errNothingSet = errors.New("no non-null, non-empty-string arguments")

// coalesce returns the first argument that is neither null nor empty.
func (s *Set) coalesce(args []cty.Value) (cty.Value, error) {
	ty, err := unifiedType(args)
	if err != nil {
		return cty.NilVal, err
	}
	flags := partial.Flags(args...)
	out, err := s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) { return s.coalesceFrom(args, ty) })
	if err != nil {
		return cty.NilVal, err
	}
	return out.WithMarks(flags), nil
}

func (s *Set) coalesceFrom(args []cty.Value, ty cty.Type) (cty.Value, error) {
	for i, arg := range args {
		v, err := s.Convert(arg, ty)
		if err != nil {
			return cty.NilVal, function.NewArgError(i, err)
		}
		plain, _ := v.Unmark()
		if plain.IsNull() {
			continue
		}
		switch s.set(v) {
		case partial.Yes:
			return v, nil
		case partial.No:
			continue
		default:
			return s.eitherOf(v, args[i+1:], ty), nil
		}
	}
	return cty.NilVal, errNothingSet
}

// eitherOf is a value that may be empty, and where it is, what coalesce makes of
// the rest.
func (s *Set) eitherOf(v cty.Value, rest []cty.Value, ty cty.Type) cty.Value {
	other, err := s.coalesceFrom(rest, ty)
	if err != nil {
		// Terraform refuses the case in which nothing is set.
		return v
	}
	return s.table().ChooseBy(s.setCondition(v), v, other)
}

// set says whether a value is neither null nor an empty string.
func (s *Set) set(v cty.Value) partial.Truth {
	plain, _ := v.Unmark()
	o := s.table().OriginOf(v)
	switch {
	case !plain.IsKnown():
		if o != nil && !o.Nullable && plain.Type() != cty.String && plain.Type() != cty.DynamicPseudoType {
			return partial.Yes
		}
		return partial.Unknown
	case plain.Type() != cty.String:
		return partial.Yes
	case o != nil && o.Nullable:
		return partial.Unknown
	}
	return -s.table().SameText(plain.AsString(), "")
}

// setCondition is the truth value of "this value is set".
func (s *Set) setCondition(v cty.Value) cty.Value {
	o := s.table().Derive("set", v)
	if from := s.table().OriginOf(v); from != nil && from.Text != "" {
		o.Text = from.Text + " is set"
	}
	return cty.UnknownVal(cty.Bool).Mark(o)
}

// unifiedType is the type that all values convert to.
func unifiedType(values []cty.Value) (cty.Type, error) {
	if len(values) == 0 {
		return cty.NilType, errors.New("at least one argument is required")
	}
	types := make([]cty.Type, len(values))
	for i, v := range values {
		types[i] = v.Type()
	}
	ty, _ := convert.UnifyUnsafe(types)
	if ty == cty.NilType {
		return cty.NilType, errors.New("all arguments must have the same type")
	}
	return ty, nil
}
