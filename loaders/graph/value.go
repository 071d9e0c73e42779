package graph

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// ValueKind says what a Value holds. The zero kind is invalid, so that a
// value nobody filled in fails loudly instead of reading as absent.
type ValueKind uint8

// The kinds of values.
const (
	KindInvalid ValueKind = iota
	// KindAbsent is HCL null, AWS::NoValue or an argument that is not written.
	KindAbsent
	KindBool
	// KindNumber keeps the number as it prints in JSON.
	KindNumber
	// KindString is a string of which every character is known.
	KindString
	// KindText is a string of which some parts are not known.
	KindText
	KindList
	KindMap
	// KindUnknown is a value of which nothing is known but why.
	KindUnknown
	// KindChoice is one of two values; an undecided condition chooses.
	KindChoice
)

// Value is an evaluated value of a template. It is immutable: the With methods
// return a changed copy. Every value knows where it was written.
type Value struct {
	kind      ValueKind
	truth     bool
	sensitive bool
	text      string
	parts     []Part
	items     []Value
	fields    []Field
	unknown   *Unknown
	choice    *Choice
	rng       *hcl.Range
	inner     Inner
	via       []Via
}

// Part is one piece of a partly known string: a literal, or, when Unknown is
// set, a piece that is not known.
type Part struct {
	Literal string
	Unknown *Unknown
}

// Field is one entry of a map value.
type Field struct {
	Name  string
	Value Value
}

// Via is one place that a value passed on its way to where it is used: the
// argument of a module call, a local value, a tfvars line, a parameter.
type Via struct {
	Message string
	Range   hcl.Range
}

// Choice is a value that an undecided condition chooses.
type Choice struct {
	Condition *Condition
	Then      Value
	Else      Value
}

// Absent is a value that is not set.
func Absent() Value { return Value{kind: KindAbsent} }

// Bool is a known truth value.
func Bool(b bool) Value { return Value{kind: KindBool, truth: b} }

// Number is a known number, given as JSON prints it.
func Number(literal string) Value { return Value{kind: KindNumber, text: literal} }

// String is a fully known string.
func String(s string) Value { return Value{kind: KindString, text: s} }

// Text is a string made of parts. Adjacent literals are joined; text without
// an unknown part is a String; a single unknown part that is no symbol of a
// string stays text, so that it can be told from a value of unknown type.
func Text(parts ...Part) Value {
	joined := joinParts(parts)
	switch {
	case len(joined) == 0:
		return String("")
	case len(joined) == 1 && joined[0].Unknown == nil:
		return String(joined[0].Literal)
	}
	return Value{kind: KindText, parts: joined}
}

func joinParts(parts []Part) []Part {
	var out []Part
	for _, p := range parts {
		if p.Unknown == nil && p.Literal == "" {
			continue
		}
		if n := len(out); n > 0 && p.Unknown == nil && out[n-1].Unknown == nil {
			out[n-1].Literal += p.Literal
			continue
		}
		out = append(out, p)
	}
	return out
}

// List is a known list; its items may be unknown.
func List(items ...Value) Value { return Value{kind: KindList, items: items} }

