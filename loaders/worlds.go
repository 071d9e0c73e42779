package loaders

import (
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
	"github.com/iblint/iblint/loaders/normalize"
)

// maxWorlds is the number of infrastructures that are judged; values that rest
// on conditions which would make more are unknown.
const maxWorlds = 32

// World is one of the infrastructures that the templates may become: every
// undecided condition taken one way.
type World struct {
	Graph *graph.Graph
	Model *link.Model
	// Decided is the truth of the conditions, by condition ID. A condition that
	// makes no difference to the world has none.
	Decided map[string]bool
	// Conditions are the undecided conditions, the same in every world.
	Conditions []*graph.Condition
}

// worldsOf instantiates, normalizes and links the graph once for each outcome
// of the undecided conditions that reach something a rule reads.
func worldsOf(g *graph.Graph, options link.Options) []World {
	roots := undecidedRoots(g)
	var conditions []*graph.Condition
	var outcomes [][]outcome
	for _, root := range roots {
		conditions = append(conditions, root.conditions...)
		for _, named := range root.named {
			conditions = append(conditions, named.Condition)
		}
		outcomes = append(outcomes, root.outcomes())
	}
	combined := combine(outcomes)
	worlds := make([]World, 0, len(combined))
	for _, o := range combined {
		world := World{Graph: g, Decided: o.certain, Conditions: conditions}
		if len(combined) > 1 {
			world.Graph = instantiate(g, o.decided)
		}
		for _, r := range world.Graph.Resources {
			normalize.Resource(r)
		}
		world.Model = link.Link(world.Graph, options)
		worlds = append(worlds, world)
	}
	return worlds
}

// outcome is one way in which conditions come out.
type outcome struct {
	// decided is one truth for each condition; certain are those of the
	// conditions that come out so in every case which the outcome stands for.
	decided, certain map[string]bool
}

// combine pairs the outcomes of several roots: each with each, or, where that
// makes too many, side by side, as the roots rarely have to do with each other.
func combine(roots [][]outcome) []outcome {
	product, most := 1, 1
	for _, outcomes := range roots {
		most = max(most, len(outcomes))
		product = min(product*len(outcomes), maxWorlds+1)
	}
	together := product <= maxWorlds
	if !together {
		product = most
	}
	out := make([]outcome, product)
	for i := range out {
		out[i] = outcome{decided: map[string]bool{}, certain: map[string]bool{}}
		rest := i
		for _, outcomes := range roots {
			next := outcomes[rest%len(outcomes)]
			if together {
				rest /= len(outcomes)
			}
			maps.Copy(out[i].decided, next.decided)
			maps.Copy(out[i].certain, next.certain)
		}
	}
	return out
}

// undecidedRoot is what undecided conditions choose in one root.
type undecidedRoot struct {
	// conditions are in the order in which they are met.
	conditions []*graph.Condition
	choices    []graph.Value
	named      []graph.NamedCondition
	seen       map[string]bool
}

// undecidedRoots collects by root the choices on which a resource of a known
// kind rests.
func undecidedRoots(g *graph.Graph) []*undecidedRoot {
	byRoot := map[string]*undecidedRoot{}
	for _, r := range g.Resources {
		if normalize.KindOf(r.Type) == "" {
			continue
		}
		for _, v := range []graph.Value{r.Exists, r.Account, r.Region, r.Attributes} {
			graph.Choices(v, func(choice graph.Value) {
				if byRoot[r.Root] == nil {
					byRoot[r.Root] = &undecidedRoot{seen: map[string]bool{}}
				}
				byRoot[r.Root].add(choice)
			})
		}
	}
	for _, named := range g.Conditions {
		if root := byRoot[named.Root]; root != nil && root.decides(named.Truth) {
			root.named = append(root.named, named)
		}
	}
	out := make([]*undecidedRoot, 0, len(byRoot))
	for _, name := range sortedKeys(byRoot) {
		out = append(out, byRoot[name])
	}
	return out
}

func (u *undecidedRoot) add(choice graph.Value) {
	text := outline(choice)
	if u.seen[text] {
		return
	}
	u.seen[text] = true
	u.choices = append(u.choices, choice)
	graph.Conditions(choice, func(c *graph.Condition) {
		known := func(other *graph.Condition) bool { return other.ID == c.ID }
		if !slices.ContainsFunc(u.conditions, known) {
			u.conditions = append(u.conditions, c)
		}
	})
}

