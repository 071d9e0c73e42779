package partial

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
)

// Strip removes origins from the marks of a value itself, not from what is
// inside it.
func Strip(v cty.Value) cty.Value {
	if !v.IsMarked() {
		return v
	}
	plain, marks := v.Unmark()
	return plain.WithMarks(flags(marks))
}

// flags keeps the marks that spread from a part to the whole.
func flags(marks cty.ValueMarks) cty.ValueMarks {
	out := cty.ValueMarks{}
	for mark := range marks {
		if m, ok := mark.(Mark); ok && (m == Sensitive || m == Ephemeral || m == Private) {
			out[mark] = struct{}{}
		}
	}
	return out
}

// Flags returns the marks that spread from a value to what is made of it:
// whether it is sensitive or ephemeral.
func Flags(values ...cty.Value) cty.ValueMarks {
	out := cty.ValueMarks{}
	for _, v := range values {
		_, marks := v.Unmark()
		for mark := range flags(marks) {
			out[mark] = struct{}{}
		}
	}
	return out
}

// DeepFlags is Flags of the values and of everything inside them.
func DeepFlags(values ...cty.Value) cty.ValueMarks {
	out := cty.ValueMarks{}
	for _, v := range values {
		if !v.ContainsMarked() {
			continue
		}
		_, marks := v.UnmarkDeep()
		for mark := range flags(marks) {
			out[mark] = struct{}{}
		}
	}
	return out
}

// Has reports whether a value itself has a mark.
func Has(v cty.Value, m Mark) bool { return v.HasMark(m) }

// HasDeep reports whether a value or anything inside it has a mark.
func HasDeep(v cty.Value, m Mark) bool {
	if !v.ContainsMarked() {
		return false
	}
	_, marks := v.UnmarkDeep()
	_, ok := marks[m]
	return ok
}

// OpenOf returns the Open mark of an object, or nil.
func OpenOf(v cty.Value) *Open {
	if !v.IsMarked() {
		return nil
	}
	_, marks := v.Unmark()
	for mark := range marks {
		if open, ok := mark.(*Open); ok {
			return open
		}
	}
	return nil
}

// Map rebuilds a value with every leaf changed. Leaves are unknown values,
// nulls and primitives. The marks of containers stay; what becomes Removed
// leaves its container.
func Map(v cty.Value, change func(cty.Value) cty.Value) cty.Value {
	return mapAll(v, change, nil)
}

// mapAll is Map that asks instead first for what a container becomes as a
// whole.
func mapAll(v cty.Value, change func(cty.Value) cty.Value, instead func(cty.Value) (cty.Value, bool)) cty.Value {
	plain, marks := v.Unmark()
	ty := plain.Type()
	if !plain.IsKnown() || plain.IsNull() || ty.IsPrimitiveType() || ty.IsCapsuleType() || plain.LengthInt() == 0 {
		return change(v)
	}
	if instead != nil {
		if other, ok := instead(v); ok {
			return other
		}
	}
	if ty.IsObjectType() || ty.IsMapType() {
		fields := plain.AsValueMap()
		for name, field := range fields {
			if fields[name] = mapAll(field, change, instead); IsRemoved(fields[name]) {
				delete(fields, name)
			}
		}
		return fieldsLike(ty, fields).WithMarks(marks)
	}
	items := plain.AsValueSlice()
	kept := items[:0]
	for _, item := range items {
		if next := mapAll(item, change, instead); !IsRemoved(next) {
			kept = append(kept, next)
		}
	}
	return sequence(ty, kept).WithMarks(marks)
}

func fieldsLike(like cty.Type, fields map[string]cty.Value) cty.Value {
	if !like.IsMapType() {
		return cty.ObjectVal(fields)
	}
	if len(fields) == 0 {
		return cty.MapValEmpty(like.ElementType())
	}
	if !cty.CanMapVal(fields) {
		return cty.ObjectVal(fields)
	}
	return cty.MapVal(fields)
}

// sequence makes a list, set or tuple like the type, or a tuple where the
// items do not fit it any more.
func sequence(like cty.Type, items []cty.Value) cty.Value {
	switch {
	case like.IsListType() && len(items) == 0:
		return cty.ListValEmpty(like.ElementType())
	case like.IsSetType() && len(items) == 0:
		return cty.SetValEmpty(like.ElementType())
	case like.IsListType() && cty.CanListVal(items):
		return cty.ListVal(items)
	case like.IsSetType() && cty.CanSetVal(items):
		return cty.SetVal(items)
	}
	return cty.TupleVal(items)
}

