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
		a, _ := splitARN(at.arnAt("kms", name))
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
		ARN:   at.arnAt("kms", "key/"+l.names.keyID(alias.ID, "the key that "+alias.Address+" names")),
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
	ref := &Reference{Form: formUnknown, Reason: reason, Settle: settle}
	u := &graph.Unknown{ID: "manager(" + data.ID + ")", Reason: reason, Settle: settle}
	ref.Manager = graph.UnknownValue(u)
	at := l.places[data.ID]
	key, ok := l.model.Keys[data.ID]
	if !ok {
		key = &Key{
			ID: data.ID, Label: data.Address,
			ARN:   at.arnAt("kms", "key/"+l.names.keyID(data.ID, "the key that "+data.Address+" looks up")),
			Place: Place{Partition: at.Partition}, Manager: ref.Manager, PolicyUnknown: unknown(reason, settle),
		}
		l.model.Keys[data.ID] = key
	}
	ref.Key, ref.Partition = key.ID, at.Partition
	return ref
}

// literalKey reads a key identifier that nothing in the graph has. A bare ID or
// name is one of the place itself, as AWS takes it.
func (l *linker) literalKey(from *graph.Resource, at Place, text string) *Reference {
	if a, ok := splitARN(text); ok {
		return l.literalKeyARN(from, a)
	}
	switch {
	case strings.HasPrefix(text, "alias/"):
		return l.namedAlias(from, at, text)
	case isKeyID(text):
		a, _ := splitARN(at.arnAt("kms", "key/"+text))
		if found := l.index.find(a.String(), from, at, graph.KindKMSKey); found != nil && found.Kind != "" {
			ref := l.keyOfGraph(l.model.Keys[found.ID])
			ref.Form = formKeyID
			return ref
		}
		ref := l.keyOfGraph(l.outsideKey(a))
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
	a, _ := splitARN(at.arnAt("kms", name))
	return l.outsideKey(a)
}

// namedAlias finds the alias of a name in a place.
func (l *linker) namedAlias(_ *graph.Resource, at Place, name string) *Reference {
	var ref *Reference
	if found := l.index.aliases[at.Account+"|"+at.Region+"|"+name]; len(found) > 0 {
		ref = l.keyOfAlias(found[0])
	} else {
		ref = l.keyOfGraph(l.outsideKeyNamed(at, name))
	}
	ref.Form, ref.Name = formAliasName, name
	return ref
}

func (l *linker) literalKeyARN(from *graph.Resource, a arn) *Reference {
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
		ref := l.namedAlias(from, at, a.resource)
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
		l.partlyKnownForm(ref, firstLiteral(pieces[5]))
		return ref
	}
	l.partlyKnownForm(ref, firstLiteral(v))
	if ref.Form == formAliasARN || ref.Form == formKeyARN {
		ref.Form = formUnknown
		if strings.HasPrefix(firstLiteral(v), "alias/") {
			ref.Form = formAliasName
		}
	}
	return ref
}

func (l *linker) partlyKnownForm(ref *Reference, resource string) {
	switch {
	case strings.HasPrefix(resource, "alias/aws/"):
		ref.Form, ref.Name, ref.Manager = formAliasARN, resource, graph.String(managerAWS)
	case strings.HasPrefix(resource, "alias/") && len(resource) > len("alias/aws/"):
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
