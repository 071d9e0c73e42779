package functions

import (
	"errors"
	"fmt"
	"math/big"
	"sort"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

// The functions here are those of Terraform that the standard library of cty
// lacks or does differently. They follow cty's rules for unknown values.
//
//nolint:gochecknoglobals // functions are values that nothing changes
var (
	allTrue = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return quantify(args[0], true), nil },
	})
	anyTrue = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.List(cty.Bool)}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return quantify(args[0], false), nil },
	})
	element = function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true},
			{Name: "index", Type: cty.Number},
		},
		Type: func(args []cty.Value) (cty.Type, error) {
			if beforeTuple(args[0].Type(), args[1]) {
				return cty.NilType, function.NewArgErrorf(1, "cannot use element function with a negative index on a tuple; make it a list with tolist")
			}
			return stdlib.ElementFunc.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return stdlib.ElementFunc.Call(args) },
	})
	one = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowMarked: true}},
		Type:   oneType,
		Impl:   oneValue,
	})
	length = function.New(&function.Spec{
		Params: []function.Parameter{{
			Name: "value", Type: cty.DynamicPseudoType, AllowDynamicType: true, AllowUnknown: true, AllowMarked: true,
		}},
		Type: lengthType,
		Impl: lengthValue,
	})
	lookup = function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "inputMap", Type: cty.DynamicPseudoType, AllowMarked: true},
			{Name: "key", Type: cty.String, AllowMarked: true},
		},
		VarParam: &function.Parameter{
			Name: "default", Type: cty.DynamicPseudoType, AllowUnknown: true, AllowDynamicType: true, AllowNull: true, AllowMarked: true,
		},
		Type: lookupType,
		Impl: lookupValue,
	})
	indexOf = function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "list", Type: cty.DynamicPseudoType},
			{Name: "value", Type: cty.DynamicPseudoType},
		},
		Type: function.StaticReturnType(cty.Number),
		Impl: indexValue,
	})
	matchKeys = function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "values", Type: cty.List(cty.DynamicPseudoType)},
			{Name: "keys", Type: cty.List(cty.DynamicPseudoType)},
			{Name: "searchset", Type: cty.List(cty.DynamicPseudoType)},
		},
		Type: func(args []cty.Value) (cty.Type, error) {
			ty, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
			if ty == cty.NilType {
				return cty.NilType, errors.New("keys and searchset must be of the same type")
			}
			return args[0].Type(), nil
		},
		Impl: matchKeysValue,
	})
	sum = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType}},
		Type:   function.StaticReturnType(cty.Number),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return sumValue(args[0]) },
	})
	transpose = function.New(&function.Spec{
		Params: []function.Parameter{{Name: "values", Type: cty.Map(cty.List(cty.String))}},
		Type:   function.StaticReturnType(cty.Map(cty.List(cty.String))),
		Impl:   func(args []cty.Value, _ cty.Type) (cty.Value, error) { return transposeValue(args[0]) },
	})
)

// beforeTuple reports whether an index of element counts from the end of a
// tuple, which ends Terraform with a panic. With a list it is good.
func beforeTuple(ty cty.Type, index cty.Value) bool {
	if !ty.IsTupleType() || !index.IsKnown() || index.IsNull() || index.AsBigFloat().Sign() >= 0 {
		return false
	}
	i, _ := index.AsBigFloat().Int64()
	n := int64(ty.Length())
	return n > 0 && i%n != 0
}

// quantify is "all" or "any" of a list of truth values.
func quantify(list cty.Value, all bool) cty.Value {
	unknown := false
	for it := list.ElementIterator(); it.Next(); {
		_, v := it.Element()
		switch {
		case !v.IsKnown():
			unknown = true
		case v.IsNull():
			if all {
				return cty.False
			}
		case v.True() != all:
			return cty.BoolVal(!all)
		}
	}
	if unknown {
		return cty.UnknownVal(cty.Bool)
	}
	return cty.BoolVal(all)
}

func oneType(args []cty.Value) (cty.Type, error) {
	ty := args[0].Type()
	switch {
	case ty.IsListType() || ty.IsSetType():
		return ty.ElementType(), nil
	case ty.IsTupleType():
		types := ty.TupleElementTypes()
		switch len(types) {
		case 0:
			return cty.DynamicPseudoType, nil
		case 1:
			return types[0], nil
		}
	}
	return cty.NilType, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
}

