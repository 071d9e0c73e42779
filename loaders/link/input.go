package link

import (
	"slices"

	"github.com/iblint/iblint/loaders/graph"
)

// Input is the document that rules see (docs/architecture.md).
func (m *Model) Input() graph.Value {
	return object(
		field("settings", m.settings()),
		field("accounts", m.accountsValue()),
		field("resources", m.resourcesValue()),
		field("by_kind", m.byKind()),
		field("edges", m.edgesValue()),
		field("documents", mapOf(m.Documents, func(d graph.Value) graph.Value { return d })),
		field("keys", mapOf(m.Keys, (*Key).value)),
		field("references", mapOf(m.References, func(of map[string]*Reference) graph.Value {
			return mapOf(of, (*Reference).value)
		})),
		field("roles", mapOf(m.Roles, (*Role).value)),
		field("builds", list(m.Builds, (*Build).value)),
		field("default_encryption", mapOf(m.Encryption, func(of map[string]*Encryption) graph.Value {
			return mapOf(of, (*Encryption).value)
		})),
		field("regions", object(field("default_enabled", texts(defaultRegions())))),
		field("names", mapOf(m.Names, graph.String)),
		field("facts", object(field("target_role_name", graph.String(TargetRoleName)))),
	)
}

// defaultRegions are the Regions of partition aws that every account has
// enabled: those that were launched before 2019-03-20.
func defaultRegions() []string {
	return []string{
		"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
		"ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
		"us-east-1", "us-east-2", "us-west-1", "us-west-2",
	}
}

// object is a map of fields; what is absent is left out.
func object(fields ...graph.Field) graph.Value {
	return graph.Map(slices.DeleteFunc(fields, func(f graph.Field) bool { return f.Value.IsAbsent() })...)
}

func field(name string, value graph.Value) graph.Field { return graph.Field{Name: name, Value: value} }

func mapOf[T any](of map[string]T, value func(T) graph.Value) graph.Value {
	fields := make([]graph.Field, 0, len(of))
	for name, item := range of {
		if v := value(item); !v.IsAbsent() {
			fields = append(fields, graph.Field{Name: name, Value: v})
		}
	}
	return graph.Map(fields...)
}

func list[T any](items []T, value func(T) graph.Value) graph.Value {
	out := make([]graph.Value, len(items))
	for i, item := range items {
		out[i] = value(item)
	}
	return graph.List(out...)
}

func texts(items []string) graph.Value { return list(items, graph.String) }

// some are texts, absent when there are none.
func some(items []string) graph.Value {
	if len(items) == 0 {
		return graph.Absent()
	}
	return texts(items)
}

// shared makes one value of one slice, however many resources have it: the
// instances of a block depend on all instances of another.
type shared map[*string]graph.Value

func (of shared) some(items []string) graph.Value {
	if len(items) == 0 {
		return graph.Absent()
	}
	value, ok := of[&items[0]]
	if !ok || len(value.Items()) != len(items) {
		value = texts(items)
		of[&items[0]] = value
	}
	return value
}

// text is a string, absent when it is empty.
func text(s string) graph.Value {
	if s == "" {
		return graph.Absent()
	}
	return graph.String(s)
}

// reason is an unknown value, absent for nil.
func reason(u *graph.Unknown) graph.Value {
	if u == nil {
		return graph.Absent()
	}
	return graph.UnknownValue(u)
}

// flag is true, absent for false.
func flag(b bool) graph.Value {
	if !b {
		return graph.Absent()
	}
	return graph.Bool(true)
}

func (m *Model) settings() graph.Value {
	organization := ""
	if m.Options.Config != nil {
		organization = m.Options.Config.OrganizationText()
	}
	return object(field("complete", graph.Bool(m.Options.Complete)), field("organization_id", text(organization)))
}

func (m *Model) accountsValue() graph.Value {
	return mapOf(m.Accounts, func(a *Account) graph.Value {
		enabled := some(a.Enabled)
		if a.RegionsKnown {
			enabled = texts(a.Enabled)
		}
		units := graph.Absent()
		if a.UnitsKnown {
			units = texts(a.Units)
		}
		return object(
			field("name", text(a.Name)), field("covered", graph.Bool(a.Covered)), field("complete", graph.Bool(a.Complete)),
			field("configured", graph.Bool(a.Configured)), field("enabled_regions", enabled),
			field("disabled_regions", texts(a.Disabled)),
			field("regions_known", flag(a.RegionsKnown)), field("launches_with", texts(a.LaunchesWith)),
			field("organizational_units", units),
		)
	})
}

