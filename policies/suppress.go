package policies

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// Suppressed is a finding that is not reported, and why.
type Suppressed struct {
	Finding Finding
	// Kind is "inline" for an ignore comment and "external" for the baseline,
	// as SARIF has it.
	Kind          string
	Justification string
}

// SuppressOptions say what applies.
type SuppressOptions struct {
	// Ignores are the ignore entries of the graph; none with --no-ignores.
	Ignores []graph.Ignore
	// Today is the date YYYY-MM-DD that decides whether an entry has expired;
	// entries with a date never expire without it.
	Today string
	// Baseline holds the fingerprints of findings that were accepted; it may be
	// nil.
	Baseline *Baseline
}

// ignoreEntry is an ignore entry with what became of it.
type ignoreEntry struct {
	graph.Ignore
	rules   []Rule
	expired bool
	used    bool
}

// Suppress takes away the findings that an ignore entry or the baseline
// covers. Entries that are malformed, name no rule, have expired or match
// nothing are warnings.
func (e *Engine) Suppress(findings []Finding, o SuppressOptions) ([]Finding, []Suppressed, hcl.Diagnostics) {
	entries, diags := e.readIgnores(o)
	kept := make([]Finding, 0, len(findings))
	var suppressed []Suppressed
	for _, f := range findings {
		switch entry := matching(entries, &f); {
		case entry != nil:
			suppressed = append(suppressed, Suppressed{f, "inline", entry.Reason})
		case o.Baseline.Has(f.Fingerprint):
			suppressed = append(suppressed, Suppressed{f, "external", "accepted in the baseline"})
		default:
			kept = append(kept, f)
		}
	}
	for _, entry := range entries {
		diags = append(diags, entry.complaint(e)...)
	}
	return kept, suppressed, diags
}

func (e *Engine) readIgnores(o SuppressOptions) ([]*ignoreEntry, hcl.Diagnostics) {
	var entries []*ignoreEntry
	var diags hcl.Diagnostics
	for _, ignore := range o.Ignores {
		entry := &ignoreEntry{Ignore: ignore}
		switch {
		case len(ignore.Rules) == 0:
			diags = append(diags, warning(ignore.Range, "iblint:ignore names no rule",
				"Nothing is ignored. Write the rule and the reason: iblint:ignore IBL017 the key is shared by hand."))
			continue
		case strings.TrimSpace(ignore.Reason) == "":
			diags = append(diags, warning(ignore.Range, "iblint:ignore gives no reason",
				"Nothing is ignored. Write the reason after the rule: iblint:ignore "+
					strings.Join(ignore.Rules, ",")+" the key is shared by hand."))
			continue
		}
		for _, name := range ignore.Rules {
			rule, err := e.catalog.Find(name)
			if err != nil {
				diags = append(diags, warning(ignore.Range, "iblint:ignore names an unknown rule", sentence(err.Error())))
				continue
			}
			entry.rules = append(entry.rules, rule)
		}
		entry.expired = ignore.Until != "" && o.Today != "" && ignore.Until < o.Today
		if len(entry.rules) > 0 {
			entries = append(entries, entry)
		}
	}
	return entries, diags
}

func sentence(s string) string {
	s = strings.TrimSuffix(s, ".")
	if s == "" {
		return s
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

func warning(at hcl.Range, summary, detail string) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail}
	if at.Filename != "" {
		d.Subject = &at
	}
	return d
}

// matching returns the entry that covers a finding, if its alternatives are
// covered, too.
func matching(entries []*ignoreEntry, f *Finding) *ignoreEntry {
	entry := matchingOne(entries, f)
	for i := range f.Alternatives {
		if matchingOne(entries, &f.Alternatives[i]) == nil {
			entry = nil
		}
	}
	return entry
}

// matchingOne returns the entry that covers a finding by itself, in the order
// of the files; every entry that would is marked as used.
func matchingOne(entries []*ignoreEntry, f *Finding) *ignoreEntry {
	var first *ignoreEntry
	for _, entry := range entries {
		if !entry.names(f.Rule) || !entry.covers(f) {
			continue
		}
		entry.used = true
		if first == nil && !entry.expired {
			first = entry
		}
	}
	return first
}

func (entry *ignoreEntry) names(id string) bool {
	for _, rule := range entry.rules {
		if rule.ID == id {
			return true
		}
	}
	return false
}

// covers reports whether the place of a finding, or a block that it is about,
// lies in the lines of the entry.
func (entry *ignoreEntry) covers(f *Finding) bool {
	scope := entry.Scope
	if scope.Filename == "" {
		scope = entry.Range
	}
	if overlaps(scope, f.Range) {
		return true
	}
	for _, block := range f.Scopes {
		if encloses(scope, block) {
			return true
		}
	}
	return false
}

func overlaps(a, b hcl.Range) bool {
	return a.Filename == b.Filename && a.Start.Line <= b.End.Line && b.Start.Line <= a.End.Line
}

// encloses reports whether block begins within the lines of scope: a resource
// is covered by an entry on its own block, not by one on a single property.
func encloses(scope, block hcl.Range) bool {
	return scope.Filename == block.Filename && scope.Start.Line <= block.Start.Line && block.Start.Line <= scope.End.Line
}

// complaint says what is wrong with an entry that had no effect. An entry for
// a rule that is off says nothing: the rule might have matched.
func (entry *ignoreEntry) complaint(e *Engine) hcl.Diagnostics {
	names := strings.Join(entry.Rules, ",")
	switch {
	case entry.used && entry.expired:
		return hcl.Diagnostics{warning(entry.Range, "iblint:ignore has expired",
			fmt.Sprintf("The entry for %s was good until %s and has no effect any more. Mend the fault or renew the date.",
				names, entry.Until))}
	case entry.used:
		return nil
	}
	for _, rule := range entry.rules {
		if _, on := e.enabled[rule.Slug]; !on {
			return nil
		}
	}
	return hcl.Diagnostics{warning(entry.Range, "iblint:ignore matches nothing",
		fmt.Sprintf("No finding of %s is here. Remove the entry.", names))}
}