func oneValue(args []cty.Value, ty cty.Type) (cty.Value, error) {
	v, marks := args[0].Unmark()
	if !v.IsKnown() {
		return cty.UnknownVal(ty).WithMarks(marks), nil
	}
	if v.Type().IsTupleType() && v.LengthInt() == 0 {
		return cty.NullVal(ty).WithMarks(marks), nil
	}
	if n := v.Length(); !n.IsKnown() {
		return cty.UnknownVal(ty).WithMarks(marks), nil
	}
	switch v.LengthInt() {
	case 0:
		return cty.NullVal(ty).WithMarks(marks), nil
	case 1:
		it := v.ElementIterator()
		it.Next()
		_, item := it.Element()
		return item.WithMarks(marks), nil
	}
	return cty.NilVal, function.NewArgErrorf(0, "must be a list, set, or tuple value with either zero or one elements")
}

func lengthType(args []cty.Value) (cty.Type, error) {
	ty := args[0].Type()
	if ty == cty.String || ty.IsTupleType() || ty.IsObjectType() || ty.IsCollectionType() || ty == cty.DynamicPseudoType {
		return cty.Number, nil
	}
	return cty.Number, errors.New("argument must be a string, a collection type, or a structural type")
}

func lengthValue(args []cty.Value, _ cty.Type) (cty.Value, error) {
	v, marks := args[0].Unmark()
	ty := v.Type()
	switch {
	case ty == cty.DynamicPseudoType:
		return cty.UnknownVal(cty.Number).WithMarks(marks), nil
	case ty.IsTupleType():
		return cty.NumberIntVal(int64(len(ty.TupleElementTypes()))).WithMarks(marks), nil
	case ty.IsObjectType():
		return cty.NumberIntVal(int64(len(ty.AttributeTypes()))).WithMarks(marks), nil
	case ty == cty.String:
		n, err := stdlib.StrlenFunc.Call([]cty.Value{v})
		if err != nil {
			return cty.NilVal, err
		}
		return n.WithMarks(marks), nil
	}
	if !v.IsKnown() {
		return cty.UnknownVal(cty.Number).WithMarks(marks), nil
	}
	return v.Length().WithMarks(marks), nil
}

func lookupType(args []cty.Value) (cty.Type, error) {
	ty := args[0].Type()
	switch {
	case len(args) > 3:
		return cty.NilType, fmt.Errorf("lookup() takes two or three arguments, got %d", len(args))
	case ty.IsObjectType():
		key, _ := args[1].Unmark()
		if !key.IsKnown() {
			return cty.DynamicPseudoType, nil
		}
		if name := key.AsString(); ty.HasAttribute(name) {
			return ty.AttributeType(name), nil
		}
		if len(args) == 3 {
			return args[2].Type(), nil
		}
		return cty.DynamicPseudoType, function.NewArgErrorf(0, "the given object has no attribute %q", key.AsString())
	case ty.IsMapType():
		if len(args) == 3 {
			if _, err := convert.Convert(args[2], ty.ElementType()); err != nil {
				return cty.NilType, function.NewArgErrorf(2, "the default value must have the same type as the map elements")
			}
		}
		return ty.ElementType(), nil
	}
	return cty.NilType, function.NewArgErrorf(0, "lookup() requires a map as the first argument")
}

func lookupValue(args []cty.Value, ty cty.Type) (cty.Value, error) {
	coll, marks := args[0].Unmark()
	key, keyMarks := args[1].Unmark()
	if !coll.IsKnown() || !key.IsKnown() {
		return cty.UnknownVal(ty).WithMarks(marks, keyMarks), nil
	}
	name := key.AsString()
	if coll.Type().IsObjectType() {
		if coll.Type().HasAttribute(name) {
			return coll.GetAttr(name).WithMarks(marks, keyMarks), nil
		}
	} else if coll.HasIndex(cty.StringVal(name)).True() {
		return coll.Index(cty.StringVal(name)).WithMarks(marks, keyMarks), nil
	}
	if len(args) == 3 {
		fallback, err := convert.Convert(args[2], ty)
		if err != nil {
			return cty.NilVal, function.NewArgError(2, err)
		}
		return fallback.WithMarks(marks, keyMarks), nil
	}
	return cty.UnknownVal(cty.DynamicPseudoType), fmt.Errorf("lookup failed to find key %q", name)
}

