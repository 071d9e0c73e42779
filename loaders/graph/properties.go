package graph

import (
	"reflect"
	"strconv"
	"strings"
)

// PropertiesValue turns a properties struct, or a pointer to one, into the
// map that rules see: JSON names, absent fields left out. Nil gives an absent
// value.
func PropertiesValue(properties any) Value {
	if properties == nil {
		return Absent()
	}
	return structValue(reflect.ValueOf(properties))
}

func structValue(v reflect.Value) Value {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return Absent()
		}
		if document, ok := reflect.TypeAssert[*Document](v); ok {
			return document.Value()
		}
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Bool:
		return Bool(v.Bool())
	case reflect.Slice:
		items := make([]Value, v.Len())
		for i := range items {
			items[i] = structValue(v.Index(i))
		}
		return List(items...)
	case reflect.Struct:
		if value, ok := reflect.TypeAssert[Value](v); ok {
			return value
		}
		return fieldsValue(v)
	default: // no property has another type
	}
	return Absent()
}

func fieldsValue(v reflect.Value) Value {
	var fields []Field
	var self Value
	t := v.Type()
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("json")
		value := structValue(v.Field(i))
		if name == "self" {
			self = value
			continue
		}
		if name == "" || value.IsAbsent() {
			continue
		}
		fields = append(fields, Field{Name: name, Value: value})
	}
	out := Map(fields...)
	out.rng, out.via = self.rng, self.via
	return out
}

// Value is the document as rules see it:
//
//	{"version": "2012-10-17", "statements": [{
//	   "sid": "…", "effect": "Allow",
//	   "principals": [{"type": "AWS", "identifier": "…"}],
//	   "actions": ["kms:Decrypt"], "resources": ["*"],
//	   "conditions": [{"operator": "StringEquals", "key": "…", "values": ["…"]}]}],
//	 "incomplete": {"$unknown": "…"}}
//
// Elements that are not written are left out. A document of which nothing is
// known is unknown; one that is no policy is {"invalid": "why"}.
func (d *Document) Value() Value {
	if d == nil {
		return Absent()
	}
	if d.Unknown != nil {
		return UnknownValue(d.Unknown).WithRange(d.Range).WithVia(d.Via...)
	}
	if d.Invalid != "" {
		return Map(Field{"invalid", String(d.Invalid)}).WithRange(d.Range).WithVia(d.Via...)
	}
	statements := make([]Value, len(d.Statements))
	for i := range d.Statements {
		statements[i] = d.Statements[i].value()
	}
	fields := []Field{{"statements", List(statements...)}}
	fields = appendPresent(fields, "version", d.Version)
	if d.Incomplete != nil {
		fields = append(fields, Field{"incomplete", UnknownValue(d.Incomplete)})
	}
	return Map(fields...).WithRange(d.Range).WithVia(d.Via...)
}

func (s *Statement) value() Value {
	var fields []Field
	fields = appendPresent(fields, "sid", s.Sid)
	fields = appendPresent(fields, "effect", s.Effect)
	fields = appendPresent(fields, "principals", s.Principals.value())
	fields = appendPresent(fields, "not_principals", s.NotPrincipals.value())
	fields = appendPresent(fields, "actions", s.Actions)
	fields = appendPresent(fields, "not_actions", s.NotActions)
	fields = appendPresent(fields, "resources", s.Resources)
	fields = appendPresent(fields, "not_resources", s.NotResources)
	if len(s.Conditions) > 0 {
		conditions := make([]Value, len(s.Conditions))
		for i, c := range s.Conditions {
			conditions[i] = Map(
				Field{"operator", String(c.Operator)},
				Field{"key", String(c.Key)},
				Field{"values", c.Values},
			).WithRange(c.Range)
		}
		fields = append(fields, Field{"conditions", List(conditions...)})
	}
	if s.Undecided != nil {
		fields = append(fields, Field{"undecided", UnknownValue(s.Undecided)})
	}
	return Map(fields...).WithRange(s.Range)
}

func (p *Principals) value() Value {
	if p == nil {
		return Absent()
	}
	if p.Unknown != nil {
		return UnknownValue(p.Unknown).WithRange(p.Range)
	}
	items := make([]Value, len(p.Items))
	for i, item := range p.Items {
		items[i] = Map(
			Field{"type", String(item.Type)},
			Field{"identifier", item.Identifier},
		)
		if item.Identifier.HasRange() {
			items[i] = items[i].WithRange(item.Identifier.Range())
		}
	}
	return List(items...).WithRange(p.Range)
}

func appendPresent(fields []Field, name string, value Value) []Field {
	if value.IsAbsent() {
		return fields
	}
	return append(fields, Field{Name: name, Value: value})
}

// Lookup follows a property path such as
// "block_devices[0].kms_key" or "policy.statements[2].actions". It returns the
// value and true, or the nearest enclosing value that exists and false.
func Lookup(v Value, path string) (Value, bool) {
	for _, step := range splitPath(path) {
		var next Value
		if index, err := strconv.Atoi(step); err == nil && v.kind == KindList {
			if index < 0 || index >= len(v.items) {
				return v, false
			}
			next = v.items[index]
		} else {
			next = v.Field(step)
		}
		if next.IsAbsent() {
			return v, false
		}
		if next.rng == nil {
			next.rng = v.rng
		}
		if next.via == nil {
			next.via = v.via
		}
		v = next
	}
	return v, true
}

func splitPath(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}
