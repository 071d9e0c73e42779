package terraformplan

import (
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
)

// scope is one instance of a module.
type scope struct {
	// address is empty for the root module.
	address string
	// config may be nil: a state has no configuration.
	config *tfjson.ConfigModule
	call   *tfjson.ModuleCall
	parent *scope
	// key is the instance key of the module call, or nil.
	key any
}

// instance is one resource or data source.
type instance struct {
	resource *graph.Resource
	scope    *scope
	config   *tfjson.ConfigResource
	key      any
	values   map[string]any
	// unknown mirrors values with true for what is known after apply,
	// sensitive with true for what must not be printed.
	unknown   any
	sensitive any
	provider  *provider
	dependsOn []string
	// made are computed attributes that the plan does not know, by name.
	made map[string]graph.Value
	// block is the address without the instance key.
	block    string
	progress progress
}

type progress uint8

const (
	progressNone progress = iota
	progressRunning
	progressDone
)

// managed is false for data sources.
func (i *instance) managed() bool { return !strings.HasPrefix(localName(i), "data.") }

func localName(i *instance) string {
	return strings.TrimPrefix(strings.TrimPrefix(i.resource.Address, i.scope.address), ".")
}

// collect makes the scopes and instances of everything that the plan or state
// has values of.
func (l *loader) collect(places map[string]hcl.Range) {
	l.root = &scope{}
	if l.doc.Config != nil {
		l.root.config = l.doc.Config.RootModule
	}
	l.scopes[""] = l.root
	unknown, ended := map[string]any{}, map[string]bool{}
	for _, c := range l.doc.Changes {
		if c != nil && c.Deposed == "" {
			unknown[c.Address], ended[c.Address] = c.Change.AfterUnknown, c.ends()
		}
	}
	add := func(r *tfjson.StateResource, module string) {
		if !ended[r.Address] {
			l.add(r, module, unknown[r.Address], places)
		}
	}
	if values := l.doc.values(); values != nil {
		eachResource(values.RootModule, 0, add)
	}
	if l.doc.PriorState != nil && l.doc.PriorState.Values != nil {
		eachResource(l.doc.PriorState.Values.RootModule, 0, func(r *tfjson.StateResource, module string) {
			if r.Mode == tfjson.DataResourceMode {
				add(r, module)
			}
		})
	}
}

func eachResource(m *tfjson.StateModule, depth int, visit func(*tfjson.StateResource, string)) {
	if m == nil || depth > maxDepth {
		return
	}
	for _, r := range m.Resources {
		if r != nil && r.Address != "" && r.DeposedKey == "" {
			visit(r, m.Address)
		}
	}
	for _, child := range m.ChildModules {
		eachResource(child, depth+1, visit)
	}
}

func (l *loader) add(r *tfjson.StateResource, module string, unknown any, places map[string]hcl.Range) {
	if _, known := l.instances[r.Address]; known {
		return
	}
	sc := l.scopeAt(module)
	if sc == nil {
		return
	}
	place, ok := places[r.Address]
	if !ok {
		place = firstLine(l.file)
	}
	inst := &instance{
		scope: sc, key: instanceKey(r.Index), values: r.AttributeValues, unknown: unknown,
		sensitive: decodeSensitive(r.SensitiveValues), dependsOn: r.DependsOn,
		resource: &graph.Resource{
			ID: l.file + "#" + r.Address, Address: r.Address, Dialect: graph.Terraform, Type: r.Type,
			Root: l.file, Location: place, Attributes: graph.Map(), Account: graph.Absent(), Region: graph.Absent(),
			Identity: map[string]graph.Value{},
		},
	}
	name := r.Type + "." + r.Name
	if r.Mode == tfjson.DataResourceMode {
		name = "data." + name
	}
	inst.config = l.configOf(sc.config, name)
	inst.block = join(module, name)
	l.instances[r.Address] = inst
	l.order = append(l.order, inst)
	l.blocks[inst.block] = append(l.blocks[inst.block], inst)
}

func decodeSensitive(raw json.RawMessage) any {
	if len(raw) <= len("{}") {
		return nil
	}
	var out any
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// configOf is the configuration of a resource block of a module.
func (l *loader) configOf(module *tfjson.ConfigModule, address string) *tfjson.ConfigResource {
	if module == nil {
		return nil
	}
	index, ok := l.configs[module]
	if !ok {
		index = make(map[string]*tfjson.ConfigResource, len(module.Resources))
		for _, r := range module.Resources {
			if r != nil {
				index[r.Address] = r
			}
		}
		l.configs[module] = index
	}
	return index[address]
}

// scopeAt is the module instance of an address, or nil when the address is
// malformed.
func (l *loader) scopeAt(address string) *scope {
	if sc, ok := l.scopes[address]; ok {
		return sc
	}
	steps, ok := parseSteps(address)
	if !ok {
		return nil
	}
	sc := l.root
	for i := 0; i < len(steps); {
		if steps[i].index || steps[i].name != "module" || i+1 >= len(steps) || steps[i+1].index {
			return nil
		}
		name := steps[i+1].name
		i += 2
		var key any
		if i < len(steps) && steps[i].index {
			key = steps[i].key
			i++
		}
		sc = l.child(sc, name, key)
	}
	return sc
}

// child is one instance of a module call.
func (l *loader) child(parent *scope, name string, key any) *scope {
	address := join(parent.address, "module."+name+keyText(key))
	if sc, ok := l.scopes[address]; ok {
		return sc
	}
	sc := &scope{address: address, parent: parent, key: key}
	if parent.config != nil {
		if call := parent.config.ModuleCalls[name]; call != nil {
			sc.call, sc.config = call, call.Module
		}
	}
	l.scopes[address] = sc
	return sc
}
