package cloudformation

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// arguments returns the parts of a function's list.
func (s scope) arguments(name string, n *node, least, most int) ([]*node, bool) {
	if n.kind != listNode || len(n.items) < least || len(n.items) > most {
		count := strconv.Itoa(least)
		if most != least {
			count += " to " + strconv.Itoa(most)
		}
		s.report(n.rng, name+" needs a list of "+count+" values", "The value is unknown.")
		return nil, false
	}
	return n.items, true
}

// result puts the place of the expression and the way of its operands on a
// value. Items and arms that have a place of their own keep it.
func result(v graph.Value, rng hcl.Range, from ...graph.Value) graph.Value {
	v = placed(v, rng, viaOf(append([]graph.Value{v}, from...)...))
	for _, operand := range from {
		if operand.Sensitive() {
			return v.WithSensitive()
		}
	}
	return v
}

// placed gives a value a place, and everything inside that has none.
func placed(v graph.Value, rng hcl.Range, via []graph.Via) graph.Value {
	inner := func(v graph.Value) graph.Value {
		if v.HasRange() || v.IsAbsent() {
			return v
		}
		return placed(v, rng, via)
	}
	switch v.Kind() {
	case graph.KindList:
		items := make([]graph.Value, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = inner(item)
		}
		v = keepSensitive(v, graph.List(items...))
	case graph.KindChoice:
		c := v.Choice()
		v = keepSensitive(v, graph.ChoiceValue(c.Condition, inner(c.Then), inner(c.Else)))
	default:
	}
	v = v.WithRange(rng)
	if len(via) > 0 {
		v = v.WithVia(via...)
	}
	return v
}

func keepSensitive(old, v graph.Value) graph.Value {
	if old.Sensitive() {
		return v.WithSensitive()
	}
	return v
}

func (s scope) invalid(rng hcl.Range) graph.Value {
	return graph.UnknownValue(&graph.Unknown{
		ID: "error(" + place(rng) + ")", Reason: "the expression at " + place(rng) + " is in error",
		Settle: "correct the template", Range: rng,
	}).WithRange(rng)
}

// derived is the value of a function whose operand is not known: equal
// operands give equal values.
func derived(name string, because *graph.Unknown, rng hcl.Range, operands ...graph.Value) graph.Value {
	keys := make([]string, len(operands))
	for i, operand := range operands {
		keys[i] = valueKey(operand)
	}
	u := &graph.Unknown{ID: name + "(" + shortened(strings.Join(keys, ",")) + ")", Reason: name + " of a value that is not known", Range: rng}
	if because != nil {
		u.Reason, u.Settle = because.Reason, because.Settle
	}
	return graph.UnknownValue(u)
}

// shortened keeps an identifier that is made of others from growing without
// end; equal texts stay equal.
func shortened(key string) string {
	const longest = 512
	if len(key) <= longest {
		return key
	}
	return graph.StableHex(key, 64)
}

// valueKey is Value.Key for lists and maps too.
func valueKey(v graph.Value) string {
	switch v.Kind() {
	case graph.KindList:
		keys := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			keys[i] = valueKey(item)
		}
		return "[" + strings.Join(keys, ",") + "]"
	case graph.KindMap:
		text, err := v.MarshalJSON()
		if err != nil {
			return "{}"
		}
		return string(text)
	default:
		return strconv.Quote(v.Key())
	}
}

func firstUnknown(values ...graph.Value) *graph.Unknown {
	for _, v := range values {
		if u := v.Unknown(); u != nil {
			return u
		}
		if u := firstUnknown(v.Items()...); u != nil {
			return u
		}
		for _, field := range v.Fields() {
			if u := firstUnknown(field.Value); u != nil {
				return u
			}
		}
	}
	return nil
}

func (s scope) join(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::Join", n, 2, 2)
	if !ok {
		return s.invalid(rng)
	}
	delimiter, list := s.eval(args[0]), s.eval(args[1])
	v := s.lift([]graph.Value{delimiter, list}, func(v []graph.Value) graph.Value { return s.joined(v[0], v[1], rng) })
	return result(v, rng, delimiter, list)
}

