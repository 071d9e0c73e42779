package terraform

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// dependencies lists the IDs of the resources that the instances of a block
// need: those that its expressions refer to, through local values, variables,
// outputs and data sources, and those of depends_on.
func (m *module) dependencies(cfg *resourceConfig) []string {
	w := &dependencyWalk{seen: map[string]bool{}, found: map[string]bool{}}
	w.block(m, cfg)
	return sortedKeys(w.found)
}

// without leaves an ID out of a sorted list. Where it is not there, all
// instances of a block share the list.
func without(ids []string, id string) []string {
	if at, found := slices.BinarySearch(ids, id); found {
		return slices.Delete(slices.Clone(ids), at, at+1)
	}
	return ids
}

// dependencyWalk follows references.
type dependencyWalk struct {
	seen  map[string]bool
	found map[string]bool
}

func (w *dependencyWalk) block(m *module, cfg *resourceConfig) {
	w.expr(m, cfg.count)
	w.expr(m, cfg.forEach)
	w.body(m, cfg.body)
	for _, t := range cfg.dependsOn {
		w.reference(m, t)
	}
}

func (w *dependencyWalk) body(m *module, b *bodyConfig) {
	for _, a := range b.attributes {
		w.expr(m, a.expr)
	}
	for _, block := range b.blocks {
		w.expr(m, block.forEach)
		w.body(m, block.body)
	}
}

func (w *dependencyWalk) expr(m *module, x *expr) {
	if x == nil {
		return
	}
	for _, t := range x.refs {
		w.reference(m, t)
	}
}

// once reports whether something is met for the first time.
func (w *dependencyWalk) once(m *module, name string) bool {
	key := m.label(name)
	if w.seen[key] {
		return false
	}
	w.seen[key] = true
	return true
}

func (w *dependencyWalk) reference(m *module, t hcl.Traversal) {
	root := t.RootName()
	name, ok := attributeName(t, 1)
	if !ok {
		return
	}
	switch root {
	case "var":
		if m.parent != nil && m.call.arguments[name] != nil && w.once(m, "var."+name) {
			w.expr(m.parent, m.call.arguments[name].expr)
		}
	case "local":
		if v := m.cfg.locals[name]; v != nil && w.once(m, "local."+name) {
			w.expr(m, v.expr)
		}
	case "module":
		w.module(m, name, t[2:])
	case "data", "ephemeral":
		if label, ok := attributeName(t, 2); ok {
			w.resource(m, root+"."+name+"."+label)
		}
	default:
		w.resource(m, root+"."+name)
	}
}

func (w *dependencyWalk) resource(m *module, key string) {
	state := m.resources[key]
	if state == nil || !w.once(m, key) {
		return
	}
	if state.cfg.mode != "" {
		w.block(m, state.cfg)
		return
	}
	for _, r := range state.instances {
		if r.id != "" {
			w.found[r.id] = true
		}
	}
}

// module follows an output, or everything when the module as a whole is named.
func (w *dependencyWalk) module(m *module, name string, rest hcl.Traversal) {
	state := m.children[name]
	if state == nil {
		return
	}
	output := ""
	for i := range rest {
		if step, ok := rest[i].(hcl.TraverseAttr); ok {
			output = step.Name
			break
		}
	}
	for _, mi := range state.instances {
		if mi.module == nil {
			continue
		}
		for label, o := range mi.module.cfg.outputs {
			if (output == "" || label == output) && w.once(mi.module, "output."+label) {
				w.expr(mi.module, o.value)
			}
		}
		if len(rest) == 0 && w.once(mi.module, "") {
			for key := range mi.module.resources {
				w.resource(mi.module, key)
			}
		}
	}
}
