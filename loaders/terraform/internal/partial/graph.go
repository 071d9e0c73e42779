package partial

import (
	"reflect"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
)

// removedType is the type of the only value of its kind: what is not there.
//
//nolint:gochecknoglobals // a capsule type is its own identity, so there must be one
var removedType = cty.Capsule("removed", reflect.TypeFor[struct{}]())

// Removed is the arm of a choice that leaves an element out of its collection.
func Removed() cty.Value { return cty.CapsuleVal(removedType, &struct{}{}) }

// IsRemoved reports whether a value is Removed.
func IsRemoved(v cty.Value) bool { return v.Type().Equals(removedType) }

// Place knows where a value and what is inside it were written.
type Place interface {
	// Locate returns the range of the value, and the places that it passed on
	// its way, nearest first.
	Locate() (hcl.Range, []graph.Via)
	// Field and Item are the places of what is inside.
	Field(name string) Place
	Item(index int) Place
	// Reason says why a value is not known that carries no reason itself.
	Reason() *graph.Unknown
}

// Graph converts a value to one of the graph.
func (t *Table) Graph(v cty.Value, place Place) graph.Value {
	out := t.convert(v, place)
	if HasDeep(v, Sensitive) || HasDeep(v, Private) {
		out = out.WithSensitive()
	}
	r, via := place.Locate()
	if r.Filename == "" {
		return out
	}
	return out.WithRange(r).WithVia(via...)
}

func (t *Table) convert(v cty.Value, place Place) graph.Value {
	plain, _ := v.Unmark()
	ty := plain.Type()
	switch {
	case IsRemoved(plain):
		return graph.Absent()
	case !plain.IsKnown():
		return t.convertUnknown(v, place)
	case plain.IsNull():
		return graph.Absent()
	case ty == cty.String:
		return t.convertText(plain.AsString(), maxConditions)
	case ty == cty.Number && plain.AsBigFloat().IsInf():
		return graph.UnknownValue(&graph.Unknown{ID: "infinity", Reason: "the number is infinite"})
	case ty == cty.Number:
		return graph.Number(numberText(plain))
	case ty == cty.Bool:
		return graph.Bool(plain.True())
	case ty.IsObjectType() || ty.IsMapType():
		return t.convertFields(plain, place)
	case ty.IsListType() || ty.IsSetType() || ty.IsTupleType():
		items := make([]graph.Value, 0, plain.LengthInt())
		for it := plain.ElementIterator(); it.Next(); {
			_, item := it.Element()
			items = append(items, t.Graph(item, place.Item(len(items))))
		}
		return graph.List(items...)
	}
	return graph.UnknownValue(place.Reason())
}

func (t *Table) convertFields(v cty.Value, place Place) graph.Value {
	fields := make([]graph.Field, 0, v.LengthInt())
	for it := v.ElementIterator(); it.Next(); {
		key, item := it.Element()
		name := key.AsString()
		fields = append(fields, graph.Field{Name: t.Label(name), Value: t.Graph(item, place.Field(name))})
	}
	return graph.Map(fields...)
}

func (t *Table) convertUnknown(v cty.Value, place Place) graph.Value {
	o := t.OriginOf(v)
	if o == nil {
		return graph.UnknownValue(place.Reason())
	}
	if c := o.Choice; c != nil {
		return graph.ChoiceValue(c.Condition, t.Graph(c.Then, place), t.Graph(c.Else, place))
	}
	plain, _ := v.Unmark()
	if plain.Type() == cty.String {
		return graph.Text(graph.Part{Unknown: o.Unknown})
	}
	return graph.UnknownValue(o.Unknown)
}

// convertText makes text of a string; choices in it become a choice of texts.
func (t *Table) convertText(s string, budget int) graph.Value {
	if !HasToken(s) {
		return graph.String(s)
	}
	v := cty.StringVal(s)
	if o := t.Alone(s); o != nil && o.Choice != nil && budget > 0 {
		return graph.ChoiceValue(o.Choice.Condition, t.convertArm(o.Choice.Then, budget-1), t.convertArm(o.Choice.Else, budget-1))
	}
	if c := t.firstCondition([]cty.Value{v}); c != nil && budget > 0 {
		then, _ := t.Decide(v, c.ID, true).Unmark()
		els, _ := t.Decide(v, c.ID, false).Unmark()
		if plainString(then) && plainString(els) && then.AsString() != s && els.AsString() != s {
			return graph.ChoiceValue(c, t.convertText(then.AsString(), budget-1), t.convertText(els.AsString(), budget-1))
		}
	}
	var parts []graph.Part
	for _, p := range t.Split(s) {
		if p.Origin == nil {
			parts = append(parts, graph.Part{Literal: p.Literal})
			continue
		}
		parts = append(parts, graph.Part{Unknown: p.Origin.Unknown})
	}
	return graph.Text(parts...)
}

// convertArm converts one arm of a choice of strings.
func (t *Table) convertArm(arm cty.Value, budget int) graph.Value {
	arm, _ = arm.Unmark()
	if !plainString(arm) {
		return graph.Absent()
	}
	return t.convertText(arm.AsString(), budget)
}

// Label is a string for people and for addresses: unknown parts stand in it
// as ${what they are}.
func (t *Table) Label(s string) string {
	if !HasToken(s) {
		return s
	}
	var b strings.Builder
	for _, p := range t.Split(s) {
		if p.Origin == nil {
			b.WriteString(p.Literal)
			continue
		}
		b.WriteString("${" + p.Origin.Unknown.ID + "}")
	}
	return b.String()
}

// maxExponent is the size of the largest number that is printed digit by
// digit, in bits.
const maxExponent = 1 << 14

// Vast reports whether a number is so large that printing its digits would
// take the memory of a small file.
func Vast(v cty.Value) bool {
	v, _ = v.Unmark()
	if v.Type() != cty.Number || !v.IsKnown() || v.IsNull() {
		return false
	}
	number := v.AsBigFloat()
	exponent := number.MantExp(nil)
	return number.IsInf() || exponent > maxExponent || exponent < -maxExponent
}

// AnyVast reports whether a number anywhere in a value is vast.
func AnyVast(v cty.Value) bool {
	return !Each(v, func(leaf cty.Value) bool { return !Vast(leaf) })
}

// MostDigits is the length of the longest text that is read as a number: the
// time that it takes grows with the square of the length.
const MostDigits = 100_000

// VastText reports whether a text is too long to be read as a number.
func VastText(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull() && len(v.AsString()) > MostDigits
}

func numberText(v cty.Value) string {
	f := v.AsBigFloat()
	if f.IsInt() && f.MantExp(nil) < maxExponent {
		return f.Text('f', -1)
	}
	return f.Text('g', -1)
}
