package terraform

import (
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// place follows a value back to where it was written. It is worked out from
// the expressions when the graph is made, so that evaluation itself carries no
// places about.
type place struct {
	l *loader
	// at is where the value stands in the resource.
	at hcl.Range
	// via are the places that it passed, nearest first; the last one is where
	// the expression of origin stands.
	via []graph.Via
	// origin is the expression that makes the value; its expr is nil when it is
	// not known.
	origin origin
	// name is the property, for the reason of values that have none.
	name string
}

// maxSteps bounds how far a value is followed.
const maxSteps = 24

func (l *loader) placeOf(o origin, name string) place {
	p := place{l: l, origin: o, name: name}
	if o.expr != nil {
		p.at = o.expr.Range()
	}
	return p.resolve()
}

// Locate returns the range of the value and what it passed.
func (p place) Locate() (hcl.Range, []graph.Via) {
	via := make([]graph.Via, len(p.via))
	for i, v := range p.via {
		via[i] = graph.Via{Message: v.Message, Range: p.l.inside(v.Range)}
	}
	return p.l.inside(p.at), via
}

// Reason says why a value is not known that carries no reason itself.
func (p place) Reason() *graph.Unknown {
	return &graph.Unknown{ID: "value(" + p.l.dir + "#" + p.name + ")", Reason: p.name + " is only known after apply", Range: p.at}
}

// Field is the place of a field of the value.
func (p place) Field(name string) partial.Place {
	return p.inside(cty.StringVal(name), "."+name)
}

// Item is the place of an item of the value.
func (p place) Item(index int) partial.Place {
	return p.inside(cty.NumberIntVal(int64(index)), "["+strconv.Itoa(index)+"]")
}

func (p place) inside(key cty.Value, label string) partial.Place {
	next := p
	next.name += label
	child, ok := step(p.origin, key)
	if !ok {
		next.origin = origin{}
		return next
	}
	next.origin = child
	r := child.expr.Range()
	if len(p.via) == 0 {
		next.at = r
	} else {
		next.via = append([]graph.Via{}, p.via...)
		next.via[len(next.via)-1].Range = r
	}
	return next.resolve()
}

// resolve follows references from the expression to what they name.
func (p place) resolve() place {
	for range maxSteps {
		next, message, ok := follow(p.origin)
		if !ok {
			return p
		}
		p.origin = next
		if message != "" && next.expr != nil {
			p.via = append(append([]graph.Via{}, p.via...), graph.Via{Message: message, Range: next.expr.Range()})
		}
	}
	return p
}
