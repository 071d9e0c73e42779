// Package functions holds the functions of Terraform 1.11 in a form that works
// on partly known values (see package partial).
package functions

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/expression"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// Reader reads files for the functions that need them. Paths are those of the
// configuration: relative to the root module.
type Reader interface {
	// Read returns the content of a file.
	Read(path string) ([]byte, error)
	// Exists reports whether a file exists.
	Exists(path string) (bool, error)
	// Match lists the files below a folder that match a pattern, sorted.
	Match(folder, pattern string) ([]string, error)
}

// Set makes the functions of one load.
type Set struct {
	Evaluator *expression.Evaluator
	Files     Reader
	// calls counts the calls of functions that never return the same value.
	calls     int
	functions map[string]function.Function
	templates map[string]parsedTemplate
}

func (s *Set) table() *partial.Table { return s.Evaluator.Table }

// mode says how a function treats what is not known.
type mode uint8

const (
	// byContent functions look at the content of strings.
	byContent mode = iota
	// byText functions copy strings to their result, whatever their content.
	byText
	// byStructure functions move values about and never look into strings.
	byStructure
	// orderly functions are byStructure and count on the order and number of
	// the elements of a collection.
	orderly
	// byPiece functions do to a string what they do to each part of it.
	byPiece
	// own functions know partly known values themselves.
	own
)

// builtin is a function and how it treats what is not known.
type builtin struct {
	function function.Function
	mode     mode
	// whole is set in mode own where function is Terraform's own, and not only its
	// parameters.
	whole bool
	// handle is the function itself in mode own; its arguments are converted to
	// the types of the parameters.
	handle func(args []cty.Value) (cty.Value, error)
}

// Functions returns the functions by name, with and without the prefix core::.
func (s *Set) Functions() map[string]function.Function {
	if s.functions != nil {
		return s.functions
	}
	out := map[string]function.Function{}
	for _, group := range []map[string]builtin{
		s.collectionFunctions(), s.textFunctions(), s.numberFunctions(), s.conversionFunctions(), s.fileFunctions(), s.codingFunctions(),
	} {
		for name, b := range group {
			f := s.wrap(name, b)
			out[name], out["core::"+name] = f, f
		}
	}
	for name, b := range s.providerFunctions() {
		out[name] = s.wrap(name, b)
	}
	for _, name := range []string{"try", "can"} {
		f := s.tryFunction()
		if name == "can" {
			f = s.canFunction()
		}
		out[name], out["core::"+name] = f, f
	}
	s.functions = out
	return out
}

// wrap gives a function parameters that accept everything.
func (s *Set) wrap(name string, b builtin) function.Function {
	spec := &function.Spec{
		Type: func([]cty.Value) (cty.Type, error) { return cty.DynamicPseudoType, nil },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return s.invoke(name, b, args) },
	}
	for _, p := range b.function.Params() {
		spec.Params = append(spec.Params, lenient(p))
	}
	if p := b.function.VarParam(); p != nil {
		v := lenient(*p)
		spec.VarParam = &v
	}
	return function.New(spec)
}

func lenient(p function.Parameter) function.Parameter {
	if p.Type.Equals(customdecode.ExpressionClosureType) {
		return p
	}
	return function.Parameter{
		Name: p.Name, Type: cty.DynamicPseudoType,
		AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
	}
}

func (s *Set) invoke(name string, b builtin, args []cty.Value) (cty.Value, error) {
	converted, err := s.convertArguments(b.function, args)
	if err != nil {
		return cty.DynamicVal, err
	}
	if err := s.checkDecoded(name, converted); err != nil {
		return cty.DynamicVal, err
	}
	out, err := s.dispatch(name, b, converted)
	if err != nil && deferred(converted) {
		out, err = cty.DynamicVal, nil
	}
	if err != nil {
		return cty.DynamicVal, err
	}
	if err := s.checkSize(out); err != nil {
		return cty.DynamicVal, err
	}
	if decodes(name) && partial.AnyVast(out) {
		return cty.DynamicVal, errVast
	}
	if s.Evaluator.Plain {
		return out, nil
	}
	return s.finish(name, out, converted), nil
}

// plainly calls a function as Terraform does: it is not called with an argument
// that is not known.
func (s *Set) plainly(b builtin, args []cty.Value) (cty.Value, error) {
	if b.mode != own || b.whole {
		return b.function.Call(args)
	}
	if err := s.checkNulls(b.function, args); err != nil {
		return cty.NilVal, err
	}
	out, err := b.handle(args)
	if !slices.ContainsFunc(args, unknown) {
		return out, err
	}
	switch {
	case err == nil && !out.IsWhollyKnown():
		return out, nil
	case err == nil:
		return cty.UnknownVal(out.Type()).WithMarks(partial.Flags(out)), nil
	default:
		return cty.DynamicVal.WithMarks(partial.Flags(args...)), nil
	}
}

func unknown(v cty.Value) bool {
	plain, _ := v.Unmark()
	return !plain.IsKnown()
}

func deferred(args []cty.Value) bool {
	for _, arg := range args {
		if partial.HasDeep(arg, partial.Deferred) {
			return true
		}
	}
	return false
}

