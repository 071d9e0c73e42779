package link

import (
	"sort"
	"strconv"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
)

// Account is what is known of an account.
type Account struct {
	ID   string
	Name string
	// Covered is true when a resource of the given templates is placed in the
	// account by its number, Complete when nothing else exists in it.
	Covered    bool
	Complete   bool
	Configured bool
	// Enabled and Disabled are Regions. RegionsKnown is true when Enabled are
	// all opt-in Regions that the account has enabled.
	Enabled      []string
	Disabled     []string
	RegionsKnown bool
	LaunchesWith []string
	// Units are the root and the organizational units that the account is in;
	// all of them when UnitsKnown is true.
	Units      []string
	UnitsKnown bool
}

// accounts gathers the accounts that resources are placed in, that the
// configuration names, and that images go to.
func (l *linker) accounts() {
	for _, r := range sorted(l.g.Resources) {
		at := l.places[r.ID].Account
		if at == "" {
			continue
		}
		a := l.account(at)
		if r.Dialect != graph.Configuration && digits.MatchString(at) {
			a.Covered = true
		}
	}
	if l.o.Config != nil {
		for _, configured := range l.o.Config.Accounts {
			l.configured(configured)
		}
	}
	for _, r := range l.kinds[graph.KindDistributionConfiguration] {
		if p, ok := r.Properties.(*graph.DistributionConfiguration); ok {
			l.recipients(p)
		}
	}
	for _, r := range l.kinds[graph.KindAccountRegion] {
		l.accountRegion(r)
	}
	for _, a := range l.model.Accounts {
		a.Complete = a.Complete || l.o.Complete
		a.Enabled, a.Disabled = unique(a.Enabled), unique(a.Disabled)
	}
}

func (l *linker) account(id string) *Account {
	a := l.model.Accounts[id]
	if a == nil {
		a = &Account{ID: id}
		l.model.Accounts[id] = a
	}
	return a
}

func (l *linker) configured(c facts.Account) {
	a := l.account(c.ID)
	a.Configured = true
	a.Name, _ = c.Name.AsString()
	a.Complete, _ = c.Complete.AsBool()
	a.RegionsKnown = c.RegionsGiven
	a.Enabled = append(a.Enabled, knownTexts(c.EnabledRegions)...)
	a.LaunchesWith = append(a.LaunchesWith, knownTexts(c.LaunchesWith)...)
	a.Units, a.UnitsKnown = knownTexts(c.OrganizationalUnits), c.UnitsGiven
}

func knownTexts(values []graph.Value) []string {
	var out []string
	for _, v := range values {
		if s, ok := v.AsString(); ok {
			out = append(out, s)
		}
	}
	return out
}

func (l *linker) recipients(p *graph.DistributionConfiguration) {
	for i := range p.Distributions {
		ami := p.Distributions[i].AMI
		if ami == nil {
			continue
		}
		lists := []graph.Value{ami.TargetAccountIDs}
		if ami.LaunchPermission != nil {
			lists = append(lists, ami.LaunchPermission.UserIDs)
		}
		for _, list := range lists {
			for _, item := range list.Items() {
				if text, ok := l.names.text(item); ok && (digits.MatchString(text) || isStandIn(text)) {
					l.account(text)
				}
			}
		}
	}
}

func (l *linker) accountRegion(r *graph.Resource) {
	p, ok := r.Properties.(*graph.AccountRegion)
	if !ok {
		return
	}
	id, known := l.names.text(p.AccountID)
	if !known || id == "" {
		if !p.AccountID.IsAbsent() {
			return
		}
		id = l.places[r.ID].Account
	}
	name, known := l.names.text(p.RegionName)
	enabled, decided := l.names.value(p.Enabled).AsBool()
	if !known || !decided {
		return
	}
	a := l.account(id)
	if enabled {
		a.Enabled = append(a.Enabled, name)
	} else {
		a.Disabled = append(a.Disabled, name)
	}
}

func unique(items []string) []string {
	sort.Strings(items)
	var out []string
	for i, item := range items {
		if i == 0 || items[i-1] != item {
			out = append(out, item)
		}
	}
	return out
}

func indexed(name string, i int) string { return name + "[" + strconv.Itoa(i) + "]" }
