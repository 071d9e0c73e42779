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
		text = key.Place.arnAt("kms", "key/"+graph.StableUUID(r.ID))
	}
	key.ARN = text
	key.Properties = keyProperties(p)
	l.model.Keys[key.ID] = key
}

func keyProperties(p *graph.KMSKey) []graph.Field {
	var fields []graph.Field
	for _, f := range []graph.Field{
		{Name: "enabled", Value: p.Enabled}, {Name: "key_usage", Value: p.KeyUsage},
		{Name: "key_spec", Value: p.KeySpec}, {Name: "state", Value: p.State},
		{Name: "origin", Value: p.Origin}, {Name: "multi_region", Value: p.MultiRegion},
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
		ID: id, Label: id, ARN: id,
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
	shown := l.shown(a.String())
	return &graph.Unknown{
		ID:     "manager(" + a.String() + ")",
		Reason: "no given template creates key " + shown + ", and its ARN does not say whether AWS or a customer manages it",
		Settle: l.keyLine(a, "manager: customer, policy: policies/key.json"),
	}
}

func (l *linker) policyUnknown(a arn) *graph.Unknown {
	u := &graph.Unknown{
		ID:     "policy(" + a.String() + ")",
		Reason: "no given template has the policy of key " + l.shown(a.String()),
		Settle: l.keyLine(a, "manager: customer, policy: policies/key.json"),
	}
	if id, ok := strings.CutPrefix(a.resource, "key/"); ok && !isStandIn(a.account) && !isStandIn(a.region) {
		u.Settle = "aws kms get-key-policy --key-id " + a.String() + " --policy-name default > " +
			l.factFile(a.account, a.region, id, "get-key-policy")
	}
	return u
}

// keyLine is the configuration line that describes a key.
func (l *linker) keyLine(a arn, fields string) string {
	return `keys: {"` + placeholders(a.String()) + `": {` + fields + "}}"
}

func (l *linker) factFile(account, region, name, command string) string {
	return l.o.Config.FactFile(account, region, name, command) + l.o.Config.FactHint()
}

// shown is a text as people read it in a reason: stand-ins stay, because the
// report puts words in their place.
func (l *linker) shown(text string) string { return text }

// placeholders puts words to be replaced in the place of stand-ins, for lines
// that people copy.
func placeholders(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inner, after, closed := strings.Cut(rest, "}")
		switch {
		case closed && strings.HasPrefix(inner, "account-"):
			b.WriteString("ACCOUNT")
		case closed && strings.HasPrefix(inner, "region-"):
			b.WriteString("REGION")
		case closed && strings.HasPrefix(inner, "key-"):
			b.WriteString("KEY-ID")
		default:
			b.WriteString("{")
			text = rest
			continue
		}
		text = after
	}
}

// awsKey is the key that AWS manages for EBS in a place.
func (l *linker) awsKey(at Place) *Key {
	a, _ := splitARN(at.arnAt("kms", "alias/aws/ebs"))
	return l.outsideKey(a)
}

// keyPolicies says for each key of the graph which policy it has, which others
// compete with it, and which grants and aliases are on it.
func (l *linker) keyPolicies() {
	separate := l.separatePolicies()
	for _, r := range l.kinds[graph.KindKMSKey] {
		p, ok := r.Properties.(*graph.KMSKey)
		if !ok {
			continue
		}
		l.keyPolicy(l.model.Keys[r.ID], p.Policy, separate[r.ID])
	}
	for _, r := range l.kinds[graph.KindKMSAlias] {
		if key := l.model.Keys[l.keyOf(r.ID, "target_key")]; key != nil {
			key.Aliases = append(key.Aliases, r.ID)
		}
	}
	l.grants()
	l.customGrants()
}

// keyOf is the key that a property refers to, or "".
func (l *linker) keyOf(resource, property string) string {
	if ref := l.model.References[resource][property]; ref != nil {
		return ref.Key
	}
	return ""
}

// separatePolicies are key policies that are resources of their own, by the
// ID of their key.
func (l *linker) separatePolicies() map[string][]Policy {
	out := map[string][]Policy{}
	for _, r := range l.kinds[graph.KindKMSKeyPolicy] {
		if key := l.keyOf(r.ID, "key"); key != "" {
			out[key] = append(out[key], Policy{Document: r.ID + "|policy", Spot: Spot{r.ID, "policy"}})
		}
	}
	return out
}