// dispatch runs the function in its mode.
func (s *Set) dispatch(name string, b builtin, args []cty.Value) (cty.Value, error) {
	if s.Evaluator.Plain {
		return s.plainly(b, args)
	}
	if b.mode == own {
		if err := s.checkNulls(b.function, args); err != nil {
			return cty.NilVal, err
		}
		return b.handle(args)
	}
	if s.whole(args) {
		out, err := b.function.Call(args)
		if err != nil {
			return cty.NilVal, err
		}
		return s.clean(out), nil
	}
	switch {
	case b.mode == byPiece:
		return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) { return s.byPiece(name, b.function, args) })
	case b.mode == byStructure, b.mode == orderly && !anyUncertain(args):
		return s.structural(b.function, args)
	}
	return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
		return s.content(name, b, args)
	})
}

func anyUncertain(args []cty.Value) bool {
	for _, arg := range args {
		if partial.HasDeep(arg, partial.Uncertain) {
			return true
		}
	}
	return false
}

func (s *Set) whole(args []cty.Value) bool {
	for _, arg := range args {
		if !s.table().Whole(arg) || partial.HasDeep(arg, partial.Uncertain) {
			return false
		}
	}
	return true
}

// clean keeps tokens out of what a function made of known input.
func (s *Set) clean(v cty.Value) cty.Value {
	dirty := false
	partial.Each(v, func(leaf cty.Value) bool {
		leaf, _ = leaf.Unmark()
		dirty = leaf.Type() == cty.String && leaf.IsKnown() && !leaf.IsNull() && partial.HasToken(leaf.AsString())
		return !dirty
	})
	if !dirty {
		return v
	}
	return partial.Map(v, func(leaf cty.Value) cty.Value {
		plain, marks := leaf.Unmark()
		if plain.Type() != cty.String || !plain.IsKnown() || plain.IsNull() {
			return leaf
		}
		return cty.StringVal(partial.Clean(plain.AsString())).WithMarks(marks)
	})
}

func (s *Set) convertArguments(f function.Function, args []cty.Value) ([]cty.Value, error) {
	params, variadic := f.Params(), f.VarParam()
	out := make([]cty.Value, len(args))
	for i, arg := range args {
		var p function.Parameter
		switch {
		case i < len(params):
			p = params[i]
		case variadic != nil:
			p = *variadic
		default:
			out[i] = arg
			continue
		}
		converted, err := s.Convert(arg, p.Type)
		if err != nil {
			return nil, function.NewArgError(i, err)
		}
		out[i] = converted
	}
	return out, nil
}

// checkNulls refuses null where the function does.
func (s *Set) checkNulls(f function.Function, args []cty.Value) error {
	params, variadic := f.Params(), f.VarParam()
	for i, arg := range args {
		allowed := true
		switch {
		case i < len(params):
			allowed = params[i].AllowNull
		case variadic != nil:
			allowed = variadic.AllowNull
		}
		if !allowed && arg.IsNull() {
			return function.NewArgErrorf(i, "argument must not be null")
		}
	}
	return nil
}

// Convert converts a partly known value to a type. A string that is not known
// becomes an unknown value where the type is another one.
func (s *Set) Convert(v cty.Value, ty cty.Type) (cty.Value, error) {
	if ty == cty.Number && partial.VastText(v) {
		return cty.NilVal, errVast
	}
	if s.Evaluator.Plain {
		return convert.Convert(v, ty)
	}
	if ty == cty.DynamicPseudoType || v.Type().Equals(ty) && !ty.HasDynamicTypes() {
		return v, nil
	}
	erased, err := convert.Convert(s.table().Erase(v), ty)
	if err != nil {
		return cty.NilVal, err
	}
	if s.table().Whole(v) {
		return partial.MarkSets(s.table(), s.keepMarks(v, erased)), nil
	}
	prepared := s.prepare(v, ty)
	out, err := convert.Convert(prepared, ty)
	if err != nil {
		out = s.fill(erased, "convert", v)
	}
	return partial.MarkSets(s.table(), s.fill(s.keepMarks(v, out), "convert", v)), nil
}

// keepMarks keeps what is said of the value as a whole.
func (s *Set) keepMarks(from, to cty.Value) cty.Value {
	for _, mark := range []partial.Mark{partial.Uncertain, partial.Deferred} {
		if from.HasMark(mark) {
			to = to.Mark(mark)
		}
	}
	return to
}

// prepare makes strings that are not known unknown values of the type that they
// will be converted to, and the other way round.
func (s *Set) prepare(v cty.Value, ty cty.Type) cty.Value {
	plain, marks := v.Unmark()
	switch {
	case ty.IsPrimitiveType():
		return s.preparePrimitive(v, ty)
	case !plain.IsKnown() || plain.IsNull() || plain.Type().IsPrimitiveType():
		return v
	case ty.IsObjectType() && (plain.Type().IsObjectType() || plain.Type().IsMapType()):
		fields := plain.AsValueMap()
		for name, want := range ty.AttributeTypes() {
			if field, ok := fields[name]; ok {
				fields[name] = s.prepare(field, want)
			}
		}
		return cty.ObjectVal(fields).WithMarks(marks)
	case ty.IsMapType() && (plain.Type().IsObjectType() || plain.Type().IsMapType()):
		fields := plain.AsValueMap()
		for name, field := range fields {
			fields[name] = s.prepare(field, ty.ElementType())
		}
		return cty.ObjectVal(fields).WithMarks(marks)
	case ty.IsListType() || ty.IsSetType() || ty.IsTupleType():
		return s.prepareItems(plain, ty).WithMarks(marks)
	}
	return v
}