// Map is a known map or object; its fields may be unknown. Fields are sorted
// by name; of two fields with one name the last stays.
func Map(fields ...Field) Value {
	sorted := slices.Clone(fields)
	slices.SortStableFunc(sorted, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	out := sorted[:0]
	for i, f := range sorted {
		if i+1 < len(sorted) && sorted[i+1].Name == f.Name {
			continue
		}
		out = append(out, f)
	}
	return Value{kind: KindMap, fields: out}
}

// UnknownValue is a value of which only the reason for its absence is known.
func UnknownValue(u *Unknown) Value { return Value{kind: KindUnknown, unknown: u} }

// ChoiceValue is then if the condition holds and otherwise els. Equal arms
// need no condition.
func ChoiceValue(c *Condition, then, els Value) Value {
	if then.Equal(els) {
		return then
	}
	return Value{kind: KindChoice, choice: &Choice{Condition: c, Then: then, Else: els}}
}

// Kind says what the value holds.
func (v Value) Kind() ValueKind { return v.kind }

// IsAbsent reports whether the value is not set.
func (v Value) IsAbsent() bool { return v.kind == KindAbsent || v.kind == KindInvalid }

// IsUnknown reports whether any of the value itself is undecided; the items of
// a list and the fields of a map do not count.
func (v Value) IsUnknown() bool {
	return v.kind == KindUnknown || v.kind == KindText || v.kind == KindChoice
}

// AsBool returns a known truth value. The strings "true" and "false", which
// both dialects accept for booleans, count ("1" and "0" do in Terraform).
func (v Value) AsBool() (value, known bool) {
	switch v.kind {
	case KindBool:
		return v.truth, true
	case KindString:
		switch strings.ToLower(v.text) {
		case "true", "1":
			return true, true
		case "false", "0":
			return false, true
		}
	default: // no truth value
	}
	return false, false
}

// AsString returns a fully known string; numbers and truth values, which both
// dialects accept for strings, are printed.
func (v Value) AsString() (value string, known bool) {
	switch v.kind {
	case KindString, KindNumber:
		return v.text, true
	case KindBool:
		return strconv.FormatBool(v.truth), true
	default: // no string
	}
	return "", false
}

// Parts returns the parts of a string, known or not; nil for other kinds. A
// wholly unknown value is one unknown part.
func (v Value) Parts() []Part {
	switch v.kind {
	case KindText:
		return v.parts
	case KindUnknown:
		return []Part{{Unknown: v.unknown}}
	default: // known, if it is a string
	}
	if s, ok := v.AsString(); ok {
		return []Part{{Literal: s}}
	}
	return nil
}

// Items returns the items of a list.
func (v Value) Items() []Value { return v.items }

// Fields returns the fields of a map, sorted by name.
func (v Value) Fields() []Field { return v.fields }

// Field returns the named field of a map, or an absent value.
func (v Value) Field(name string) Value {
	i := sort.Search(len(v.fields), func(i int) bool { return v.fields[i].Name >= name })
	if i < len(v.fields) && v.fields[i].Name == name {
		return v.fields[i].Value
	}
	return Absent()
}

// Unknown returns why the value is not known: its own reason, or that of its
// first unknown part, or that of the condition that chooses it. It is nil for
// a known value.
func (v Value) Unknown() *Unknown {
	switch v.kind {
	case KindUnknown:
		return v.unknown
	case KindText:
		for _, p := range v.parts {
			if p.Unknown != nil {
				return p.Unknown
			}
		}
	case KindChoice:
		return v.choice.Condition.Unknown()
	default: // known
	}
	return nil
}

// Choice returns the two arms of a value that a condition chooses, else nil.
func (v Value) Choice() *Choice { return v.choice }

// Range returns where the value was written; the zero range when that is not
// known.
func (v Value) Range() hcl.Range {
	if v.rng == nil {
		return hcl.Range{}
	}
	return *v.rng
}

// HasRange reports whether it is known where the value was written.
func (v Value) HasRange() bool { return v.rng != nil }

// Via returns the places that the value passed on its way, nearest first.
func (v Value) Via() []Via { return v.via }

// Sensitive reports whether the value must not be printed.
func (v Value) Sensitive() bool { return v.sensitive }

// WithRange returns the value, written at r.
func (v Value) WithRange(r hcl.Range) Value {
	v.rng = &r
	return v
}

// WithVia returns the value with the places that it passed, nearest first.
func (v Value) WithVia(via ...Via) Value {
	v.via = via
	return v
}

// WithSensitive returns the value marked as one that must not be printed.
func (v Value) WithSensitive() Value {
	v.sensitive = true
	return v
}

// Equal reports whether two values are certainly the same: unknown parts are
// the same when their IDs are. Places do not matter.
func (v Value) Equal(w Value) bool {
	if v.kind != w.kind {
		return v.IsAbsent() && w.IsAbsent()
	}
	switch v.kind {
	case KindBool:
		return v.truth == w.truth
	case KindNumber, KindString:
		return v.text == w.text
	case KindText:
		return equalParts(v.parts, w.parts)
	case KindList:
		return equalItems(v.items, w.items)
	case KindMap:
		return equalFields(v.fields, w.fields)
	case KindUnknown:
		return v.unknown.Same(w.unknown)
	case KindChoice:
		return v.choice.Condition.ID == w.choice.Condition.ID &&
			v.choice.Then.Equal(w.choice.Then) && v.choice.Else.Equal(w.choice.Else)
	default: // nothing to compare
	}
	return true
}

func equalParts(a, b []Part) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if (a[i].Unknown == nil) != (b[i].Unknown == nil) || a[i].Literal != b[i].Literal {
			return false
		}
		if a[i].Unknown != nil && !a[i].Unknown.Same(b[i].Unknown) {
			return false
		}
	}
	return true
}

func equalItems(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !a[i].Equal(b[i]) {
			return false
		}
	}
	return true
}

func equalFields(a, b []Field) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Name != b[i].Name || !a[i].Value.Equal(b[i].Value) {
			return false
		}
	}
	return true
}
