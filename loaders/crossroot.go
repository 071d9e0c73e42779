package loaders

import (
	"strings"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
)

// maxIndirections is how often a value from another root may itself come from
// another root.
const maxIndirections = 8

// crossRoots supplies values that one root takes from another: exports,
// bindings of the configuration and remote state.
type crossRoots struct {
	values map[string]graph.Value
	states map[string]*graph.Root // by "remote_state(ROOT#data.terraform_remote_state.NAME."
}

func newCrossRoots(g *graph.Graph, config *facts.Config) *crossRoots {
	c := &crossRoots{values: map[string]graph.Value{}, states: map[string]*graph.Root{}}
	c.exports(g)
	c.remoteStates(g)
	if config != nil {
		c.bindings(g, config)
	}
	return c
}

// substitute puts values of other roots in the place of unknowns everywhere in
// the graph.
func substitute(g *graph.Graph, config *facts.Config) {
	c := newCrossRoots(g, config)
	if len(c.values) == 0 && len(c.states) == 0 {
		return
	}
	supply := c.supplier(maxIndirections)
	for _, root := range g.Roots {
		for name, output := range root.Outputs {
			root.Outputs[name] = graph.Substitute(output, supply)
		}
	}
	for _, resources := range [][]*graph.Resource{g.Resources, g.Data} {
		for _, r := range resources {
			r.Attributes = graph.Substitute(r.Attributes, supply)
			r.Account = graph.Substitute(r.Account, supply)
			r.Region = graph.Substitute(r.Region, supply)
			for name, value := range r.Identity {
				r.Identity[name] = graph.Substitute(value, supply)
			}
		}
	}
}

// supplier looks values up; what it finds may hold unknowns of a third root.
func (c *crossRoots) supplier(depth int) func(*graph.Unknown) (graph.Value, bool) {
	return func(u *graph.Unknown) (graph.Value, bool) {
		value, ok := c.lookup(u.ID)
		if !ok {
			return graph.Absent(), false
		}
		if depth > 0 {
			value = graph.Substitute(value, c.supplier(depth-1))
		}
		return value, true
	}
}

func (c *crossRoots) lookup(id string) (graph.Value, bool) {
	if value, ok := c.values[id]; ok {
		return value, true
	}
	if !strings.HasPrefix(id, "remote_state(") {
		return graph.Absent(), false
	}
	state, output, found := strings.Cut(strings.TrimSuffix(id, ")"), ".outputs.")
	root, ok := c.states[state]
	if !found || !ok {
		return graph.Absent(), false
	}
	value, ok := root.Outputs[output]
	return value, ok
}

// exports are unique in an account and Region. A name that several of the
// given templates export is left unknown, because nothing says whose is meant.
func (c *crossRoots) exports(g *graph.Graph) {
	ambiguous := map[string]bool{}
	for _, root := range g.Roots {
		for _, export := range root.Exports {
			name, known := export.Name.AsString()
			if !known {
				continue
			}
			id := "import(" + name + ")"
			if _, taken := c.values[id]; taken {
				ambiguous[id] = true
				continue
			}
			c.values[id] = root.Outputs[export.Output]
		}
	}
	for id := range ambiguous {
		delete(c.values, id)
	}
}

func (c *crossRoots) bindings(g *graph.Graph, config *facts.Config) {
	roots := make(map[string]*graph.Root, len(g.Roots))
	for _, root := range g.Roots {
		roots[root.Path] = root
	}
	resources := make(map[string]*graph.Resource, len(g.Resources))
	for _, r := range g.Resources {
		resources[r.ID] = r
	}
	for _, binding := range config.Bindings {
		if binding.To.Kind == facts.SideRemoteState {
			if root, ok := roots[binding.From.Root]; ok {
				c.states["remote_state("+binding.To.Root+"#data.terraform_remote_state."+binding.To.Name] = root
			}
			continue
		}
		value := boundValue(binding.From, roots, resources)
		if value.IsAbsent() {
			continue
		}
		c.values[boundID(binding.To)] = value
	}
}

// boundID is the ID of the unknown that a parameter or variable is until a
// binding supplies it.
func boundID(to facts.BindingSide) string {
	if to.Kind == facts.SideVariable {
		return "var(" + to.Root + "#" + to.Name + ")"
	}
	return "param(" + to.Root + "#" + to.Name + ")"
}

func boundValue(from facts.BindingSide, roots map[string]*graph.Root, resources map[string]*graph.Resource) graph.Value {
	switch from.Kind {
	case facts.SideStackOutput, facts.SideOutput:
		if root, ok := roots[from.Root]; ok {
			return root.Outputs[from.Name]
		}
	case facts.SideAttribute:
		if r, ok := resources[from.Root+"#"+from.Name]; ok {
			return attributeOf(r, from.Attribute)
		}
	default: // the other sides of a binding give no value
	}
	return graph.Absent()
}

// attributeOf is a computed attribute of a resource, or one that is written.
func attributeOf(r *graph.Resource, attribute string) graph.Value {
	if value, ok := r.Identity[attribute]; ok {
		return value
	}
	if attribute == "Ref" {
		return r.Identity["ref"]
	}
	return r.Attributes.Field(attribute)
}

// remoteStates links a terraform_remote_state data source to the given root
// whose backend has the same settings.
func (c *crossRoots) remoteStates(g *graph.Graph) {
	for _, data := range g.Data {
		if data.Type != "terraform_remote_state" {
			continue
		}
		backend, known := data.Attributes.Field("backend").AsString()
		if !known {
			continue
		}
		var found *graph.Root
		for _, root := range g.Roots {
			if sameState(root.Backend, backend, data.Attributes.Field("config")) {
				if found != nil {
					found = nil
					break
				}
				found = root
			}
		}
		if found != nil {
			c.states["remote_state("+data.ID] = found
		}
	}
}

// sameState reports whether a backend certainly is where a remote state is
// read: the settings that name the state are known and equal.
func sameState(backend graph.Value, kind string, config graph.Value) bool {
	if backend.IsAbsent() {
		return false
	}
	if own, _ := backend.Field("type").AsString(); own != kind {
		return false
	}
	settings := stateSettings(kind)
	for _, name := range settings {
		here, ok := backend.Field(name).AsString()
		there, ok2 := config.Field(name).AsString()
		if !ok || !ok2 || here != there {
			return false
		}
	}
	return len(settings) > 0
}

// stateSettings are the settings of a backend that name one state.
func stateSettings(kind string) []string {
	switch kind {
	case "s3":
		return []string{"bucket", "key"}
	case "gcs":
		return []string{"bucket", "prefix"}
	case "azurerm":
		return []string{"storage_account_name", "container_name", "key"}
	case "local":
		return []string{"path"}
	}
	return nil
}
