package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// mostSupplied is how many values one value of another root may hold: values
// that go to and fro between roots could grow without end.
const mostSupplied = 10_000

// suppliedWhole is a value of the graph, which another root gives, as the
// loader evaluates it. It is false for what the loader has no value for.
func (l *loader) suppliedWhole(v graph.Value) (cty.Value, bool) {
	if left := mostSupplied; !fits(v, &left) {
		return cty.NilVal, false
	}
	return l.supplied(v)
}

// fits reports whether a value holds no more values than are left.
func fits(v graph.Value, left *int) bool {
	if *left -= 1 + len(v.Parts()); *left < 0 {
		return false
	}
	for _, item := range v.Items() {
		if !fits(item, left) {
			return false
		}
	}
	for _, field := range v.Fields() {
		if !fits(field.Value, left) {
			return false
		}
	}
	c := v.Choice()
	return c == nil || fits(c.Then, left) && fits(c.Else, left)
}

// supplied is one value of those.
func (l *loader) supplied(v graph.Value) (out cty.Value, ok bool) {
	switch v.Kind() {
	case graph.KindBool:
		truth, _ := v.AsBool()
		out = cty.BoolVal(truth)
	case graph.KindNumber:
		literal, _ := v.AsString()
		number, err := cty.ParseNumberVal(literal)
		if err != nil {
			return cty.NilVal, false
		}
		out = number
	case graph.KindString, graph.KindText:
		out = cty.StringVal(l.suppliedText(v))
	case graph.KindList:
		out = l.suppliedItems(v)
	case graph.KindMap:
		out = l.suppliedFields(v)
	case graph.KindUnknown:
		out = l.table.Value(cty.DynamicPseudoType, &partial.Origin{Unknown: v.Unknown()})
	case graph.KindChoice:
		then, ok1 := l.supplied(v.Choice().Then)
		els, ok2 := l.supplied(v.Choice().Else)
		if !ok1 || !ok2 {
			return cty.NilVal, false
		}
		out = l.table.Choose(v.Choice().Condition, then, els)
	case graph.KindAbsent:
		out = cty.NullVal(cty.DynamicPseudoType)
	default:
		return cty.NilVal, false
	}
	if out == cty.NilVal {
		return out, false
	}
	if v.Sensitive() {
		out = out.Mark(partial.Sensitive)
	}
	return out, true
}

func (l *loader) suppliedText(v graph.Value) string {
	var b strings.Builder
	for _, p := range v.Parts() {
		if p.Unknown == nil {
			b.WriteString(partial.Clean(p.Literal))
			continue
		}
		class := map[graph.Symbol]partial.Class{
			graph.SymbolAccount: partial.ClassAccount, graph.SymbolRegion: partial.ClassRegion, graph.SymbolPartition: partial.ClassPartition,
		}[p.Unknown.Symbol]
		b.WriteString(l.table.Token(&partial.Origin{Unknown: p.Unknown, Class: class}))
	}
	return b.String()
}

func (l *loader) suppliedItems(v graph.Value) cty.Value {
	items := make([]cty.Value, 0, len(v.Items()))
	for _, item := range v.Items() {
		value, ok := l.supplied(item)
		if !ok {
			return cty.NilVal
		}
		items = append(items, value)
	}
	return cty.TupleVal(items)
}

// suppliedFields gives no value where a key is not known: it stands in the
// graph as a label.
func (l *loader) suppliedFields(v graph.Value) cty.Value {
	fields := make(map[string]cty.Value, len(v.Fields()))
	for _, field := range v.Fields() {
		value, ok := l.supplied(field.Value)
		if !ok || strings.Contains(field.Name, "${") {
			return cty.NilVal
		}
		fields[partial.Clean(field.Name)] = value
	}
	return cty.ObjectVal(fields)
}
