package policies

import (
	"fmt"
	"slices"

	"github.com/iblint/iblint/loaders/graph"
)

// EditKind says how an edit changes a template.
type EditKind string

// The kinds of edits.
const (
	// EditReplace puts another value in the place of the one of the property.
	EditReplace EditKind = "replace"
	// EditAppend adds the value to the list that the property is.
	EditAppend EditKind = "append"
	// EditInsert writes an argument that is not written yet beside the property.
	EditInsert EditKind = "insert"
)

// Edit is one change of what is written, in terms of the graph. A rule gives
// edits only where it is certain what to write; all edits of a finding
// together mend it.
type Edit struct {
	Kind     EditKind
	Resource *graph.Resource
	// Property is the path of the property that is changed, or beside which an
	// argument is written.
	Property string
	// Name is the normalized name of the argument that is written; for
	// EditReplace it is empty where the argument keeps its name.
	Name string
	// Value is what to write: a string, a truth value, a list of strings, a
	// policy statement in normalized form, or AttributeOf.
	Value any
}

// AttributeOf is a value of an edit: a reference to an attribute of another
// resource of the graph.
type AttributeOf struct {
	Resource  *graph.Resource
	Attribute string
}

// editResult is an edit as a rule returned it.
type editResult struct {
	kind     EditKind
	resource string
	property string
	name     string
	value    any
}

func readEdit(r *reader) editResult {
	r.onlyKeys("kind", "resource", "property", "name", "value")
	out := editResult{
		kind: EditKind(r.required("kind")), resource: r.required("resource"), property: r.required("property"),
		name: r.text("name"), value: r.object["value"],
	}
	switch out.kind {
	case EditReplace, EditAppend:
	case EditInsert:
		r.required("name")
	default:
		r.fail("kind", "%q is none of replace, append and insert", out.kind)
	}
	if out.value == nil {
		r.fail("value", "is missing")
	}
	return out
}

// edits resolves the edits of a rule. What holds a stand-in cannot be
// written; then nothing is certain, and there is none.
func (a *atlas) edits(found []editResult) ([]Edit, error) {
	var out []Edit
	for _, one := range found {
		resource, ok := a.resources[one.resource]
		if !ok {
			return nil, fmt.Errorf("an edit names resource %q, which is not in the graph", one.resource)
		}
		value, ok := a.writable(one.value)
		if !ok {
			return nil, nil
		}
		out = append(out, Edit{Kind: one.kind, Resource: resource, Property: one.property, Name: one.name, Value: value})
	}
	return out, nil
}

// writable returns a value of an edit with its references resolved; false
// where a part of it is not known.
func (a *atlas) writable(value any) (any, bool) {
	switch value := value.(type) {
	case string:
		return value, a.names.Replace(value) == value
	case bool:
		return value, true
	case []any:
		out := make([]any, len(value))
		for i, item := range value {
			var ok bool
			if out[i], ok = a.writable(item); !ok {
				return nil, false
			}
		}
		return out, true
	case map[string]any:
		return a.writableObject(value)
	}
	return nil, false
}

func (a *atlas) writableObject(value map[string]any) (any, bool) {
	if id, ok := value["attribute_of"].(string); ok {
		resource, known := a.resources[id]
		attribute, named := value["attribute"].(string)
		return AttributeOf{Resource: resource, Attribute: attribute}, known && named
	}
	out := make(map[string]any, len(value))
	for name, member := range value {
		var ok bool
		if out[name], ok = a.writable(member); !ok {
			return nil, false
		}
	}
	return out, true
}

// withEditsAsked is the input of rules that are asked for edits, too.
func withEditsAsked(input graph.Value) graph.Value {
	settings := append(slices.Clone(input.Field("settings").Fields()), graph.Field{Name: "edits", Value: graph.Bool(true)})
	fields := append(slices.Clone(input.Fields()), graph.Field{Name: "settings", Value: graph.Map(settings...)})
	return graph.Map(fields...)
}
