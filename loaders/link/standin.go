package link

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// standIns replaces symbols: by what is known of the deployment, and by a
// stand-in, a made-up account number or Region, where nothing is.
type standIns struct {
	// values replace unknowns, by ID.
	values map[string]string
	// words say what a stand-in is, for messages, and origins which deployment
	// it belongs to.
	words   map[string]string
	origins map[string]string
	// regions are the known Regions of deployments, for their partitions.
	regions map[string]string
	// loose are stand-ins for values that come from somewhere, a variable or a
	// secret: what names them may be spelled without the deployment.
	loose map[string]bool
	// canonical are texts that mean another one: the ARN that a data source has
	// for a key is the ARN of that key.
	canonical map[string]string
	// created are the accounts and Regions in which templates create keys.
	created map[string]createdKeys
}

// createdKeys are the keys that templates create in one account and Region:
// their IDs, and which sorts there are.
type createdKeys struct {
	ids           map[string]bool
	plain, global bool
}

func newStandIns(g *graph.Graph) *standIns {
	s := &standIns{
		values: map[string]string{}, words: map[string]string{}, origins: map[string]string{}, loose: map[string]bool{},
		regions: map[string]string{}, canonical: map[string]string{},
		created: map[string]createdKeys{},
	}
	for _, root := range g.Roots {
		s.deployment(root.Path, root.Account, root.Region)
	}
	for _, r := range sorted(g.Resources) {
		if r.Kind == graph.KindKMSKey && r.Dialect == graph.Configuration {
			s.keyOfAlias(r.Identity["arn"])
		}
	}
	for _, list := range [][]*graph.Resource{sorted(g.Resources), sorted(g.Data)} {
		for _, r := range list {
			if r.Provider != "" && r.Provider != "aws" {
				s.deployment(r.Root+"|"+r.Provider, r.Account, graph.Absent())
			}
			s.place(r.Account, graph.SymbolAccount, r)
			s.place(r.Region, graph.SymbolRegion, r)
		}
	}
	return s
}

// deployment notes what is known of a deployment.
func (s *standIns) deployment(name string, account, region graph.Value) {
	if number, ok := account.AsString(); ok {
		s.values[graph.SymbolID(graph.SymbolAccount, name)] = number
	}
	if known, ok := region.AsString(); ok {
		s.values[graph.SymbolID(graph.SymbolRegion, name)] = known
		s.regions[name] = known
	}
}

// place makes an unknown by which a resource is placed a symbol, whatever it
// comes from: a provider whose role is built from a variable.
func (s *standIns) place(v graph.Value, symbol graph.Symbol, r *graph.Resource) {
	u := v.Unknown()
	if u == nil || u.Symbol != graph.SymbolNone || u.ID == "" || !isWhole(v) || s.values[u.ID] != "" {
		return
	}
	standIn := s.make(u, symbol)
	s.loose[standIn] = true
	s.words[standIn] = wordsFor(symbol, deploymentOfResource(r))
	s.origins[standIn] = deploymentOfResource(r)
}

func isWhole(v graph.Value) bool { return len(v.Parts()) == 1 }

// supply gives the text for a symbol.
func (s *standIns) supply(u *graph.Unknown) (string, bool) {
	if value, ok := s.values[u.ID]; ok {
		return value, true
	}
	switch u.Symbol {
	case graph.SymbolAccount, graph.SymbolRegion:
		return s.make(u, u.Symbol), true
	case graph.SymbolPartition:
		partition := partitionOf(s.regions[deploymentOf(u.ID)])
		s.values[u.ID] = partition
		return partition, true
	default: // no fact of the deployment
	}
	return "", false
}

func (s *standIns) make(u *graph.Unknown, symbol graph.Symbol) string {
	if value, ok := s.values[u.ID]; ok {
		return value
	}
	standIn := s.name(u, symbol)
	s.values[u.ID] = standIn
	return standIn
}

