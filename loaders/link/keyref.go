package link

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Forms of references.
const (
	formKeyARN    = "key_arn"
	formKeyID     = "key_id"
	formAliasARN  = "alias_arn"
	formAliasName = "alias_name"
	formMalformed = "malformed"
	formUnknown   = "unknown"
	formOther     = "other"
)

// Reference is what a property refers to.
type Reference struct {
	Form string
	// Key is the key of Model.Keys, "" when it cannot be known.
	Key string
	// To is the resource meant, Alias the alias that names it, Data the data
	// source that looks it up; each may be "".
	To    string
	Alias string
	Data  string
	Name  string
	// Manager is that of the key; absent for what is no key.
	Manager graph.Value
	// Account, Region and Partition are what the text says or the resource has.
	Account   string
	Region    string
	Partition string
	// Text is as people read it.
	Text string
	// Reason and Settle are set when the form or the manager is not known.
	Reason string
	Settle string
}

// keyReference says which key a value names, for something in a place. An
// absent value gives a reference without form.
func (l *linker) keyReference(from *graph.Resource, at Place, v graph.Value) *Reference {
	if v.IsAbsent() {
		return &Reference{Manager: graph.Absent()}
	}
	text := l.names.key(v)
	known, isKnown := l.names.text(v)
	if ref := l.identifiedKey(from, at, text); ref != nil {
		ref.Text = l.readable(ref, display(l.names.value(v)))
		return ref
	}
	if isKnown {
		ref := l.literalKey(from, at, known)
		ref.Text = known
		return ref
	}
	return l.partlyKnownKey(v)
}

// readable is what people call a key: the identifier that the loader made up for
// it says nothing to them.
func (l *linker) readable(ref *Reference, text string) string {
	if ref.Form == formAliasARN || ref.Form == formAliasName {
		return text
	}
	if key := l.model.Keys[ref.Key]; key != nil {
		return key.Label
	}
	return text
}

// identifiedKey is the key, alias or data source that a text identifies, nil
// when none does.
func (l *linker) identifiedKey(from *graph.Resource, at Place, text string) *Reference {
	if strings.HasPrefix(text, "alias/") && !strings.Contains(text, "\x00") {
		return nil // a name means the alias of the place where it is used
	}
	found := l.index.find(text, from, at, graph.KindKMSKey, graph.KindKMSAlias)
	if found == nil {
		return nil
	}
	var ref *Reference
	switch found.Kind {
	case graph.KindKMSKey:
		ref = l.keyOfGraph(l.model.Keys[found.ID])
	case graph.KindKMSAlias:
		ref = l.keyOfAlias(found)
	default:
		ref = l.lookedUp(found)
		ref.Data = found.ID
	}
	ref.Form = formOf(text)
	if ref.Name == "" {
		ref.Name = aliasName(text)
	}
	return ref
}

// formOf is the form of a text that identifies a key.
func formOf(text string) string {
	switch {
	case strings.HasPrefix(text, "arn:") && strings.Contains(text, ":alias/"):
		return formAliasARN
	case strings.HasPrefix(text, "arn:"):
		return formKeyARN
	case strings.HasPrefix(text, "alias/"):
		return formAliasName
	}
	return formKeyID
}

// aliasName is the alias name in a text, or "".
func aliasName(text string) string {
	if i := strings.Index(text, "alias/"); i >= 0 && (i == 0 || text[i-1] == ':') {
		return text[i:]
	}
	return ""
}

// keyOfGraph refers to a key of the model.
func (l *linker) keyOfGraph(key *Key) *Reference {
	if key == nil {
		return &Reference{Form: formUnknown, Manager: graph.Absent(), Reason: "the key is not known"}
	}
	ref := &Reference{
		Key: key.ID, To: key.Resource, Manager: key.Manager,
		Account: key.Place.Account, Region: key.Place.Region, Partition: key.Place.Partition,
	}
	if u := key.Manager.Unknown(); u != nil {
		ref.Reason, ref.Settle = u.Reason, u.Settle
	}
	return ref
}

// keyOfAlias refers to the key that an alias of the graph names.
func (l *linker) keyOfAlias(alias *graph.Resource) *Reference {
	at := l.places[alias.ID]
	p, ok := alias.Properties.(*graph.KMSAlias)
	if !ok {
		return l.keyOfGraph(nil)
	}
	name, nameKnown := l.names.text(p.Name)
	var ref *Reference
	if nameKnown && strings.HasPrefix(name, "alias/aws/") {
		a, _ := splitARN(at.kmsARN(name))
		ref = l.keyOfGraph(l.outsideKey(a))
		if to := l.aliasTarget(alias, at, p.TargetKey); to != nil {
			ref = to
			ref.Manager = graph.String(managerAWS)
		}
	} else if ref = l.aliasTarget(alias, at, p.TargetKey); ref == nil {
		ref = l.keyOfGraph(l.keyBehind(alias, at, p.TargetKey))
		ref.To = alias.ID
	}
	ref.Alias, ref.Name = alias.ID, name
	ref.Account, ref.Region, ref.Partition = at.Account, at.Region, at.Partition
	return ref
}

