package terraformplan

import (
	"strconv"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

// part is a piece of a resource's values on the way to the graph.
type part struct {
	name               string
	path               string
	value              any
	unknown, sensitive any
	// written is the expression of the argument; nil with isWritten false when
	// the argument is not in the configuration. Inside of a block of which the
	// configuration is not known, opaque is set.
	written *tfjson.Expression
	opaque  bool
	// source is what the sources say of the same.
	source graph.Value
	// meanings are what the values of the argument mean that are not known, in
	// their order; nil when that cannot be told.
	meanings *queue
}

// ensure computes attributes and identity of an instance, once.
func (l *loader) ensure(inst *instance) {
	if inst.progress != progressNone {
		return
	}
	inst.progress = progressRunning
	source := l.sources.attributes(inst)
	block := part{source: source, opaque: inst.config == nil}
	var expressions map[string]*tfjson.Expression
	if inst.config != nil {
		expressions = inst.config.Expressions
	}
	unknown, _ := inst.unknown.(map[string]any)
	inst.resource.Attributes = located(l.object(inst, block, inst.values, unknown, inst.sensitive, expressions), source)
	l.identify(inst)
	inst.progress = progressDone
}

// object converts the members of a resource or of a nested block.
func (l *loader) object(
	inst *instance, block part, values, unknown map[string]any, sensitive any, written map[string]*tfjson.Expression,
) graph.Value {
	fields := make([]graph.Field, 0, len(values))
	for _, name := range names(values, unknown) {
		p := part{
			name: name, path: join(block.path, name), value: values[name], unknown: unknown[name],
			sensitive: fieldOf(sensitive, name), written: written[name], opaque: block.opaque,
			source: sourceField(block.source, name),
		}
		v := l.argument(inst, p)
		if !v.IsAbsent() {
			fields = append(fields, graph.Field{Name: name, Value: v})
		}
	}
	return graph.Map(fields...)
}

// argument converts one argument or the nested blocks of one name.
func (l *loader) argument(inst *instance, p part) graph.Value {
	if isBlocks(p) {
		return l.nested(inst, p)
	}
	p.meanings = l.unknownMeanings(inst, p)
	return l.value(inst, p)
}

// isBlocks reports whether an argument holds nested blocks: those of static
// blocks are in the configuration; dynamic ones are not there at all.
func isBlocks(p part) bool {
	if p.written != nil && p.written.ExpressionData != nil && p.written.NestedBlocks != nil {
		return true
	}
	items, isList := p.value.([]any)
	if !isList || p.written != nil || len(items) == 0 {
		return false
	}
	_, isObject := items[0].(map[string]any)
	return isObject
}

func (l *loader) nested(inst *instance, p part) graph.Value {
	items, isList := p.value.([]any)
	if isTrue(p.unknown) || !isList {
		return l.value(inst, p)
	}
	var blocks []map[string]*tfjson.Expression
	if p.written != nil {
		blocks = p.written.NestedBlocks
	}
	written := l.match(l.frameOf(inst), p.name, items, p.unknown, blocks)
	sources := matchSources(items, p.source)
	out := make([]graph.Value, 0, len(items))
	for i, item := range items {
		q := part{
			name: p.name, path: p.path + "[" + strconv.Itoa(i) + "]", value: item,
			unknown: itemOf(p.unknown, i), sensitive: itemOf(p.sensitive, i), source: sources[i],
			opaque: p.opaque || written[i] == nil,
		}
		values, isObject := item.(map[string]any)
		unknown, partly := q.unknown.(map[string]any)
		if !isObject || !partly && isTrue(q.unknown) {
			out = append(out, l.value(inst, q))
			continue
		}
		out = append(out, finish(l.object(inst, q, values, unknown, q.sensitive, written[i]), q))
	}
	return finish(graph.List(out...), p)
}

// value converts a value that belongs to one expression.
func (l *loader) value(inst *instance, p part) graph.Value {
	if isTrue(p.unknown) {
		return finish(l.leaf(inst, p), p)
	}
	unknown, _ := p.unknown.(map[string]any)
	switch v := p.value.(type) {
	case map[string]any:
		return finish(l.members(inst, p, v, unknown), p)
	case []any:
		return finish(l.items(inst, p, v), p)
	case nil:
		if !anyTrue(p.unknown) {
			return graph.Absent()
		}
		if missing, isList := p.unknown.([]any); isList {
			return finish(l.items(inst, p, make([]any, len(missing))), p)
		}
		return finish(l.members(inst, p, nil, unknown), p)
	}
	return finish(toValue(p.value), p)
}

func (l *loader) items(inst *instance, p part, values []any) graph.Value {
	items := make([]graph.Value, 0, len(values))
	sources := matchSources(values, p.source)
	for i, item := range values {
		q := p
		q.path += "[" + strconv.Itoa(i) + "]"
		q.value, q.unknown, q.sensitive, q.source = item, itemOf(p.unknown, i), itemOf(p.sensitive, i), sources[i]
		items = append(items, l.value(inst, q))
	}
	return graph.List(items...)
}

func (l *loader) members(inst *instance, p part, values, unknown map[string]any) graph.Value {
	fields := make([]graph.Field, 0, len(values))
	for _, name := range names(values, unknown) {
		q := p
		q.name, q.path = name, join(p.path, name)
		q.value, q.unknown, q.sensitive = values[name], unknown[name], fieldOf(p.sensitive, name)
		q.source = sourceField(p.source, name)
		if v := l.value(inst, q); !v.IsAbsent() {
			fields = append(fields, graph.Field{Name: name, Value: v})
		}
	}
	return graph.Map(fields...)
}

// finish gives a value its place in the sources and its mark.
func finish(v graph.Value, p part) graph.Value {
	if isTrue(p.sensitive) {
		v = v.WithSensitive()
	}
	return located(v, p.source)
}

func located(v, source graph.Value) graph.Value {
	if v.IsAbsent() || !source.HasRange() {
		return v
	}
	return v.WithRange(source.Range()).WithVia(source.Via()...)
}

func (l *loader) frameOf(inst *instance) frame {
	f := frame{scope: inst.scope, key: inst.key}
	if inst.config != nil {
		f.forEach = inst.config.ForEachExpression
	}
	return f
}
