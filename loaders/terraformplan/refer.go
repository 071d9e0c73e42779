package terraformplan

import (
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

// maxChain is how many expressions a value may pass: outputs and arguments of
// modules.
const maxChain = 64

// frame is where an expression stands: its module instance, and the instance
// key and collection of the block when it has any.
type frame struct {
	scope   *scope
	key     any
	forEach *tfjson.Expression
	depth   int
}

func (f frame) deeper(sc *scope) frame { return frame{scope: sc, depth: f.depth + 1} }

// meaning is what a reference means: a value, or whole resource instances when
// the plan names no attribute.
type meaning struct {
	value     graph.Value
	instances []*instance
	// attribute is the last attribute that was named on the way.
	attribute string
	// partial is set for a list that may have more items: constants are not in
	// the plan where references are.
	partial bool
	// inside is set when the value stands somewhere in a structure of which the
	// plan shows this reference alone. What is not known of the structure can
	// only be this value; what is known may be another.
	inside bool
	// ok is false when the reference cannot be followed.
	ok bool
}

func found(v graph.Value, attribute string) meaning {
	return meaning{value: v, attribute: attribute, ok: true}
}

// place is a reference in a module instance.
type place struct {
	scope     *scope
	reference string
}

// refer evaluates one reference. What it means is the same wherever it stands
// in the module instance, but for each and count.
func (l *loader) refer(f frame, reference string) meaning {
	if strings.HasPrefix(reference, "each.") || strings.HasPrefix(reference, "count.") {
		return l.follow(f, reference)
	}
	at := place{f.scope, reference}
	if m, ok := l.meant[at]; ok {
		return m
	}
	l.meant[at] = meaning{} // what refers to itself means nothing
	m := l.follow(f, reference)
	l.meant[at] = m
	return m
}

func (l *loader) follow(f frame, reference string) meaning {
	steps, ok := parseSteps(reference)
	if !ok || steps[0].index || f.depth > maxChain {
		return meaning{}
	}
	switch steps[0].name {
	case "var":
		if len(steps) > 1 {
			return l.walk(l.variable(f, steps[1].name), steps[2:])
		}
	case "module":
		return l.moduleOutput(f, steps[1:])
	case "each":
		if len(steps) > 1 {
			return l.walk(l.each(f, steps[1].name), steps[2:])
		}
	case "count":
		if n, isInt := f.key.(int); isInt {
			return found(toValue(n), "index")
		}
	case "local", "path", "terraform", "self":
	case "data":
		if len(steps) > 2 {
			return l.walk(l.block(f.scope, "data."+steps[1].name+"."+steps[2].name), steps[3:])
		}
	default:
		if len(steps) > 1 {
			return l.walk(l.block(f.scope, steps[0].name+"."+steps[1].name), steps[2:])
		}
	}
	return meaning{}
}

func (l *loader) block(sc *scope, name string) meaning {
	instances := l.blocks[join(sc.address, name)]
	return meaning{instances: instances, ok: len(instances) > 0}
}

// walk follows index and attribute steps.
func (l *loader) walk(m meaning, steps []step) meaning {
	for _, s := range steps {
		if !m.ok {
			return m
		}
		if m.instances == nil {
			m = member(m, s)
			continue
		}
		if s.index {
			m = l.pick(m, s.key)
			continue
		}
		if len(m.instances) != 1 {
			return meaning{}
		}
		m = found(l.attribute(m.instances[0], s.name), s.name)
	}
	return m
}

// pick is one instance of a resource block.
func (l *loader) pick(m meaning, key any) meaning {
	inst, ok := l.instances[m.instances[0].block+keyText(key)]
	if !ok || inst.block != m.instances[0].block {
		return meaning{}
	}
	return meaning{instances: []*instance{inst}, ok: true}
}

// member is a part of a value.
func member(m meaning, s step) meaning {
	if isText(m.value) {
		m.inside = true
		return m
	}
	name, attribute := s.name, s.name
	if s.index {
		attribute = m.attribute
		if n, isInt := s.key.(int); isInt {
			if items := m.value.Items(); n >= 0 && n < len(items) && !m.partial {
				return found(items[n], attribute)
			}
			return meaning{}
		}
		name, _ = s.key.(string)
	}
	if m.value.Kind() != graph.KindMap {
		return meaning{}
	}
	return found(m.value.Field(name), attribute)
}

// variable is the value of a variable: known from the plan in the root module,
// else the argument of the module call, else the default.
func (l *loader) variable(f frame, name string) meaning {
	sc := f.scope
	if sc.parent == nil {
		if v := l.doc.Variables[name]; v != nil {
			return found(toValue(v.Value), name)
		}
	} else if sc.call != nil && sc.call.Expressions[name] != nil {
		caller := frame{scope: sc.parent, key: sc.key, forEach: sc.call.ForEachExpression, depth: f.depth + 1}
		return l.named(caller, sc.call.Expressions[name], name)
	}
	if sc.config != nil && sc.config.Variables[name] != nil {
		return found(toValue(sc.config.Variables[name].Default), name)
	}
	return meaning{}
}

func (l *loader) moduleOutput(f frame, steps []step) meaning {
	if len(steps) < 2 {
		return meaning{}
	}
	name := steps[0].name
	var key any
	rest := steps[1:]
	if rest[0].index {
		key, rest = rest[0].key, rest[1:]
	}
	if len(rest) == 0 || rest[0].index {
		return meaning{}
	}
	sc := l.child(f.scope, name, key)
	if sc.config == nil {
		return meaning{}
	}
	output := sc.config.Outputs[rest[0].name]
	if output == nil || output.Expression == nil {
		return meaning{}
	}
	return l.walk(l.named(f.deeper(sc), output.Expression, rest[0].name), rest[1:])
}

// each is each.key or each.value.
func (l *loader) each(f frame, name string) meaning {
	key, isString := f.key.(string)
	if !isString {
		return meaning{}
	}
	if name == "key" {
		return found(graph.String(key), name)
	}
	collection := l.expression(f.deeper(f.scope), f.forEach)
	switch {
	case !collection.ok:
		return meaning{}
	case collection.instances != nil:
		return l.pick(collection, key)
	}
	switch collection.value.Kind() {
	case graph.KindMap:
		return found(collection.value.Field(key), collection.attribute)
	case graph.KindList:
		return found(graph.String(key), name)
	default:
		if isText(collection.value) {
			collection.inside = true
			return collection
		}
		return meaning{}
	}
}

// certain reports whether a meaning holds for what is known, too.
func (m meaning) certain() bool { return m.ok && m.instances == nil && !m.inside && !m.partial }

// expression evaluates an expression that is constant or one plain reference.
// References that can only have chosen between values, such as a known
// condition, do not count.
func (l *loader) expression(f frame, e *tfjson.Expression) meaning {
	if e == nil || e.ExpressionData == nil || f.depth > maxChain {
		return meaning{}
	}
	if len(e.References) == 0 {
		if e.ConstantValue == nil || e.ConstantValue == tfjson.UnknownConstantValue {
			return meaning{}
		}
		return found(toValue(e.ConstantValue), "")
	}
	meanings := l.meanings(f, e)
	if len(meanings) != 1 {
		return meaning{}
	}
	return meanings[0]
}

// meanings are the references of an expression but for those that cannot be
// part of the value. The key of the instance selects among whole resources;
// beside anything else it may be a part of the text.
func (l *loader) meanings(f frame, e *tfjson.Expression) []meaning {
	var out []meaning
	indexed := false
	for _, reference := range plainReferences(e.References) {
		if reference == "each.key" || reference == "count.index" {
			indexed = true
			continue
		}
		m := l.refer(f, reference)
		if m.certain() && chooses(m.value) {
			continue
		}
		out = append(out, m)
	}
	for i, m := range out {
		switch {
		case !indexed || !m.ok:
		case m.instances == nil:
			out[i] = meaning{}
		case len(m.instances) > 1:
			out[i] = l.pick(m, f.key)
		}
	}
	return out
}

// chooses reports whether a known value can only have selected another: null,
// truth values and what is empty.
func chooses(v graph.Value) bool {
	switch v.Kind() {
	case graph.KindBool, graph.KindAbsent:
		return true
	case graph.KindString:
		text, _ := v.AsString()
		return text == ""
	case graph.KindList:
		return len(v.Items()) == 0
	case graph.KindMap:
		return len(v.Fields()) == 0
	default:
		return false
	}
}

// named evaluates an expression that has a name: an output or an argument. The
// name tells the attribute where the plan leaves it out, as it does behind
// a splat or a computed index, and that several references are a list.
func (l *loader) named(f frame, e *tfjson.Expression, name string) meaning {
	if m := l.chosen(l.expression(f, e), name); m.ok || !isPlural(name) || e == nil || e.ExpressionData == nil || f.depth > maxChain {
		return m
	}
	var items []graph.Value
	for _, m := range l.meanings(f, e) {
		m = l.chosen(m, name)
		if !m.ok || m.instances != nil || !isText(m.value) {
			return meaning{}
		}
		items = append(items, m.value)
	}
	return meaning{value: graph.List(items...), attribute: name, partial: true, ok: len(items) > 0}
}

// chosen turns one whole resource into the attribute that a name asks for. An
// argument that takes a key takes its ARN as well as its ID, and does not tell.
func (l *loader) chosen(m meaning, name string) meaning {
	singular := strings.TrimSuffix(name, "s")
	if len(m.instances) != 1 || strings.HasSuffix(singular, "key_id") {
		return m
	}
	for _, attribute := range []string{"arn", "name", "id"} {
		if singular != attribute && !strings.HasSuffix(singular, "_"+attribute) {
			continue
		}
		if v := l.attribute(m.instances[0], attribute); !v.IsAbsent() {
			return found(v, attribute)
		}
	}
	return m
}
