package policies

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Why are worlds merged job by job?
//
// A finding may hold for one target in every world and for another in some
// worlds only. So each finding is taken apart into atoms of one job, the atoms
// are matched over the worlds, and what belongs together is put together
// again. Atoms match by rule, resource, property without list indexes (an
// element that exists in one world only moves the others) and job; first those
// with the same message, then, of what is left, those with any. Where another
// resource is at fault in the other worlds, the rule is broken whatever the
// conditions are: such violations are matched by what they have in common, the
// pipeline at first and the rule alone at last.

// atom is one finding for one job, with the worlds in which it holds.
type atom struct {
	finding Finding
	job     Job
	// fault identifies what is wrong and for whom; the message may differ.
	fault string
	// group is the atom without its job.
	group  string
	worlds worldSet
}

// worldSet is a set of worlds, by index.
type worldSet uint64

// maxWorlds is how many worlds one evaluation can merge.
const maxWorlds = 64

func allWorlds(n int) worldSet { return ^worldSet(0) >> (64 - n) }

func (s worldSet) has(i int) bool { return s&(1<<i) != 0 }

// merge joins the findings of all worlds.
func merge(worlds []World, found [][]Finding) []Finding {
	if len(worlds) == 1 {
		return found[0]
	}
	all := allWorlds(len(worlds))
	faults := map[string][]*atom{}
	for _, a := range takeApart(found) {
		faults[a.fault] = append(faults[a.fault], a)
	}
	d := newDecider(worlds)
	var merged, left []*atom
	for _, key := range slices.Sorted(maps.Keys(faults)) {
		decided, open := mergeFault(d, all, faults[key])
		merged, left = append(merged, decided...), append(left, open...)
	}
	for _, scope := range mergeScopes() {
		var decided []*atom
		decided, left = mergeWithin(d, all, scope, left)
		merged = append(merged, decided...)
	}
	for _, a := range left {
		merged = append(merged, conditional(d, a))
	}
	return putTogether(merged)
}

// mergeScopes are what findings of several resources of one root may have in
// common, the narrowest first: what is said, for violations the job, and at last
// the rule alone. Roots are kept apart because their conditions may be decided
// side by side.
func mergeScopes() []func(*atom) string {
	of := func(a *atom, more ...string) string {
		if a.finding.Verdict == Unknown {
			more = append(more, a.group) // what is not known is one fact, or several
		}
		return strings.Join(append([]string{a.finding.Rule, a.finding.Resource.Root}, more...), "\x00")
	}
	return []func(*atom) string{
		func(a *atom) string { return of(a, a.group, a.job.Region, a.job.TargetAccount) },
		func(a *atom) string { return of(a, a.job.PipelineID, a.job.Region, a.job.TargetAccount) },
		func(a *atom) string { return of(a, a.job.Region, a.job.TargetAccount) },
		func(a *atom) string { return of(a) },
	}
}

// mergeWithin joins findings that together hold in every world; the others are
// left.
func mergeWithin(d *decider, all worldSet, scope func(*atom) string, atoms []*atom) (decided, left []*atom) {
	groups := map[string][]*atom{}
	for _, a := range atoms {
		groups[scope(a)] = append(groups[scope(a)], a)
	}
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		var covered worldSet
		for _, a := range groups[key] {
			covered |= a.worlds
		}
		if covered == all {
			decided = append(decided, alternatives(d, groups[key]))
		} else {
			left = append(left, groups[key]...)
		}
	}
	return decided, left
}

func takeApart(found [][]Finding) []*atom {
	index := map[string]*atom{}
	var atoms []*atom
	for world, findings := range found {
		sorted := slices.Clone(findings)
		SortFindings(sorted)
		count := map[string]int{}
		for _, f := range sorted {
			jobs := f.AllJobs()
			if len(jobs) == 0 {
				jobs = []Job{{}}
			}
			for _, job := range jobs {
				a := newAtom(f, job)
				key := a.fault + "\x00" + a.group
				count[key]++
				a.group += fmt.Sprintf("\x00%d", count[key])
				key = a.fault + "\x00" + a.group
				if index[key] == nil {
					index[key] = a
					atoms = append(atoms, a)
				}
				index[key].worlds |= 1 << world
			}
		}
	}
	return atoms
}

func newAtom(f Finding, job Job) *atom {
	f.setJobs(nil)
	if job != (Job{}) {
		f.setJobs([]Job{job})
	}
	place := strings.Join([]string{f.Rule, f.Resource.ID, withoutIndexes(f.Property)}, "\x00")
	return &atom{
		finding: f,
		job:     job,
		fault:   strings.Join([]string{place, job.PipelineID, job.Region, job.TargetAccount, job.SourceAccount}, "\x00"),
		group: strings.Join([]string{
			place, string(f.Verdict), string(f.Severity), f.Message, strings.Join(f.Missing, ","), f.Reason,
		}, "\x00"),
	}
}

