package link

import (
	"sort"

	"github.com/iblint/iblint/loaders/graph"
)

// Input is the document that rules see (docs/architecture.md).
func (m *Model) Input() graph.Value {
	return object(
		"settings", m.settings(),
		"accounts", m.accountsValue(),
		"resources", m.resourcesValue(),
		"by_kind", m.byKind(),
		"edges", m.edgesValue(),
		"documents", mapOf(m.Documents, func(d graph.Value) graph.Value { return d }),
		"keys", mapOf(m.Keys, (*Key).value),
		"references", mapOf(m.References, func(of map[string]*Reference) graph.Value {
			return mapOf(of, (*Reference).value)
		}),
		"roles", mapOf(m.Roles, (*Role).value),
		"builds", list(m.Builds, (*Build).value),
		"default_encryption", mapOf(m.Encryption, func(of map[string]*Encryption) graph.Value {
			return mapOf(of, (*Encryption).value)
		}),
		"regions", object("default_enabled", texts(defaultRegions())),
		"names", mapOf(m.Names, graph.String),
		"facts", object("target_role_name", graph.String(TargetRoleName)),
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

// object is a map of names and values; what is absent is left out.
func object(pairs ...any) graph.Value {
	fields := make([]graph.Field, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, isName := pairs[i].(string)
		value, isValue := pairs[i+1].(graph.Value)
		if isName && isValue && !value.IsAbsent() {
			fields = append(fields, graph.Field{Name: name, Value: value})
		}
	}
	return graph.Map(fields...)
}

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
	return object("complete", graph.Bool(m.Options.Complete), "organization_id", text(organization))
}

func (m *Model) accountsValue() graph.Value {
	return mapOf(m.Accounts, func(a *Account) graph.Value {
		enabled := some(a.Enabled)
		if a.RegionsKnown {
			enabled = texts(a.Enabled)
		}
		return object(
			"name", text(a.Name), "covered", graph.Bool(a.Covered), "complete", graph.Bool(a.Complete),
			"configured", graph.Bool(a.Configured), "enabled_regions", enabled, "disabled_regions", texts(a.Disabled),
			"regions_known", flag(a.RegionsKnown), "launches_with", texts(a.LaunchesWith),
		)
	})
}

// resourcesValue are the resources whose kind is known.
func (m *Model) resourcesValue() graph.Value {
	fields := make([]graph.Field, 0, len(m.Graph.Resources))
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
			"id", graph.String(r.ID), "address", graph.String(r.Address), "kind", graph.String(string(r.Kind)),
			"type", graph.String(r.Type), "dialect", graph.String(string(r.Dialect)), "root", graph.String(r.Root),
			"account", text(at.Account), "region", text(at.Region), "partition", text(at.Partition),
			"properties", m.names.value(graph.PropertiesValue(r.Properties)), "many", many,
			"identity", graph.Map(identity...), "depends_on", some(r.DependsOn),
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
		sort.Strings(ids)
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
		add(from, e.From, e.Label, object("to", graph.String(e.To), "property", property))
		add(to, e.To, e.Label, object("from", graph.String(e.From), "property", property))
	}
	labels := func(of map[string][]graph.Value) graph.Value {
		return mapOf(of, func(items []graph.Value) graph.Value { return graph.List(items...) })
	}
	return object("from", mapOf(from, labels), "to", mapOf(to, labels))
}

func (s Spot) value() graph.Value {
	if s.Resource == "" {
		return graph.Absent()
	}
	return object("resource", graph.String(s.Resource), "property", graph.String(s.Property))
}

func (k *Key) value() graph.Value {
	policy := text(k.Document)
	if k.PolicyUnknown != nil {
		policy = graph.UnknownValue(k.PolicyUnknown)
	}
	fields := []any{
		"resource", text(k.Resource), "label", text(k.Label), "arn", text(k.ARN),
		"account", text(k.Place.Account), "region", text(k.Place.Region), "partition", text(k.Place.Partition),
		"manager", k.Manager, "policy", policy, "policy_owner", k.PolicyOwner.value(),
		"default_policy", flag(k.DefaultPolicy), "grants", texts(k.Grants), "grants_unknown", reason(k.GrantsUnknown),
		"aliases", texts(k.Aliases),
		"other_policies", list(k.Others, func(p Policy) graph.Value {
			return object("document", graph.String(p.Document), "resource", graph.String(p.Spot.Resource), "property", graph.String(p.Spot.Property))
		}),
	}
	for _, f := range k.Properties {
		fields = append(fields, f.Name, f.Value)
	}
	return object(fields...)
}

func (r *Reference) value() graph.Value {
	return object(
		"form", text(r.Form), "key", text(r.Key), "to", text(r.To), "alias", text(r.Alias), "name", text(r.Name),
		"data", text(r.Data), "manager", r.Manager, "account", text(r.Account), "region", text(r.Region),
		"partition", text(r.Partition), "text", text(shown(r.Text)), "reason", text(r.Reason), "settle", text(r.Settle),
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
		"name", role.Name, "path", role.Path, "arn", text(role.ARN), "account", text(role.Place.Account),
		"account_known", graph.Bool(role.Place.Account != "" && !isStandIn(role.Place.Account)),
		"partition", text(role.Place.Partition), "trust", trust, "known", graph.Bool(role.Known),
		"generated_name", flag(role.Generated),
		"policies", list(role.Policies, RolePolicy.value),
		"policies_unknown", list(role.PoliciesUnknown, reason), "boundary", boundary,
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
		"name", p.Name, "arn", p.ARN, "source", text(p.Source), "document", document,
		"resource", text(p.Spot.Resource), "property", text(p.Spot.Property), "removed_by", removedBy,
	)
}

func (e *Encryption) value() graph.Value {
	return object(
		"enabled", e.Enabled, "enabled_by", text(e.EnabledBy),
		"key", text(e.Key), "manager", e.Manager, "key_by", text(e.KeyBy),
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
		"id", graph.String(b.ID), "kind", graph.String(string(b.Kind)),
		"account", text(b.Place.Account), "region", text(b.Place.Region), "partition", text(b.Place.Partition),
		"recipe", text(b.Recipe), "recipe_unknown", reason(b.RecipeUnknown), "container", flag(b.Container),
		"distribution", text(b.Distribution), "distribution_unknown", reason(b.DistributionUnknown),
		"execution_role", execution, "workflows", list(b.Workflows, (*Reference).value),
		"workflows_unknown", reason(b.WorkflowsUnknown), "parent", parent,
		"devices", list(b.Devices, (*Device).value), "devices_unknown", reason(b.DevicesUnknown),
	)
}

func (d *Device) value() graph.Value {
	return object(
		"device_name", d.Name, "root", d.Root, "from", graph.String(d.From), "property", text(d.Property),
		"basis", text(d.Basis), "because", text(d.Because), "encrypted", d.Encrypted,
		"key", text(d.Key), "manager", d.Manager, "reason", reason(d.Reason),
	)
}

func (p *parentImage) value() graph.Value {
	return object(
		"kind", text(p.kind), "text", text(shown(p.text)), "to", text(p.to), "root_device", p.rootDevice,
		"devices", list(p.devices, parentDevice.value), "devices_unknown", reason(p.unknown),
		"unencrypted", flag(p.unencrypted),
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
		"device_name", d.name, "encrypted", merged.Encrypted, "owner", owner,
		"key", text(merged.Key), "manager", merged.Manager,
	)
}
