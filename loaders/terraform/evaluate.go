package terraform

import (
	"fmt"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/aws"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// bodyValue is a body, evaluated.
type bodyValue struct {
	attributes map[string]*attributeValue
	blocks     map[string][]*blockValue
	at         hcl.Range
}

type attributeValue struct {
	value  cty.Value
	origin origin
}

// blockValue is one nested block. When unknown is set it stands for an unknown
// number of blocks.
type blockValue struct {
	body    *bodyValue
	exist   []graph.ConditionTerm
	unknown *graph.Unknown
	at      hcl.Range
}

// evaluateBody evaluates the arguments and nested blocks of a body.
func (s *scope) evaluateBody(body *bodyConfig, schema *aws.Schema, at hcl.Range) *bodyValue {
	out := &bodyValue{attributes: map[string]*attributeValue{}, blocks: map[string][]*blockValue{}, at: at}
	for _, a := range body.attributes {
		out.attributes[a.name] = &attributeValue{value: s.argument(a, schema), origin: origin{s, a.expr}}
	}
	for _, b := range body.blocks {
		s.evaluateBlock(out, b)
	}
	if schema != nil {
		s.checkBody(out, schema, at)
	}
	return out
}

// argument evaluates an argument and converts it to its type.
func (s *scope) argument(a *argumentConfig, schema *aws.Schema) cty.Value {
	v := s.eval(a.expr)
	if schema == nil {
		return v
	}
	known, ok := schema.Attributes[a.name]
	if !ok {
		return v
	}
	l := s.m.l
	if partial.HasDeep(v, partial.Ephemeral) {
		l.problem(a.expr.Range(), "Invalid use of ephemeral value", fmt.Sprintf("Ephemeral values are not valid for %q, because it is not a write-only attribute and must be persisted to state.", a.name))
	}
	out, err := l.functions.Convert(v, known.Type)
	if err != nil {
		l.problem(a.expr.Range(), "Incorrect attribute value type", fmt.Sprintf("Inappropriate value for attribute %q: %s.", a.name, err))
		return l.failed("failed("+a.expr.Range().String()+")", "the value of "+a.name+" has the wrong type")
	}
	if known.Required && out.IsNull() {
		l.problem(a.expr.Range(), "Missing required argument", fmt.Sprintf("The argument %q is required, but no definition was found: its value is null.", a.name))
	}
	return out
}

// checkBody reports required arguments that are not there, and blocks that are
// there too often.
func (s *scope) checkBody(body *bodyValue, schema *aws.Schema, at hcl.Range) {
	for _, name := range schema.Order {
		if schema.Attributes[name].Required && body.attributes[name] == nil {
			s.m.l.problem(at, "Missing required argument", fmt.Sprintf("The argument %q is required, but no definition was found.", name))
		}
	}
	for _, kind := range sortedKeys(body.blocks) {
		known, ok := schema.Blocks[kind]
		if !ok || known.Many {
			continue
		}
		n := 0
		for _, b := range body.blocks[kind] {
			if len(b.exist) > 0 || b.unknown != nil {
				continue
			}
			if n++; n == 2 {
				s.m.l.problem(b.at, "Too many "+kind+" blocks", fmt.Sprintf("No more than 1 %q blocks are allowed.", kind))
			}
		}
	}
}

// evaluateBlock evaluates a nested block, or all that a dynamic block makes.
func (s *scope) evaluateBlock(out *bodyValue, b *blockConfig) {
	if b.forEach == nil {
		out.blocks[b.kind] = append(out.blocks[b.kind], &blockValue{body: s.evaluateBody(b.body, b.schema, b.at), at: b.at})
		return
	}
	d := &dynamic{s: s, config: b, out: out}
	d.add(s.eval(b.forEach), nil)
}

// dynamic makes the blocks of a dynamic block.
type dynamic struct {
	s      *scope
	config *blockConfig
	out    *bodyValue
}

// add makes the blocks of one value of for_each.
func (d *dynamic) add(v cty.Value, terms []graph.ConditionTerm) {
	l := d.s.m.l
	plain, _ := v.Unmark()
	if plain.IsNull() {
		l.problem(d.config.forEach.Range(), "Invalid dynamic for_each value", "Cannot use a null value in for_each.")
		d.unknown(&graph.Unknown{Reason: "for_each of the dynamic block " + d.config.kind + " is not valid"}, v)
		return
	}
	if !plain.IsKnown() {
		o := l.table.OriginOf(v)
		switch {
		case o == nil:
			d.unknown(&graph.Unknown{Reason: "for_each of the dynamic block " + d.config.kind + " is not known"}, v)
		case o.Choice != nil && len(terms) < maxTerms:
			d.add(o.Choice.Then, withTerm(terms, o.Choice.Condition, false))
			d.add(o.Choice.Else, withTerm(terms, o.Choice.Condition, true))
		default:
			d.unknown(o.Unknown, v)
		}
		return
	}
	if !plain.CanIterateElements() {
		if o := l.table.OriginOf(v); o != nil {
			d.unknown(o.Unknown, v)
			return
		}
		l.problem(d.config.forEach.Range(), "Invalid dynamic for_each value", fmt.Sprintf("Cannot use a %s value in for_each. An iterable collection is required.", plain.Type().FriendlyName()))
		return
	}
	if plain.LengthInt() > l.limits.Instances {
		l.problem(d.config.forEach.Range(), "Too many blocks", fmt.Sprintf("for_each has %d elements; iblint makes no more than %d blocks of one dynamic block.", plain.LengthInt(), l.limits.Instances))
		d.unknown(&graph.Unknown{Reason: "for_each is larger than iblint expands"}, v)
		return
	}
	d.elements(plain, v, terms)
}

func (d *dynamic) elements(plain, v cty.Value, terms []graph.ConditionTerm) {
	isSet := plain.Type().IsSetType()
	for it := plain.ElementIterator(); it.Next(); {
		if !d.s.m.l.oneMoreBlock(d.config.at) {
			return
		}
		key, value := it.Element()
		exist := terms
		if element, present, ok := d.s.m.l.table.Optional(value); ok {
			value, exist = element, d.s.m.l.withTruth(terms, present)
		}
		if isSet {
			key = value
		}
		value = value.WithMarks(partial.Flags(v))
		inner := d.s.with(iterator{name: d.config.iterator, key: key, value: value, origin: origin{d.s, d.config.forEach}})
		d.out.blocks[d.config.kind] = append(d.out.blocks[d.config.kind], &blockValue{
			body: inner.evaluateBody(d.config.body, d.config.schema, d.config.at), exist: exist, at: d.config.at,
		})
	}
}

// oneMoreBlock counts a block that a dynamic block makes, and is false where
// there may be no more.
func (l *loader) oneMoreBlock(at hcl.Range) bool {
	if l.ended(at) {
		return false
	}
	if l.blocks++; l.blocks <= l.limits.TotalBlocks {
		return true
	}
	l.problem(at, "Too many blocks", fmt.Sprintf("The dynamic blocks of the root module make more than the %d blocks that iblint evaluates. Further ones were left out.", l.limits.TotalBlocks))
	return false
}

// unknown makes one block that stands for all, for what is wrong in it.
func (d *dynamic) unknown(u *graph.Unknown, v cty.Value) {
	l := d.s.m.l
	reason := *u
	reason.Reason = "for_each of the dynamic block " + d.config.kind + " is not known: " + u.Reason
	part := func(what string, ty cty.Type) cty.Value {
		return l.table.Value(ty, &partial.Origin{Unknown: &graph.Unknown{
			ID: what + "(" + u.ID + d.config.at.String() + ")", Reason: reason.Reason, Settle: u.Settle, Range: u.Range,
		}})
	}
	ty := cty.DynamicPseudoType
	if plain, _ := v.Unmark(); plain.Type().IsCollectionType() {
		ty = plain.Type().ElementType()
	}
	key := part("key", cty.DynamicPseudoType)
	inner := d.s.with(iterator{name: d.config.iterator, key: key, value: part("value", ty), origin: origin{d.s, d.config.forEach}})
	d.out.blocks[d.config.kind] = append(d.out.blocks[d.config.kind], &blockValue{
		body: inner.evaluateBody(d.config.body, d.config.schema, d.config.at), unknown: &reason, at: d.config.at,
	})
}

// fields are the arguments and blocks of a body as references see them.
func (b *bodyValue) fields(l *loader) map[string]cty.Value {
	out := map[string]cty.Value{}
	for name, a := range b.attributes {
		out[name] = a.value
	}
	for kind, blocks := range b.blocks {
		out[kind] = blocksValue(l, blocks)
	}
	return out
}

func blocksValue(l *loader, blocks []*blockValue) cty.Value {
	items := make([]cty.Value, 0, len(blocks))
	uncertain := false
	for _, b := range blocks {
		item := cty.ObjectVal(b.body.fields(l))
		if b.unknown != nil {
			o := &partial.Origin{Unknown: b.unknown}
			return l.table.Value(cty.DynamicPseudoType, o)
		}
		if len(b.exist) > 0 {
			uncertain = true
			for _, term := range b.exist {
				if term.Negated {
					item = l.table.Choose(term.Condition, partial.Removed(), item)
					continue
				}
				item = l.table.Choose(term.Condition, item, partial.Removed())
			}
		}
		items = append(items, item)
	}
	out := cty.TupleVal(items)
	if uncertain {
		return out.Mark(partial.Uncertain)
	}
	return out
}
