package functions

import (
	"errors"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// signature is a function of which only the parameters matter.
func signature(variadic *function.Parameter, params ...function.Parameter) function.Function {
	return function.New(&function.Spec{
		Params: params, VarParam: variadic,
		Type: function.StaticReturnType(cty.DynamicPseudoType),
		Impl: func([]cty.Value, cty.Type) (cty.Value, error) { return cty.DynamicVal, nil },
	})
}

func parameter(name string, ty cty.Type) function.Parameter {
	return function.Parameter{Name: name, Type: ty}
}

func nullable(name string) function.Parameter {
	return function.Parameter{Name: name, Type: cty.DynamicPseudoType, AllowNull: true}
}

func (s *Set) collectionFunctions() map[string]builtin {
	return map[string]builtin{
		"alltrue":         {function: allTrue},
		"anytrue":         {function: anyTrue},
		"chunklist":       {function: stdlib.ChunklistFunc, mode: orderly},
		"coalesce":        {function: coalesceFunction(), mode: own, whole: true, handle: s.coalesce},
		"coalescelist":    {function: bounded(stdlib.CoalesceListFunc, refuseSets), mode: orderly},
		"compact":         {function: stdlib.CompactFunc, mode: own, whole: true, handle: s.compact},
		"concat":          {function: stdlib.ConcatFunc, mode: byStructure},
		"contains":        {function: stdlib.ContainsFunc, mode: own, whole: true, handle: s.contains},
		"distinct":        {function: stdlib.DistinctFunc, mode: own, whole: true, handle: s.distinct},
		"element":         {function: element, mode: orderly},
		"flatten":         {function: stdlib.FlattenFunc, mode: byStructure},
		"index":           {function: indexOf, mode: own, whole: true, handle: s.index},
		"keys":            {function: stdlib.KeysFunc, mode: byStructure},
		"length":          {function: length, mode: own, whole: true, handle: s.length},
		"lookup":          {function: lookup, mode: own, whole: true, handle: s.lookup},
		"matchkeys":       {function: matchKeys},
		"merge":           {function: stdlib.MergeFunc, mode: byStructure},
		"one":             {function: one, mode: orderly},
		"range":           {function: stdlib.RangeFunc},
		"reverse":         {function: stdlib.ReverseListFunc, mode: orderly},
		"setintersection": {function: stdlib.SetIntersectionFunc, mode: own, whole: true, handle: s.setOperation("setintersection", stdlib.SetIntersectionFunc)},
		"setproduct":      {function: stdlib.SetProductFunc, mode: own, whole: true, handle: s.setProduct},
		"setsubtract":     {function: stdlib.SetSubtractFunc, mode: own, whole: true, handle: s.setOperation("setsubtract", stdlib.SetSubtractFunc)},
		"setunion":        {function: stdlib.SetUnionFunc, mode: byStructure},
		"slice":           {function: stdlib.SliceFunc, mode: orderly},
		"sort":            {function: stdlib.SortFunc, mode: own, whole: true, handle: s.sort},
		"sum":             {function: sum},
		"transpose":       {function: transpose, mode: byStructure},
		"values":          {function: stdlib.ValuesFunc, mode: byStructure},
		"zipmap":          {function: stdlib.ZipmapFunc, mode: orderly},
	}
}

// erasedCall calls a function with everything unknown that is not known.
func (s *Set) erasedCall(f function.Function, args []cty.Value) (cty.Value, error) {
	erased := make([]cty.Value, len(args))
	for i, arg := range args {
		erased[i] = s.table().Erase(arg)
	}
	return f.Call(erased)
}

func (s *Set) compact(args []cty.Value) (cty.Value, error) {
	plain, marks := args[0].Unmark()
	if s.whole(args) {
		return stdlib.CompactFunc.Call(args)
	}
	if !plain.IsKnown() {
		return s.erasedCall(stdlib.CompactFunc, args)
	}
	var kept []cty.Value
	uncertain := false
	for _, item := range plain.AsValueSlice() {
		item = s.orRemoved(item)
		if partial.IsRemoved(item) {
			continue
		}
		bare, _ := item.Unmark()
		uncertain = uncertain || !bare.IsKnown()
		kept = append(kept, item)
	}
	if len(kept) == 0 {
		return cty.ListValEmpty(cty.String).WithMarks(marks), nil
	}
	out := cty.ListVal(kept).WithMarks(marks)
	if uncertain {
		out = out.Mark(partial.Uncertain)
	}
	return out, nil
}

// orRemoved is a string, or Removed where it is null or empty.
func (s *Set) orRemoved(item cty.Value) cty.Value {
	bare, _ := item.Unmark()
	if bare.IsNull() {
		return partial.Removed()
	}
	if o := s.table().OriginOf(item); o != nil && o.Choice != nil {
		return s.table().Choose(o.Choice.Condition, s.orRemoved(o.Choice.Then), s.orRemoved(o.Choice.Else))
	}
	switch s.set(item) {
	case partial.Yes:
		return item
	case partial.No:
		return partial.Removed()
	default:
		return s.table().ChooseBy(s.setCondition(item), item, partial.Removed())
	}
}

func (s *Set) distinct(args []cty.Value) (cty.Value, error) {
	plain, marks := args[0].Unmark()
	if s.whole(args) {
		return stdlib.DistinctFunc.Call(args)
	}
	if !plain.IsKnown() {
		return s.erasedCall(stdlib.DistinctFunc, args)
	}
	var kept []cty.Value
	uncertain := false
	for _, item := range plain.AsValueSlice() {
		found := partial.No
		for _, other := range kept {
			found = max(found, s.table().Same(item, other))
		}
		if found == partial.Yes {
			continue
		}
		uncertain = uncertain || found == partial.Unknown
		kept = append(kept, item)
	}
	if len(kept) == 0 {
		return plain.WithMarks(marks), nil
	}
	out := cty.ListVal(kept).WithMarks(marks)
	if uncertain {
		out = out.Mark(partial.Uncertain)
	}
	return out, nil
}

func (s *Set) sort(args []cty.Value) (cty.Value, error) {
	if s.whole(args) {
		return stdlib.SortFunc.Call(args)
	}
	plain, marks := args[0].Unmark()
	if !plain.IsKnown() || !plain.IsWhollyKnown() {
		return s.erasedCall(stdlib.SortFunc, args)
	}
	out, err := stdlib.SortFunc.Call([]cty.Value{plain})
	if err != nil {
		return cty.NilVal, err
	}
	out = out.WithMarks(marks)
	if plain.LengthInt() > 1 {
		out = out.Mark(partial.Uncertain)
	}
	return out, nil
}

func (s *Set) contains(args []cty.Value) (cty.Value, error) {
	certain, err := s.erasedCall(stdlib.ContainsFunc, args)
	if err != nil || certain.IsKnown() {
		return certain, err
	}
	return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
		plain, _ := args[0].Unmark()
		if !plain.IsKnown() {
			return cty.UnknownVal(cty.Bool), nil
		}
		// Of a list whose number of elements is not certain only "no" is.
		best := partial.No
		if partial.Has(args[0], partial.Uncertain) && !plain.Type().IsSetType() {
			return s.containsUncertain(plain, args[1]), nil
		}
		for _, item := range plain.AsValueSlice() {
			best = max(best, s.table().Same(item, args[1]))
		}
		switch best {
		case partial.Yes:
			return cty.True, nil
		case partial.No:
			return cty.False, nil
		default:
			return cty.UnknownVal(cty.Bool), nil
		}
	})
}

