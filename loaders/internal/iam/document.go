// Package iam normalizes policy documents: what IAM accepts as a scalar or a
// list is a list, whatever the dialect, and what is not known stays in place.
package iam

import (
	"fmt"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/jsontext"
)

// Parse normalizes a policy document given as an object or as JSON text. An
// absent value, or the empty string that the Terraform provider drops, gives
// nil: no policy is written.
func Parse(v graph.Value) *graph.Document {
	if v.IsAbsent() {
		return nil
	}
	if s, known := v.AsString(); known && s == "" {
		return nil
	}
	d := document{&graph.Document{Range: v.Range(), Via: v.Via(), Version: graph.Absent()}}
	switch v.Kind() {
	case graph.KindMap:
		d.read(v)
	case graph.KindUnknown, graph.KindChoice:
		d.Unknown = v.Unknown()
	case graph.KindString, graph.KindText:
		d.readText(v)
	default:
		d.Invalid = "a policy document is a JSON object"
	}
	return d.Document
}

type document struct{ *graph.Document }

func (d document) readText(v graph.Value) {
	tree, err := jsontext.Parse(v)
	switch {
	case err != nil && v.Unknown() != nil:
		d.Unknown = v.Unknown()
	case err != nil:
		d.Invalid = fmt.Sprintf("the policy document is not valid JSON: %v", err)
	case tree.Kind() == graph.KindUnknown:
		d.Unknown = tree.Unknown()
	case tree.Kind() != graph.KindMap:
		d.Invalid = "a policy document is a JSON object"
	default:
		d.read(tree)
	}
}

func (d document) read(v graph.Value) {
	d.Version = v.Field("Version")
	statement := v.Field("Statement")
	switch statement.Kind() {
	case graph.KindMap:
		d.add(statement)
	case graph.KindList:
		for _, item := range statement.Items() {
			d.add(item)
		}
	case graph.KindUnknown, graph.KindChoice, graph.KindText:
		d.Incomplete = statement.Unknown()
	case graph.KindAbsent:
		d.Invalid = "the policy document has no Statement"
	default:
		d.Invalid = "Statement is an object or a list of objects"
	}
}

func (d document) add(v graph.Value) {
	switch v.Kind() {
	case graph.KindMap:
		d.Statements = append(d.Statements, readStatement(v))
	case graph.KindList: // a list within the list, as jsonencode of nested lists gives it
		for _, item := range v.Items() {
			d.add(item)
		}
	case graph.KindUnknown, graph.KindChoice, graph.KindText:
		if d.Incomplete == nil {
			d.Incomplete = v.Unknown()
		}
	case graph.KindAbsent:
	default:
		d.Invalid = "a statement is an object"
	}
}
