package facts

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

func (k *collector) keyMetadata(o origin, v graph.Value) {
	m := v.Field("KeyMetadata")
	of, ok := splitARN(text(m.Field("Arn")))
	if !ok {
		k.errorf(m.Range(), "Invalid fact", "KeyMetadata in %s has no Arn.", o.file)
		return
	}
	f := k.keyFor(of, o.file, m.Range())
	fill(&f.key.Manager, m.Field("KeyManager"))
	fill(&f.key.Enabled, m.Field("Enabled"))
	fill(&f.key.State, m.Field("KeyState"))
	fill(&f.key.KeyUsage, m.Field("KeyUsage"))
	fill(&f.key.KeySpec, m.Field("KeySpec"))
	fill(&f.key.KeySpec, m.Field("CustomerMasterKeySpec"))
	fill(&f.key.Origin, m.Field("Origin"))
	fill(&f.key.MultiRegion, m.Field("MultiRegion"))
	fill(&f.key.ValidTo, m.Field("ValidTo"))
	if text(m.Field("KeyState")) == "PendingImport" {
		f.key.KeyMaterial = graph.Absent()
	}
	primary := m.Field("MultiRegionConfiguration").Field("PrimaryKey").Field("Arn")
	if text(primary) != of.String() {
		fill(&f.key.PrimaryKey, primary)
	}
}

// fill sets a value that nothing has set: the configuration and files that
// were read earlier stay.
func fill(target *graph.Value, v graph.Value) {
	if target.IsAbsent() {
		*target = v
	}
}

// keyPolicy takes a key policy. The command does not print which key it is
// of: the file is named after it, or KeyId is added.
func (k *collector) keyPolicy(o origin, v graph.Value) {
	document := k.document(o, policyIn(v))
	if document == nil {
		return
	}
	id := text(v.Field("KeyId"))
	if of, ok := splitARN(id); ok {
		k.setKeyPolicy(k.keyFor(of, o.file, v.Range()), document)
		return
	}
	if id == "" {
		id = o.keyID()
	}
	if id == "" {
		k.lacksPlace(o, v, "which key it is the policy of", "111122223333.eu-west-1.1234abcd-12ab-34cd-56ef-1234567890ab.get-key-policy.json")
		return
	}
	k.pending = append(k.pending, func() {
		for _, f := range k.describedKeys(id, o) {
			k.setKeyPolicy(f, document)
			return
		}
		if o.account == "" || o.region == "" {
			k.lacksPlace(o, v, "which account and Region key "+id+" is in", "111122223333.eu-west-1."+id+".get-key-policy.json")
			return
		}
		of := arn{partitionOf(o.region), "kms", o.region, o.account, "key/" + id}
		k.setKeyPolicy(k.keyFor(of, o.file, v.Range()), document)
	})
}

// describedKeys are the keys with an ID that other facts describe, in the
// account and Region of an origin as far as it knows them.
func (k *collector) describedKeys(id string, o origin) []*keyFacts {
	var out []*keyFacts
	for _, name := range sortedNames(k.keys) {
		f := k.keys[name]
		if f.arn.resource == "key/"+id && (o.account == "" || o.account == f.arn.account) &&
			(o.region == "" || o.region == f.arn.region) {
			out = append(out, f)
		}
	}
	return out
}

func (k *collector) setKeyPolicy(f *keyFacts, document *graph.Document) {
	if f.key.Policy == nil && !f.policyAsked {
		f.key.Policy = document
	}
}

// aliases takes list-aliases. The alias of a key that AWS manages tells that
// of the key, too.
func (k *collector) aliases(o origin, v graph.Value) {
	for _, item := range v.Field("Aliases").Items() {
		name, id := item.Field("AliasName"), text(item.Field("TargetKeyId"))
		of, ok := splitARN(text(item.Field("AliasArn")))
		if !ok || id == "" {
			continue // an alias that AWS has predefined and that no key has yet
		}
		target := of
		target.resource = "key/" + id
		if strings.HasPrefix(text(name), "alias/aws/") {
			fill(&k.keyFor(target, o.file, item.Range()).key.Manager, graph.String("AWS").WithRange(name.Range()))
		}
		k.add(graph.KindKMSAlias, place{o.file, of.String(), of.account, of.region, item.Range()},
			&graph.KMSAlias{Name: name, TargetKey: graph.String(target.String()).WithRange(item.Field("TargetKeyId").Range())},
			map[string]graph.Value{"arn": item.Field("AliasArn")})
	}
}

func (k *collector) grants(o origin, v graph.Value) {
	for _, item := range v.Field("Grants").Items() {
		key := item.Field("KeyId")
		of, isARN := splitARN(text(key))
		if isARN {
			o.from(of)
		}
		issuer := o.account
		if a, ok := splitARN(text(item.Field("IssuingAccount"))); ok {
			issuer = a.account
		}
		k.add(graph.KindKMSGrant, place{o.file, "grants." + text(item.Field("GrantId")), issuer, o.region, item.Range()},
			&graph.KMSGrant{
				Key: key, GranteePrincipal: item.Field("GranteePrincipal"),
				RetiringPrincipal: item.Field("RetiringPrincipal"), Operations: item.Field("Operations"),
				Constraints: grantConstraints(item.Field("Constraints")),
			}, nil)
	}
}

// grantConstraints renames what the API prints to what Terraform writes.
func grantConstraints(v graph.Value) graph.Value {
	var fields []graph.Field
	for _, f := range v.Fields() {
		switch f.Name {
		case "EncryptionContextSubset":
			fields = append(fields, graph.Field{Name: "encryption_context_subset", Value: f.Value})
		case "EncryptionContextEquals":
			fields = append(fields, graph.Field{Name: "encryption_context_equals", Value: f.Value})
		}
	}
	if len(fields) == 0 {
		return graph.Absent()
	}
	return graph.List(graph.Map(fields...).WithRange(v.Range())).WithRange(v.Range())
}