func (s *Set) containsUncertain(list, value cty.Value) cty.Value {
	for _, item := range list.AsValueSlice() {
		item, _, _ = s.table().Optional(item)
		if s.table().Same(item, value) != partial.No {
			return cty.UnknownVal(cty.Bool)
		}
	}
	return cty.False
}

func (s *Set) index(args []cty.Value) (cty.Value, error) {
	certain, err := s.erasedCall(indexOf, args)
	if err != nil || certain.IsKnown() {
		return certain, err
	}
	return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
		plain, _ := args[0].Unmark()
		if !plain.IsKnown() || partial.Has(args[0], partial.Uncertain) {
			return cty.UnknownVal(cty.Number), nil
		}
		for i, item := range plain.AsValueSlice() {
			switch s.table().Same(item, args[1]) {
			case partial.Yes:
				return cty.NumberIntVal(int64(i)), nil
			case partial.Unknown:
				return cty.UnknownVal(cty.Number), nil
			case partial.No:
			}
		}
		// Terraform does not search a list that it does not know completely.
		return cty.UnknownVal(cty.Number), nil
	})
}

func (s *Set) length(args []cty.Value) (cty.Value, error) {
	certain, err := s.erasedCall(length, args)
	if err != nil || certain.IsKnown() {
		return certain, err
	}
	return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
		plain, _ := args[0].Unmark()
		if plain.Type() == cty.String {
			return s.content("length", builtin{function: length}, args)
		}
		if plain.IsKnown() && !partial.Has(args[0], partial.Uncertain) {
			return length.Call([]cty.Value{plain})
		}
		return cty.UnknownVal(cty.Number), nil
	})
}