func (s scope) joined(delimiter, list graph.Value, rng hcl.Range) graph.Value {
	if list.Kind() == graph.KindUnknown {
		return derived("join", list.Unknown(), rng, delimiter, list)
	}
	if list.Kind() != graph.KindList || delimiter.Parts() == nil {
		return s.fail(rng, "Fn::Join needs a delimiter and a list", "The second part of Fn::Join must be a list of strings.")
	}
	var parts []graph.Value
	size := 0
	for i, item := range list.Items() {
		if item.Parts() == nil {
			return s.fail(rng, "Fn::Join of a value that is no string", "Every item of the list must be a string.")
		}
		if i > 0 {
			parts = append(parts, delimiter)
		}
		parts = append(parts, item)
		size += textSize(item) + textSize(delimiter)
	}
	if s.makesTooLong(size) {
		return s.tooLong(rng)
	}
	return s.dynamicReferences(concatPlaced(rng, parts...), rng)
}

// makesTooLong counts the text that a function makes and reports whether it is
// too long.
func (r *run) makesTooLong(size int) bool {
	if size > r.limits.String {
		return true
	}
	r.text += size
	return false
}

func (s scope) tooLong(rng hcl.Range) graph.Value {
	return s.fail(rng, "string is too long", "The expression makes a string that is longer than iblint handles; it is unknown.")
}

// textSize measures a string; a part that is not known counts too.
func textSize(v graph.Value) int {
	const partSize = 64
	size := 0
	for _, part := range v.Parts() {
		size += len(part.Literal)
		if part.Unknown != nil {
			size += partSize
		}
	}
	return size
}

func (s scope) selectItem(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::Select", n, 2, 2)
	if !ok {
		return s.invalid(rng)
	}
	if name, argument := functionOf(args[1]); name == "Fn::Split" {
		return s.selectPiece(args[0], argument, rng)
	}
	index, list := s.eval(args[0]), s.eval(args[1])
	v := s.lift([]graph.Value{index, list}, func(v []graph.Value) graph.Value { return s.selected(v[0], v[1], rng) })
	return result(v, rng, index, list)
}

// selectPiece selects an item of Fn::Split: one before any part that may hold
// the delimiter is known, whatever comes after it.
func (s scope) selectPiece(index, split *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::Split", split, 2, 2)
	if !ok {
		return s.invalid(rng)
	}
	values := []graph.Value{s.eval(index), s.eval(args[0]), s.eval(args[1])}
	v := s.lift(values, func(v []graph.Value) graph.Value {
		i, err := number(v[0])
		by, _ := v[1].AsString()
		if err == nil && by != "" && !s.makesTooMany(v[2], by) {
			if pieces, _ := splitParts(v[2].Parts(), by, s.contains); i >= 0 && i < len(pieces) {
				return pieces[i]
			}
		}
		return s.selected(v[0], s.splitText(v[1], v[2], split.rng), rng)
	})
	return result(v, rng, values...)
}

func (s scope) selected(index, list graph.Value, rng hcl.Range) graph.Value {
	if index.IsUnknown() || list.Kind() == graph.KindUnknown {
		return derived("select", firstUnknown(index, list), rng, index, list)
	}
	i, err := number(index)
	if err != nil {
		return s.fail(rng, "Fn::Select needs a number", "The first part of Fn::Select must be the index of an item.")
	}
	if list.Kind() != graph.KindList {
		return s.fail(rng, "Fn::Select needs a list", "The second part of Fn::Select must be a list.")
	}
	if items := list.Items(); i >= 0 && i < len(items) {
		return items[i]
	}
	return s.fail(rng, "Fn::Select cannot select nonexistent value at index "+strconv.Itoa(i),
		"The list has "+strconv.Itoa(len(list.Items()))+" items, counted from 0.")
}

func (s scope) split(n *node, rng hcl.Range) graph.Value {
	args, ok := s.arguments("Fn::Split", n, 2, 2)
	if !ok {
		return s.invalid(rng)
	}
	delimiter, text := s.eval(args[0]), s.eval(args[1])
	v := s.lift([]graph.Value{delimiter, text}, func(v []graph.Value) graph.Value { return s.splitText(v[0], v[1], rng) })
	return result(v, rng, delimiter, text)
}