func indexValue(args []cty.Value, _ cty.Type) (cty.Value, error) {
	list := args[0]
	if ty := list.Type(); !ty.IsListType() && !ty.IsTupleType() {
		return cty.NilVal, errors.New("argument must be a list or tuple")
	}
	if !list.IsKnown() {
		return cty.UnknownVal(cty.Number), nil
	}
	if list.LengthInt() == 0 {
		return cty.NilVal, errors.New("cannot search an empty list")
	}
	for it := list.ElementIterator(); it.Next(); {
		i, v := it.Element()
		equal, err := stdlib.Equal(v, args[1])
		if err != nil {
			return cty.NilVal, err
		}
		if !equal.IsKnown() {
			return cty.UnknownVal(cty.Number), nil
		}
		if equal.True() {
			return i, nil
		}
	}
	return cty.NilVal, errors.New("item not found")
}

func matchKeysValue(args []cty.Value, ty cty.Type) (cty.Value, error) {
	if !args[0].IsKnown() || !args[1].IsKnown() || !args[2].IsKnown() {
		return cty.UnknownVal(cty.List(ty.ElementType())), nil
	}
	if args[0].LengthInt() != args[1].LengthInt() {
		return cty.NilVal, errors.New("length of keys and values should be equal")
	}
	unified, _ := convert.UnifyUnsafe([]cty.Type{args[1].Type(), args[2].Type()})
	keys, err := convert.Convert(args[1], unified)
	if err != nil {
		return cty.NilVal, err
	}
	search, err := convert.Convert(args[2], unified)
	if err != nil {
		return cty.NilVal, err
	}
	if search.LengthInt() == 0 {
		return cty.ListValEmpty(ty.ElementType()), nil
	}
	values := args[0].AsValueSlice()
	var out []cty.Value
	for i, key := range keys.AsValueSlice() {
		for _, want := range search.AsValueSlice() {
			equal, err := stdlib.Equal(key, want)
			if err != nil {
				return cty.NilVal, err
			}
			if !equal.IsKnown() {
				return cty.UnknownVal(ty), nil
			}
			if equal.True() {
				out = append(out, values[i])
				break
			}
		}
	}
	if len(out) == 0 {
		return cty.ListValEmpty(ty.ElementType()), nil
	}
	return cty.ListVal(out), nil
}

func sumValue(list cty.Value) (cty.Value, error) {
	if !list.CanIterateElements() {
		if list.IsKnown() {
			return cty.NilVal, function.NewArgErrorf(0, "cannot sum noniterable")
		}
		return cty.UnknownVal(cty.Number), nil
	}
	if list.LengthInt() == 0 {
		return cty.NilVal, function.NewArgErrorf(0, "cannot sum an empty list")
	}
	if ty := list.Type(); !ty.IsListType() && !ty.IsSetType() && !ty.IsTupleType() {
		return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple. Received %s", ty.FriendlyName())
	}
	if !list.IsWhollyKnown() {
		return cty.UnknownVal(cty.Number), nil
	}
	total := cty.Zero
	for _, item := range list.AsValueSlice() {
		if item.IsNull() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple of number values")
		}
		n, err := convert.Convert(item, cty.Number)
		if err != nil || n.IsNull() {
			return cty.NilVal, function.NewArgErrorf(0, "argument must be list, set, or tuple of number values")
		}
		if total.AsBigFloat().IsInf() && n.AsBigFloat().IsInf() {
			return cty.NilVal, errors.New("can't compute sum of opposing infinities")
		}
		total = cty.NumberVal(new(big.Float).Copy(total.Add(n).AsBigFloat()))
	}
	return total, nil
}

func transposeValue(values cty.Value) (cty.Value, error) {
	if !values.IsWhollyKnown() {
		return cty.UnknownVal(cty.Map(cty.List(cty.String))), nil
	}
	out := map[string][]string{}
	for it := values.ElementIterator(); it.Next(); {
		key, list := it.Element()
		if list.IsNull() {
			return cty.NilVal, errors.New("input must not contain null list")
		}
		for inner := list.ElementIterator(); inner.Next(); {
			_, v := inner.Element()
			if v.IsNull() {
				return cty.NilVal, errors.New("input list must not contain null string")
			}
			out[v.AsString()] = append(out[v.AsString()], key.AsString())
		}
	}
	if len(out) == 0 {
		return cty.MapValEmpty(cty.List(cty.String)), nil
	}
	fields := map[string]cty.Value{}
	for key, names := range out {
		sort.Strings(names)
		items := make([]cty.Value, len(names))
		for i, name := range names {
			items[i] = cty.StringVal(name)
		}
		fields[key] = cty.ListVal(items)
	}
	return cty.MapVal(fields), nil
}
