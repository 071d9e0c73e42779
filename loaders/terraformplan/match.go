package terraformplan

import (
	"slices"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

// maxMatches is how many nested blocks are compared with their configuration in
// one file; beyond that values known after apply stay unknown.
const maxMatches = 5_000_000

// maxUnordered is the length up to which lists are compared in any order.
const maxUnordered = 100

// match finds for each nested block its configuration. Blocks of a set are not
// in the order of the configuration, and dynamic blocks are not in it: a block
// is taken for the one configuration that fits, else it gets none.
func (l *loader) match(f frame, name string, items []any, unknown any, blocks []map[string]*tfjson.Expression) []map[string]*tfjson.Expression {
	fits := make([][]bool, len(items))
	for i, item := range items {
		fits[i] = make([]bool, len(blocks))
		for j, block := range blocks {
			fits[i][j] = l.fits(f, item, itemOf(unknown, i), block)
		}
	}
	out := make([]map[string]*tfjson.Expression, len(items))
	for i, j := range assign(fits, len(blocks)) {
		switch {
		case j >= 0:
			out[i] = blocks[j]
		case ordered(name) && len(items) == len(blocks) && fits[i][i]:
			out[i] = blocks[i]
		}
	}
	return out
}

// ordered reports whether blocks of a name are a list, so that blocks that look
// alike are in the order of the configuration.
func ordered(name string) bool { return name == "statement" || name == "component" }

// fits reports whether a block may come from a configuration block: constants
// and known references agree, and all that is unknown is written or computed.
func (l *loader) fits(f frame, item, unknown any, block map[string]*tfjson.Expression) bool {
	values, ok := item.(map[string]any)
	if l.matches--; !ok || l.matches < 0 {
		return false
	}
	for name, e := range block {
		if e == nil || e.ExpressionData == nil {
			continue
		}
		value, isUnknown := values[name], fieldOf(unknown, name)
		if e.NestedBlocks != nil {
			if !l.nestedFit(f, value, isUnknown, e.NestedBlocks) {
				return false
			}
			continue
		}
		if anyTrue(isUnknown) {
			if len(e.References) == 0 && e.ConstantValue != nil {
				return false
			}
			continue
		}
		m := l.expression(f, e)
		if m.certain() && value != nil && !sameScalar(m.value, toValue(value)) {
			return false
		}
	}
	return true
}

func (l *loader) nestedFit(f frame, value, unknown any, blocks []map[string]*tfjson.Expression) bool {
	items, ok := value.([]any)
	if !ok || len(items) < 1 {
		return anyTrue(unknown)
	}
	for i, item := range items {
		some := false
		for _, block := range blocks {
			some = some || l.fits(f, item, itemOf(unknown, i), block)
		}
		if !some && len(items) <= len(blocks) {
			return false
		}
	}
	return true
}

// sameScalar compares as Terraform converts: numbers and truth values to text.
func sameScalar(a, b graph.Value) bool {
	x, ok := a.AsString()
	y, ok2 := b.AsString()
	return !ok || !ok2 || x == y
}

// assign gives each row the only column that fits it; -1 where that cannot be
// told. Where there are more rows than columns, some rows come from elsewhere,
// and the column must fit no other row either.
func assign(fits [][]bool, columns int) []int {
	out := make([]int, len(fits))
	taken := make([]bool, columns)
	for i := range out {
		out[i] = -1
	}
	for changed := true; changed; {
		changed = false
		for i, row := range fits {
			if out[i] >= 0 {
				continue
			}
			if j := only(row, taken); j >= 0 && (len(fits) <= columns || rows(fits, out, j) == 1) {
				out[i], taken[j], changed = j, true, true
			}
		}
	}
	return out
}

// only is the one free column that fits, or -1.
func only(row, taken []bool) int {
	at := -1
	for j, fit := range row {
		if !fit || taken[j] {
			continue
		}
		if at >= 0 {
			return -1
		}
		at = j
	}
	return at
}

// rows counts the free rows that a column fits.
func rows(fits [][]bool, out []int, column int) int {
	n := 0
	for i, row := range fits {
		if out[i] < 0 && row[column] {
			n++
		}
	}
	return n
}

// matchSources finds for each item its value in the sources: in their order if
// that agrees, else the only one that does.
func matchSources(items []any, source graph.Value) []graph.Value {
	out := make([]graph.Value, len(items))
	there := source.Items()
	switch {
	case source.Kind() != graph.KindList || len(there) == 0:
		return out
	case inOrder(items, there):
		copy(out, there)
		return out
	case len(items) > maxUnordered || len(there) > maxUnordered:
		return out
	}
	for i, j := range assign(agreements(items, there), len(there)) {
		if j >= 0 {
			out[i] = there[j]
		}
	}
	return out
}

func inOrder(items []any, there []graph.Value) bool {
	if len(items) != len(there) {
		return false
	}
	for i, item := range items {
		if !agrees(item, there[i]) {
			return false
		}
	}
	return true
}

func agreements(items []any, there []graph.Value) [][]bool {
	out := make([][]bool, len(items))
	for i, item := range items {
		out[i] = make([]bool, len(there))
		for j, candidate := range there {
			out[i][j] = agrees(item, candidate)
		}
	}
	return out
}

// agrees reports whether a value of the plan may be that of the sources: what
// both know is the same.
func agrees(item any, source graph.Value) bool {
	if item == nil || source.IsUnknown() {
		return true
	}
	switch v := item.(type) {
	case map[string]any:
		for _, field := range source.Fields() {
			if !agrees(v[field.Name], field.Value) {
				return false
			}
		}
		return source.Kind() == graph.KindMap
	case []any:
		return source.Kind() == graph.KindList && agreesAsSet(v, source.Items())
	}
	return sameScalar(toValue(item), source)
}

func agreesAsSet(items []any, there []graph.Value) bool {
	if len(items) != len(there) || len(items) > maxUnordered {
		return false
	}
	if inOrder(items, there) {
		return true
	}
	for _, item := range items {
		if !slices.ContainsFunc(there, func(v graph.Value) bool { return agrees(item, v) }) {
			return false
		}
	}
	return true
}
