package terraform

import (
	"fmt"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// repetition says how a block was repeated.
type repetition uint8

const (
	// once blocks have neither count nor for_each.
	once repetition = iota
	counted
	eached
)

// instance is one of the instances that count or for_each make of a block.
type instance struct {
	kind repetition
	// key and value are each.key and each.value, or count.index.
	key, value cty.Value
	// exist are the undecided conditions under which the instance exists.
	exist []graph.ConditionTerm
	// many is set when the instance stands for an unknown number.
	many *graph.Unknown
	// origin is where the collection of for_each was written.
	origin origin
}

// suffix is the instance key as it stands in addresses.
func (i instance) suffix(l *loader) string {
	switch {
	case i.kind == once || i.many != nil:
		return ""
	case i.kind == counted:
		n, _ := i.key.AsBigFloat().Int64()
		return "[" + strconv.FormatInt(n, 10) + "]"
	}
	return "[" + strconv.Quote(l.table.Label(i.key.AsString())) + "]"
}

func (i instance) each(l *loader) cty.Value {
	if i.kind != eached {
		return l.failed("each", "each has a value only in blocks with for_each")
	}
	return cty.ObjectVal(map[string]cty.Value{"key": i.key, "value": i.value})
}

func (i instance) counter(l *loader) cty.Value {
	if i.kind != counted {
		return l.failed("count", "count has a value only in blocks with count")
	}
	return cty.ObjectVal(map[string]cty.Value{"index": i.key})
}

// expand makes the instances of a block. name is its address without keys.
func (s *scope) expand(name string, count, forEach *expr) []instance {
	switch {
	case count != nil:
		return s.expandCount(name, count)
	case forEach != nil:
		return s.expandEach(name, forEach)
	}
	return []instance{{}}
}

func (s *scope) expandCount(name string, count *expr) []instance {
	l := s.m.l
	v := s.eval(count)
	if partial.HasDeep(v, partial.Ephemeral) {
		l.problem(count.Range(), "Invalid count argument", "The given \"count\" is derived from an ephemeral value, which means that Terraform cannot persist it between plan/apply rounds.")
	}
	out := map[int]*instance{}
	unknown := s.counts(name, count, v, nil, out)
	if unknown != nil {
		reason := "count of " + name + " is not known: " + unknown.Reason
		many := &graph.Unknown{ID: unknown.ID, Reason: reason, Settle: unknown.Settle, Range: count.Range()}
		index := l.table.Value(cty.Number, &partial.Origin{Unknown: &graph.Unknown{ID: "count.index(" + s.m.label(name) + ")", Reason: reason, Settle: unknown.Settle}})
		return []instance{{kind: counted, key: index, many: many}}
	}
	list := make([]instance, 0, len(out))
	for i := range len(out) {
		list = append(list, *out[i])
	}
	return list
}

// counts adds the instances of one value of count. It returns why the number
// is not known, if it is not.
func (s *scope) counts(name string, count *expr, v cty.Value, terms []graph.ConditionTerm, out map[int]*instance) *graph.Unknown {
	l := s.m.l
	plain, _ := v.Unmark()
	if o := l.table.OriginOf(v); o != nil {
		c := o.Choice
		if c == nil || len(terms) >= maxTerms {
			return o.Unknown
		}
		if unknown := s.counts(name, count, c.Then, withTerm(terms, c.Condition, false), out); unknown != nil {
			return unknown
		}
		return s.counts(name, count, c.Else, withTerm(terms, c.Condition, true), out)
	}
	if !plain.IsKnown() {
		return &graph.Unknown{ID: "count(" + s.m.label(name) + ")", Reason: "its value is not known"}
	}
	n, problem := wholeCount(plain)
	if problem != "" {
		l.problem(count.Range(), "Invalid count argument", problem)
		return &graph.Unknown{ID: "count(" + s.m.label(name) + ")", Reason: "it is not valid"}
	}
	if n > l.limits.Instances {
		l.problem(count.Range(), "Too many instances", fmt.Sprintf("count is %d; iblint makes no more than %d instances of one block. One stands for all.", n, l.limits.Instances))
		return &graph.Unknown{ID: "count(" + s.m.label(name) + ")", Reason: "it is larger than iblint expands"}
	}
	for i := range n {
		addInstance(out, i, instance{kind: counted, key: cty.NumberIntVal(int64(i)), exist: terms})
	}
	return nil
}

// addInstance adds an instance. One that exists under a condition and under
// its negation exists under none.
func addInstance(out map[int]*instance, i int, next instance) {
	old, ok := out[i]
	if !ok {
		out[i] = &next
		return
	}
	old.exist = commonTerms(old.exist, next.exist)
}

func commonTerms(a, b []graph.ConditionTerm) []graph.ConditionTerm {
	var out []graph.ConditionTerm
	for _, x := range a {
		for _, y := range b {
			if x.Condition.ID == y.Condition.ID && x.Negated == y.Negated {
				out = append(out, x)
			}
		}
	}
	return out
}

// maxTerms is the number of undecided conditions that one block may hang on.
const maxTerms = 4

func withTerm(terms []graph.ConditionTerm, c *graph.Condition, negated bool) []graph.ConditionTerm {
	return append(append([]graph.ConditionTerm{}, terms...), graph.ConditionTerm{Condition: c, Negated: negated})
}

// withTruth adds that a truth value holds, which one condition decides.
func (l *loader) withTruth(terms []graph.ConditionTerm, truth cty.Value) []graph.ConditionTerm {
	o := l.table.OriginOf(truth)
	switch {
	case o == nil:
		return terms
	case o.Choice == nil:
		return withTerm(terms, partial.Condition(o), false)
	}
	negated := true
	if then, _ := o.Choice.Then.Unmark(); then.IsKnown() && then.True() {
		negated = false
	}
	return withTerm(terms, o.Choice.Condition, negated)
}

func wholeCount(v cty.Value) (int, string) {
	if v.IsNull() {
		return 0, `The given "count" argument value is null. An integer is required.`
	}
	n, err := convert.Convert(v, cty.Number)
	if err != nil || n.IsNull() {
		return 0, `The given "count" argument value is unsuitable: a whole number is required.`
	}
	f := n.AsBigFloat()
	if !f.IsInt() {
		return 0, `The given "count" argument value is unsuitable: value must be a whole number, between -9223372036854775808 and 9223372036854775807 inclusive.`
	}
	if f.Sign() < 0 {
		return 0, `The given "count" argument value is unsuitable: must be greater than or equal to zero.`
	}
	i, accuracy := f.Int64()
	if accuracy != 0 || i > 1<<30 {
		return 1 << 30, ""
	}
	return int(i), ""
}

func (s *scope) expandEach(name string, forEach *expr) []instance {
	l := s.m.l
	v := s.eval(forEach)
	if v.HasMark(partial.Sensitive) {
		l.problem(forEach.Range(), "Invalid for_each argument", "Sensitive values, or values derived from sensitive values, cannot be used as for_each arguments. If used, the sensitive value could be disclosed as a resource instance key.")
	}
	if v.HasMark(partial.Ephemeral) {
		l.problem(forEach.Range(), "Invalid for_each argument", "The given \"for_each\" value is derived from an ephemeral value, which means that Terraform cannot persist it between plan/apply rounds.")
	}
	e := &expansion{s: s, name: name, expr: forEach, index: map[string]int{}}
	if unknown := e.add(v, nil); unknown != nil {
		return []instance{e.representative(unknown, v)}
	}
	return e.list
}

// expansion collects the instances of a for_each.
type expansion struct {
	s     *scope
	name  string
	expr  *expr
	list  []instance
	index map[string]int
}

// representative is the one instance that stands for all.
func (e *expansion) representative(unknown *graph.Unknown, v cty.Value) instance {
	l := e.s.m.l
	reason := "for_each of " + e.name + " is not known: " + unknown.Reason
	id := e.s.m.label(e.name)
	part := func(what string, ty cty.Type) cty.Value {
		return l.table.Value(ty, &partial.Origin{Unknown: &graph.Unknown{ID: what + "(" + l.dir + "#" + id + ")", Reason: reason, Settle: unknown.Settle, Range: e.expr.Range()}, Class: partial.ClassFilled})
	}
	ty := cty.DynamicPseudoType
	if plain, _ := v.Unmark(); plain.Type().IsCollectionType() {
		ty = plain.Type().ElementType()
	}
	key := part("each.key", cty.String)
	value := part("each.value", ty)
	if plain, _ := v.Unmark(); plain.Type().IsSetType() {
		value = key
	}
	return instance{
		kind: eached, key: key, value: value, origin: origin{e.s, e.expr},
		many: &graph.Unknown{ID: unknown.ID, Reason: reason, Settle: unknown.Settle, Range: e.expr.Range()},
	}
}

// add adds the instances of one value of for_each. It returns why the keys
// are not known, if they are not.
func (e *expansion) add(v cty.Value, terms []graph.ConditionTerm) *graph.Unknown {
	l := e.s.m.l
	plain, _ := v.Unmark()
	unknown := &graph.Unknown{ID: "for_each(" + e.s.m.label(e.name) + ")", Reason: "its value is not known"}
	if !plain.IsKnown() {
		o := l.table.OriginOf(v)
		if o == nil {
			return unknown
		}
		if ty := plain.Type(); ty != cty.DynamicPseudoType && !ty.IsMapType() && !ty.IsObjectType() && !ty.IsSetType() {
			return e.refuse(plain)
		}
		c := o.Choice
		if c == nil || len(terms) >= maxTerms {
			return o.Unknown
		}
		if u := e.add(c.Then, withTerm(terms, c.Condition, false)); u != nil {
			return u
		}
		return e.add(c.Else, withTerm(terms, c.Condition, true))
	}
	ty := plain.Type()
	if plain.IsNull() || !ty.IsMapType() && !ty.IsObjectType() && !ty.IsSetType() {
		return e.refuse(plain)
	}
	if ty.IsSetType() && plain.LengthInt() > 0 && ty.ElementType() != cty.String && ty.ElementType() != cty.DynamicPseudoType {
		return e.refuse(plain)
	}
	if plain.LengthInt() > l.limits.Instances {
		l.problem(e.expr.Range(), "Too many instances", fmt.Sprintf("for_each has %d elements; iblint makes no more than %d instances of one block. One stands for all.", plain.LengthInt(), l.limits.Instances))
		return unknown
	}
	return e.elements(plain, v, terms)
}

func (e *expansion) refuse(plain cty.Value) *graph.Unknown {
	l := e.s.m.l
	what := plain.Type().FriendlyName()
	if plain.IsKnown() && plain.IsNull() {
		what = "null"
	}
	l.problem(e.expr.Range(), "Invalid for_each argument", fmt.Sprintf(`The given "for_each" argument value is unsuitable: the "for_each" argument must be a map, or set of strings, and you have provided a value of type %s. A list becomes a set with toset(…).`, what))
	return &graph.Unknown{ID: "for_each(" + e.s.m.label(e.name) + ")", Reason: "it is not valid"}
}

func (e *expansion) elements(plain, v cty.Value, terms []graph.ConditionTerm) *graph.Unknown {
	l := e.s.m.l
	isSet := plain.Type().IsSetType()
	for it := plain.ElementIterator(); it.Next(); {
		key, value := it.Element()
		exist := terms
		if isSet {
			if element, present, ok := l.table.Optional(value); ok {
				// An element that may be absent makes an instance that may be.
				value = element
				exist = l.withTruth(terms, present)
			}
			bare, _ := value.Unmark()
			if !bare.IsKnown() {
				return &graph.Unknown{ID: "for_each(" + e.s.m.label(e.name) + ")", Reason: "an element is not known"}
			}
			if bare.IsNull() || bare.Type() != cty.String {
				return e.refuse(plain)
			}
			key = bare
		}
		e.put(instance{kind: eached, key: key, value: value.WithMarks(partial.Flags(v)), exist: exist, origin: origin{e.s, e.expr}})
	}
	return nil
}

// put adds an instance, or merges it with that of the same key on the other
// side of a condition.
func (e *expansion) put(next instance) {
	key := next.key.AsString()
	i, ok := e.index[key]
	if !ok {
		e.index[key] = len(e.list)
		e.list = append(e.list, next)
		return
	}
	old := &e.list[i]
	if n := len(old.exist); n > 0 && len(next.exist) > 0 {
		last := old.exist[n-1]
		old.value = e.s.m.l.table.Choose(last.Condition, either(last.Negated, next.value, old.value), either(last.Negated, old.value, next.value))
	}
	old.exist = commonTerms(old.exist, next.exist)
}

func either(first bool, a, b cty.Value) cty.Value {
	if first {
		return a
	}
	return b
}
