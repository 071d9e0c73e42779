package iam

import "github.com/iblint/iblint/loaders/graph"

func readStatement(v graph.Value) graph.Statement {
	s := graph.Statement{
		Sid:          v.Field("Sid"),
		Effect:       v.Field("Effect"),
		Actions:      list(v.Field("Action")),
		NotActions:   list(v.Field("NotAction")),
		Resources:    list(v.Field("Resource")),
		NotResources: list(v.Field("NotResource")),
		Range:        v.Range(),
	}
	s.Principals = readPrincipals(v.Field("Principal"))
	s.NotPrincipals = readPrincipals(v.Field("NotPrincipal"))
	readConditions(&s, v.Field("Condition"))
	return s
}

// list makes a list of a scalar or a list; absent items are dropped, lists
// within lists flattened.
func list(v graph.Value) graph.Value {
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid, graph.KindUnknown, graph.KindChoice:
		return v
	case graph.KindList:
		out := graph.List(flatten(nil, v)...)
		return placed(out, v)
	default: // one item
	}
	return placed(graph.List(scalar(v)), v)
}

func flatten(items []graph.Value, v graph.Value) []graph.Value {
	for _, item := range v.Items() {
		switch item.Kind() {
		case graph.KindAbsent, graph.KindInvalid:
		case graph.KindList:
			items = flatten(items, item)
		default:
			items = append(items, scalar(item))
		}
	}
	return items
}

// scalar prints numbers and truth values as IAM reads them.
func scalar(v graph.Value) graph.Value {
	if v.Kind() == graph.KindNumber || v.Kind() == graph.KindBool {
		if s, ok := v.AsString(); ok {
			return placed(graph.String(s), v)
		}
	}
	return v
}

func placed(v, from graph.Value) graph.Value {
	if from.HasRange() {
		v = v.WithRange(from.Range()).WithVia(from.Via()...)
	}
	return v
}

func readPrincipals(v graph.Value) *graph.Principals {
	p := &graph.Principals{Range: v.Range()}
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid:
		return nil
	case graph.KindString:
		// Only "*" may stand without a type; anything else is kept so that it
		// matches nothing.
		s, _ := v.AsString()
		p.Items = []graph.Principal{{Type: bareType(s), Identifier: v}}
	case graph.KindMap:
		for _, field := range v.Fields() {
			p.Items = append(p.Items, typedPrincipals(field.Name, field.Value)...)
		}
	default:
		p.Unknown = v.Unknown()
		if p.Unknown == nil {
			p.Unknown = &graph.Unknown{Reason: "the principal is neither \"*\" nor an object"}
		}
	}
	return p
}

func bareType(s string) string {
	if s == "*" {
		return "*"
	}
	return "invalid"
}

func typedPrincipals(kind string, v graph.Value) []graph.Principal {
	identifiers := list(v)
	if identifiers.Kind() != graph.KindList {
		if identifiers.IsAbsent() {
			return nil
		}
		return []graph.Principal{{Type: kind, Identifier: identifiers}}
	}
	var out []graph.Principal
	for _, item := range identifiers.Items() {
		out = append(out, graph.Principal{Type: kind, Identifier: item})
	}
	return out
}

func readConditions(s *graph.Statement, v graph.Value) {
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid:
		return
	case graph.KindMap:
	default:
		s.Undecided = undecided(v)
		return
	}
	for _, operator := range v.Fields() {
		if operator.Value.Kind() != graph.KindMap {
			if !operator.Value.IsAbsent() {
				s.Undecided = undecided(operator.Value)
			}
			continue
		}
		for _, key := range operator.Value.Fields() {
			s.Conditions = append(s.Conditions, graph.StatementCondition{
				Operator: operator.Name,
				Key:      key.Name,
				Values:   conditionValues(key.Value),
				Range:    key.Value.Range(),
			})
		}
	}
}

func conditionValues(v graph.Value) graph.Value {
	if v.IsAbsent() {
		return placed(graph.List(), v)
	}
	return list(v)
}

func undecided(v graph.Value) *graph.Unknown {
	if u := v.Unknown(); u != nil {
		return u
	}
	return &graph.Unknown{Reason: "the condition is not an object"}
}
