package partial

import (
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/iblint/iblint/loaders/graph"
)

// maxConditions is the number of undecided conditions that one operation is
// worked out for; 2 to its power is the number of results.
const maxConditions = 3

// maxChoices is the number of choices that one value may hold, each with two
// arms that hold more: beyond it a choice is a value that is not known.
const maxChoices = 200

// Optional takes an element apart that may be absent: its value, and whether it
// is there. It is false for other values.
func (t *Table) Optional(v cty.Value) (value, present cty.Value, ok bool) {
	o := t.OriginOf(v)
	if o == nil || o.Choice == nil {
		return v, cty.True, false
	}
	c := o.Choice
	switch {
	case IsRemoved(c.Else):
		return c.Then.WithMarks(Flags(v)), t.Choose(c.Condition, cty.True, cty.False), true
	case IsRemoved(c.Then):
		return c.Else.WithMarks(Flags(v)), t.Choose(c.Condition, cty.False, cty.True), true
	}
	return v, cty.True, false
}

// Failed is a value that is an error where it is reached.
func (t *Table) Failed(name string, args ...cty.Value) cty.Value {
	o := t.Derive("invalid "+name, args...)
	o.Fallible, o.Failed = true, true
	return t.Value(cty.DynamicPseudoType, o)
}

// Not negates a boolean that may not be known.
func (t *Table) Not(v cty.Value) cty.Value {
	plain, _ := v.Unmark()
	if plain.IsNull() {
		return v
	}
	if plain.IsKnown() {
		return plain.Not().WithMarks(Flags(v))
	}
	return t.ChooseBy(v, cty.False, cty.True)
}

// ChooseBy is then where an unknown truth value holds, and otherwise els.
func (t *Table) ChooseBy(truth, then, els cty.Value) cty.Value {
	if plain, _ := truth.Unmark(); plain.IsKnown() && !plain.IsNull() {
		if plain.True() {
			return then
		}
		return els
	}
	o := t.OriginOf(truth)
	if o == nil {
		o = t.derived("condition", nil)
	}
	flags := Flags(truth)
	if c := o.Choice; c != nil {
		return t.Choose(c.Condition, t.ChooseBy(c.Then, then, els), t.ChooseBy(c.Else, then, els)).WithMarks(flags)
	}
	return t.Choose(Condition(o), then, els).WithMarks(flags)
}

// Condition is the condition that an unknown truth value stands for.
func Condition(o *Origin) *graph.Condition {
	name := o.Text
	if name == "" {
		name = o.Unknown.ID
	}
	return &graph.Condition{
		ID: o.Unknown.ID, Name: name, Reason: o.Unknown.Reason, Settle: o.Unknown.Settle, Range: o.Unknown.Range,
	}
}

// Choose is then where a condition holds and otherwise els. Objects and lists
// of one shape are merged element by element.
func (t *Table) Choose(c *graph.Condition, then, els cty.Value) cty.Value {
	then, els = t.Decide(then, c.ID, true), t.Decide(els, c.ID, false)
	if t.identical(then, els) {
		return then
	}
	if merged, ok := t.chooseInside(c, then, els); ok {
		return merged
	}
	flags := Flags(then, els)
	if isBool(then, true) && isBool(els, false) {
		return t.Value(cty.Bool, &Origin{Unknown: &graph.Unknown{
			ID: c.ID, Reason: c.Reason, Settle: c.Settle, Range: c.Range,
		}, Text: c.Name}).WithMarks(flags)
	}
	ty := unified(then, els)
	if IsRemoved(els) {
		return t.Value(then.Type(), t.choiceOrigin(c, then, els)).WithMarks(flags)
	}
	if IsRemoved(then) {
		return t.Value(els.Type(), t.choiceOrigin(c, then, els)).WithMarks(flags)
	}
	if converted, err := convert.Convert(then, ty); err == nil {
		then = converted
	}
	if converted, err := convert.Convert(els, ty); err == nil {
		els = converted
	}
	return t.Value(ty, t.choiceOrigin(c, then, els)).WithMarks(flags)
}

func isBool(v cty.Value, truth bool) bool {
	plain, _ := v.Unmark()
	return plain.Type() == cty.Bool && plain.IsKnown() && !plain.IsNull() && plain.True() == truth
}

