package partial

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// Truth is the answer to a question about values that may not be known.
type Truth int8

// The answers.
const (
	No      Truth = -1
	Unknown Truth = 0
	Yes     Truth = 1
)

// Equal compares two values as == does. The result is a boolean, unknown where
// the values are not certainly equal or certainly different.
func (t *Table) Equal(a, b cty.Value) cty.Value {
	erased := t.Erase(a).Equals(t.Erase(b))
	if erased.IsKnown() {
		return Strip(erased)
	}
	result, _ := t.Distribute([]cty.Value{a, b}, func(args []cty.Value) (cty.Value, error) {
		return t.equalOnce(args[0], args[1]), nil
	})
	return result.WithMarks(DeepFlags(a, b))
}

func (t *Table) equalOnce(a, b cty.Value) cty.Value {
	switch t.same(a, b) {
	case Yes:
		return cty.True
	case No:
		return cty.False
	default:
		return t.Value(cty.Bool, t.DeriveSorted("equal", a, b))
	}
}

// Same says whether two values are certainly equal or certainly different.
func (t *Table) Same(a, b cty.Value) Truth {
	v, _ := t.Equal(a, b).Unmark()
	switch {
	case !v.IsKnown():
		return Unknown
	case v.True():
		return Yes
	}
	return No
}

func (t *Table) same(a, b cty.Value) Truth {
	ca, cb := t.OriginOf(a), t.OriginOf(b)
	if ca != nil && cb != nil && ca.Unknown.ID == cb.Unknown.ID {
		return Yes
	}
	a, _ = a.Unmark()
	b, _ = b.Unmark()
	if erased := t.Erase(a).Equals(t.Erase(b)); erased.IsKnown() {
		if plain, _ := erased.Unmark(); plain.True() {
			return Yes
		}
		return No
	}
	if !a.IsKnown() || !b.IsKnown() || a.IsNull() || b.IsNull() {
		return Unknown
	}
	if a.Type() == cty.String && b.Type() == cty.String {
		return t.SameText(a.AsString(), b.AsString())
	}
	return t.sameContainers(a, b)
}

func (t *Table) sameContainers(a, b cty.Value) Truth {
	ta, tb := a.Type(), b.Type()
	if ta.IsPrimitiveType() || tb.IsPrimitiveType() || ta.IsSetType() || tb.IsSetType() {
		return Unknown
	}
	if a.LengthInt() != b.LengthInt() {
		return Unknown
	}
	out := Yes
	ia, ib := a.ElementIterator(), b.ElementIterator()
	for ia.Next() && ib.Next() {
		ka, va := ia.Element()
		kb, vb := ib.Element()
		if !ka.RawEquals(kb) {
			return Unknown
		}
		switch t.same(va, vb) {
		case No:
			return No
		case Unknown:
			out = Unknown
		case Yes:
		}
	}
	return out
}

// SameText says whether two strings are certainly equal or certainly
// different.
func (t *Table) SameText(a, b string) Truth {
	if a == b {
		return Yes
	}
	if !HasToken(a) && !HasToken(b) {
		return No
	}
	pa, pb := t.Split(a), t.Split(b)
	if differAtStart(pa, pb) || differAtEnd(pa, pb) {
		return No
	}
	switch {
	case !HasToken(b) && !t.matches(pa, b), !HasToken(a) && !t.matches(pb, a):
		return No
	}
	return Unknown
}

func differAtStart(a, b []Piece) bool {
	x, y := a[0].Literal, b[0].Literal
	n := min(len(x), len(y))
	return x[:n] != y[:n]
}

func differAtEnd(a, b []Piece) bool {
	x, y := a[len(a)-1].Literal, b[len(b)-1].Literal
	n := min(len(x), len(y))
	return x[len(x)-n:] != y[len(y)-n:]
}

// matches reports whether a literal could be the text.
func (t *Table) matches(pieces []Piece, literal string) bool {
	if len(pieces) == 0 {
		return literal == ""
	}
	first, rest := pieces[0], pieces[1:]
	if first.Origin == nil {
		return strings.HasPrefix(literal, first.Literal) && t.matches(rest, literal[len(first.Literal):])
	}
	if first.Origin.Class == ClassAccount {
		return len(literal) >= 12 && isDigits(literal[:12]) && t.matches(rest, literal[12:])
	}
	if len(rest) == 0 {
		return first.Origin.Class.admits(literal)
	}
	// More than a few unknowns in one string make the search long for little.
	if len(pieces) > 6 || len(literal) > 400 {
		return true
	}
	for i := 0; i <= len(literal); i++ {
		if first.Origin.Class.admits(literal[:i]) && t.matches(rest, literal[i:]) {
			return true
		}
	}
	return false
}

func (c Class) admits(s string) bool {
	switch c {
	case ClassFilled:
		return s != ""
	case ClassAccount:
		return len(s) == 12 && isDigits(s)
	case ClassRegion:
		return isRegion(s)
	case ClassPartition:
		return s == "aws" || strings.HasPrefix(s, "aws-") && isWord(s[4:])
	default:
		return true
	}
}

func isDigits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func isWord(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return s != ""
}

// isRegion accepts what looks like a Region: us-east-1, us-gov-west-1.
func isRegion(s string) bool {
	i := strings.LastIndexByte(s, '-')
	if i < 0 || i == len(s)-1 || !isDigits(s[i+1:]) {
		return false
	}
	return isWord(s[:i]) && strings.Count(s[:i], "-") >= 1
}
