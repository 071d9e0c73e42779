package policies

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// World is one of the infrastructures that the templates may become: the
// graph with every undecided condition taken one way.
type World struct {
	Graph *graph.Graph
	// Input is the document that rules see.
	Input graph.Value
	// Names are the words for stand-ins such as "{account-3f2a91c0}".
	Names map[string]string
	// Decided is how the conditions were taken, by condition ID.
	Decided map[string]bool
	// Conditions are the undecided conditions, the same in every world.
	Conditions []*graph.Condition
}

// atlas finds places in the graph of one world.
type atlas struct {
	world     *World
	resources map[string]*graph.Resource
	values    map[string]graph.Value
	names     *strings.Replacer
}

func newAtlas(w *World, secrets map[string]bool) *atlas {
	a := &atlas{
		world:     w,
		resources: make(map[string]*graph.Resource, len(w.Graph.Resources)+len(w.Graph.Data)),
		values:    map[string]graph.Value{},
	}
	for _, r := range slices.Concat(w.Graph.Resources, w.Graph.Data) {
		a.resources[r.ID] = r
	}
	a.names = nameReplacer(w.Names, secrets)
	return a
}

// nameReplacer puts words in the place of stand-ins and of sensitive values.
// Sensitive values of a few characters are left: they would be found in the
// middle of innocent words.
func nameReplacer(names map[string]string, secrets map[string]bool) *strings.Replacer {
	replacements := make([][2]string, 0, len(names)+len(secrets))
	for standIn, words := range names {
		replacements = append(replacements, [2]string{standIn, words})
	}
	for secret := range secrets {
		if len(secret) >= 6 {
			replacements = append(replacements, [2]string{secret, "(sensitive value)"})
		}
	}
	slices.SortFunc(replacements, func(a, b [2]string) int { // the longest first
		return cmp.Or(cmp.Compare(len(b[0]), len(a[0])), cmp.Compare(a[0], b[0]))
	})
	pairs := make([]string, 0, 2*len(replacements))
	for _, r := range replacements {
		pairs = append(pairs, r[0], r[1])
	}
	return strings.NewReplacer(pairs...)
}

// value returns the property at a path, or the nearest enclosing value.
// Properties that are not normalized are looked for as they are written.
func (a *atlas) value(r *graph.Resource, property string) graph.Value {
	properties, ok := a.values[r.ID]
	if !ok {
		properties = graph.PropertiesValue(r.Properties)
		a.values[r.ID] = properties
	}
	if rest, ok := strings.CutPrefix(property, "attributes."); ok {
		value, _ := graph.Lookup(r.Attributes, rest)
		return value
	}
	value, found := graph.Lookup(properties, property)
	if found {
		return value
	}
	if written, ok := graph.Lookup(r.Attributes, property); ok {
		return written
	}
	return value
}
