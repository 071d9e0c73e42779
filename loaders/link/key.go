package link

import (
	"sort"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Managers of keys.
const (
	managerAWS      = "aws"
	managerCustomer = "customer"
)

// Key is a key that something refers to or creates.
type Key struct {
	// ID is the key of Model.Keys.
	ID string
	// Resource is the resource that creates or describes the key, or "".
	Resource string
	// Label is how people know the key.
	Label string
	// ARN is a text with stand-ins, one for the key ID too where nothing says it.
	ARN   string
	Place Place
	// Manager is "aws" or "customer", or unknown.
	Manager graph.Value
	// Document is the policy in Model.Documents; PolicyUnknown is set instead
	// when it is not known.
	Document      string
	PolicyUnknown *graph.Unknown
	PolicyOwner   Spot
	DefaultPolicy bool
	Others        []Policy
	Grants        []string
	GrantsUnknown *graph.Unknown
	Aliases       []string
	// Properties are enabled, key_usage, key_spec, state, origin and the like.
	Properties []graph.Field
}

// Spot is a property of a resource.
type Spot struct {
	Resource string
	Property string
}

// Policy is a policy document that is written somewhere.
type Policy struct {
	Document string
	Spot     Spot
}

// keys makes a key of every resource that is one, and says which ARNs of data
// sources mean one of them.
func (l *linker) keys() {
	for _, r := range l.kinds[graph.KindKMSKey] {
		l.resourceKey(r)
	}
	for _, key := range l.model.Keys {
		key.ARN = l.names.meant(key.ARN)
	}
	for _, r := range sorted(l.g.Data) {
		if isKind(r, []graph.Kind{graph.KindKMSKey}) {
			l.dataKey(r)
		}
	}
	for _, r := range l.kinds[graph.KindKMSKey] {
		l.inheritFromPrimary(r)
	}
	// What an alias says of the manager of its key must be known before anything
	// else refers to the key.
	for _, r := range l.kinds[graph.KindKMSAlias] {
		l.keyOfAlias(r)
	}
}

func (l *linker) resourceKey(r *graph.Resource) {
	p, ok := r.Properties.(*graph.KMSKey)
	if !ok {
		return
	}
	key := &Key{ID: r.ID, Resource: r.ID, Label: r.Address, Place: l.places[r.ID], Manager: graph.String(managerCustomer)}
	if r.Dialect == graph.Configuration {
		key.Label = strings.TrimPrefix(r.Address, "keys.")
		key.Manager = configuredManager(p, key.Label)
	}
	text, ok := l.names.text(arnOf(r))
	if !ok || text == "" {
		// The loader gave it no identity; the key is new all the same.
		text = key.Place.kmsARN("key/" + graph.StableUUID(r.ID))
	}
	key.ARN = text
	if r.Dialect != graph.Configuration {
		l.names.creates(key.Place, key.ARN, p.MultiRegion)
	}
	key.Properties = keyProperties(p)
	l.model.Keys[key.ID] = key
}

func keyProperties(p *graph.KMSKey) []graph.Field {
	var fields []graph.Field
	for _, f := range []graph.Field{
		{Name: "enabled", Value: p.Enabled},
		{Name: "key_usage", Value: p.KeyUsage},
		{Name: "key_spec", Value: p.KeySpec},
		{Name: "state", Value: p.State},
		{Name: "origin", Value: p.Origin},
		{Name: "multi_region", Value: p.MultiRegion},
	} {
		if !f.Value.IsAbsent() {
			fields = append(fields, f)
		}
	}
	return fields
}

// configuredManager is the manager of a key that only configuration or facts
// describe.
func configuredManager(p *graph.KMSKey, label string) graph.Value {
	manager, _ := p.Manager.AsString()
	switch manager {
	case "AWS":
		return graph.String(managerAWS)
	case "CUSTOMER":
		return graph.String(managerCustomer)
	}
	return graph.UnknownValue(&graph.Unknown{
		ID: "manager(" + label + ")", Reason: "nothing says who manages key " + label,
		Settle: `keys: {"` + label + `": {manager: customer}}`,
	})
}

// inheritFromPrimary gives a replica what it shares with its primary key.
func (l *linker) inheritFromPrimary(r *graph.Resource) {
	p, ok := r.Properties.(*graph.KMSKey)
	if !ok || p.PrimaryKey.IsAbsent() {
		return
	}
	ref := l.keyReference(r, l.places[r.ID], p.PrimaryKey)
	primary := l.model.Keys[ref.Key]
	if primary == nil {
		return
	}
	key := l.model.Keys[r.ID]
	for _, f := range primary.Properties {
		if (f.Name == "key_spec" || f.Name == "key_usage") && !hasField(key.Properties, f.Name) {
			key.Properties = append(key.Properties, f)
		}
	}
	sort.SliceStable(key.Properties, func(i, j int) bool { return key.Properties[i].Name < key.Properties[j].Name })
}

func hasField(fields []graph.Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// dataKey finds the key that a data source looks up. Its own ARN, which the
// loader made up, then means that of the key.
func (l *linker) dataKey(r *graph.Resource) {
	ref := l.lookedUp(r)
	key := l.model.Keys[ref.Key]
	if key == nil {
		return
	}
	for _, v := range r.Identity {
		if text, ok := l.names.text(v); ok && strings.Contains(text, ":key/") && text != key.ARN {
			l.names.canonical[text] = key.ARN
		}
	}
}

// outsideKey is a key that nothing creates, by its ARN or that of its alias.
func (l *linker) outsideKey(a arn) *Key {
	id := a.String()
	if key, ok := l.model.Keys[id]; ok {
		return key
	}
	key := &Key{
		ID: id, Label: shown(id), ARN: l.names.meant(id),
		Place: Place{Account: a.account, Region: a.region, Partition: a.partition},
	}
	alias, isAlias := strings.CutPrefix(a.resource, "alias/")
	switch {
	case isAlias && strings.HasPrefix(alias, "aws/"):
		key.Label = a.resource
		key.Manager = graph.String(managerAWS)
		key.PolicyUnknown = unknown("AWS sets the policy of the key that "+a.resource+" names, and nobody can change it", "")
	case isAlias:
		// Aliases of keys that AWS manages begin with aws/, and nobody can make
		// another one for such a key.
		key.Label = a.resource
		key.Manager = graph.String(managerCustomer)
		key.PolicyUnknown = l.policyUnknown(a)
	default:
		key.Manager = graph.UnknownValue(l.managerUnknown(a))
		key.PolicyUnknown = l.policyUnknown(a)
	}
	if isAlias {
		target := a
		target.resource = "key/" + l.names.keyID(id, "the key that "+a.resource+" names")
		key.ARN = target.String()
	}
	l.model.Keys[id] = key
	return key
}

func (l *linker) managerUnknown(a arn) *graph.Unknown {
	return &graph.Unknown{
		ID:     "manager(" + a.String() + ")",
		Reason: "no given template creates key " + shown(a.String()) + ", and its ARN does not say whether AWS or a customer manages it",
		Settle: l.keyLine(a, "manager: customer, policy: policies/key.json"),
	}
}

func (l *linker) policyUnknown(a arn) *graph.Unknown {
	u := &graph.Unknown{
		ID:     "policy(" + a.String() + ")",
		Reason: "no given template has the policy of key " + shown(a.String()),
		Settle: l.keyLine(a, "manager: customer, policy: policies/key.json"),
	}
	if id, ok := strings.CutPrefix(a.resource, "key/"); ok && !isStandIn(a.account) && !isStandIn(a.region) {
		u.Settle = "aws kms get-key-policy --key-id " + a.String() + " --policy-name default > " +
			l.factFile(a.account, a.region, id, "get-key-policy")
	}
	return u
}

// awsKey is the key that AWS manages for EBS in a place.
func (l *linker) awsKey(at Place) *Key {
	a, _ := splitARN(at.kmsARN("alias/aws/ebs"))
	return l.outsideKey(a)
}