// keyBehind is the key of an alias that does not say which one it is. It is one
// that a customer manages: nobody can make an alias for a key of AWS.
func (l *linker) keyBehind(alias *graph.Resource, at Place, target graph.Value) *Key {
	if key, ok := l.model.Keys[alias.ID]; ok {
		return key
	}
	why := reasonOf(l.names.value(target), "it has no target")
	key := &Key{
		ID: alias.ID, Label: alias.Address,
		ARN:   at.kmsARN("key/" + l.names.keyID(alias.ID, "the key that "+alias.Address+" names")),
		Place: at, Manager: graph.String(managerCustomer),
		PolicyUnknown: unknown("the key of "+alias.Address+" is not known: "+why.Reason, why.Settle),
	}
	l.model.Keys[alias.ID] = key
	return key
}

// aliasTarget is the key that an alias names, nil when it is not known. An
// alias cannot name an alias.
func (l *linker) aliasTarget(alias *graph.Resource, at Place, target graph.Value) *Reference {
	text := l.names.key(target)
	if found := l.index.find(text, alias, at, graph.KindKMSKey); found != nil {
		if found.Kind == graph.KindKMSKey {
			return l.keyOfGraph(l.model.Keys[found.ID])
		}
		return l.lookedUp(found)
	}
	known, ok := l.names.text(target)
	if !ok || known == "" {
		return nil
	}
	ref := l.literalKey(alias, at, known)
	if ref.Key == "" {
		return nil
	}
	if key := l.model.Keys[ref.Key]; key != nil && key.Manager.IsUnknown() && alias.Dialect != graph.Configuration {
		// Whoever can make an alias for a key manages it.
		key.Manager = graph.String(managerCustomer)
		ref = l.keyOfGraph(key)
	}
	return ref
}

// maxLookups bounds how many data sources look one another up.
const maxLookups = 16

// lookedUp is the key that a data source looks up.
func (l *linker) lookedUp(data *graph.Resource) *Reference {
	l.lookups++
	defer func() { l.lookups-- }()
	if l.lookups > maxLookups {
		return l.lookedUpUnknown(data, graph.UnknownValue(unknown("data sources look one another up", "")))
	}
	at := l.places[data.ID]
	var argument graph.Value
	switch data.Type {
	case "aws_ebs_default_kms_key":
		return l.defaultKeyReference(at)
	case "aws_kms_alias":
		argument = data.Attributes.Field("name")
	default:
		argument = data.Attributes.Field("key_id")
	}
	text := l.names.key(argument)
	// A data source that is given the ARN of another one is looked up once more;
	// one that is given its own cannot be.
	found := l.index.find(text, data, at, graph.KindKMSKey, graph.KindKMSAlias)
	if found != nil && found != data {
		if ref := l.identifiedKey(data, at, text); ref != nil {
			return ref
		}
	}
	if known, ok := l.names.text(argument); ok && known != "" {
		return l.literalKey(data, at, known)
	}
	return l.lookedUpUnknown(data, argument)
}

// lookedUpUnknown: what is looked up is not known, but it is the same key
// wherever this data source is used.
func (l *linker) lookedUpUnknown(data *graph.Resource, argument graph.Value) *Reference {
	reason, settle := "what data source "+data.Address+" looks up is not known", ""
	if u := argument.Unknown(); u != nil {
		reason, settle = reason+": "+u.Reason, u.Settle
	}
	if settle == "" {
		settle = "terraform plan -out tfplan && terraform show -json tfplan > plan.json, and give iblint plan.json"
	}
	at := l.places[data.ID]
	ref := &Reference{Form: formUnknown, Reason: reason, Settle: settle, Partition: at.Partition}
	ref.Manager = graph.UnknownValue(&graph.Unknown{ID: "manager(" + data.ID + ")", Reason: reason, Settle: settle})
	if argument.Parts() != nil {
		// An alias tells who manages its key, wherever it is.
		if partly := l.partlyKnownKey(argument); !partly.Manager.IsUnknown() {
			ref.Manager, ref.Name = partly.Manager, partly.Name
			ref.Account, ref.Region = partly.Account, partly.Region
		}
	}
	key, ok := l.model.Keys[data.ID]
	if !ok {
		key = &Key{
			ID: data.ID, Label: data.Address,
			ARN:   at.kmsARN("key/" + l.names.keyID(data.ID, "the key that "+data.Address+" looks up")),
			Place: Place{ref.Account, ref.Region, at.Partition}, Manager: ref.Manager, PolicyUnknown: unknown(reason, settle),
		}
		l.model.Keys[data.ID] = key
	}
	ref.Key = key.ID
	return ref
}