func (t *Table) choiceOrigin(c *graph.Condition, then, els cty.Value) *Origin {
	reason := c.Unknown()
	id := t.derived("choice("+c.ID+","+t.Key(then)+","+t.Key(els)+")", nil).Unknown.ID
	o := &Origin{
		Unknown:  &graph.Unknown{ID: id, Reason: reason.Reason, Settle: reason.Settle, Range: reason.Range},
		Nullable: t.nullable(then) || t.nullable(els),
		Fallible: t.fallible(then) || t.fallible(els),
	}
	if size := 1 + t.choices(then) + t.choices(els); size <= maxChoices || IsRemoved(then) || IsRemoved(els) {
		o.Choice = &Choice{Condition: c, Then: then, Else: els, size: size}
	}
	if t.certainlyFilled(then) && t.certainlyFilled(els) {
		o.Class = ClassFilled
	}
	return o
}

// choices counts the choices in a value, those in the arms of others too.
func (t *Table) choices(v cty.Value) int {
	n := 0
	t.Tokens(v, func(o *Origin) {
		if o.Choice != nil {
			n = min(n+o.Choice.size, maxChoices+1)
		}
	})
	return n
}

func (t *Table) nullable(v cty.Value) bool {
	o := t.OriginOf(v)
	return v.IsNull() || o != nil && o.Nullable
}

func (t *Table) fallible(v cty.Value) bool {
	o := t.OriginOf(v)
	return o != nil && o.Fallible
}

func (t *Table) certainlyFilled(v cty.Value) bool {
	plain, _ := v.Unmark()
	if !plainString(plain) {
		return false
	}
	return t.SameText(plain.AsString(), "") == No
}

// identical reports whether two arms are certainly the same value.
func (t *Table) identical(a, b cty.Value) bool {
	if IsRemoved(a) || IsRemoved(b) {
		return IsRemoved(a) && IsRemoved(b)
	}
	if a.RawEquals(b) {
		return true
	}
	if !a.Type().Equals(b.Type()) {
		return false
	}
	o, p := t.OriginOf(a), t.OriginOf(b)
	return o != nil && p != nil && o.Unknown.ID == p.Unknown.ID
}

func unified(a, b cty.Value) cty.Type {
	switch {
	case a.IsNull() && a.Type() == cty.DynamicPseudoType:
		return b.Type()
	case b.IsNull() && b.Type() == cty.DynamicPseudoType:
		return a.Type()
	case a.Type().Equals(b.Type()):
		return a.Type()
	}
	if ty, _ := convert.Unify([]cty.Type{a.Type(), b.Type()}); ty != cty.NilType {
		return ty
	}
	return cty.DynamicPseudoType
}

// chooseInside merges two containers of one shape.
func (t *Table) chooseInside(c *graph.Condition, then, els cty.Value) (cty.Value, bool) {
	flags := Flags(then, els)
	open := OpenOf(then) != nil || OpenOf(els) != nil
	uncertain := Has(then, Uncertain) || Has(els, Uncertain)
	then, _ = then.Unmark()
	els, _ = els.Unmark()
	tt, te := then.Type(), els.Type()
	if open || uncertain || !then.IsKnown() || !els.IsKnown() || then.IsNull() || els.IsNull() ||
		tt.IsPrimitiveType() || te.IsPrimitiveType() || tt.IsCapsuleType() || te.IsCapsuleType() {
		return cty.NilVal, false
	}
	if then.LengthInt() != els.LengthInt() || then.LengthInt() == 0 {
		return cty.NilVal, false
	}
	switch {
	case tt.IsObjectType() && te.IsObjectType(), tt.IsMapType() && tt.Equals(te):
		return t.chooseFields(c, then, els, flags)
	case tt.IsTupleType() && te.IsTupleType(), tt.IsListType() && tt.Equals(te):
		items := then.AsValueSlice()
		for i, other := range els.AsValueSlice() {
			items[i] = t.Choose(c, items[i], other)
		}
		return sequence(tt, items).WithMarks(flags), true
	}
	return cty.NilVal, false
}

func (t *Table) chooseFields(c *graph.Condition, then, els cty.Value, flags cty.ValueMarks) (cty.Value, bool) {
	fields, others := then.AsValueMap(), els.AsValueMap()
	for name := range fields {
		if _, ok := others[name]; !ok {
			return cty.NilVal, false
		}
	}
	for name, field := range fields {
		fields[name] = t.Choose(c, field, others[name])
	}
	if then.Type().IsMapType() && cty.CanMapVal(fields) {
		return cty.MapVal(fields).WithMarks(flags), true
	}
	return cty.ObjectVal(fields).WithMarks(flags), true
}

