package terraform

import (
	"path"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/awsidentity"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// evaluateModule evaluates everything in a module and in those that it calls.
func (l *loader) evaluateModule(m *module) {
	for _, name := range sortedKeys(m.cfg.variables) {
		m.variable(name)
	}
	for _, name := range sortedKeys(m.cfg.locals) {
		m.local(name)
	}
	for _, key := range sortedKeys(m.cfg.resources) {
		m.resourceValue(key)
	}
	for _, name := range sortedKeys(m.cfg.calls) {
		state := m.expandCall(name)
		if state == nil {
			continue
		}
		for _, mi := range state.instances {
			if mi.module != nil {
				l.evaluateModule(mi.module)
			}
		}
	}
	for _, name := range sortedKeys(m.cfg.outputs) {
		m.output(name)
	}
	m.evaluateImports()
	m.evaluateChecks()
	m.emit()
}

// order evaluates what depends_on names first, so that cycles are found.
func (m *module) order(names []hcl.Traversal) {
	for _, t := range names {
		name, ok := attributeName(t, 1)
		if !ok {
			continue
		}
		switch root := t.RootName(); root {
		case "module":
			m.orderModule(name)
		case "data", "ephemeral":
			if label, ok := attributeName(t, 2); ok {
				m.orderResource(root + "." + name + "." + label)
			}
		default:
			m.orderResource(root + "." + name)
		}
	}
}

func (m *module) orderResource(key string) {
	if m.cfg.resources[key] != nil {
		m.resourceValue(key)
	}
}

func (m *module) orderModule(name string) {
	if m.cfg.calls[name] == nil {
		return
	}
	state := m.expandCall(name)
	if state == nil {
		return
	}
	for _, mi := range state.instances {
		if mi.module == nil {
			continue
		}
		for _, key := range sortedKeys(mi.module.cfg.resources) {
			mi.module.resourceValue(key)
		}
		for _, inner := range sortedKeys(mi.module.cfg.calls) {
			mi.module.orderModule(inner)
		}
	}
}

// emit adds the resources of a module instance to the graph.
func (m *module) emit() {
	for _, key := range sortedKeys(m.resources) {
		state := m.resources[key]
		if state == nil || state.cfg.mode == "ephemeral." {
			continue
		}
		dependencies := m.dependencies(state.cfg)
		for _, r := range state.instances {
			if r.body == nil {
				continue
			}
			out := m.graphResource(state.cfg, r)
			out.DependsOn = without(dependencies, r.id)
			if state.cfg.mode == "data." {
				m.l.graph.Data = append(m.l.graph.Data, out)
				continue
			}
			m.l.graph.Resources = append(m.l.graph.Resources, out)
		}
	}
}

func (m *module) graphResource(cfg *resourceConfig, r *resourceInstance) *graph.Resource {
	l := m.l
	out := &graph.Resource{
		ID: r.id, Address: r.address, Dialect: graph.Terraform, Type: cfg.kind, Root: l.dir,
		Account: l.text(r.place.account), Region: l.text(r.place.region), Provider: r.place.name,
		Attributes: m.graphBody(r.body, r), Location: cfg.block.Header, Calls: m.calls,
		Exists: graph.AllOf(slices.Concat(m.exist, r.exist)),
		Many:   m.many,
	}
	if r.many != nil {
		out.Many = r.many
	}
	if len(r.identity) > 0 {
		out.Identity = map[string]graph.Value{}
		for _, name := range sortedKeys(r.identity) {
			if awsidentity.Identifies(name) {
				out.Identity[name] = l.table.Graph(r.identity[name], nowhere{cfg.block.Header})
			}
		}
	}
	return out
}

// text is a text of the loader as a value of the graph.
func (l *loader) text(s string) graph.Value {
	return l.table.Graph(cty.StringVal(s), nowhere{})
}

// graphBody is a body as a map of the graph.
func (m *module) graphBody(b *bodyValue, r *resourceInstance) graph.Value {
	var fields []graph.Field
	for name, a := range b.attributes {
		fields = append(fields, graph.Field{Name: name, Value: m.l.table.Graph(a.value, m.l.placeOf(a.origin, r.address+"."+name))})
	}
	for kind, blocks := range b.blocks {
		items := make([]graph.Value, 0, len(blocks))
		for _, block := range blocks {
			items = append(items, m.graphBlock(block, r))
		}
		fields = append(fields, graph.Field{Name: kind, Value: graph.List(items...).WithRange(blocks[0].at)})
	}
	return graph.Map(fields...).WithRange(b.at)
}

func (m *module) graphBlock(b *blockValue, r *resourceInstance) graph.Value {
	if b.unknown != nil {
		return graph.UnknownValue(b.unknown).WithRange(b.at)
	}
	out := m.graphBody(b.body, r)
	for _, term := range b.exist {
		if term.Negated {
			out = graph.ChoiceValue(term.Condition, graph.Absent(), out)
			continue
		}
		out = graph.ChoiceValue(term.Condition, out, graph.Absent())
	}
	return out.WithRange(b.at)
}

// nowhere is the place of a value that was not written.
type nowhere struct{ at hcl.Range }

// Locate returns the range that the value is shown at.
func (n nowhere) Locate() (hcl.Range, []graph.Via) { return n.at, nil }

// Field is the place of a field.
func (n nowhere) Field(string) partial.Place { return n }

// Item is the place of an item.
func (n nowhere) Item(int) partial.Place { return n }

// Reason says why a value is not known.
func (n nowhere) Reason() *graph.Unknown {
	return &graph.Unknown{Reason: "it is only known after apply", Range: n.at}
}

// finishRoot adds the root itself to the graph.
func (l *loader) finishRoot(m *module) {
	p := m.providerOf(m.rootProvider())
	root := &graph.Root{
		Path: l.dir, Dialect: graph.Terraform, Account: l.text(p.account), Region: l.text(p.region),
		Outputs: map[string]graph.Value{}, Backend: graph.Absent(),
	}
	for _, name := range sortedKeys(m.cfg.outputs) {
		o := m.cfg.outputs[name]
		if o.value == nil {
			continue
		}
		root.Outputs[name] = l.table.Graph(m.output(name), l.placeOf(origin{m.scope(instance{}), o.value}, "output."+name))
	}
	root.Backend = l.backend(m)
	l.graph.Roots = append(l.graph.Roots, root)
	l.noteTerragrunt()
}

// rootProvider is the provider that stands for the root.
func (m *module) rootProvider() string {
	if m.cfg.providers[defaultProvider] == nil && m.cfg.providers["awscc"] != nil {
		return "awscc"
	}
	return defaultProvider
}

// backend is where the state of the root is kept.
func (l *loader) backend(m *module) graph.Value {
	b := m.cfg.backend
	if b == nil {
		return graph.Absent()
	}
	kind := b.Type
	if len(b.Labels) == 1 {
		kind = b.Labels[0]
	}
	fields := []graph.Field{{Name: "type", Value: graph.String(kind)}}
	s := m.scope(instance{})
	for _, a := range b.Body.Attributes {
		x := l.wrap(a.Expr)
		if len(x.refs) > 0 {
			l.problem(a.Expr.Range(), "Variables not allowed", "The backend is read before anything is evaluated, so its arguments may not refer to anything.")
		}
		v, diags := s.evaluate(x)
		if !diags.HasErrors() {
			fields = append(fields, graph.Field{Name: a.Name, Value: l.table.Graph(v, l.placeOf(origin{s, x}, "backend."+a.Name))})
		}
	}
	return graph.Map(fields...).WithRange(b.Header)
}

// noteTerragrunt says that the inputs of terragrunt are not read.
func (l *loader) noteTerragrunt() {
	name := path.Join(l.dir, "terragrunt.hcl")
	if info, err := l.files.Stat(name); err != nil || info.IsDir() {
		return
	}
	l.warn(hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}, "Inputs of terragrunt are unknown",
		name+" sets variables of this module, but iblint does not run terragrunt. The variables that it sets are unknown or have their defaults; give their values with --var or --var-file.")
}