var listIndex = regexp.MustCompile(`\[\d+\]`)

func withoutIndexes(property string) string { return listIndex.ReplaceAllString(property, "[]") }

// mergeFault decides what the atoms of one fault are over all worlds. What is
// open are those that only some worlds have.
func mergeFault(d *decider, all worldSet, atoms []*atom) (decided, open []*atom) {
	var violations, unknowns []*atom
	var covered worldSet
	for _, a := range atoms {
		switch {
		case a.worlds == all:
			decided = append(decided, a)
		case a.finding.Verdict == Violation:
			violations = append(violations, a)
			covered |= a.worlds
		default:
			unknowns = append(unknowns, a)
		}
	}
	switch {
	case len(violations) == 0:
		open = unknowns
	case covered == all:
		decided = append(decided, alternatives(d, violations))
	default: // what is not known where it does not hold adds nothing
		open = violations
	}
	return decided, open
}

// alternatives is a fault that every world has, each in its own way.
func alternatives(d *decider, atoms []*atom) *atom {
	out := *atoms[0]
	out.finding.Edits = nil
	messages := make([]string, len(atoms))
	var jobs []Job
	for i, a := range atoms {
		words, _ := d.describe(a.worlds, a.finding.roots())
		words = strings.TrimPrefix(words, "only ")
		messages[i] = fmt.Sprintf("%s (%s)", a.finding.Message, words)
		out.worlds |= a.worlds
		if a.finding.Resource.ID != out.finding.Resource.ID {
			out.finding.Alternatives = append(out.finding.Alternatives, a.finding)
		}
		jobs = append(jobs, a.finding.AllJobs()...)
		if i > 0 {
			out.finding.Missing = append(slices.Clone(out.finding.Missing), a.finding.Missing...)
			if a.finding.Severity.AtLeast(out.finding.Severity) {
				out.finding.Severity = a.finding.Severity
			}
		}
		for _, related := range a.finding.Related {
			out.finding.Related = slices.Clone(out.finding.Related)
			out.finding.addRelated(related)
		}
		if a.finding.Location != out.finding.Location {
			out.finding.addRelated(newRelated(words, a.finding.Range))
		}
	}
	out.finding.setJobs(jobs)
	slices.Sort(out.finding.Missing)
	out.finding.Missing = slices.Compact(out.finding.Missing)
	out.finding.Message = strings.Join(messages, "; ")
	if !slices.ContainsFunc(atoms, func(a *atom) bool { return a.finding.Message != atoms[0].finding.Message }) {
		out.finding.Message = atoms[0].finding.Message
	}
	out.group += "\x00" + out.finding.Message
	return &out
}

// conditional is a fault that only some worlds have: unknown, with the
// conditions as the missing facts.
func conditional(d *decider, a *atom) *atom {
	words, conditions := d.describe(a.worlds, a.finding.roots())
	out := *a
	f := &out.finding
	f.Message = fmt.Sprintf("%s (%s)", f.Message, words)
	reasons, settles := []string{}, []string{}
	if f.Verdict == Unknown {
		reasons, settles = appendOnce(reasons, f.Reason), appendOnce(settles, f.Settle)
	}
	for _, c := range conditions {
		reasons, settles = appendOnce(reasons, c.Unknown().Reason), appendOnce(settles, c.Settle)
		if c.Range.Filename != "" {
			f.Related = slices.Clone(f.Related)
			f.addRelated(newRelated("condition "+c.Name+" is written here", c.Range))
		}
	}
	f.Verdict, f.Edits = Unknown, nil
	f.Reason, f.Settle = strings.Join(reasons, "; "), strings.Join(settles, "; ")
	out.group += "\x00" + f.Message
	return &out
}

func appendOnce(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// putTogether joins atoms that differ by their job alone.
func putTogether(atoms []*atom) []Finding {
	groups := map[string][]*atom{}
	var order []string
	for _, a := range atoms {
		if groups[a.group] == nil {
			order = append(order, a.group)
		}
		groups[a.group] = append(groups[a.group], a)
	}
	out := make([]Finding, 0, len(order))
	for _, key := range order {
		f := groups[key][0].finding
		var jobs []Job
		for _, a := range groups[key] {
			jobs = append(jobs, a.finding.AllJobs()...)
		}
		f.setJobs(jobs)
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(a.Rule, b.Rule) })
	return out
}
