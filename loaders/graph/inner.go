package graph

import (
	"sort"

	"github.com/hashicorp/hcl/v2"
)

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

// Piece is a part of a string that was put together: the length of its known
// text, and where that was written.
type Piece struct {
	Size  int
	Place Inner
}

// PieceOf is a string as a part of another.
func PieceOf(v Value) Piece { return Piece{Size: knownSize(v.Parts()), Place: v.Inner} }

func knownSize(parts []Part) int {
	size := 0
	for _, part := range parts {
		size += len(part.Literal)
	}
	return size
}

// JoinInner places the text of a string that was put together.
func JoinInner(pieces []Piece) Inner {
	ends := make([]int, len(pieces))
	end := 0
	for i, piece := range pieces {
		end += piece.Size
		ends[i] = end
	}
	find := func(offset int) int { return sort.SearchInts(ends, offset+1) }
	return func(from, to int) hcl.Range {
		first, last := find(from), find(max(to-1, from))
		if last == len(pieces) {
			return hcl.Range{}
		}
		start := ends[first] - pieces[first].Size
		rng := pieces[first].Place(from-start, min(to, ends[first])-start)
		start = ends[last] - pieces[last].Size
		rng.End = pieces[last].Place(max(from, start)-start, to-start).End
		return rng
	}
}
