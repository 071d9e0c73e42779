package loaders

import (
	"path"
	"slices"
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
	c.cutCircles(g)
	return c
}

// substitute puts values of other roots in the place of unknowns everywhere in
// the graph.
func substitute(g *graph.Graph, config *facts.Config) {
	c := newCrossRoots(g, config)
	if len(c.values) == 0 && len(c.states) == 0 {
		return
	}
	supply := c.supplier(nil)
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

// supplier looks values up; what it finds may hold unknowns of a third root. The
// IDs that led to it are not looked up again: a value does not hold itself.
func (c *crossRoots) supplier(within []string) func(*graph.Unknown) (graph.Value, bool) {
	return func(u *graph.Unknown) (graph.Value, bool) {
		value, ok := c.lookup(u.ID)
		if !ok || slices.Contains(within, u.ID) {
			return graph.Absent(), false
		}
		if len(within) < maxIndirections {
			value = graph.Substitute(value, c.supplier(append(slices.Clip(within), u.ID)))
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
	for _, data := range remoteStates(g) {
		backend, known := data.Attributes.Field("backend").AsString()
		if !known {
			continue
		}
		var found *graph.Root
		for _, root := range g.Roots {
			if backend == "local" && sameFile(root, data) || sameState(root.Backend, backend, data.Attributes.Field("config")) {
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

// cutCircles leaves out states of roots that read, one from another, the state
// of the root that reads them: what they hold is of an earlier apply.
func (c *crossRoots) cutCircles(g *graph.Graph) {
	reads := map[string][]string{}
	links := map[string]*graph.Resource{}
	for _, data := range remoteStates(g) {
		id := "remote_state(" + data.ID
		if from := c.states[id]; from != nil {
			reads[data.Root] = append(reads[data.Root], from.Path)
			links[id] = data
		}
	}
	var reaches func(from, to string, seen map[string]bool) bool
	reaches = func(from, to string, seen map[string]bool) bool {
		if from == to {
			return true
		}
		seen[from] = true
		return slices.ContainsFunc(reads[from], func(next string) bool { return !seen[next] && reaches(next, to, seen) })
	}
	for id, data := range links {
		if reaches(c.states[id].Path, data.Root, map[string]bool{}) {
			delete(c.states, id)
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

// sameFile reports whether a root module certainly writes the file that a local
// remote state reads. Both are relative to the folder of their root module.
func sameFile(root *graph.Root, data *graph.Resource) bool {
	if root.Dialect != graph.Terraform {
		return false
	}
	here, known := "terraform.tfstate", true
	if !root.Backend.IsAbsent() {
		if kind, _ := root.Backend.Field("type").AsString(); kind != "local" {
			return false
		}
		if written := root.Backend.Field("path"); !written.IsAbsent() {
			here, known = written.AsString()
		}
	}
	there, given := data.Attributes.Field("config").Field("path").AsString()
	if !known || !given {
		return false
	}
	return inFolder(root.Path, here) == inFolder(data.Root, there)
}

func inFolder(folder, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(folder, name)
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
	}
	return nil
}