// resourcesValue are the resources whose kind is known.
func (m *Model) resourcesValue() graph.Value {
	fields := make([]graph.Field, 0, len(m.Graph.Resources))
	dependencies := shared{}
	for _, r := range m.Graph.Resources {
		if r.Kind == "" {
			continue
		}
		at := m.Places[r.ID]
		many := graph.Absent()
		if r.Many != nil {
			many = graph.String(r.Many.Reason)
		}
		identity := make([]graph.Field, 0, len(r.Identity)+1)
		for name, v := range r.Identity {
			identity = append(identity, graph.Field{Name: name, Value: m.names.value(v)})
		}
		if _, ok := r.Identity["arn"]; !ok {
			if arn := arnOf(r); !arn.IsAbsent() {
				identity = append(identity, graph.Field{Name: "arn", Value: m.names.value(arn)})
			}
		}
		fields = append(fields, graph.Field{Name: r.ID, Value: object(
			field("id", graph.String(r.ID)), field("address", graph.String(r.Address)),
			field("kind", graph.String(string(r.Kind))),
			field("type", graph.String(r.Type)), field("dialect", graph.String(string(r.Dialect))),
			field("root", graph.String(r.Root)),
			field("account", text(at.Account)), field("region", text(at.Region)), field("partition", text(at.Partition)),
			field("properties", m.names.value(graph.PropertiesValue(r.Properties))), field("many", many),
			field("identity", graph.Map(identity...)), field("depends_on", dependencies.some(r.DependsOn)),
		)})
	}
	return graph.Map(fields...)
}

func (m *Model) byKind() graph.Value {
	kinds := map[string][]string{}
	for _, r := range m.Graph.Resources {
		if r.Kind != "" {
			kinds[string(r.Kind)] = append(kinds[string(r.Kind)], r.ID)
		}
	}
	return mapOf(kinds, func(ids []string) graph.Value {
		slices.Sort(ids)
		return texts(ids)
	})
}

// edgesValue are the edges by their ends and labels.
func (m *Model) edgesValue() graph.Value {
	from := map[string]map[string][]graph.Value{}
	to := map[string]map[string][]graph.Value{}
	add := func(of map[string]map[string][]graph.Value, id, label string, v graph.Value) {
		if of[id] == nil {
			of[id] = map[string][]graph.Value{}
		}
		of[id][label] = append(of[id][label], v)
	}
	for _, e := range m.Graph.Edges {
		property := graph.String(e.Property)
		add(from, e.From, e.Label, object(field("to", graph.String(e.To)), field("property", property)))
		add(to, e.To, e.Label, object(field("from", graph.String(e.From)), field("property", property)))
	}
	labels := func(of map[string][]graph.Value) graph.Value {
		return mapOf(of, func(items []graph.Value) graph.Value { return graph.List(items...) })
	}
	return object(field("from", mapOf(from, labels)), field("to", mapOf(to, labels)))
}

func (s Spot) value() graph.Value {
	if s.Resource == "" {
		return graph.Absent()
	}
	return object(field("resource", graph.String(s.Resource)), field("property", graph.String(s.Property)))
}

func (k *Key) value() graph.Value {
	policy := text(k.Document)
	if k.PolicyUnknown != nil {
		policy = graph.UnknownValue(k.PolicyUnknown)
	}
	fields := []graph.Field{
		field("resource", text(k.Resource)), field("label", text(k.Label)), field("arn", text(k.ARN)),
		field("account", text(k.Place.Account)), field("region", text(k.Place.Region)),
		field("partition", text(k.Place.Partition)), field("manager", k.Manager), field("policy", policy),
		field("policy_owner", k.PolicyOwner.value()), field("default_policy", flag(k.DefaultPolicy)),
		field("grants", texts(k.Grants)), field("grants_unknown", reason(k.GrantsUnknown)), field("aliases", texts(k.Aliases)),
		field("other_policies", list(k.Others, func(p Policy) graph.Value {
			return object(
				field("document", graph.String(p.Document)), field("resource", graph.String(p.Spot.Resource)),
				field("property", graph.String(p.Spot.Property)),
			)
		})),
	}
	return object(append(fields, k.Properties...)...)
}

func (r *Reference) value() graph.Value {
	return object(
		field("form", text(r.Form)), field("key", text(r.Key)), field("to", text(r.To)),
		field("alias", text(r.Alias)), field("name", text(r.Name)),
		field("data", text(r.Data)), field("manager", r.Manager), field("account", text(r.Account)),
		field("region", text(r.Region)),
		field("partition", text(r.Partition)), field("text", text(shown(r.Text))), field("reason", text(r.Reason)),
		field("settle", text(r.Settle)),
	)
}

