package policies

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/iblint/iblint/loaders/graph"
)

// parseCatalog reads the annotations of rules.
func parseCatalog(files fs.FS, policyDirs []string) (Catalog, error) {
	modules, err := readModules(files, "rego", ruleFile, header)
	if err != nil {
		return nil, err
	}
	custom, err := readCustom(policyDirs, policyFile)
	if err != nil {
		return nil, err
	}
	return newCatalog(append(modules, custom...))
}

// newCatalog makes the catalogue of the rules among modules. Metadata that is
// missing, unknown or used twice is an error.
func newCatalog(modules []*module) (Catalog, error) {
	packages := map[string][]*module{}
	var problems []error
	for _, m := range modules {
		if m.slug() == "" {
			continue
		}
		name := strings.Join(m.pkg(), ".")
		packages[name] = append(packages[name], m)
	}
	var catalog Catalog
	for _, name := range slices.Sorted(maps.Keys(packages)) {
		rule, err := newRule(packages[name])
		if err != nil {
			problems = append(problems, err)
			continue
		}
		catalog = append(catalog, rule)
	}
	slices.SortStableFunc(catalog, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	problems = append(problems, checkUnique(catalog)...)
	return catalog, errors.Join(problems...)
}

// newRule reads the one annotated package of a rule, in one file or several.
func newRule(parts []*module) (Rule, error) {
	var annotated []*ast.Annotations
	custom, denies, undecidable := false, false, false
	for _, m := range parts {
		for _, a := range m.parsed.Annotations {
			if a.Scope == "package" && a.Custom != nil {
				annotated = append(annotated, a)
			}
		}
		if custom != m.custom && m != parts[0] {
			return Rule{}, fmt.Errorf("%s: package %s is a rule of iblint; choose another name",
				place(m.parsed.Package.Location), strings.Join(m.pkg(), "."))
		}
		custom = m.custom
		denied, unknown := m.results()
		undecidable = undecidable || unknown
		denies = denies || denied || unknown
	}
	here := place(parts[0].parsed.Package.Location)
	switch {
	case len(annotated) == 0:
		return Rule{}, fmt.Errorf("%s: the package has no METADATA with custom.id", here)
	case len(annotated) > 1:
		return Rule{}, fmt.Errorf("%s: the package has more than one METADATA with custom keys", place(annotated[1].Location))
	case !denies:
		return Rule{}, fmt.Errorf("%s: the package has no rule \"deny\" or \"unknown\"", here)
	}
	rule, err := readAnnotation(annotated[0], parts[0].slug(), custom)
	if err != nil {
		return Rule{}, fmt.Errorf("%s: %w", place(annotated[0].Location), err)
	}
	rule.folder, rule.Undecidable = parts[0].folder, undecidable
	return rule, nil
}

// fields reads the custom keys of an annotation and remembers what was wrong.
type fields struct {
	custom   map[string]any
	problems []error
}

func (f *fields) text(key string) string {
	value, ok := f.custom[key]
	if !ok {
		return ""
	}
	s, ok := value.(string)
	if !ok {
		f.problems = append(f.problems, fmt.Errorf("custom.%s is no string", key))
	}
	return strings.TrimSpace(s)
}

func (f *fields) texts(key string) []string {
	list, ok := f.custom[key].([]any)
	if _, set := f.custom[key]; set && !ok {
		f.problems = append(f.problems, fmt.Errorf("custom.%s is no list of strings", key))
	}
	out := make([]string, 0, len(list))
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			f.problems = append(f.problems, fmt.Errorf("custom.%s is no list of strings", key))
		}
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

func (f *fields) truth(key string, fallback bool) bool {
	value, ok := f.custom[key]
	if !ok {
		return fallback
	}
	b, ok := value.(bool)
	if !ok {
		f.problems = append(f.problems, fmt.Errorf("custom.%s is neither true nor false", key))
	}
	return b
}

func (f *fields) dialects() []graph.Dialect {
	if _, set := f.custom["dialects"]; !set {
		return []graph.Dialect{graph.Terraform, graph.CloudFormation}
	}
	var out []graph.Dialect
	for _, name := range f.texts("dialects") {
		dialect := graph.Dialect(name)
		if dialect != graph.Terraform && dialect != graph.CloudFormation {
			f.problems = append(f.problems, fmt.Errorf("custom.dialects: %q is neither terraform nor cloudformation", name))
		}
		out = append(out, dialect)
	}
	return out
}

func customKeys() []string {
	return []string{
		"id", "name", "severity", "category", "remediation", "prevents", "default", "since", "unknown", "aliases", "dialects", "step",
	}
}

func readAnnotation(a *ast.Annotations, slug string, custom bool) (Rule, error) {
	f := &fields{custom: a.Custom}
	rule := Rule{
		Slug: slug, Custom: custom,
		Title: strings.TrimSpace(a.Title), Description: strings.TrimSpace(a.Description),
		ID: f.text("id"), Name: f.text("name"), Severity: Severity(f.text("severity")), Category: f.text("category"),
		Remediation: f.text("remediation"), Prevents: f.texts("prevents"), Since: f.text("since"),
		Default: f.truth("default", true), Unknown: f.text("unknown"), Aliases: f.texts("aliases"),
		Step: Step(f.text("step")),
	}
	rule.Dialects = f.dialects()
	for _, key := range slices.Sorted(maps.Keys(a.Custom)) {
		if !slices.Contains(customKeys(), key) {
			f.problems = append(f.problems, fmt.Errorf("custom.%s is not one of %s", key, strings.Join(customKeys(), ", ")))
		}
	}
	for _, r := range a.RelatedResources {
		rule.References = append(rule.References, Reference{Description: r.Description, URL: r.Ref.String()})
	}
	if rule.Name == "" {
		rule.Name = hyphens(slug)
	}
	return rule, errors.Join(append(f.problems, checkRule(rule)...)...)
}

var (
	builtinID = regexp.MustCompile(`^IBL\d{3}$`)
	customID  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*[-_]?\d+$`)
)

func checkRule(r Rule) []error {
	required := []struct{ key, value string }{
		{"title", r.Title}, {"custom.id", r.ID}, {"custom.severity", string(r.Severity)},
	}
	if !r.Custom {
		required = append(required, []struct{ key, value string }{
			{"description", r.Description},
			{"custom.category", r.Category},
			{"custom.remediation", r.Remediation},
			{"custom.since", r.Since},
		}...)
	}
	var problems []error
	for _, field := range required {
		if field.value == "" {
			problems = append(problems, fmt.Errorf("%s is missing", field.key))
		}
	}
	if s, err := ParseSeverity(string(r.Severity)); r.Severity != "" && (err != nil || s == SeverityOff) {
		problems = append(problems, fmt.Errorf("custom.severity %q is not one of error, warning, info", r.Severity))
	}
	if r.Name != hyphens(r.Slug) {
		problems = append(problems, fmt.Errorf("custom.name is %q, the package says %q", r.Name, hyphens(r.Slug)))
	}
	if err := checkStep(r.Step); err != nil {
		problems = append(problems, err)
	}
	return append(problems, checkID(r)...)
}

func checkID(r Rule) []error {
	switch {
	case r.ID == "":
		return nil
	case !r.Custom && !builtinID.MatchString(r.ID):
		return []error{fmt.Errorf("custom.id %q is not IBL and three digits", r.ID)}
	case r.Custom && strings.HasPrefix(strings.ToUpper(r.ID), "IBL"):
		return []error{fmt.Errorf("custom.id %q: IDs that begin with IBL are iblint's own", r.ID)}
	case r.Custom && !customID.MatchString(r.ID):
		return []error{fmt.Errorf("custom.id %q is not letters and a number, such as ACME001", r.ID)}
	case !r.Custom && len(r.References) == 0:
		return []error{errors.New("related_resources is missing")}
	}
	return nil
}

func checkUnique(catalog Catalog) []error {
	var problems []error
	seen := map[string]string{}
	for _, rule := range catalog {
		for _, name := range append([]string{rule.ID, rule.Name}, rule.Aliases...) {
			key := strings.ToLower(hyphens(name))
			if other, ok := seen[key]; ok && other != rule.ID+rule.Slug {
				problems = append(problems, fmt.Errorf("two rules are called %s", name))
			}
			seen[key] = rule.ID + rule.Slug
		}
	}
	return problems
}