// name makes a stand-in for one place, without putting it everywhere.
func (s *standIns) name(u *graph.Unknown, symbol graph.Symbol) string {
	standIn := "{" + string(symbol) + "-" + graph.StableHex(u.ID, 8) + "}"
	if u.Symbol == graph.SymbolNone {
		s.words[standIn] = noun(symbol) + " (" + u.Reason + ")"
		return standIn
	}
	s.origins[standIn] = deploymentOf(u.ID)
	s.words[standIn] = wordsFor(symbol, s.origins[standIn])
	return standIn
}

// keyOfAlias makes a stand-in for the ID of a key that the configuration
// describes by an alias.
func (s *standIns) keyOfAlias(arn graph.Value) {
	for _, p := range arn.Parts() {
		if p.Unknown != nil && p.Unknown.Symbol == graph.SymbolNone && p.Unknown.ID != "" {
			s.values[p.Unknown.ID] = s.keyID(p.Unknown.ID, "a key whose ID is not known")
		}
	}
}

// keyID is the stand-in for the ID of a key that nothing says.
func (s *standIns) keyID(seed, words string) string {
	standIn := "{key-" + graph.StableHex(seed, 8) + "}"
	s.words[standIn] = words
	return standIn
}

// deploymentOf is the deployment in the ID of a symbol.
func deploymentOf(id string) string {
	_, rest, _ := strings.Cut(id, "(")
	return strings.TrimSuffix(rest, ")")
}

func noun(symbol graph.Symbol) string {
	if symbol == graph.SymbolRegion {
		return "the Region"
	}
	return "the " + string(symbol)
}

// wordsFor names a symbol of a deployment: "the account of infra".
func wordsFor(symbol graph.Symbol, deployment string) string {
	root, part, _ := strings.Cut(deployment, "|")
	stackSet, isStackSet := strings.CutPrefix(part, "stackset:")
	switch {
	case isStackSet:
		return noun(symbol) + " of the instances of StackSet " + stackSet
	case part != "":
		return noun(symbol) + " of provider " + part + " in " + root
	case root == ".":
		return noun(symbol) + " of the root module"
	}
	return noun(symbol) + " of " + root
}

// isStandIn reports whether a text stands for an account or Region that is not
// known.
func isStandIn(s string) bool { return strings.HasPrefix(s, "{") }

// text returns a string whose unknown parts are all symbols. It is what is
// written, so that it leads to the data source that it comes from.
func (s *standIns) text(v graph.Value) (string, bool) {
	if known, ok := v.AsString(); ok {
		return known, true
	}
	if v.Kind() != graph.KindText && v.Kind() != graph.KindUnknown {
		return "", false
	}
	var b strings.Builder
	for _, p := range v.Parts() {
		if p.Unknown == nil {
			b.WriteString(p.Literal)
			continue
		}
		value, ok := s.supply(p.Unknown)
		if !ok {
			return "", false
		}
		b.WriteString(value)
	}
	return b.String(), true
}

// key is the text of a string that is the same for the same value; it is empty
// for what is no string.
func (s *standIns) key(v graph.Value) string {
	if known, ok := s.text(v); ok {
		return known
	}
	v = s.value(v)
	for _, p := range v.Parts() {
		if p.Unknown != nil && p.Unknown.ID == "" {
			return ""
		}
	}
	return v.Key()
}

func (s *standIns) meant(text string) string {
	if other, ok := s.canonical[text]; ok {
		return other
	}
	return s.literalKey(text)
}

