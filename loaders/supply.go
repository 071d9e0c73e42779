package loaders

import (
	"context"
	"maps"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform"
)

// supply is what other roots give to a template or a root module: parameters
// are the variables of the latter.
type supply struct {
	parameters, exports map[string]graph.Value
	// states are the outputs of the roots whose remote state is read, by the ID
	// of the data source.
	states map[string]map[string]graph.Value
}

// to puts the values into the options for the template.
func (s supply) to(o cloudformation.Options) cloudformation.Options {
	maps.Copy(o.Values, s.parameters)
	o.Exports = s.exports
	return o
}

// toTerraform puts the values into the options for the root module.
func (s supply) toTerraform(o terraform.Options) terraform.Options {
	o.Values, o.States = s.parameters, s.states
	return o
}

func (s supply) equal(other supply) bool {
	return maps.EqualFunc(s.parameters, other.parameters, graph.Value.Equal) &&
		maps.EqualFunc(s.exports, other.exports, graph.Value.Equal) &&
		maps.EqualFunc(s.states, other.states, func(a, b map[string]graph.Value) bool {
			return maps.EqualFunc(a, b, graph.Value.Equal)
		})
}

// resupply reads templates and root modules again to which others give values, until no value
// changes. To substitute the values afterwards is not enough: a condition on
// such a value is decided, and a list is split, only where the value is at
// hand.
func (r *run) resupply(ctx context.Context, jobs []job, graphs []*graph.Graph, diagnostics []hcl.Diagnostics) {
	given := make([]supply, len(jobs))
	for range maxIndirections {
		if !r.takesValues(graphs) {
			return
		}
		others := newCrossRoots(together(graphs), r.options.Config)
		changed := false
		for i, g := range graphs {
			next := r.supplyFor(g, others)
			if next.equal(given[i]) {
				continue
			}
			given[i], changed = next, true
			again, problems := r.guard.do(ctx, jobs[i], next)
			if again == nil { // what was read without the values stays
				diagnostics[i] = append(diagnostics[i], problems...)
				continue
			}
			graphs[i], diagnostics[i] = again, problems
		}
		if !changed {
			return
		}
	}
}

// takesValues reports whether a template takes a value from another.
func (r *run) takesValues(graphs []*graph.Graph) bool {
	for _, g := range graphs {
		if root := templateRoot(g); root != nil && (len(root.Imports) > 0 || len(r.bound(root.Path, facts.SideParameter)) > 0) {
			return true
		}
		if root := moduleRoot(g); root != nil && (len(remoteStates(g)) > 0 || len(r.bound(root.Path, facts.SideVariable)) > 0) {
			return true
		}
	}
	return false
}

// moduleRoot is the root of the graph of a root module, nil for any other: the
// values of a plan are Terraform's own.
func moduleRoot(g *graph.Graph) *graph.Root {
	if g == nil || len(g.Roots) != 1 || g.Roots[0].Dialect != graph.Terraform || strings.HasSuffix(g.Roots[0].Path, ".json") {
		return nil
	}
	return g.Roots[0]
}

// remoteStates are the data sources that read the state of other roots.
func remoteStates(g *graph.Graph) []*graph.Resource {
	var out []*graph.Resource
	for _, data := range g.Data {
		if data.Type == "terraform_remote_state" {
			out = append(out, data)
		}
	}
	return out
}

// templateRoot is the root of the graph of a template, nil for any other.
func templateRoot(g *graph.Graph) *graph.Root {
	if g == nil || len(g.Roots) == 0 || g.Roots[0].Dialect != graph.CloudFormation {
		return nil
	}
	return g.Roots[0]
}

func (r *run) supplyFor(g *graph.Graph, others *crossRoots) supply {
	s := supply{parameters: map[string]graph.Value{}, exports: map[string]graph.Value{}}
	if root := moduleRoot(g); root != nil {
		r.supplyModule(g, root, others, &s)
		return s
	}
	root := templateRoot(g)
	if root == nil {
		return s
	}
	for name, open := range r.bound(root.Path, facts.SideParameter) {
		if value, ok := others.values[open.Unknown().ID]; ok && !r.assigned(name) {
			s.parameters[name] = value
		}
	}
	for _, name := range root.Imports {
		if value, ok := others.values["import("+name+")"]; ok && !value.IsAbsent() {
			s.exports[name] = value
		}
	}
	return s
}

// supplyModule fills in what a root module takes.
func (r *run) supplyModule(g *graph.Graph, root *graph.Root, others *crossRoots, s *supply) {
	for name, open := range r.bound(root.Path, facts.SideVariable) {
		if value, ok := others.values[open.Unknown().ID]; ok && !restsOn(value, "var("+root.Path+"#") {
			s.parameters[name] = value
		}
	}
	s.states = map[string]map[string]graph.Value{}
	for _, data := range remoteStates(g) {
		if from, ok := others.states["remote_state("+data.ID]; ok {
			s.states[data.ID] = from.Outputs
		}
	}
}

// restsOn reports whether an unknown whose ID begins with a prefix is part of
// a value.
func restsOn(v graph.Value, prefix string) bool {
	found := false
	graph.Substitute(v, func(u *graph.Unknown) (graph.Value, bool) {
		found = found || strings.HasPrefix(u.ID, prefix)
		return graph.Absent(), false
	})
	return found
}

// assigned reports whether the command line gives a parameter a value.
func (r *run) assigned(parameter string) bool {
	_, ok := r.options.Parameters[parameter]
	return ok
}
