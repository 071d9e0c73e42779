package policies_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/graph"
)

// object is one of JSON.
type object = map[string]any

// planOf makes the plan that Terraform would make of a root module without
// module calls in which nothing exists yet: values from evaluation, of which
// Terraform shows nothing where a part is known only after apply, and a
// configuration part from the syntax alone.
func planOf(t *testing.T, folder string) []byte {
	t.Helper()
	result, diagnostics, err := loaders.Load(t.Context(), loaders.Options{Paths: []string{folder}})
	if err != nil || diagnostics.HasErrors() {
		t.Fatal(err, diagnostics)
	}
	root := filesOf(t, folder)
	future := computed(result.Worlds[0].Graph.Resources)
	var planned, changes []any
	for _, r := range result.Worlds[0].Graph.Resources {
		if r.Dialect != graph.Terraform {
			continue
		}
		after, unknown := future.resource(r)
		resource := addressed(r)
		planned = append(planned, merged(resource, object{"values": after, "schema_version": 0}))
		changes = append(changes, merged(resource, object{"change": object{
			"actions": []any{"create"}, "before": nil, "after": after, "after_unknown": unknown,
			"before_sensitive": false, "after_sensitive": object{},
		}}))
	}
	content, err := json.Marshal(object{
		"format_version": "1.2", "terraform_version": "1.11.4", "variables": root.variables,
		"planned_values":   object{"root_module": object{"resources": planned}},
		"resource_changes": changes,
		"configuration": object{
			"provider_config": root.providers, "root_module": object{"resources": root.resources},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func merged(of ...object) object {
	out := object{}
	for _, o := range of {
		maps.Copy(out, o)
	}
	return out
}

// addressed is what the plan says of a resource wherever it stands.
func addressed(r *graph.Resource) object {
	out := object{
		"address": r.Address, "mode": "managed", "type": r.Type,
		"provider_name": "registry.terraform.io/hashicorp/aws",
	}
	name, key, keyed := strings.Cut(strings.TrimPrefix(r.Address, r.Type+"."), "[")
	out["name"] = name
	if keyed {
		out["index"] = json.RawMessage(strings.TrimSuffix(key, "]"))
	}
	return out
}

// future is what AWS makes up when it creates the resources: keys' IDs and ARNs.
// iblint has names for them; a plan does not know them.
type future []string

func computed(resources []*graph.Resource) future {
	var out future
	for _, r := range resources {
		for name, v := range r.Identity {
			if text, ok := v.AsString(); ok && (name == "key_id" || strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "ami-")) {
				out = append(out, text)
			}
		}
	}
	return out
}

func (f future) in(v graph.Value) bool {
	text, ok := v.AsString()
	return ok && slices.ContainsFunc(f, func(made string) bool { return strings.Contains(text, made) })
}

// resource returns the values of a resource that are known, and which are not.
func (f future) resource(r *graph.Resource) (after, unknown any) {
	after, unknown = f.planned(r.Attributes)
	values, isObject := after.(object)
	missing, open := unknown.(object)
	if !isObject || !open {
		return after, unknown
	}
	for name := range r.Identity {
		if _, known := values[name]; !known {
			missing[name] = true
		}
	}
	return values, missing
}

// planned is a value as a plan shows it, and the same with true for what is not
// known. Of a string that is known in part a plan shows nothing.
func (f future) planned(v graph.Value) (after, unknown any) {
	switch v.Kind() {
	case graph.KindMap:
		values, missing := object{}, object{}
		for _, field := range v.Fields() {
			value, open := f.planned(field.Value)
			if open != false {
				missing[field.Name] = open
			}
			if open != true {
				values[field.Name] = value
			}
		}
		return values, missing
	case graph.KindList:
		values, missing := []any{}, []any{}
		for _, item := range v.Items() {
			value, open := f.planned(item)
			values, missing = append(values, value), append(missing, open)
		}
		return values, missing
	case graph.KindUnknown, graph.KindText, graph.KindChoice, graph.KindInvalid:
		return nil, true
	default:
		if f.in(v) {
			return nil, true
		}
		return v, false
	}
}

// rootFiles is the configuration part of a plan.
type rootFiles struct {
	variables, providers object
	resources            []any
}

func filesOf(t *testing.T, folder string) rootFiles {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	out := rootFiles{variables: object{}, providers: object{}}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, diagnostics := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		body, ok := file.Body.(*hclsyntax.Body)
		if !ok {
			t.Fatal("no syntax of HCL")
		}
		for _, block := range body.Blocks {
			out.block(t, block)
		}
	}
	return out
}

func (f *rootFiles) block(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	switch b.Type {
	case "variable":
		value, ok := b.Body.Attributes["default"]
		if !ok {
			t.Skip("a variable has no value, so there is no plan")
		}
		f.variables[b.Labels[0]] = object{"value": constant(t, value.Expr)}
	case "module":
		t.Skip("a root with module calls")
	case "provider":
		key := b.Labels[0]
		if alias, ok := b.Body.Attributes["alias"]; ok {
			key = fmt.Sprint(key, ".", constant(t, alias.Expr))
		}
		f.providers[key] = object{
			"name": b.Labels[0], "full_name": "registry.terraform.io/hashicorp/aws", "expressions": expressions(t, b.Body, "alias"),
		}
	case "resource":
		provider, _, _ := strings.Cut(b.Labels[0], "_")
		if written, ok := b.Body.Attributes["provider"]; ok {
			provider = traversal(written.Expr.Variables()[0])
		}
		resource := object{
			"address": strings.Join(b.Labels, "."), "mode": "managed", "type": b.Labels[0], "name": b.Labels[1],
			"provider_config_key": provider, "schema_version": 0,
			"expressions": expressions(t, b.Body, "provider", "count", "for_each", "depends_on"),
		}
		for argument, name := range map[string]string{"count": "count_expression", "for_each": "for_each_expression"} {
			if a, ok := b.Body.Attributes[argument]; ok {
				resource[name] = expression(t, a.Expr)
			}
		}
		f.resources = append(f.resources, resource)
	}
}

// expressions are the arguments and nested blocks of a body. Dynamic blocks are
// not in a plan, and neither are the arguments that Terraform itself reads.
func expressions(t *testing.T, body *hclsyntax.Body, without ...string) object {
	t.Helper()
	out := object{}
	for name, a := range body.Attributes {
		if !slices.Contains(without, name) {
			out[name] = expression(t, a.Expr)
		}
	}
	for _, b := range body.Blocks {
		if b.Type == "dynamic" || b.Type == "lifecycle" {
			continue
		}
		list, _ := out[b.Type].([]any)
		out[b.Type] = append(list, expressions(t, b.Body))
	}
	return out
}

// expression is what a plan tells of an expression: its value where it is
// literal, else what it refers to.
func expression(t *testing.T, x hclsyntax.Expression) any {
	t.Helper()
	variables := x.Variables()
	if len(variables) == 0 {
		if v, diagnostics := x.Value(nil); !diagnostics.HasErrors() {
			return object{"constant_value": jsonOf(t, v)}
		}
		return object{}
	}
	var references []any
	for _, v := range variables {
		whole := traversal(v)
		references = append(references, whole)
		if parts := strings.Split(whole, "."); len(parts) > 2 {
			references = append(references, strings.Join(parts[:2], "."))
		}
	}
	return object{"references": references}
}

func traversal(t hcl.Traversal) string {
	var out strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out.WriteString(step.Name)
		case hcl.TraverseAttr:
			out.WriteString("." + step.Name)
		default: // Terraform leaves the rest out
			return out.String()
		}
	}
	return out.String()
}

func constant(t *testing.T, x hclsyntax.Expression) any {
	t.Helper()
	v, diagnostics := x.Value(nil)
	if diagnostics.HasErrors() {
		t.Skip("a default that is no literal")
	}
	var out any
	if err := json.Unmarshal(jsonOf(t, v), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func jsonOf(t *testing.T, v cty.Value) json.RawMessage {
	t.Helper()
	content, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return content
}
