package graph

import "github.com/hashicorp/hcl/v2"

// Inner places a piece of a string: from and to are offsets into its known
// text, in which a part that is not known has no length.
type Inner func(from, to int) hcl.Range

// WithInner returns the string value, of which each piece has a place of its
// own: a policy document that is written as text.
func (v Value) WithInner(inner Inner) Value {
	v.inner = inner
	return v
}

// Inner returns where a piece of a string was written; the place of the whole
// string where that is all that is known.
func (v Value) Inner(from, to int) hcl.Range {
	if v.inner == nil {
		return v.Range()
	}
	return v.inner(from, to)
}

// HasInner reports whether the pieces of a string have places of their own.
func (v Value) HasInner() bool { return v.inner != nil }