func (s *Set) preparePrimitive(v cty.Value, ty cty.Type) cty.Value {
	plain, _ := v.Unmark()
	isText := plain.Type() == cty.String
	if ty == cty.String && !isText && !plain.IsKnown() {
		return s.unknownAs(v, ty)
	}
	if ty != cty.String && isText && plain.IsKnown() && !plain.IsNull() && partial.HasToken(plain.AsString()) {
		return s.unknownAs(v, ty)
	}
	return v
}

func (s *Set) prepareItems(v cty.Value, ty cty.Type) cty.Value {
	if !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType() {
		return v
	}
	items := v.AsValueSlice()
	for i, item := range items {
		switch {
		case ty.IsTupleType() && i < len(ty.TupleElementTypes()):
			items[i] = s.prepare(item, ty.TupleElementTypes()[i])
		case !ty.IsTupleType():
			items[i] = s.prepare(item, ty.ElementType())
		}
	}
	return cty.TupleVal(items)
}

// unknownAs is an unknown value of another type.
func (s *Set) unknownAs(v cty.Value, ty cty.Type) cty.Value {
	flags := partial.Flags(v)
	o := s.table().OriginOf(v)
	if o == nil {
		o = s.table().Derive(ty.FriendlyName(), v)
	}
	if c := o.Choice; c != nil {
		then, errThen := s.Convert(c.Then, ty)
		els, errElse := s.Convert(c.Else, ty)
		if errThen == nil && errElse == nil {
			return s.table().Choose(c.Condition, then, els).WithMarks(flags)
		}
		o = s.table().Derive(ty.FriendlyName(), v)
	}
	next := *o
	next.Choice = nil
	plain, _ := v.Unmark()
	next.Fallible = next.Fallible || ty != cty.String && plain.Type() == cty.String
	return s.table().Value(ty, &next).WithMarks(flags)
}

// finish gives origins to what is unknown in a result.
func (s *Set) finish(name string, out cty.Value, args []cty.Value) cty.Value {
	out = s.fill(out, name, args...)
	if plain, _ := out.Unmark(); plain.IsKnown() {
		out = dropOrigins(out)
	}
	return partial.MarkSets(s.table(), out)
}

// dropOrigins removes origins from a known value; its other marks stay.
func dropOrigins(v cty.Value) cty.Value {
	plain, marks := v.Unmark()
	if len(marks) == 0 {
		return v
	}
	kept := cty.ValueMarks{}
	for mark := range marks {
		if _, ok := mark.(*partial.Origin); !ok {
			kept[mark] = struct{}{}
		}
	}
	return plain.WithMarks(kept)
}

// fill gives an origin to every unknown that has none.
func (s *Set) fill(v cty.Value, name string, args ...cty.Value) cty.Value {
	if v.IsWhollyKnown() {
		return v
	}
	count := 0
	var base *partial.Origin
	return partial.Map(v, func(leaf cty.Value) cty.Value {
		plain, _ := leaf.Unmark()
		if plain.IsKnown() {
			return leaf
		}
		o := s.table().OriginOf(leaf)
		if o != nil && (plain.Type() != cty.String || o.Choice != nil) {
			return leaf
		}
		if o != nil {
			return s.table().Value(cty.String, o).WithMarks(partial.Flags(leaf))
		}
		if base == nil {
			base = s.table().Derive(name, args...)
		}
		next, u := *base, *base.Unknown
		if count > 0 {
			u.ID += "#" + strconv.Itoa(count)
		}
		count++
		next.Unknown, next.Fallible = &u, next.Fallible || fallible(name)
		next.Nullable = plain.Type() == cty.DynamicPseudoType
		return s.table().Value(plain.Type(), &next).WithMarks(partial.Flags(leaf))
	})
}

// fallible reports whether a function may refuse a string for its content.
func fallible(name string) bool {
	switch name {
	case "tonumber", "tobool", "convert", "jsondecode", "yamldecode", "csvdecode", "regex", "parseint", "cidrhost",
		"cidrnetmask", "cidrsubnet", "cidrsubnets", "base64decode", "index", "element", "slice", "lookup", "one", "file",
		"templatefile", "timeadd", "formatdate", "coalescelist", "textdecodebase64", "rsadecrypt":
		return true
	}
	return false
}

// fresh is a value that no other call returns.
func (s *Set) fresh(name, reason string) cty.Value {
	s.calls++
	return s.table().Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{ID: name + "(" + strconv.Itoa(s.calls) + ")", Reason: reason},
		Class:   partial.ClassFilled,
	})
}