// Each calls visit for every leaf until it returns false.
func Each(v cty.Value, visit func(cty.Value) bool) bool {
	plain, _ := v.Unmark()
	ty := plain.Type()
	if !plain.IsKnown() || plain.IsNull() || ty.IsPrimitiveType() || ty.IsCapsuleType() {
		return visit(v)
	}
	for it := plain.ElementIterator(); it.Next(); {
		key, item := it.Element()
		if (ty.IsMapType() || ty.IsObjectType()) && HasToken(key.AsString()) && !visit(key) {
			return false
		}
		if !Each(item, visit) {
			return false
		}
	}
	return true
}

// Whole reports whether everything in a value is known.
func (t *Table) Whole(v cty.Value) bool {
	if len(t.origins) == 0 {
		return v.IsWhollyKnown()
	}
	return Each(v, func(leaf cty.Value) bool {
		leaf, _ = leaf.Unmark()
		if !leaf.IsKnown() {
			return false
		}
		return leaf.IsNull() || leaf.Type() != cty.String || !HasToken(leaf.AsString())
	})
}

// Tokens calls visit with the origin of every unknown in a value.
func (t *Table) Tokens(v cty.Value, visit func(*Origin)) {
	Each(v, func(leaf cty.Value) bool {
		plain, marks := leaf.Unmark()
		switch {
		case !plain.IsKnown():
			if o := firstOrigin(marks); o != nil {
				visit(o)
			}
		case !plain.IsNull() && plain.Type() == cty.String:
			for _, o := range t.Origins(plain.AsString()) {
				visit(o)
			}
		}
		return true
	})
}

// First returns the first origin in the values, or nil.
func (t *Table) First(values ...cty.Value) *Origin {
	var first *Origin
	for _, v := range values {
		t.Tokens(v, func(o *Origin) {
			if first == nil {
				first = o
			}
		})
		if first != nil {
			break
		}
	}
	return first
}

// Erase replaces every token by an unknown string as cty has them, and drops
// what this package has marked; sensitive and ephemeral marks stay.
func (t *Table) Erase(v cty.Value) cty.Value {
	if len(t.origins) == 0 && !v.ContainsMarked() {
		return v
	}
	return withFlags(mapAll(v, t.eraseLeaf, eraseUncertain))
}

// Forget is Erase down to what Terraform knows before apply: objects are
// unknown of which not every attribute is known, and maps of which a key is
// not.
func (t *Table) Forget(v cty.Value) cty.Value {
	return withFlags(mapAll(v, func(leaf cty.Value) cty.Value {
		if unknown, ok := forgotten(leaf); ok {
			return unknown
		}
		return t.eraseLeaf(leaf)
	}, forgotten))
}

// forgotten is what a value that Terraform does not know is to it.
func forgotten(v cty.Value) (cty.Value, bool) {
	if erased, ok := eraseUncertain(v); ok {
		return erased, true
	}
	if !v.HasMark(Deferred) && OpenOf(v) == nil && !hasUnknownKey(v) {
		return v, false
	}
	return cty.DynamicVal.WithMarks(Flags(v)), true
}

func hasUnknownKey(v cty.Value) bool {
	plain, _ := v.Unmark()
	ty := plain.Type()
	if !plain.IsKnown() || plain.IsNull() || !ty.IsMapType() && !ty.IsObjectType() {
		return false
	}
	for name := range plain.Elements() {
		if HasToken(name.AsString()) {
			return true
		}
	}
	return false
}

// withFlags keeps only the marks that Terraform knows too.
func withFlags(erased cty.Value) cty.Value {
	if !erased.ContainsMarked() {
		return erased
	}
	plain, marks := erased.Unmark()
	ty := plain.Type()
	switch {
	case !plain.IsKnown() || plain.IsNull() || !plain.CanIterateElements() || plain.LengthInt() == 0:
	case ty.IsObjectType() || ty.IsMapType():
		fields := plain.AsValueMap()
		for name, field := range fields {
			fields[name] = withFlags(field)
		}
		plain = fieldsLike(ty, fields)
	default:
		items := plain.AsValueSlice()
		for i, item := range items {
			items[i] = withFlags(item)
		}
		plain = sequence(ty, items)
	}
	return plain.WithMarks(flags(marks))
}

// eraseUncertain makes a collection unknown whose elements are not certain.
func eraseUncertain(v cty.Value) (cty.Value, bool) {
	if !v.HasMark(Uncertain) {
		return v, false
	}
	plain, marks := v.Unmark()
	ty := plain.Type()
	if !ty.IsCollectionType() {
		ty = cty.DynamicPseudoType
	}
	return cty.UnknownVal(ty).WithMarks(flags(marks)), true
}

func (t *Table) eraseLeaf(v cty.Value) cty.Value {
	plain, marks := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() || plain.Type() != cty.String {
		return v
	}
	text := plain.AsString()
	if !HasToken(text) {
		return v
	}
	out := cty.UnknownVal(cty.String)
	if o := t.Alone(text); o == nil || !o.Nullable {
		out = out.RefineNotNull()
	}
	return out.WithMarks(marks)
}