// keyPolicy chooses the policy: one that is a resource of its own is put after
// the key is made, so it wins over the one in the key.
func (l *linker) keyPolicy(key *Key, inline *graph.Document, separate []Policy) {
	own := Policy{Document: key.ID + "|policy", Spot: Spot{key.ID, "policy"}}
	switch {
	case len(separate) > 0:
		l.usePolicy(key, separate[0])
		key.Others = append(key.Others, separate[1:]...)
		if inline != nil {
			key.Others = append(key.Others, own)
		}
	case inline != nil:
		l.usePolicy(key, own)
	case isAWS(key.Manager):
		key.PolicyUnknown = unknown("AWS sets the policy of a key that it manages, and nobody can change it", "")
	default:
		l.model.Documents[own.Document] = defaultPolicy(key.Place)
		key.Document, key.PolicyOwner, key.DefaultPolicy = own.Document, own.Spot, true
	}
}

func isAWS(manager graph.Value) bool {
	s, ok := manager.AsString()
	return ok && s == managerAWS
}

func isCustomer(manager graph.Value) bool {
	s, ok := manager.AsString()
	return ok && s == managerCustomer
}

func (l *linker) usePolicy(key *Key, p Policy) {
	key.PolicyOwner = p.Spot
	document := l.documentAt(p.Spot)
	if document != nil && document.Unknown != nil {
		key.PolicyUnknown = document.Unknown
		return
	}
	key.Document = p.Document
}

// documentAt is a policy document of a resource.
func (l *linker) documentAt(at Spot) *graph.Document {
	r := l.resources[at.Resource]
	if r == nil {
		return nil
	}
	switch p := r.Properties.(type) {
	case *graph.KMSKey:
		return p.Policy
	case *graph.KMSKeyPolicy:
		return p.Policy
	}
	return nil
}

// defaultPolicy is what KMS attaches when no policy is given: the account
// decides with its IAM policies, and no other account gets in.
func defaultPolicy(at Place) graph.Value {
	root := arn{at.Partition, "iam", "", at.Account, "root"}.String()
	return graph.Map(
		graph.Field{Name: "version", Value: graph.String("2012-10-17")},
		graph.Field{Name: "statements", Value: graph.List(graph.Map(
			graph.Field{Name: "sid", Value: graph.String("Enable IAM User Permissions")},
			graph.Field{Name: "effect", Value: graph.String("Allow")},
			graph.Field{Name: "principals", Value: graph.List(graph.Map(
				graph.Field{Name: "type", Value: graph.String("AWS")},
				graph.Field{Name: "identifier", Value: graph.String(root)},
			))},
			graph.Field{Name: "actions", Value: graph.List(graph.String("kms:*"))},
			graph.Field{Name: "resources", Value: graph.List(graph.String("*"))},
		))},
	)
}

// grants puts grants to their keys. One whose key is not known may be on any.
func (l *linker) grants() {
	var loose *graph.Unknown
	for _, r := range l.kinds[graph.KindKMSGrant] {
		ref := l.model.References[r.ID]["key"]
		if ref == nil {
			continue
		}
		if key := l.model.Keys[ref.Key]; key != nil {
			key.Grants = append(key.Grants, r.ID)
			continue
		}
		if loose == nil {
			loose = unknown("the key of "+r.Address+" is not known: "+ref.Reason, ref.Settle)
		}
	}
	if loose == nil {
		return
	}
	for _, key := range l.model.Keys {
		key.GrantsUnknown = loose
	}
}

// customGrants: a custom resource that is given a key may do anything with it,
// a grant among others.
func (l *linker) customGrants() {
	for _, r := range l.kinds[graph.KindCustomResource] {
		p, ok := r.Properties.(*graph.CustomResource)
		if !ok {
			continue
		}
		for _, text := range l.textsIn(p.References, nil) {
			found := l.index.find(text, r, l.places[r.ID], graph.KindKMSKey)
			if found == nil {
				continue
			}
			if key := l.model.Keys[found.ID]; key != nil && key.GrantsUnknown == nil {
				key.GrantsUnknown = unknown("custom resource "+r.Address+" is given the key, and what it does is not known",
					"aws kms list-grants --key-id "+placeholders(key.ARN)+" > "+
						l.factFile(literal(key.Place.Account), literal(key.Place.Region), "grants", "list-grants"))
			}
			l.edge(r.ID, found.ID, "uses", "references")
		}
	}
}

// literal is a text, "" when it is a stand-in.
func literal(s string) string {
	if isStandIn(s) {
		return ""
	}
	return s
}

// textsIn are the strings in a value.
func (l *linker) textsIn(v graph.Value, out []string) []string {
	if text := l.names.key(v); text != "" {
		out = append(out, text)
	}
	for _, item := range v.Items() {
		out = l.textsIn(item, out)
	}
	for _, field := range v.Fields() {
		out = l.textsIn(field.Value, out)
	}
	return out
}
