package graph

import (
	"sort"
	"strconv"
)

// AllUnresolved lists what could not be read, and every property of every
// resource that is not known, with the reason. Facts of the deployment, such as
// the account, do not count. The attributes are searched for what the
// properties of the resource leave out.
func (g *Graph) AllUnresolved() []Unresolved {
	out := append([]Unresolved{}, g.Unresolved...)
	for _, resources := range [][]*Resource{g.Resources, g.Data} {
		for _, r := range resources {
			out = append(out, r.unresolved()...)
		}
	}
	sortUnresolved(out)
	return out
}

func (r *Resource) unresolved() []Unresolved {
	s := &unresolvedSearch{resource: r, reasons: map[string]bool{}}
	if r.Many != nil {
		s.add("", r.Many, Value{})
	}
	s.value("", PropertiesValue(r.Properties))
	s.met, s.reasons = s.reasons, map[string]bool{}
	s.value("", r.Attributes)
	return s.found
}

// unresolvedSearch looks for values of a resource that are not known.
type unresolvedSearch struct {
	resource *Resource
	found    []Unresolved
	// reasons are those that were met in this search, met those of the one
	// before, which are not reported again.
	reasons, met map[string]bool
}

func (s *unresolvedSearch) value(property string, v Value) {
	switch v.Kind() {
	case KindList:
		for i, item := range v.Items() {
			s.value(property+"["+strconv.Itoa(i)+"]", item)
		}
	case KindMap:
		for _, field := range v.Fields() {
			s.value(join(property, field.Name), field.Value)
		}
	case KindText:
		seen := map[string]bool{}
		for _, part := range v.Parts() {
			if part.Unknown != nil && !seen[part.Unknown.Reason] {
				seen[part.Unknown.Reason] = true
				s.add(property, part.Unknown, v)
			}
		}
	case KindUnknown:
		s.add(property, v.Unknown(), v)
	case KindChoice:
		s.add(property, v.Unknown(), v)
		s.value(property, v.Choice().Then)
		s.value(property, v.Choice().Else)
	default:
	}
}

func (s *unresolvedSearch) add(property string, u *Unknown, v Value) {
	if u.Symbol != SymbolNone || s.met[u.Reason] {
		return
	}
	s.reasons[u.Reason] = true
	entry := Unresolved{Resource: s.resource.ID, Property: property, Reason: u.Reason, Settle: u.Settle, Range: s.resource.Location}
	switch {
	case v.HasRange():
		entry.Range = v.Range()
	case u.Range.Filename != "":
		entry.Range = u.Range
	}
	s.found = append(s.found, entry)
}

func join(property, name string) string {
	if property == "" {
		return name
	}
	return property + "." + name
}

// sortUnresolved orders by resource, property and reason.
func sortUnresolved(list []Unresolved) {
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i], list[j]
		if a.Resource != b.Resource {
			return a.Resource < b.Resource
		}
		if a.Property != b.Property {
			return a.Property < b.Property
		}
		return a.Reason < b.Reason
	})
}