func (s scope) splitText(delimiter, text graph.Value, rng hcl.Range) graph.Value {
	by, known := delimiter.AsString()
	if !known && delimiter.IsUnknown() {
		return derived("split", delimiter.Unknown(), rng, delimiter, text)
	}
	if by == "" || text.Parts() == nil {
		return s.fail(rng, "Fn::Split needs a delimiter and a string", "The delimiter must not be empty; the second part must be a string.")
	}
	if s.makesTooMany(text, by) {
		return s.tooMany(rng)
	}
	items, complete := splitParts(text.Parts(), by, s.contains)
	if !complete {
		return derived("split", text.Unknown(), rng, delimiter, text)
	}
	for i := range items {
		items[i] = items[i].WithRange(rng)
	}
	return graph.List(items...)
}

func (s scope) tooMany(rng hcl.Range) graph.Value {
	return s.fail(rng, "list is too long", "The list has more than the "+strconv.Itoa(s.limits.Items)+" items that iblint handles; it is unknown.")
}

// makesTooMany counts the items that splitting makes and reports whether they
// are too many.
func (r *run) makesTooMany(text graph.Value, by string) bool {
	items := 1
	for _, part := range text.Parts() {
		items += strings.Count(part.Literal, by)
	}
	if items > r.limits.Items {
		return true
	}
	r.items += items
	return false
}

// splitParts splits text of which some parts are unknown. Where such a part may
// contain the delimiter, the pieces before it are all that is known.
func splitParts(parts []graph.Part, by string, mayContain func(u *graph.Unknown, by string) bool) (pieces []graph.Value, complete bool) {
	var out []graph.Value
	var current []graph.Part
	for _, part := range parts {
		if part.Unknown != nil {
			if mayContain(part.Unknown, by) {
				return out, false
			}
			current = append(current, part)
			continue
		}
		for i, piece := range strings.Split(part.Literal, by) {
			if i > 0 {
				out = append(out, textOf(current...))
				current = nil
			}
			current = append(current, graph.Part{Literal: piece})
		}
	}
	return append(out, textOf(current...)), true
}

// contains reports whether an unknown may contain a text.
func (r *run) contains(u *graph.Unknown, text string) bool {
	switch u.Symbol {
	case graph.SymbolAccount:
		return strings.Trim(text, "0123456789") == ""
	case graph.SymbolRegion, graph.SymbolPartition:
		return strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
	case graph.SymbolNone:
	}
	d := r.domains[u.ID]
	if d == nil || len(d.allowed) == 0 {
		return true
	}
	for _, value := range d.allowed {
		if strings.Contains(value, text) {
			return true
		}
	}
	return false
}

func (s scope) base64(n *node, rng hcl.Range) graph.Value {
	text := s.eval(n)
	if s.makesTooLong(2 * textSize(text)) {
		return s.tooLong(rng)
	}
	v := s.lift([]graph.Value{text}, func(v []graph.Value) graph.Value {
		if plain, ok := v[0].AsString(); ok {
			return graph.String(base64.StdEncoding.EncodeToString([]byte(plain)))
		}
		if v[0].Parts() == nil {
			return s.fail(rng, "Fn::Base64 needs a string", "The value to encode must be a string.")
		}
		return derived("base64", v[0].Unknown(), rng, v[0])
	})
	return result(v, rng, text)
}

func (s scope) length(n *node, rng hcl.Range) graph.Value {
	s.needsExtensions("Fn::Length", rng)
	list := s.eval(n)
	v := s.lift([]graph.Value{list}, func(v []graph.Value) graph.Value {
		switch v[0].Kind() {
		case graph.KindList:
			return graph.Number(strconv.Itoa(len(v[0].Items())))
		case graph.KindUnknown:
			return derived("length", v[0].Unknown(), rng, v[0])
		default:
			return s.fail(rng, "Fn::Length needs a list", "Fn::Length counts the items of a list.")
		}
	})
	return result(v, rng, list)
}

// needsExtensions reports a function that is there only with the transform
// AWS::LanguageExtensions.
func (s scope) needsExtensions(what string, rng hcl.Range) {
	if !s.extensions {
		s.report(rng, what+" needs the transform AWS::LanguageExtensions",
			"CloudFormation rejects the template: add AWS::LanguageExtensions to its Transform.")
	}
}