// literalKey puts a stand-in in the place of a key ID that is written out where
// a template creates a key in that account and Region: once it is deployed its
// ARN may be the one that is written. Two keys that templates create differ for
// certain, so their made-up IDs stay.
func (s *standIns) literalKey(text string) string {
	if len(s.created) == 0 || !strings.HasPrefix(text, "arn:") || strings.ContainsAny(text, "*?{") {
		return text
	}
	a, ok := splitARN(text)
	id, isKey := strings.CutPrefix(a.resource, "key/")
	if !ok || !isKey || a.service != "kms" {
		return text
	}
	here, ok := s.created[a.account+"|"+a.region]
	if !ok || here.ids[id] {
		return text
	}
	if global := strings.HasPrefix(id, "mrk-"); global && !here.global || !global && !here.plain {
		return text
	}
	a.resource = "key/" + s.keyID("literal|"+id, id)
	return a.String()
}

// creates notes a key that a template creates.
func (s *standIns) creates(at Place, arn string, multiRegion graph.Value) {
	place := at.Account + "|" + at.Region
	here, ok := s.created[place]
	if !ok {
		here.ids = map[string]bool{}
	}
	here.ids[arn[strings.LastIndexByte(arn, '/')+1:]] = true
	global, known := multiRegion.AsBool()
	here.global = here.global || global || !known && !multiRegion.IsAbsent()
	here.plain = here.plain || !global
	s.created[place] = here
}

// value puts texts in the place of symbols everywhere in a value.
func (s *standIns) value(v graph.Value) graph.Value {
	switch v.Kind() {
	case graph.KindString:
		known, _ := v.AsString()
		if other := s.meant(known); other != known {
			return replaced(v, graph.String(other))
		}
	case graph.KindText, graph.KindUnknown:
		return s.replace(v)
	case graph.KindList:
		return s.list(v)
	case graph.KindMap:
		return s.fields(v)
	default: // holds no stand-in
	}
	return v
}

func (s *standIns) replace(v graph.Value) graph.Value {
	if known, ok := s.text(v); ok {
		return replaced(v, graph.String(s.meant(known)))
	}
	if v.Kind() == graph.KindUnknown {
		return v
	}
	parts := make([]graph.Part, 0, len(v.Parts()))
	for _, p := range v.Parts() {
		if p.Unknown != nil {
			if value, ok := s.supply(p.Unknown); ok {
				p = graph.Part{Literal: value}
			}
		}
		parts = append(parts, p)
	}
	return replaced(v, graph.Text(parts...))
}

// list copies a list only when something in it changes.
func (s *standIns) list(v graph.Value) graph.Value {
	items := v.Items()
	var out []graph.Value
	for i, item := range items {
		next := s.value(item)
		if out == nil && !same(item, next) {
			out = append(make([]graph.Value, 0, len(items)), items[:i]...)
		}
		if out != nil {
			out = append(out, next)
		}
	}
	if out == nil {
		return v
	}
	return replaced(v, graph.List(out...))
}

func (s *standIns) fields(v graph.Value) graph.Value {
	fields := v.Fields()
	var out []graph.Field
	for i, field := range fields {
		next := s.value(field.Value)
		if out == nil && !same(field.Value, next) {
			out = append(make([]graph.Field, 0, len(fields)), fields[:i]...)
		}
		if out != nil {
			out = append(out, graph.Field{Name: field.Name, Value: next})
		}
	}
	if out == nil {
		return v
	}
	return replaced(v, graph.Map(out...))
}

// same reports whether value returned what it was given. Only strings, texts
// and unknowns are replaced in place; a collection that changed has other
// items.
func same(a, b graph.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a.Kind() {
	case graph.KindString:
		x, _ := a.AsString()
		y, _ := b.AsString()
		return x == y
	case graph.KindText:
		return a.Equal(b)
	case graph.KindList:
		x, y := a.Items(), b.Items()
		return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	case graph.KindMap:
		x, y := a.Fields(), b.Fields()
		return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0])
	default: // equal by their kind
	}
	return true
}

func replaced(old, v graph.Value) graph.Value {
	if old.HasRange() {
		v = v.WithRange(old.Range()).WithVia(old.Via()...)
	}
	if old.Sensitive() {
		v = v.WithSensitive()
	}
	return v
}
