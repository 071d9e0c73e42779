package terraformplan

import (
	"context"
	"path"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/awsidentity"
)

// sources is the root module that lies beside the plan.
type sources struct {
	l         *loader
	graph     *graph.Graph
	root      *graph.Root
	resources map[string]*graph.Resource
	// blocks holds one resource of each block, by address without keys.
	blocks map[string]*graph.Resource
	// rewrite puts identifiers that the plan knows in the place of those that
	// the sources made up.
	rewrite func(graph.Value) graph.Value
}

// readSources loads the root module in the plan's folder. It is used only if
// every resource block of the plan stands in it.
func (l *loader) readSources(ctx context.Context) hcl.Diagnostics {
	if l.options.Sources == nil || len(l.order) == 0 {
		return nil
	}
	dir := path.Dir(l.file)
	if !l.hasModule(dir) {
		return nil
	}
	variables := make(map[string]any, len(l.doc.Variables))
	for name, v := range l.doc.Variables {
		if v != nil {
			variables[name] = v.Value
		}
	}
	loaded, _ := l.options.Sources(ctx, dir, variables)
	if loaded == nil || len(loaded.Roots) != 1 {
		return nil
	}
	s := &sources{l: l, graph: loaded, root: loaded.Roots[0], resources: map[string]*graph.Resource{}, blocks: map[string]*graph.Resource{}}
	for _, rs := range [][]*graph.Resource{loaded.Resources, loaded.Data} {
		for _, r := range rs {
			s.resources[r.Address] = r
			s.blocks[withoutKeys(r.Address)] = r
		}
	}
	if !s.covers(l.order) {
		return hcl.Diagnostics{{
			Severity: hcl.DiagWarning, Summary: "Sources do not match the plan",
			Detail:  "The Terraform files beside the plan do not have the same resources; values known only after apply are taken from the plan's configuration alone.",
			Subject: firstLine(l.file).Ptr(),
		}}
	}
	l.sources = s
	return nil
}

func (l *loader) hasModule(dir string) bool {
	entries, err := l.options.Files.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() && (strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json") || strings.HasSuffix(name, ".tofu")) {
			return true
		}
	}
	return false
}

// covers reports whether the sources have every managed resource block of the
// plan.
func (s *sources) covers(instances []*instance) bool {
	for _, inst := range instances {
		if inst.managed() && s.blocks[withoutKeys(inst.resource.Address)] == nil {
			return false
		}
	}
	return true
}

// of is the resource of the sources at the address of an instance.
func (s *sources) of(inst *instance) *graph.Resource {
	if s == nil {
		return nil
	}
	return s.resources[inst.resource.Address]
}

// attributes is what the sources say of an instance; the invalid value where
// they say nothing.
func (s *sources) attributes(inst *instance) graph.Value {
	r := s.of(inst)
	if r == nil {
		s.placeLike(inst)
		return graph.Value{}
	}
	inst.resource.Location, inst.resource.Calls = r.Location, r.Calls
	return s.adopt(r.Attributes)
}

// placeLike gives an instance the place of the one resource that stands for all
// instances of its block, because the sources do not tell how many there are.
func (s *sources) placeLike(inst *instance) {
	if s == nil {
		return
	}
	if r := s.blocks[withoutKeys(inst.resource.Address)]; r != nil {
		inst.resource.Location, inst.resource.Calls = r.Location, r.Calls
	}
}

// identity is what references to an instance evaluate to in the sources.
func (s *sources) identity(inst *instance) map[string]graph.Value {
	r := s.of(inst)
	if r == nil || !inst.managed() {
		return nil
	}
	out := make(map[string]graph.Value, len(r.Identity))
	for name, v := range r.Identity {
		out[name] = s.adopt(v)
	}
	return out
}

func (s *sources) output(name string) graph.Value {
	if s == nil {
		return graph.Value{}
	}
	v, ok := s.root.Outputs[name]
	if !ok {
		return graph.Value{}
	}
	return s.adopt(v)
}

// adopt takes a value of the sources over: what the plan knows replaces what
// they do not, and unknowns are named after the plan.
func (s *sources) adopt(v graph.Value) graph.Value {
	return s.rewrite(graph.Substitute(v, s.supply))
}

func (s *sources) supply(u *graph.Unknown) (graph.Value, bool) {
	kind, rest, ok := strings.Cut(u.ID, "("+s.root.Path)
	if !ok || rest == "" || !strings.ContainsRune("#|)", rune(rest[0])) {
		return graph.Absent(), false
	}
	if u.Symbol != graph.SymbolNone {
		if v, known := s.symbol(u.Symbol, rest); known {
			return v, true
		}
	}
	if v, known := s.planned(kind, rest); known {
		return v, true
	}
	renamed := *u
	renamed.ID = kind + "(" + s.l.file + rest
	if u.Symbol != graph.SymbolNone {
		return graph.Text(graph.Part{Unknown: graph.NewSymbol(u.Symbol, strings.TrimSuffix(s.l.file+rest, ")"))}), true
	}
	return graph.UnknownValue(&renamed), true
}