func (s *Set) lookup(args []cty.Value) (cty.Value, error) {
	if len(args) > 3 {
		return cty.NilVal, errors.New("lookup() takes two or three arguments")
	}
	if s.whole(args) {
		return lookup.Call(args)
	}
	return s.table().Distribute([]cty.Value{args[0], args[1]}, func(chosen []cty.Value) (cty.Value, error) {
		return s.lookupOnce(append(append([]cty.Value{}, chosen...), args[2:]...))
	})
}

func (s *Set) lookupOnce(args []cty.Value) (cty.Value, error) {
	coll, _ := args[0].Unmark()
	key, _ := args[1].Unmark()
	if !coll.IsKnown() || !key.IsKnown() {
		return s.erasedCall(lookup, args)
	}
	if !coll.Type().IsMapType() && !coll.Type().IsObjectType() {
		return s.erasedCall(lookup, args)
	}
	for it := coll.ElementIterator(); it.Next(); {
		k, _ := it.Element()
		if s.table().SameText(k.AsString(), key.AsString()) == partial.Unknown {
			if open := partial.OpenOf(args[0]); open == nil {
				return cty.UnknownVal(cty.DynamicPseudoType), nil
			}
		}
	}
	return lookup.Call(withoutOrigins(args))
}

// setOperation runs a function whose result hangs on which elements are equal.
func (s *Set) setOperation(name string, f function.Function) func([]cty.Value) (cty.Value, error) {
	return func(args []cty.Value) (cty.Value, error) {
		if s.whole(args) {
			return f.Call(args)
		}
		certain, err := s.erasedCall(f, args)
		if err != nil || certain.IsWhollyKnown() {
			return certain, err
		}
		if !s.comparable(args) {
			return s.fill(certain, name, args...), nil
		}
		return f.Call(withoutUncertain(args))
	}
}

func withoutUncertain(args []cty.Value) []cty.Value {
	out := make([]cty.Value, len(args))
	for i, arg := range args {
		plain, _ := arg.Unmark()
		out[i] = plain.WithMarks(partial.Flags(arg))
	}
	return out
}

// comparable reports whether any two elements are certainly equal or certainly
// different.
func (s *Set) comparable(args []cty.Value) bool {
	var all []cty.Value
	for _, arg := range args {
		plain, _ := arg.Unmark()
		if !plain.IsKnown() || !plain.IsWhollyKnown() {
			return false
		}
		all = append(all, plain.AsValueSlice()...)
	}
	for i, a := range all {
		for _, b := range all[:i] {
			if s.table().Same(a, b) == partial.Unknown {
				return false
			}
		}
	}
	return true
}

// refuseSets refuses sets, known or not.
func refuseSets(args []cty.Value) error {
	for i, arg := range args {
		if arg.Type().IsSetType() {
			return function.NewArgErrorf(i, "coalescelist arguments must be lists or tuples")
		}
	}
	return nil
}

func (s *Set) setProduct(args []cty.Value) (cty.Value, error) {
	total := 1
	for _, arg := range args {
		plain, _ := arg.Unmark()
		if plain.IsKnown() && !plain.IsNull() && plain.CanIterateElements() {
			total *= plain.LengthInt()
		}
		if total > s.Evaluator.Limits.Items {
			return cty.NilVal, s.tooMany()
		}
	}
	return s.structural(stdlib.SetProductFunc, args)
}