// maxKey is the length from which on a key is hashed.
const maxKey = 400

// Key is a text that is the same for two values exactly when they are
// certainly equal.
func (t *Table) Key(v cty.Value) string {
	var b strings.Builder
	t.key(&b, v)
	if b.Len() <= maxKey {
		return b.String()
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

func (t *Table) key(b *strings.Builder, v cty.Value) {
	plain, marks := v.Unmark()
	ty := plain.Type()
	switch {
	case !plain.IsKnown():
		b.WriteString("?")
		if o := firstOrigin(marks); o != nil {
			b.WriteString(o.Unknown.ID)
		}
	case plain.IsNull():
		b.WriteString("null")
	case ty == cty.String:
		t.textKey(b, plain.AsString())
	case ty == cty.Number:
		b.WriteString(plain.AsBigFloat().Text('g', -1))
	case ty == cty.Bool:
		if plain.True() {
			b.WriteString("true")
		} else {
			b.WriteString("false")
		}
	case ty.IsCapsuleType():
		b.WriteString(ty.FriendlyName())
	default:
		t.containerKey(b, plain)
	}
}

func (t *Table) containerKey(b *strings.Builder, v cty.Value) {
	b.WriteByte('[')
	first := true
	for it := v.ElementIterator(); it.Next(); {
		if !first {
			b.WriteByte(',')
		}
		first = false
		name, item := it.Element()
		if name.Type() == cty.String && !v.Type().IsSetType() {
			t.textKey(b, name.AsString())
			b.WriteByte('=')
		}
		t.key(b, item)
	}
	b.WriteByte(']')
}

func (t *Table) textKey(b *strings.Builder, s string) {
	b.WriteByte('"')
	for _, p := range t.Split(s) {
		if p.Origin == nil {
			b.WriteString(strings.ReplaceAll(p.Literal, `"`, `\"`))
			continue
		}
		b.WriteString("${" + p.Origin.Unknown.ID + "}")
	}
	b.WriteByte('"')
}

// Derive makes the origin of a value that some operation makes out of others.
// Name and arguments identify it; the reason is that of its first unknown.
func (t *Table) Derive(name string, args ...cty.Value) *Origin {
	keys := make([]string, len(args))
	for i, arg := range args {
		keys[i] = t.Key(arg)
	}
	id := name + "(" + strings.Join(keys, ",") + ")"
	return t.derived(id, t.First(args...))
}

// DeriveSorted is Derive for an operation that does not care for the order of
// its arguments.
func (t *Table) DeriveSorted(name string, args ...cty.Value) *Origin {
	keys := make([]string, len(args))
	for i, arg := range args {
		keys[i] = t.Key(arg)
	}
	sort.Strings(keys)
	return t.derived(name+"("+strings.Join(keys, ",")+")", t.First(args...))
}

func (t *Table) derived(id string, from *Origin) *Origin {
	if len(id) > maxKey {
		sum := sha256.Sum256([]byte(id))
		id = id[:40] + "…" + hex.EncodeToString(sum[:16])
	}
	u := &graph.Unknown{ID: id, Reason: "its value is only known after apply"}
	if from != nil {
		u.Reason, u.Settle, u.Range = from.Unknown.Reason, from.Unknown.Settle, from.Unknown.Range
	}
	return &Origin{Unknown: u, Fallible: from != nil && from.Fallible}
}

// MarkSets marks the sets in a value as uncertain whose elements may turn out
// to be equal.
func MarkSets(t *Table, v cty.Value) cty.Value {
	if len(t.origins) == 0 {
		return v
	}
	plain, marks := v.Unmark()
	ty := plain.Type()
	if !plain.IsKnown() || plain.IsNull() || ty.IsPrimitiveType() || ty.IsCapsuleType() || !hasSet(ty) || plain.LengthInt() == 0 {
		return v
	}
	if ty.IsSetType() {
		if plain.LengthInt() > 1 && !t.Whole(plain) {
			return v.Mark(Uncertain)
		}
		return v
	}
	if ty.IsObjectType() || ty.IsMapType() {
		fields := plain.AsValueMap()
		for name, field := range fields {
			fields[name] = MarkSets(t, field)
		}
		return fieldsLike(ty, fields).WithMarks(marks)
	}
	items := plain.AsValueSlice()
	for i, item := range items {
		items[i] = MarkSets(t, item)
	}
	return sequence(ty, items).WithMarks(marks)
}

func hasSet(ty cty.Type) bool {
	switch {
	case ty.IsSetType():
		return true
	case ty.IsCollectionType():
		return hasSet(ty.ElementType())
	case ty.IsObjectType():
		for _, at := range ty.AttributeTypes() {
			if hasSet(at) {
				return true
			}
		}
	case ty.IsTupleType():
		if slices.ContainsFunc(ty.TupleElementTypes(), hasSet) {
			return true
		}
	}
	return false
}