// decides reports whether the conditions of the root decide a truth value.
func (u *undecidedRoot) decides(truth graph.Value) bool {
	all := true
	graph.Conditions(truth, func(c *graph.Condition) {
		all = all && slices.ContainsFunc(u.conditions, func(known *graph.Condition) bool { return known.ID == c.ID })
	})
	return all
}

// outcomes are the ways in which the conditions come out, as far as they make a
// difference. A condition that would make too many is left undecided.
func (u *undecidedRoot) outcomes() []outcome {
	current := []outcome{{}}
	for _, c := range u.conditions {
		var next []outcome
		for _, o := range current {
			next = append(next, u.split(o, c)...)
		}
		if next = u.distinct(next); len(next) <= maxWorlds {
			current = next
		}
	}
	return current
}

// split decides a condition in each way that is open.
func (u *undecidedRoot) split(o outcome, c *graph.Condition) []outcome {
	if truth, settled := c.Settled(o.decided); settled {
		return []outcome{u.with(o, c, truth)}
	}
	return []outcome{u.with(o, c, true), u.with(o, c, false)}
}

func (u *undecidedRoot) with(o outcome, c *graph.Condition, truth bool) outcome {
	next := outcome{decided: with(o.decided, c.ID, truth), certain: with(o.certain, c.ID, truth)}
	for _, named := range u.named {
		if _, done := next.certain[named.Condition.ID]; done {
			continue
		}
		if holds, known := graph.Resolve(named.Truth, next.certain).AsBool(); known {
			next.certain[named.Condition.ID] = holds
		}
	}
	return next
}

func with(decided map[string]bool, id string, truth bool) map[string]bool {
	out := make(map[string]bool, len(decided)+1)
	maps.Copy(out, decided)
	out[id] = truth
	return out
}

// distinct puts outcomes together that leave the same to choose.
func (u *undecidedRoot) distinct(outcomes []outcome) []outcome {
	index := map[string]int{}
	var out []outcome
	for _, o := range outcomes {
		var left strings.Builder
		for _, choice := range u.choices {
			left.WriteString(outline(graph.Resolve(choice, o.decided)))
		}
		i, ok := index[left.String()]
		if !ok {
			index[left.String()] = len(out)
			out = append(out, o)
			continue
		}
		maps.DeleteFunc(out[i].certain, func(id string, truth bool) bool {
			other, certain := o.certain[id]
			return !certain || other != truth
		})
	}
	return out
}

// outline spells a value out: values with one outline are equal.
func outline(v graph.Value) string {
	switch v.Kind() {
	case graph.KindChoice:
		c := v.Choice()
		return "?(" + strconv.Quote(c.Condition.ID) + "," + outline(c.Then) + "," + outline(c.Else) + ")"
	case graph.KindList:
		items := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = outline(item)
		}
		return "[" + strings.Join(items, ",") + "]"
	case graph.KindMap:
		fields := make([]string, len(v.Fields()))
		for i, field := range v.Fields() {
			fields[i] = strconv.Quote(field.Name) + ":" + outline(field.Value)
		}
		return "{" + strings.Join(fields, ",") + "}"
	case graph.KindInvalid, graph.KindAbsent:
		return "-"
	default:
		return strconv.Itoa(int(v.Kind())) + strconv.Quote(v.Key())
	}
}

// instantiate is the graph with the conditions taken as decided: resources
// that do not exist are left out, choices are resolved.
func instantiate(g *graph.Graph, decided map[string]bool) *graph.Graph {
	out := *g
	out.Resources = resolvedAll(g.Resources, decided)
	out.Data = resolvedAll(g.Data, decided)
	out.Edges = nil
	return &out
}

func resolvedAll(resources []*graph.Resource, decided map[string]bool) []*graph.Resource {
	out := make([]*graph.Resource, 0, len(resources))
	for _, r := range resources {
		if exists, known := graph.Resolve(r.Exists, decided).AsBool(); exists || !known {
			out = append(out, resolved(r, decided))
		}
	}
	return out
}

func resolved(r *graph.Resource, decided map[string]bool) *graph.Resource {
	out := *r
	out.Exists = graph.Resolve(r.Exists, decided)
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
