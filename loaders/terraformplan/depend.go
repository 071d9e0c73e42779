package terraformplan

import (
	"sort"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// dependencies are the IDs of the managed resources that an instance's
// configuration, or its entry in a state, names; through modules and data
// sources too.
func (l *loader) dependencies(inst *instance, names map[string][]*instance) []string {
	w := &walker{l: l, key: inst.key, seen: map[string]bool{}, ids: map[string]bool{}}
	for _, address := range inst.dependsOn {
		w.instances(names[address])
	}
	if inst.config != nil {
		w.resource(inst.scope, inst.config)
	}
	delete(w.ids, inst.resource.ID)
	out := make([]string, 0, len(w.ids))
	for id := range w.ids {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// walker follows references from block to block.
type walker struct {
	l *loader
	// key is the instance key of the resource whose dependencies are looked for.
	key  any
	seen map[string]bool
	ids  map[string]bool
}

// maxDependencies is how many instances of one block are listed.
const maxDependencies = 100

// names are the instances by their address without any instance keys, which is
// how a state names dependencies.
func (l *loader) names() map[string][]*instance {
	out := make(map[string][]*instance, len(l.blocks))
	for block, instances := range l.blocks {
		name := withoutKeys(block)
		out[name] = append(out[name], instances...)
	}
	return out
}

// instances notes the instances of a block: that with the same key where there
// is one and there are many.
func (w *walker) instances(instances []*instance) {
	if len(instances) > 1 && w.key != nil {
		if same, ok := w.l.instances[instances[0].block+keyText(w.key)]; ok {
			instances = []*instance{same}
		}
	}
	for _, inst := range instances[:min(len(instances), maxDependencies)] {
		if inst.managed() {
			w.ids[inst.resource.ID] = true
		}
	}
}

func withoutKeys(address string) string {
	steps, ok := parseSteps(address)
	if !ok {
		return address
	}
	names := make([]string, 0, len(steps))
	for _, s := range steps {
		if !s.index {
			names = append(names, s.name)
		}
	}
	return strings.Join(names, ".")
}

func (w *walker) resource(sc *scope, r *tfjson.ConfigResource) {
	for _, reference := range r.DependsOn {
		w.reference(sc, reference)
	}
	w.expression(sc, r.CountExpression)
	w.expression(sc, r.ForEachExpression)
	w.expressions(sc, r.Expressions, 0)
}

func (w *walker) expressions(sc *scope, es map[string]*tfjson.Expression, depth int) {
	if depth > maxDepth {
		return
	}
	for _, e := range es {
		w.expression(sc, e)
		if e != nil && e.ExpressionData != nil {
			for _, block := range e.NestedBlocks {
				w.expressions(sc, block, depth+1)
			}
		}
	}
}

func (w *walker) expression(sc *scope, e *tfjson.Expression) {
	if e == nil || e.ExpressionData == nil {
		return
	}
	for _, reference := range plainReferences(e.References) {
		w.reference(sc, reference)
	}
}

func (w *walker) reference(sc *scope, reference string) {
	key := sc.address + "|" + reference
	if w.seen[key] {
		return
	}
	w.seen[key] = true
	steps, ok := parseSteps(reference)
	if !ok || len(steps) < 2 || steps[0].index || steps[1].index {
		return
	}
	switch steps[0].name {
	case "var":
		if sc.call != nil {
			w.expression(sc.parent, sc.call.Expressions[steps[1].name])
		}
	case "module":
		w.module(sc, steps)
	case "data":
		if len(steps) > 2 {
			w.block(sc, "data."+steps[1].name+"."+steps[2].name, steps[3:])
		}
	case "each", "count", "local", "path", "terraform", "self":
	default:
		w.block(sc, steps[0].name+"."+steps[1].name, steps[2:])
	}
}

func (w *walker) module(sc *scope, steps []step) {
	var key any
	rest := steps[2:]
	if len(rest) > 0 && rest[0].index {
		key, rest = rest[0].key, rest[1:]
	}
	child := w.l.child(sc, steps[1].name, key)
	if child.config == nil {
		return
	}
	for name, output := range child.config.Outputs {
		if output == nil || len(rest) > 0 && rest[0].name != name {
			continue
		}
		w.expression(child, output.Expression)
	}
}

func (w *walker) block(sc *scope, name string, rest []step) {
	instances := w.l.blocks[join(sc.address, name)]
	if len(instances) == 0 {
		return
	}
	first := instances[0]
	if len(rest) > 0 && rest[0].index {
		if one, ok := w.l.instances[first.block+keyText(rest[0].key)]; ok {
			instances = []*instance{one}
		}
	}
	w.instances(instances)
	if !first.managed() && first.config != nil {
		w.resource(first.scope, first.config)
	}
}
