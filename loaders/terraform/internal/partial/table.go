// Package partial makes cty carry strings of which only parts are known. An
// unknown string is a known cty string that holds a token: a number between two
// Unicode noncharacters, which no input may contain (see Clean). Templates,
// lists and JSON then keep what is known around it. Whatever looks at the
// content of a string has to ask this package first. Unknown values of other
// types are cty unknowns whose mark, an *Origin, says where they come from.
package partial

import (
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
)

const (
	tokenOpen  = "\uFDD0"
	tokenClose = "\uFDD1"
)

// Class says what is known of the content of an unknown string.
type Class uint8

// The classes.
const (
	// ClassAny is any text, even an empty one.
	ClassAny Class = iota
	// ClassFilled is any text but an empty one.
	ClassFilled
	// ClassAccount is twelve digits.
	ClassAccount
	// ClassRegion is the name of a Region.
	ClassRegion
	// ClassPartition is the name of a partition.
	ClassPartition
)

// Origin says what an unknown value is and where it comes from.
type Origin struct {
	// Unknown identifies the value: equal IDs are equal values.
	Unknown *graph.Unknown
	Class   Class
	// Nullable is set when the value may turn out to be null.
	Nullable bool
	// Fallible is set when making the value may turn out to be an error.
	Fallible bool
	// Failed is set when making the value is an error: it stands in the arm of a
	// choice that must not be taken.
	Failed bool
	// Choice is set when the value is one of two by an undecided condition.
	Choice *Choice
	// Text is what people call the value: the text of its expression.
	Text string
}

// Choice is one of two values by an undecided condition.
type Choice struct {
	Condition *graph.Condition
	Then      cty.Value
	Else      cty.Value

	// size counts the choices in it, itself included.
	size int
}

// Mark is a mark of cty that says something of a value as a whole.
type Mark uint8

// The marks.
const (
	// Sensitive values must not be printed.
	Sensitive Mark = iota + 1
	// Ephemeral values must not be stored.
	Ephemeral
	// Uncertain collections hold the right elements, but their order and number
	// are not certain, because some elements may turn out to be equal or absent.
	Uncertain
	// Deferred values are not known to Terraform before apply, though more is
	// known here; it does not refuse what is done with them.
	Deferred
	// Representative collections hold one element that stands for all: whatever
	// the key, it is what an index finds.
	Representative
	// Private values must not be printed either, but Terraform does not treat
	// them as sensitive: outputs of child modules that are declared so.
	Private
)

// Open marks an object of which not all attributes are known beforehand: any
// further attribute exists and is unknown.
type Open struct {
	// ID is the ID of the resource.
	ID string
	// Reason and Settle tell why an attribute is not known, with the name of the
	// attribute in the place of "%s".
	Reason string
	Settle string
	Range  hcl.Range
	// Text is what people call the object.
	Text string
	// Pattern is the ID of an attribute, with its name in the place of "%s"; ""
	// is the usual one.
	Pattern string
}

// Table holds the unknown strings of one load. It is not safe for concurrent
// use.
type Table struct {
	origins []*Origin
	index   map[string]int
	// MaxText is the length at which a string stops to grow, in bytes; 0 is no
	// limit.
	MaxText int
}

// NewTable makes an empty table.
func NewTable() *Table { return &Table{index: map[string]int{}} }

// Clean replaces the noncharacters that tokens are made of.
func Clean(s string) string {
	if !strings.Contains(s, "\uFDD0") && !strings.Contains(s, "\uFDD1") {
		return s
	}
	return strings.NewReplacer(tokenOpen, "\uFFFD", tokenClose, "\uFFFD").Replace(s)
}

// Token is the text that stands for an unknown string.
func (t *Table) Token(o *Origin) string {
	i, ok := t.index[o.Unknown.ID]
	if !ok {
		i = len(t.origins)
		t.origins = append(t.origins, o)
		t.index[o.Unknown.ID] = i
	}
	return tokenOpen + strconv.Itoa(i) + tokenClose
}

// Value is the value of an origin, of the given type.
func (t *Table) Value(ty cty.Type, o *Origin) cty.Value {
	if ty == cty.String && !t.nullArm(o) {
		return cty.StringVal(t.Token(o))
	}
	return cty.UnknownVal(ty).Mark(o)
}

// nullArm reports whether a choice has an arm that is no string; it cannot
// stand inside a string then.
func (t *Table) nullArm(o *Origin) bool {
	if o.Choice == nil {
		return false
	}
	then, els := o.Choice.Then, o.Choice.Else
	return !plainString(then) && !IsRemoved(then) || !plainString(els) && !IsRemoved(els)
}

func plainString(v cty.Value) bool {
	v, _ = v.Unmark()
	return v.Type() == cty.String && v.IsKnown() && !v.IsNull()
}

// Piece is a part of a string: a literal, or, when Origin is set, an unknown.
type Piece struct {
	Literal string
	Origin  *Origin
}

// HasToken reports whether a string has unknown parts.
func HasToken(s string) bool { return strings.Contains(s, tokenOpen) }

// Split cuts a string into its known and unknown parts.
func (t *Table) Split(s string) []Piece {
	var pieces []Piece
	for {
		start := strings.Index(s, tokenOpen)
		if start < 0 {
			break
		}
		end := strings.Index(s[start:], tokenClose)
		if end < 0 {
			break
		}
		if start > 0 {
			pieces = append(pieces, Piece{Literal: s[:start]})
		}
		if o := t.origin(s[start+len(tokenOpen) : start+end]); o != nil {
			pieces = append(pieces, Piece{Origin: o})
		}
		s = s[start+end+len(tokenClose):]
	}
	if s != "" || len(pieces) == 0 {
		pieces = append(pieces, Piece{Literal: s})
	}
	return pieces
}

func (t *Table) origin(digits string) *Origin {
	i, err := strconv.Atoi(digits)
	if err != nil || i < 0 || i >= len(t.origins) {
		return nil
	}
	return t.origins[i]
}

// Alone returns the origin of a string that is one token and nothing else.
func (t *Table) Alone(s string) *Origin {
	if !strings.HasPrefix(s, tokenOpen) {
		return nil
	}
	pieces := t.Split(s)
	if len(pieces) != 1 {
		return nil
	}
	return pieces[0].Origin
}

// Origins returns the origins of a string, in order.
func (t *Table) Origins(s string) []*Origin {
	if !HasToken(s) {
		return nil
	}
	var out []*Origin
	for _, p := range t.Split(s) {
		if p.Origin != nil {
			out = append(out, p.Origin)
		}
	}
	return out
}

// OriginOf returns the origin of an unknown value, or of a string that is one
// token; nil when there is none.
func (t *Table) OriginOf(v cty.Value) *Origin {
	if v == cty.NilVal {
		return nil
	}
	plain, marks := v.Unmark()
	if plain.Type() == cty.String && plain.IsKnown() && !plain.IsNull() {
		return t.Alone(plain.AsString())
	}
	if plain.IsKnown() {
		return nil
	}
	return firstOrigin(marks)
}

func firstOrigin(marks cty.ValueMarks) *Origin {
	var first *Origin
	for mark := range marks {
		o, ok := mark.(*Origin)
		if ok && (first == nil || o.Unknown.ID < first.Unknown.ID) {
			first = o
		}
	}
	return first
}
