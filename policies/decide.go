package policies

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// decider says in words which conditions choose a set of worlds.
type decider struct {
	worlds     []World
	conditions []*graph.Condition
	all        worldSet
}

func newDecider(worlds []World) *decider {
	d := &decider{worlds: worlds, all: allWorlds(len(worlds))}
	seen := map[string]bool{}
	for _, w := range worlds {
		for _, c := range w.Conditions {
			if !seen[c.ID] {
				seen[c.ID] = true
				d.conditions = append(d.conditions, c)
			}
		}
	}
	slices.SortStableFunc(d.conditions, func(a, b *graph.Condition) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return d
}

// literal is a condition with the truth that it must have.
type literal struct {
	condition *graph.Condition
	truth     bool
}

// where returns the worlds in which all literals may hold.
func (d *decider) where(literals []literal) worldSet {
	out := d.all
	for _, l := range literals {
		out &^= d.certain(literal{condition: l.condition, truth: !l.truth})
	}
	return out
}

// certain returns the worlds in which a literal holds. In a world for which the
// condition makes no difference neither it nor its negation does.
func (d *decider) certain(l literal) worldSet {
	var out worldSet
	for i, w := range d.worlds {
		if truth, ok := w.Decided[l.condition.ID]; ok && truth == l.truth {
			out |= 1 << i
		}
	}
	return out
}

// describe returns "only if condition IsProd holds" and the conditions that it
// names, for the worlds of a set in which something about some roots is found.
//
// Conditions of different roots are decided side by side, so two of them may
// have the same truth in every world. Then those of the roots concerned count;
// if that leaves several, all are named.
func (d *decider) describe(set worldSet, roots []string) (string, []*graph.Condition) {
	concerned := d.concerned(roots)
	literals, ok := concerned.conjunction(set)
	word := "only if "
	if !ok {
		literals, ok = concerned.conjunction(d.all &^ set)
		word = "unless "
	}
	if !ok {
		return severalOutcomes(concerned.relevant(set))
	}
	if conditions := concerned.alike(literals); len(conditions) > len(literals) {
		return severalOutcomes(conditions)
	}
	return word + strings.Join(phrases(literals), " and "), conditionsOf(literals)
}

func severalOutcomes(conditions []*graph.Condition) (string, []*graph.Condition) {
	names := make([]string, len(conditions))
	for i, c := range conditions {
		names[i] = c.Name
	}
	return "only for some outcomes of the conditions " + strings.Join(names, ", "), conditions
}

// concerned leaves out every condition that goes along with one of the roots
// concerned.
func (d *decider) concerned(roots []string) *decider {
	near := map[column]bool{}
	for _, c := range d.conditions {
		if ofRoots(c, roots) {
			near[d.column(c)] = true
		}
	}
	out := *d
	out.conditions = slices.DeleteFunc(slices.Clone(d.conditions), func(c *graph.Condition) bool {
		return near[d.column(c)] && !ofRoots(c, roots)
	})
	return &out
}

// column is how a condition comes out over the worlds: those in which it has
// the one truth and those in which it has the other.
type column struct{ one, other worldSet }

func (d *decider) column(c *graph.Condition) column {
	holds := d.certain(literal{condition: c, truth: true})
	fails := d.certain(literal{condition: c, truth: false})
	return column{one: max(holds, fails), other: min(holds, fails)}
}

// ofRoots reports whether a condition is written in one of the roots.
func ofRoots(c *graph.Condition, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		file := c.Range.Filename
		return file == root || path.Dir(file) == root || strings.HasPrefix(file, root+"/") ||
			strings.HasPrefix(c.ID, root+"#") || strings.Contains(c.ID, "("+root+"#")
	})
}

// alike adds to the conditions of literals those that cannot be told from
// them.
func (d *decider) alike(literals []literal) []*graph.Condition {
	columns := map[column]bool{}
	for _, l := range literals {
		columns[d.column(l.condition)] = true
	}
	var out []*graph.Condition
	for _, c := range d.conditions {
		if columns[d.column(c)] {
			out = append(out, c)
		}
	}
	return out
}

func phrases(literals []literal) []string {
	out := make([]string, len(literals))
	for i, l := range literals {
		verb := " holds"
		if !l.truth {
			verb = " does not hold"
		}
		out[i] = "condition " + l.condition.Name + verb
	}
	return out
}

func conditionsOf(literals []literal) []*graph.Condition {
	out := make([]*graph.Condition, len(literals))
	for i, l := range literals {
		out[i] = l.condition
	}
	return out
}

// conjunction finds the fewest literals that hold in exactly the worlds of a
// set, if there are any.
func (d *decider) conjunction(set worldSet) ([]literal, bool) {
	var literals []literal
	for _, c := range d.conditions {
		for _, truth := range []bool{true, false} {
			l := literal{condition: c, truth: truth}
			if set&^d.certain(l) == 0 {
				literals = append(literals, l)
			}
		}
	}
	if set == 0 || d.where(literals) != set {
		return nil, false
	}
	for _, l := range literals {
		if d.where([]literal{l}) == set {
			return []literal{l}, true
		}
	}
	for i := range slices.Backward(literals) {
		fewer := slices.Delete(slices.Clone(literals), i, i+1)
		if d.where(fewer) == set {
			literals = fewer
		}
	}
	return literals, len(literals) > 0
}

// relevant drops every condition without which the others still tell the
// worlds of a set from the rest.
func (d *decider) relevant(set worldSet) []*graph.Condition {
	conditions := slices.Clone(d.conditions)
	for i := range slices.Backward(conditions) {
		fewer := slices.Delete(slices.Clone(conditions), i, i+1)
		if d.separates(fewer, set) {
			conditions = fewer
		}
	}
	return conditions
}

// separates reports whether no two worlds that agree on the conditions differ
// in membership.
func (d *decider) separates(conditions []*graph.Condition, set worldSet) bool {
	member := map[string]bool{}
	for i, w := range d.worlds {
		var key strings.Builder
		for _, c := range conditions {
			truth, ok := w.Decided[c.ID]
			switch {
			case !ok:
				key.WriteByte('?')
			case truth:
				key.WriteByte('+')
			default:
				key.WriteByte('-')
			}
		}
		if in, seen := member[key.String()]; seen && in != set.has(i) {
			return false
		}
		member[key.String()] = set.has(i)
	}
	return true
}
