package link

import "github.com/iblint/iblint/loaders/graph"

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
						l.factFile(placeholders(key.Place.Account), placeholders(key.Place.Region), "grants", "list-grants"))
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
