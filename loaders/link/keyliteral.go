package link

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// literalKey reads a key identifier that nothing in the graph has. A bare ID or
// name is one of the place itself, as AWS takes it.
func (l *linker) literalKey(from *graph.Resource, at Place, text string) *Reference {
	if a, ok := splitARN(text); ok {
		return l.literalKeyARN(a)
	}
	switch {
	case strings.HasPrefix(text, "alias/"):
		return l.namedAlias(at, text)
	case isKeyID(text):
		a, _ := splitARN(at.kmsARN("key/" + text))
		if found := l.index.find(a.String(), from, at, graph.KindKMSKey); found != nil && found.Kind != "" {
			ref := l.keyOfGraph(l.model.Keys[found.ID])
			ref.Form = formKeyID
			return ref
		}
		ref := l.keyOfGraph(l.describedKey(a, text))
		ref.Form = formKeyID
		return ref
	}
	ref := &Reference{
		Form: formMalformed, Manager: graph.UnknownValue(unknown("\""+text+"\" is no identifier of a key", "")),
		Reason: "\"" + text + "\" is no identifier of a key",
	}
	if strings.HasPrefix(text, "aws/") {
		// "aws/ebs" is how the console shows the alias of the key of AWS.
		key := l.outsideKeyNamed(at, "alias/"+text)
		ref.Key, ref.Name, ref.Manager = key.ID, "alias/"+text, key.Manager
		ref.Account, ref.Region, ref.Partition = at.Account, at.Region, at.Partition
	}
	return ref
}

func (l *linker) outsideKeyNamed(at Place, name string) *Key {
	a, _ := splitARN(at.kmsARN(name))
	return l.outsideKey(a)
}

// namedAlias finds the alias of a name in a place.
func (l *linker) namedAlias(at Place, name string) *Reference {
	var ref *Reference
	if found := l.weightiest(l.index.aliases[at.Account+"|"+at.Region+"|"+name]); found != nil {
		ref = l.keyOfAlias(found)
	} else if found := l.index.describedAs(arn{at.Partition, "kms", at.Region, at.Account, name}); found != nil {
		ref = l.keyOfAlias(found)
	} else {
		ref = l.keyOfGraph(l.outsideKeyNamed(at, name))
	}
	ref.Form, ref.Name = formAliasName, name
	return ref
}

func (l *linker) literalKeyARN(a arn) *Reference {
	at := Place{a.account, a.region, a.partition}
	malformed := func(reason string) *Reference {
		return &Reference{
			Form: formMalformed, Manager: graph.UnknownValue(unknown(reason, "")), Reason: reason,
			Account: a.account, Region: a.region, Partition: a.partition,
		}
	}
	name, isAlias := strings.CutPrefix(a.resource, "alias/")
	id, isKey := strings.CutPrefix(a.resource, "key/")
	switch {
	case a.service != "kms":
		return malformed("an ARN of " + a.service + " names no key")
	case isAlias && name != "":
		ref := l.namedAlias(at, a.resource)
		ref.Form = formAliasARN
		return ref
	case isKey && id != "":
		ref := l.keyOfGraph(l.describedKey(a, id))
		ref.Form = formKeyARN
		return ref
	}
	return malformed("\"" + a.resource + "\" names neither a key nor an alias")
}

// describedKey is a key by its ARN. The ID of a key is its own in the world, so
// where account or Region are stand-ins, one that the configuration or a fact
// describes is found by it.
func (l *linker) describedKey(a arn, id string) *Key {
	var found *Key
	for _, r := range l.index.identities[id] {
		at := l.places[r.ID]
		if r.Kind != graph.KindKMSKey || !compatible(at.Account, a.account) || !compatible(at.Region, a.region) {
			continue
		}
		if found != nil {
			return l.outsideKey(a)
		}
		found = l.model.Keys[r.ID]
	}
	if found != nil {
		return found
	}
	return l.outsideKey(a)
}

// partlyKnownKey reads what the known parts of a text say.
func (l *linker) partlyKnownKey(v graph.Value) *Reference {
	v = l.names.value(v)
	u := v.Unknown()
	if u == nil {
		u = unknown("the value is no string", "")
	}
	ref := &Reference{Form: formUnknown, Reason: u.Reason, Settle: u.Settle, Text: display(v), Manager: graph.UnknownValue(u)}
	if pieces := splitPartly(v); pieces != nil {
		ref.Partition, _ = pieces[1].AsString()
		ref.Region, _ = pieces[3].AsString()
		ref.Account, _ = pieces[4].AsString()
		l.partlyKnownForm(ref, pieces[5])
		return ref
	}
	l.partlyKnownForm(ref, v)
	if ref.Form == formAliasARN || ref.Form == formKeyARN {
		ref.Form = formUnknown
		if strings.HasPrefix(firstLiteral(v), "alias/") {
			ref.Form = formAliasName
		}
	}
	return ref
}

// partlyKnownForm reads the resource part. An alias that cannot begin with aws/
// is one of a customer.
func (l *linker) partlyKnownForm(ref *Reference, v graph.Value) {
	resource := firstLiteral(v)
	_, whole := v.AsString()
	switch {
	case strings.HasPrefix(resource, "alias/aws/"):
		ref.Form, ref.Name, ref.Manager = formAliasARN, resource, graph.String(managerAWS)
	case strings.HasPrefix(resource, "alias/") && (whole || !mayNameAWSAlias(resource)):
		ref.Form, ref.Manager = formAliasARN, graph.String(managerCustomer)
	case strings.HasPrefix(resource, "alias/"):
		ref.Form = formAliasARN
	case strings.HasPrefix(resource, "key/"):
		ref.Form = formKeyARN
	}
}

func firstLiteral(v graph.Value) string {
	parts := v.Parts()
	if len(parts) == 0 || parts[0].Unknown != nil {
		return ""
	}
	return parts[0].Literal
}

// display is a string as people read it: an ellipsis for what is not known.
func display(v graph.Value) string {
	parts := v.Parts()
	if parts == nil {
		return "a value that is not known"
	}
	var b strings.Builder
	for _, p := range parts {
		if p.Unknown != nil {
			b.WriteString("…")
			continue
		}
		b.WriteString(p.Literal)
	}
	if b.String() == "…" {
		return "a value that is not known"
	}
	return b.String()
}

// mayNameAWSAlias tells whether the beginning of the name of an alias, of which
// the rest is not known, may be that of one of AWS.
func mayNameAWSAlias(beginning string) bool {
	const reserved = "alias/aws/"
	return len(beginning) < len(reserved) && beginning == reserved[:len(beginning)]
}