// Decide replaces every choice by a condition with the arm that its truth
// chooses.
func (t *Table) Decide(v cty.Value, conditionID string, truth bool) cty.Value {
	if !t.mentions(v, conditionID) {
		return v
	}
	return Map(v, func(leaf cty.Value) cty.Value { return t.decideLeaf(leaf, conditionID, truth) })
}

func (t *Table) mentions(v cty.Value, conditionID string) bool {
	found := false
	t.Tokens(v, func(o *Origin) { found = found || o.mentions(t, conditionID) })
	return found
}

func (o *Origin) mentions(t *Table, conditionID string) bool {
	if o.Unknown.ID == conditionID {
		return true
	}
	c := o.Choice
	return c != nil && (c.Condition.ID == conditionID || t.mentions(c.Then, conditionID) || t.mentions(c.Else, conditionID))
}

func (t *Table) decideLeaf(leaf cty.Value, conditionID string, truth bool) cty.Value {
	plain, marks := leaf.Unmark()
	if plain.IsKnown() {
		if !plainString(plain) || !HasToken(plain.AsString()) {
			return leaf
		}
		if o := t.Alone(plain.AsString()); o != nil && o.Choice != nil {
			return t.decideChoice(o, conditionID, truth).WithMarks(marks)
		}
		return cty.StringVal(t.decideText(plain.AsString(), conditionID, truth)).WithMarks(marks)
	}
	o := firstOrigin(marks)
	if o == nil {
		return leaf
	}
	if o.Choice == nil {
		if o.Unknown.ID == conditionID && plain.Type() == cty.Bool {
			return cty.BoolVal(truth).WithMarks(flags(marks))
		}
		return leaf
	}
	return t.decideChoice(o, conditionID, truth).WithMarks(flags(marks))
}

func (t *Table) decideChoice(o *Origin, conditionID string, truth bool) cty.Value {
	c := o.Choice
	if c.Condition.ID == conditionID {
		if truth {
			return t.Decide(c.Then, conditionID, truth)
		}
		return t.Decide(c.Else, conditionID, truth)
	}
	return t.Choose(c.Condition, t.Decide(c.Then, conditionID, truth), t.Decide(c.Else, conditionID, truth))
}

func (t *Table) decideText(s, conditionID string, truth bool) string {
	var out strings.Builder
	for _, p := range t.Split(s) {
		switch {
		case p.Origin == nil:
			out.WriteString(p.Literal)
		case p.Origin.Choice == nil || !p.Origin.mentions(t, conditionID):
			out.WriteString(t.Token(p.Origin))
		default:
			arm, _ := t.decideChoice(p.Origin, conditionID, truth).Unmark()
			if plainString(arm) {
				out.WriteString(arm.AsString())
				continue
			}
			out.WriteString(t.Token(p.Origin))
		}
	}
	return out.String()
}

// Distribute works out an operation for both truths of every undecided
// condition in its arguments, if they are few.
func (t *Table) Distribute(args []cty.Value, op func([]cty.Value) (cty.Value, error)) (cty.Value, error) {
	return t.distribute(args, op, maxConditions)
}

func (t *Table) distribute(args []cty.Value, op func([]cty.Value) (cty.Value, error), budget int) (cty.Value, error) {
	c := t.firstCondition(args)
	if c == nil || budget == 0 {
		return op(args)
	}
	then, errThen := t.distribute(t.decideAll(args, c.ID, true), op, budget-1)
	els, errElse := t.distribute(t.decideAll(args, c.ID, false), op, budget-1)
	switch {
	case errThen != nil && errElse != nil:
		return cty.NilVal, errThen
	case errThen != nil:
		then = t.Failed("operation", args...)
	case errElse != nil:
		els = t.Failed("operation", args...)
	}
	return t.Choose(c, then, els), nil
}

func (t *Table) decideAll(args []cty.Value, conditionID string, truth bool) []cty.Value {
	out := make([]cty.Value, len(args))
	for i, arg := range args {
		out[i] = t.Decide(arg, conditionID, truth)
	}
	return out
}

func (t *Table) firstCondition(args []cty.Value) *graph.Condition {
	if len(t.origins) == 0 && !anyMarked(args) {
		return nil
	}
	var first *graph.Condition
	for _, arg := range args {
		t.Tokens(arg, func(o *Origin) {
			if first == nil && o.Choice != nil {
				first = o.Choice.Condition
			}
		})
	}
	return first
}

func anyMarked(args []cty.Value) bool {
	for _, arg := range args {
		if arg.ContainsMarked() {
			return true
		}
	}
	return false
}
