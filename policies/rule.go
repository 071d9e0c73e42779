package policies

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/iblint/iblint/loaders/graph"
)

// Severity says how bad a violation is.
type Severity string

// The severities.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
	SeverityInfo    Severity = "info"
	// SeverityOff is a setting only: it turns a rule off.
	SeverityOff Severity = "off"
)

// ParseSeverity reads a severity as configuration files write it.
func ParseSeverity(text string) (Severity, error) {
	switch s := Severity(text); s {
	case SeverityError, SeverityWarning, SeverityInfo, SeverityOff:
		return s, nil
	}
	return "", fmt.Errorf("severity %q is not one of error, warning, info, off", text)
}

// rank orders severities: the smaller, the worse.
func (s Severity) rank() int {
	switch s {
	case SeverityError:
		return 0
	case SeverityWarning:
		return 1
	case SeverityInfo:
		return 2
	case SeverityOff:
		return 3
	}
	return 4
}

// AtLeast reports whether s is as bad as t or worse.
func (s Severity) AtLeast(t Severity) bool { return s.rank() <= t.rank() }

// Rule is what the annotation of a rule's package says.
type Rule struct {
	// ID is "IBL001"; Name the slug with hyphens, as people write it.
	ID   string
	Name string
	// Slug is the last element of the Rego package.
	Slug        string
	Title       string
	Description string
	Severity    Severity
	Category    string
	// Step is the step at which AWS would print the error; none for rules about
	// policies of any kind, whose findings tell it by their place.
	Step        Step
	Remediation string
	// Prevents lists the AWS error texts that the rule foresees.
	Prevents   []string
	References []Reference
	// Since is the version of iblint that brought the rule.
	Since string
	// Default is false for rules that are off unless asked for.
	Default bool
	// Unknown says what the rule may fail to know and how to supply it.
	Unknown string
	// Undecidable is true when the rule can answer unknown.
	Undecidable bool
	// Dialects are those that can express the mistake; both unless the
	// annotation says otherwise.
	Dialects []graph.Dialect
	// Aliases are former names.
	Aliases []string
	// Custom is true for rules of users' own policies.
	Custom bool

	folder fs.FS
}

// Reference is a document that a rule rests on.
type Reference struct {
	Description string
	URL         string
}

// Help is the page of the rule: a path in the repository for built-in rules,
// the first reference for users' own.
func (r Rule) Help() string {
	if !r.Custom {
		return "docs/rules/" + r.ID + ".md"
	}
	if len(r.References) > 0 {
		return r.References[0].URL
	}
	return ""
}

// is reports whether people may call the rule by name.
func (r Rule) is(name string) bool {
	if strings.EqualFold(r.ID, name) || strings.EqualFold(r.Name, hyphens(name)) {
		return true
	}
	return slices.ContainsFunc(r.Aliases, func(alias string) bool {
		return strings.EqualFold(hyphens(alias), hyphens(name))
	})
}

func hyphens(name string) string { return strings.ReplaceAll(name, "_", "-") }

// Catalog is a list of rules, sorted by ID.
type Catalog []Rule

// Find returns the rule of an ID or name. The error of a name that no rule has
// suggests the nearest one.
func (c Catalog) Find(name string) (Rule, error) {
	for _, rule := range c {
		if rule.is(name) {
			return rule, nil
		}
	}
	if near := c.nearest(name); near != "" {
		return Rule{}, fmt.Errorf("no rule is called %q; did you mean %s?", name, near)
	}
	return Rule{}, fmt.Errorf("no rule is called %q; \"iblint rules\" lists them", name)
}

var shortID = regexp.MustCompile(`^(?i:ibl)[-_ ]?0*(\d{1,3})$`)

func (c Catalog) nearest(name string) string {
	if m := shortID.FindStringSubmatch(name); m != nil {
		id := "IBL" + strings.Repeat("0", 3-len(m[1])) + m[1]
		if slices.ContainsFunc(c, func(r Rule) bool { return r.ID == id }) {
			return id
		}
	}
	wanted := strings.ToLower(hyphens(name))
	best, distance := "", max(2, len(wanted)/3)+1
	for _, rule := range c {
		for _, candidate := range []string{rule.ID, rule.Name} {
			if d := levenshtein.ComputeDistance(wanted, strings.ToLower(candidate)); d < distance {
				best, distance = candidate, d
			}
		}
	}
	return best
}
