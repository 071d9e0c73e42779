package link

import "github.com/iblint/iblint/loaders/graph"

// Encryption is what is known of the EBS settings of an account in a Region.
type Encryption struct {
	// Enabled is a truth value, unknown, or absent when nothing says.
	Enabled   graph.Value
	EnabledBy string
	// Key is the default key and Manager who manages it: AWS's own key unless
	// something says otherwise.
	Key     string
	Manager graph.Value
	KeyBy   string
}

// encryption gathers the EBS settings. Templates say what will be, facts what
// was: a template wins over the configuration.
func (l *linker) encryption() {
	for _, r := range l.kinds[graph.KindEBSEncryptionByDefault] {
		p, ok := r.Properties.(*graph.EBSEncryptionByDefault)
		if !ok {
			continue
		}
		e := l.encryptionAt(l.places[r.ID])
		if e.EnabledBy != "" && !l.overrides(r, e.EnabledBy) {
			l.contradict(e, r, p.Enabled)
			continue
		}
		e.Enabled, e.EnabledBy = truth(l.names.value(p.Enabled)), r.ID
	}
	for _, r := range l.kinds[graph.KindEBSDefaultKMSKey] {
		e := l.encryptionAt(l.places[r.ID])
		if e.KeyBy != "" && !l.overrides(r, e.KeyBy) {
			continue
		}
		ref := l.model.References[r.ID]["key"]
		if ref == nil {
			continue
		}
		e.KeyBy, e.Key, e.Manager = r.ID, ref.Key, ref.Manager
	}
}

// truth is a truth value, or the unknown that it is.
func truth(v graph.Value) graph.Value {
	if b, ok := v.AsBool(); ok {
		return replaced(v, graph.Bool(b))
	}
	return v
}

// overrides reports whether a resource has more weight than the one that was
// met before.
func (l *linker) overrides(r *graph.Resource, by string) bool {
	other := l.resources[by]
	return other != nil && l.weight(r) > l.weight(other)
}

// weight: a template wins over the configuration, that over a fact.
func (l *linker) weight(r *graph.Resource) int {
	switch {
	case r.Dialect != graph.Configuration:
		return 2
	case l.o.Config != nil && r.Root == l.o.Config.File:
		return 1
	}
	return 0
}

// weightiest is the first resource of the greatest weight, or nil.
func (l *linker) weightiest(resources []*graph.Resource) *graph.Resource {
	var best *graph.Resource
	for _, r := range resources {
		if best == nil || l.weight(r) > l.weight(best) {
			best = r
		}
	}
	return best
}

// contradict makes a setting unknown when two resources of one kind disagree.
func (l *linker) contradict(e *Encryption, r *graph.Resource, enabled graph.Value) {
	other := l.resources[e.EnabledBy]
	if other == nil || l.weight(other) != l.weight(r) {
		return
	}
	if now := truth(l.names.value(enabled)); !now.Equal(e.Enabled) {
		e.Enabled = graph.UnknownValue(unknown(other.Address+" and "+r.Address+" contradict each other", ""))
	}
}

func (l *linker) encryptionAt(at Place) *Encryption {
	regions := l.model.Encryption[at.Account]
	if regions == nil {
		regions = map[string]*Encryption{}
		l.model.Encryption[at.Account] = regions
	}
	e := regions[at.Region]
	if e == nil {
		e = &Encryption{Enabled: graph.Absent(), Manager: graph.String(managerAWS)}
		regions[at.Region] = e
	}
	return e
}

// defaultKey is the default EBS key of a place.
func (l *linker) defaultKey(at Place) (key string, manager graph.Value) {
	if e := l.model.Encryption[at.Account][at.Region]; e != nil && e.KeyBy != "" {
		return e.Key, e.Manager
	}
	return l.awsKey(at).ID, graph.String(managerAWS)
}

// defaultKeyReference is what data.aws_ebs_default_kms_key looks up. It is
// asked before the settings are gathered, so it looks for itself.
func (l *linker) defaultKeyReference(at Place) *Reference {
	for _, r := range l.kinds[graph.KindEBSDefaultKMSKey] {
		if own := l.places[r.ID]; own.Account != at.Account || own.Region != at.Region {
			continue
		}
		if p, ok := r.Properties.(*graph.EBSDefaultKMSKey); ok {
			return l.keyReference(r, at, p.Key)
		}
	}
	ref := l.keyOfGraph(l.awsKey(at))
	ref.Name = "alias/aws/ebs"
	return ref
}

// encryptsByDefault says whether new volumes of a place are encrypted. When it
// is not known, the reason names the setting that tells.
func (l *linker) encryptsByDefault(at Place) (answer, *graph.Unknown) {
	e := l.model.Encryption[at.Account][at.Region]
	if e == nil || e.Enabled.IsAbsent() {
		return maybe, l.encryptionUnknown(at)
	}
	if enabled, ok := e.Enabled.AsBool(); ok {
		if enabled {
			return yes, nil
		}
		return no, nil
	}
	return maybe, reasonOf(e.Enabled, "whether EBS encryption by default is on is not known")
}

func (l *linker) encryptionUnknown(at Place) *graph.Unknown {
	return &graph.Unknown{
		ID:     "ebs_encryption_by_default(" + at.Account + "|" + at.Region + ")",
		Reason: "nothing says whether EBS encryption by default is on in " + at.Region + " of " + inWords(at.Account),
		Settle: l.accountLine(at.Account, at.Region, "ebs_encryption_by_default: {"+placeholders(at.Region)+": false}"),
	}
}