// symbol is the account, Region or partition of a provider of the plan.
func (s *sources) symbol(symbol graph.Symbol, rest string) (graph.Value, bool) {
	name := defaultProvider
	if alias, ok := strings.CutPrefix(rest, "|"); ok {
		name = strings.TrimSuffix(alias, ")")
	}
	p := s.l.provider(name)
	switch symbol {
	case graph.SymbolAccount:
		return p.account, true
	case graph.SymbolRegion:
		return p.region, true
	case graph.SymbolPartition:
		return p.partition, true
	default:
		return graph.Absent(), false
	}
}

// planned is the attribute of a resource that the sources do not know and the
// plan does.
func (s *sources) planned(kind, rest string) (graph.Value, bool) {
	i := strings.LastIndexByte(rest, '#')
	if kind != "attribute" || i < 1 {
		return graph.Absent(), false
	}
	inst, ok := s.l.instances[rest[1:i]]
	if !ok {
		return graph.Absent(), false
	}
	name := strings.TrimSuffix(rest[i+1:], ")")
	v := toValue(inst.values[name])
	return v, !v.IsAbsent() && !anyTrue(fieldOf(inst.unknown, name))
}

// rewriter replaces identifiers that the sources made up by those that the plan
// knows.
func (s *sources) rewriter(instances []*instance) func(graph.Value) graph.Value {
	var pairs []string
	whole := map[string]graph.Value{}
	for _, inst := range instances {
		r, known := s.of(inst), planned(inst)
		for _, name := range sortedNames(known) {
			if r == nil || r.Identity[name].IsAbsent() {
				continue
			}
			old, now := graph.Substitute(r.Identity[name], s.supply), known[name]
			if old.Key() == "" || old.Key() == now.Key() {
				continue
			}
			whole[old.Key()] = now
			pairs = append(pairs, literalPairs(old, now, r)...)
		}
	}
	if len(pairs) == 0 && len(whole) == 0 {
		return func(v graph.Value) graph.Value { return v }
	}
	replacer := strings.NewReplacer(pairs...)
	return func(v graph.Value) graph.Value { return rewrite(v, whole, replacer) }
}

// literalPairs are the texts in which two identifiers of one layout differ and
// which are made up out of the ID of the resource: any other text may mean
// something else elsewhere.
func literalPairs(old, now graph.Value, r *graph.Resource) []string {
	a, b := old.Parts(), now.Parts()
	if len(a) != len(b) {
		return nil
	}
	var out []string
	for i := range a {
		if a[i].Unknown == nil && b[i].Unknown == nil && a[i].Literal != b[i].Literal && awsidentity.MadeUp(a[i].Literal, r.ID) {
			out = append(out, a[i].Literal, b[i].Literal)
		}
	}
	return out
}

func rewrite(v graph.Value, whole map[string]graph.Value, replacer *strings.Replacer) graph.Value {
	var out graph.Value
	switch v.Kind() {
	case graph.KindMap:
		fields := make([]graph.Field, 0, len(v.Fields()))
		for _, f := range v.Fields() {
			fields = append(fields, graph.Field{Name: f.Name, Value: rewrite(f.Value, whole, replacer)})
		}
		out = graph.Map(fields...)
	case graph.KindList:
		items := make([]graph.Value, 0, len(v.Items()))
		for _, item := range v.Items() {
			items = append(items, rewrite(item, whole, replacer))
		}
		out = graph.List(items...)
	case graph.KindString, graph.KindText:
		if now, ok := whole[v.Key()]; ok {
			out = now
			break
		}
		var parts []graph.Part
		for _, p := range v.Parts() {
			p.Literal = replacer.Replace(p.Literal)
			parts = append(parts, p)
		}
		out = graph.Text(parts...)
	default:
		return v
	}
	if v.HasRange() {
		out = out.WithRange(v.Range()).WithVia(v.Via()...)
	}
	if v.Sensitive() {
		out = out.WithSensitive()
	}
	return out
}

func sortedNames(m map[string]graph.Value) []string {
	out := make([]string, 0, len(m))
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// complete adds to a graph what only sources have: ignore comments, the backend
// and the files that were read.
func (s *sources) complete(g *graph.Graph) {
	g.Roots[0].Backend = s.root.Backend
	g.Ignores = append(g.Ignores, s.graph.Ignores...)
	g.Files = append(g.Files, s.graph.Files...)
}

// sourceField is what the sources say of a member; the invalid value where the
// sources say nothing of the whole.
func sourceField(source graph.Value, name string) graph.Value {
	if source.Kind() != graph.KindMap {
		return graph.Value{}
	}
	return source.Field(name)
}