func (role *Role) value() graph.Value {
	trust := text(role.Trust)
	if role.TrustUnknown != nil {
		trust = graph.UnknownValue(role.TrustUnknown)
	}
	boundary := graph.Absent()
	if role.Boundary != nil {
		boundary = role.Boundary.value()
	}
	return object(
		field("name", role.Name), field("path", role.Path), field("arn", text(role.ARN)),
		field("account", text(role.Place.Account)),
		field("account_known", graph.Bool(role.Place.Account != "" && !isStandIn(role.Place.Account))),
		field("partition", text(role.Place.Partition)), field("trust", trust), field("known", graph.Bool(role.Known)),
		field("generated_name", flag(role.Generated)),
		field("policies", list(role.Policies, RolePolicy.value)),
		field("policies_unknown", list(role.PoliciesUnknown, reason)), field("boundary", boundary),
	)
}

func (p RolePolicy) value() graph.Value {
	document := text(p.Document)
	if document.IsAbsent() {
		document = reason(p.Unknown)
	}
	removedBy := graph.Absent()
	if p.RemovedBy != nil {
		removedBy = p.RemovedBy.value()
	}
	return object(
		field("name", p.Name), field("arn", p.ARN), field("source", text(p.Source)), field("document", document),
		field("resource", text(p.Spot.Resource)), field("property", text(p.Spot.Property)), field("removed_by", removedBy),
	)
}

func (e *Encryption) value() graph.Value {
	return object(
		field("enabled", e.Enabled), field("enabled_by", text(e.EnabledBy)),
		field("key", text(e.Key)), field("manager", e.Manager), field("key_by", text(e.KeyBy)),
	)
}

func (b *Build) value() graph.Value {
	execution := graph.Absent()
	if b.ExecutionRole != nil {
		fields := append([]graph.Field{}, b.ExecutionRole.value().Fields()...)
		if b.Role != "" {
			fields = append(fields, graph.Field{Name: "role", Value: graph.String(b.Role)})
		}
		execution = graph.Map(fields...)
	}
	parent := graph.Absent()
	if b.parent != nil {
		parent = b.parent.value()
	}
	return object(
		field("id", graph.String(b.ID)), field("kind", graph.String(string(b.Kind))),
		field("account", text(b.Place.Account)), field("region", text(b.Place.Region)),
		field("partition", text(b.Place.Partition)),
		field("recipe", text(b.Recipe)), field("recipe_unknown", reason(b.RecipeUnknown)),
		field("container", flag(b.Container)),
		field("distribution", text(b.Distribution)), field("distribution_unknown", reason(b.DistributionUnknown)),
		field("execution_role", execution), field("workflows", list(b.Workflows, (*Reference).value)),
		field("workflows_unknown", reason(b.WorkflowsUnknown)), field("parent", parent),
		field("devices", list(b.Devices, (*Device).value)), field("devices_unknown", reason(b.DevicesUnknown)),
	)
}

func (d *Device) value() graph.Value {
	return object(
		field("device_name", d.Name), field("root", d.Root), field("from", graph.String(d.From)),
		field("property", text(d.Property)),
		field("basis", text(d.Basis)), field("because", text(d.Because)), field("encrypted", d.Encrypted),
		field("key", text(d.Key)), field("manager", d.Manager), field("reason", reason(d.Reason)),
	)
}

func (p *parentImage) value() graph.Value {
	return object(
		field("kind", text(p.kind)), field("text", text(shown(p.text))), field("to", text(p.to)),
		field("root_device", p.rootDevice),
		field("devices", list(p.devices, parentDevice.value)), field("devices_unknown", reason(p.unknown)),
		field("unencrypted", flag(p.unencrypted)),
	)
}

// value gives what the possibilities for a device have in common.
func (d parentDevice) value() graph.Value {
	outcomes := make([]outcome, 0, len(d.states))
	owners := map[string]bool{}
	for _, s := range d.states {
		outcomes = append(outcomes, outcome{encrypted: s.encrypted, key: s.key, manager: s.manager})
		if s.encrypted {
			owners[map[bool]string{true: "self", false: "other"}[s.own]] = true
		}
	}
	merged := &Device{}
	merged.set(outcomes, d.reason)
	owner := graph.Absent()
	switch {
	case len(owners) > 1:
		owner = reason(unknown("who owns the snapshot is not known", ""))
	case owners["self"]:
		owner = graph.String("self")
	case owners["other"]:
		owner = graph.String("other")
	}
	return object(
		field("device_name", d.name), field("encrypted", merged.Encrypted), field("owner", owner),
		field("key", text(merged.Key)), field("manager", merged.Manager),
	)
}
