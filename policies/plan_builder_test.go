package policies_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
)

// object is one of JSON.
type object = map[string]any

// planOf makes the plan that Terraform would make of a root module in which
// nothing exists yet: values from evaluation, of which Terraform shows nothing
// where a part is known only after apply, and a configuration part from the
// syntax alone. Data sources of which all is known were read while planning.
func planOf(t *testing.T, folder string) []byte {
	t.Helper()
	root := planConfig(t, folder)
	g := evaluated(t, folder, nil)
	future := computed(g.Resources)
	var instances []planned
	for _, r := range slices.Concat(g.Resources, g.Data) {
		if r.Dialect == graph.Terraform {
			after, unknown := future.resource(r)
			instances = append(instances, planned{addressed(r.Address, r.Type), after, unknown, object{}})
		}
	}
	return root.plan(t, instances)
}

// evaluated is what the files of a folder mean.
func evaluated(t *testing.T, folder string, config *facts.Config) *graph.Graph {
	t.Helper()
	result, diagnostics, err := loaders.Load(t.Context(), loaders.Options{Paths: []string{folder}, Config: config})
	if err != nil || diagnostics.HasErrors() {
		t.Fatal(err, diagnostics)
	}
	return result.Worlds[0].Graph
}

// planned is a resource instance as a plan has it.
type planned struct {
	resource                  object
	after, unknown, sensitive any
}

// plan is the whole plan.
func (m *moduleConfig) plan(t *testing.T, instances []planned) []byte {
	t.Helper()
	values, prior := &planModule{}, &planModule{}
	var changes []any
	for _, i := range instances {
		address, _ := i.resource["address"].(string)
		state := merged(i.resource, object{"values": i.after, "schema_version": 0, "sensitive_values": i.sensitive})
		if i.resource["mode"] == "data" && !anyOpen(i.unknown) {
			prior.add(moduleOf(address), state)
			continue
		}
		values.add(moduleOf(address), state)
		changes = append(changes, merged(i.resource, object{"change": object{
			"actions": []any{"create"}, "before": nil, "after": i.after, "after_unknown": i.unknown,
			"before_sensitive": false, "after_sensitive": i.sensitive,
		}}))
	}
	content, err := json.Marshal(object{
		"format_version": "1.2", "terraform_version": "1.11.4", "variables": m.given,
		"planned_values":   object{"root_module": values.json()},
		"prior_state":      object{"format_version": "1.0", "values": object{"root_module": prior.json()}},
		"resource_changes": changes,
		"configuration":    object{"provider_config": m.providers, "root_module": m.json()},
	})
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// anyOpen reports whether there is a true in what says which values are not
// known.
func anyOpen(unknown any) bool {
	switch unknown := unknown.(type) {
	case object:
		return slices.ContainsFunc(slices.Collect(maps.Values(unknown)), anyOpen)
	case []any:
		return slices.ContainsFunc(unknown, anyOpen)
	default:
		return unknown == true
	}
}

// planModule holds the values of one instance of a module.
type planModule struct {
	address   string
	resources []any
	children  []*planModule
}

// add puts a resource into the module at the end of a path of addresses.
func (m *planModule) add(path []string, resource object) {
	if len(path) == 0 {
		m.resources = append(m.resources, resource)
		return
	}
	for _, child := range m.children {
		if child.address == path[0] {
			child.add(path[1:], resource)
			return
		}
	}
	child := &planModule{address: path[0]}
	m.children = append(m.children, child)
	child.add(path[1:], resource)
}

func (m *planModule) json() object {
	out := object{}
	if m.address != "" {
		out["address"] = m.address
	}
	if len(m.resources) > 0 {
		out["resources"] = m.resources
	}
	var children []any
	for _, child := range m.children {
		children = append(children, child.json())
	}
	if len(children) > 0 {
		out["child_modules"] = children
	}
	return out
}

var moduleStep = regexp.MustCompile(`^module\.[\w-]+(\[("[^"]*"|\d+)\])?\.`)

// moduleOf are the addresses of the modules around a resource, outermost first.
func moduleOf(address string) []string {
	var out []string
	end := 0
	for {
		step := moduleStep.FindString(address[end:])
		if step == "" {
			return out
		}
		end += len(step)
		out = append(out, address[:end-1])
	}
}

func merged(of ...object) object {
	out := object{}
	for _, o := range of {
		maps.Copy(out, o)
	}
	return out
}

// addressed is what the plan says of a resource wherever it stands.
func addressed(address, resourceType string) object {
	out := object{
		"address": address, "mode": "managed", "type": resourceType,
		"provider_name": "registry.terraform.io/hashicorp/aws",
	}
	local := address
	if modules := moduleOf(address); len(modules) > 0 {
		out["module_address"] = modules[len(modules)-1]
		local = strings.TrimPrefix(local, modules[len(modules)-1]+".")
	}
	if rest, isData := strings.CutPrefix(local, "data."); isData {
		local, out["mode"] = rest, "data"
	}
	name, key, keyed := strings.Cut(strings.TrimPrefix(local, resourceType+"."), "[")
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
