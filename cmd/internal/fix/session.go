package fix

import (
	"cmp"
	"maps"
	"slices"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

// maxPasses is how often templates are changed and judged again at most: a
// fault may show only when another is mended.
const maxPasses = 10

// Judge judges the templates with texts in the place of what files hold.
type Judge func(texts map[string][]byte) (*report.Report, error)

// Outcome is what was mended.
type Outcome struct {
	// Report is that of the templates as they are after the changes.
	Report *report.Report
	// Before and After hold the text of the files that changed, by name.
	Before, After map[string][]byte
	Fixed         []policies.Finding
	// Reasons say why findings of the report were not mended, by fingerprint.
	Reasons map[string]string
}

// Run mends what is certain, pass by pass, and judges after each. A change is
// kept only if the finding is gone after it, nothing has become unreadable and
// the rule finds nothing new. May says whether a file may be changed.
func Run(judge Judge, may func(file string) error) (*Outcome, error) {
	first, err := judge(nil)
	if err != nil {
		return nil, err
	}
	s := &session{
		judge: judge, may: may, failed: map[string]bool{},
		out: &Outcome{Report: first, Before: map[string][]byte{}, After: map[string][]byte{}, Reasons: map[string]string{}},
	}
	for range maxPasses {
		changed, err := s.pass()
		if err != nil {
			return nil, err
		}
		if !changed {
			break
		}
	}
	return s.out, nil
}

type session struct {
	judge  Judge
	may    func(file string) error
	out    *Outcome
	failed map[string]bool // findings whose changes did not hold
}

// repair is a finding with the changes that mend it.
type repair struct {
	finding *policies.Finding
	changes []Change
}

// pass applies the changes of as many findings as do not meet in one place;
// where together they do not hold, one after the other.
func (s *session) pass() (bool, error) {
	repairs := s.repairs()
	if len(repairs) == 0 {
		return false, nil
	}
	if kept, err := s.try(repairs); kept || err != nil {
		return kept, err
	}
	if len(repairs) == 1 {
		s.reject(repairs[0].finding)
		return true, nil
	}
	for _, one := range repairs {
		if kept, err := s.try([]repair{one}); kept || err != nil {
			return kept, err
		}
		s.reject(one.finding)
	}
	return false, nil
}

func (s *session) reject(f *policies.Finding) {
	s.failed[identity(f)] = true
	s.out.Reasons[f.Fingerprint] = "the change would not mend it"
}

// repairs are the findings that can be mended at once.
func (s *session) repairs() []repair {
	resolver := New(s.out.Report.Sources)
	s.out.Reasons = map[string]string{}
	var out []repair
	var taken []Change
	for i := range s.out.Report.Findings {
		f := &s.out.Report.Findings[i]
		if len(f.Edits) == 0 || f.Verdict != policies.Violation {
			continue
		}
		if s.failed[identity(f)] {
			s.reject(f)
			continue
		}
		found, err := textChanges(resolver, f, s.may)
		if err != nil {
			s.out.Reasons[f.Fingerprint] = err.Error()
			continue
		}
		if !meet(taken, found) {
			out = append(out, repair{f, found})
			taken = append(taken, found...)
		}
	}
	return out
}

// textChanges are those of a finding, each once, if all its files may be changed.
func textChanges(resolver *Resolver, f *policies.Finding, may func(file string) error) ([]Change, error) {
	found, err := resolver.Changes(f.Edits)
	if err != nil {
		return nil, err
	}
	var out []Change
	for _, change := range found {
		if err := may(change.File); err != nil {
			return nil, err
		}
		if slices.Contains(out, change) {
			continue
		}
		if meet(out, []Change{change}) {
			return nil, errManyPlaces
		}
		out = append(out, change)
	}
	return out, nil
}

// meet reports whether changes lie in each other. The same change twice is
// one.
func meet(taken, changes []Change) bool {
	for _, a := range taken {
		for _, b := range changes {
			if a != b && a.File == b.File && a.Start <= b.End && b.Start <= a.End {
				return true
			}
		}
	}
	return false
}

// try applies repairs and keeps them if they hold.
func (s *session) try(repairs []repair) (bool, error) {
	var changes []Change
	for _, one := range repairs {
		changes = append(changes, one.changes...)
	}
	texts := maps.Clone(s.out.After)
	maps.Copy(texts, apply(s.out.Report.Sources, changes))
	after, err := s.judge(texts)
	if err != nil {
		return false, err
	}
	if !holds(s.out.Report, after, repairs) {
		return false, nil
	}
	for name := range texts {
		if _, ok := s.out.Before[name]; !ok {
			s.out.Before[name] = s.out.Report.Sources[name]
		}
	}
	for _, one := range repairs {
		s.out.Fixed = append(s.out.Fixed, *one.finding)
	}
	s.out.Report, s.out.After = after, texts
	return true, nil
}

// apply returns the text of the files after the changes, which do not meet.
func apply(sources map[string][]byte, changes []Change) map[string][]byte {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(b.Start, a.Start)) // the last of a file first
	})
	out := map[string][]byte{}
	for _, change := range slices.Compact(sorted) {
		text, ok := out[change.File]
		if !ok {
			text = sources[change.File]
		}
		out[change.File] = slices.Concat(text[:change.Start], []byte(change.Text), text[change.End:])
	}
	return out
}

// holds reports whether the repaired findings are gone, everything can still
// be read, and their rules find nothing that they did not find before.
func holds(before, after *report.Report, repairs []repair) bool {
	if len(after.Errors) > len(before.Errors) {
		return false
	}
	rules, gone, known := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, one := range repairs {
		rules[one.finding.Rule] = true
		gone[identity(one.finding)] = true
	}
	for i := range before.Findings {
		known[identity(&before.Findings[i])] = true
	}
	return !slices.ContainsFunc(after.Findings, func(f policies.Finding) bool {
		id := identity(&f)
		return gone[id] || rules[f.Rule] && !known[id]
	})
}

// identity tells findings of two readings apart, whatever lines have moved.
func identity(f *policies.Finding) string {
	return f.Rule + "\x00" + f.Resource.ID + "\x00" + f.Property + "\x00" + f.Message
}
