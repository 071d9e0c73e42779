package loaders

import (
	"sort"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
	"github.com/iblint/iblint/loaders/normalize"
)

// maxConditions is the number of undecided conditions of one root that are
// judged in both ways; values that rest on further ones are unknown.
const maxConditions = 5

// World is one of the infrastructures that the templates may become: every
// undecided condition taken one way.
type World struct {
	Graph *graph.Graph
	Model *link.Model
	// Decided is how the conditions were taken, by condition ID.
	Decided map[string]bool
	// Conditions are the undecided conditions, the same in every world.
	Conditions []*graph.Condition
}

// worldsOf instantiates, normalizes and links the graph once for each
// combination of undecided conditions that reach something a rule reads. Roots
// are independent: their combinations run side by side, so the number of
// worlds is that of the root with the most conditions.
func worldsOf(g *graph.Graph, options link.Options) []World {
	byRoot := undecided(g)
	most := 0
	var all []*graph.Condition
	for _, conditions := range byRoot {
		most = max(most, len(conditions))
	}
	for _, root := range sortedKeys(byRoot) {
		all = append(all, byRoot[root]...)
	}
	worlds := make([]World, 0, 1<<most)
	for combination := range 1 << most {
		decided := map[string]bool{}
		for _, conditions := range byRoot {
			for i, condition := range conditions {
				decided[condition.ID] = combination>>i&1 == 0
			}
		}
		world := World{Graph: g, Decided: decided, Conditions: all}
		if most > 0 {
			world.Graph = instantiate(g, decided)
		}
		for _, r := range world.Graph.Resources {
			normalize.Resource(r)
		}
		world.Model = link.Link(world.Graph, options)
		worlds = append(worlds, world)
	}
	return worlds
}

// undecided collects by root the conditions that a resource of a known kind
// rests on, in the order in which they are met.
func undecided(g *graph.Graph) map[string][]*graph.Condition {
	byRoot := map[string][]*graph.Condition{}
	seen := map[string]bool{}
	for _, r := range g.Resources {
		if normalize.KindOf(r.Type) == "" {
			continue
		}
		add := func(c *graph.Condition) {
			if seen[c.ID] || len(byRoot[r.Root]) >= maxConditions {
				return
			}
			seen[c.ID] = true
			byRoot[r.Root] = append(byRoot[r.Root], c)
		}
		for _, term := range r.Exists {
			add(term.Condition)
		}
		graph.Conditions(r.Attributes, add)
	}
	return byRoot
}

// instantiate is the graph with the conditions taken as decided: resources
// that do not exist are left out, choices are resolved.
func instantiate(g *graph.Graph, decided map[string]bool) *graph.Graph {
	out := *g
	out.Resources = make([]*graph.Resource, 0, len(g.Resources))
	out.Edges = nil
	for _, r := range g.Resources {
		if exists(r, decided) {
			out.Resources = append(out.Resources, resolved(r, decided))
		}
	}
	out.Data = make([]*graph.Resource, 0, len(g.Data))
	for _, r := range g.Data {
		if exists(r, decided) {
			out.Data = append(out.Data, resolved(r, decided))
		}
	}
	return &out
}

func exists(r *graph.Resource, decided map[string]bool) bool {
	for _, term := range r.Exists {
		if truth, ok := decided[term.Condition.ID]; ok && truth == term.Negated {
			return false
		}
	}
	return true
}

func resolved(r *graph.Resource, decided map[string]bool) *graph.Resource {
	out := *r
	out.Attributes = graph.Resolve(r.Attributes, decided)
	out.Account = graph.Resolve(r.Account, decided)
	out.Region = graph.Resolve(r.Region, decided)
	out.Identity = make(map[string]graph.Value, len(r.Identity))
	for name, value := range r.Identity {
		out.Identity[name] = graph.Resolve(value, decided)
	}
	return &out
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
