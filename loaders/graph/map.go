package graph

import "github.com/hashicorp/hcl/v2"

// Substitute replaces every unknown for which supply gives a value, in the
// value and in everything inside it. A supplied value that is no string and
// would stand inside a string leaves the string as it was.
func Substitute(v Value, supply func(*Unknown) (Value, bool)) Value {
	return transform(v, func(leaf Value) Value {
		switch leaf.kind {
		case KindUnknown:
			if value, ok := supply(leaf.unknown); ok {
				return value.inPlaceOf(leaf)
			}
		case KindText:
			return substituteParts(leaf, supply)
		default: // holds no unknown itself
		}
		return leaf
	})
}

func substituteParts(v Value, supply func(*Unknown) (Value, bool)) Value {
	var parts []Part
	var pieces []Piece
	changed := false
	offset := 0
	for _, p := range v.parts {
		made := []Part{p}
		if p.Unknown != nil {
			if value, ok := supply(p.Unknown); ok && value.Parts() != nil {
				made = value.Parts()
				changed = true
			}
		}
		parts = append(parts, made...)
		pieces = append(pieces, pieceAt(v, offset, p, made))
		offset += len(p.Literal)
	}
	if !changed {
		return v
	}
	out := Text(parts...).inPlaceOf(v)
	if v.HasInner() {
		out = out.WithInner(JoinInner(pieces))
	}
	return out
}

// pieceAt is what a part of a string, which begins at an offset of it, was
// made into; what stands for an unknown part stands where that does.
func pieceAt(v Value, offset int, part Part, made []Part) Piece {
	if part.Unknown != nil {
		return Piece{Size: knownSize(made), Place: func(int, int) hcl.Range { return v.Inner(offset, offset) }}
	}
	return Piece{Size: len(part.Literal), Place: func(from, to int) hcl.Range { return v.Inner(offset+from, offset+to) }}
}

// inPlaceOf returns the value with the place of the value that it replaces.
func (v Value) inPlaceOf(old Value) Value {
	if old.rng != nil {
		v.rng, v.via = old.rng, old.via
	}
	v.sensitive = v.sensitive || old.sensitive
	return v
}

// Resolve replaces the choices whose condition has a truth in decided, by
// condition ID. An absent arm removes a map field or a list item, as null and
// AWS::NoValue do.
func Resolve(v Value, decided map[string]bool) Value {
	return transform(v, func(leaf Value) Value {
		for leaf.kind == KindChoice {
			truth, ok := decided[leaf.choice.Condition.ID]
			if !ok {
				return leaf
			}
			arm := leaf.choice.Else
			if truth {
				arm = leaf.choice.Then
			}
			if arm.rng == nil {
				arm.rng, arm.via = leaf.rng, leaf.via
			}
			leaf = Resolve(arm, decided)
		}
		return leaf
	})
}

// transform rebuilds a value from the leaves up. Containers are copied only
// where something in them changed.
func transform(v Value, change func(Value) Value) Value {
	switch v.kind {
	case KindList:
		return transformList(v, change)
	case KindMap:
		return transformMap(v, change)
	case KindChoice:
		out := change(v)
		if out.kind != KindChoice {
			return out
		}
		choice := *out.choice
		choice.Then = transform(choice.Then, change)
		choice.Else = transform(choice.Else, change)
		out.choice = &choice
		return out
	default: // a leaf
	}
	return change(v)
}

func transformList(v Value, change func(Value) Value) Value {
	items := make([]Value, 0, len(v.items))
	for _, item := range v.items {
		next := transform(item, change)
		if next.IsAbsent() && !item.IsAbsent() {
			continue
		}
		items = append(items, next)
	}
	v.items = items
	return v
}

func transformMap(v Value, change func(Value) Value) Value {
	fields := make([]Field, 0, len(v.fields))
	for _, field := range v.fields {
		next := transform(field.Value, change)
		if next.IsAbsent() && !field.Value.IsAbsent() {
			continue
		}
		fields = append(fields, Field{Name: field.Name, Value: next})
	}
	v.fields = fields
	return v
}

// Choices calls visit for every choice inside a value that stands in no other.
func Choices(v Value, visit func(Value)) {
	for _, item := range v.items {
		Choices(item, visit)
	}
	for _, field := range v.fields {
		Choices(field.Value, visit)
	}
	if v.kind == KindChoice {
		visit(v)
	}
}

// Conditions calls visit for every undecided condition inside a value.
func Conditions(v Value, visit func(*Condition)) {
	for _, item := range v.items {
		Conditions(item, visit)
	}
	for _, field := range v.fields {
		Conditions(field.Value, visit)
	}
	if v.kind == KindChoice {
		visit(v.choice.Condition)
		Conditions(v.choice.Then, visit)
		Conditions(v.choice.Else, visit)
	}
}
