package facts

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/glob"
	"github.com/iblint/iblint/loaders/internal/yamltext"
)

// keysOf are the keys of each mapping of the configuration, as the schema has
// them. The name of a mapping is that of the list or map which holds it.
func keysOf(mapping string) []string {
	switch mapping {
	case "":
		return []string{
			"version", "organization_id", "accounts", "var_files", "parameters", "bindings",
			"keys", "roles", "images", "facts", "rules", "fail_on",
		}
	case "accounts":
		return []string{
			"name", "roots", "providers", "region", "enabled_regions", "ebs_encryption_by_default",
			"ebs_default_kms_key", "complete", "launches_with", "organizational_units",
		}
	case "keys":
		return []string{"manager", "policy", "state", "key_spec", "key_usage"}
	case "roles":
		return []string{"trust", "policies", "managed_policies", "permissions_boundary"}
	case "images":
		return []string{"owner", "public", "root_device", "devices"}
	case "devices":
		return []string{"encrypted", "kms_key"}
	}
	return nil
}

var (
	accountPattern      = regexp.MustCompile(`^[0-9]{12}$`)
	ownerPattern        = regexp.MustCompile(`^([0-9]{12}|self|amazon|aws-marketplace|aws-backup-vault)$`)
	regionPattern       = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-[0-9]+$`)
	unitPattern         = regexp.MustCompile(`^(r-[a-z0-9]{4,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32})$`)
	organizationPattern = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)
	keyPattern          = regexp.MustCompile(`^arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/.+$`)
	rolePattern         = regexp.MustCompile(`^arn:[a-z0-9-]+:iam::[0-9]{12}:role/.+$`)
	policyPattern       = regexp.MustCompile(`^arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/.+$`)
	rulePattern         = regexp.MustCompile(`^([A-Z][A-Za-z0-9]*[-_]?[0-9]+|[a-z][a-z0-9_-]*)$`)
)

// Find looks for the configuration in the folder of a path, or the folder that
// it is, and then upwards. It returns "" when there is none. The answer is
// relative to the working directory when the path is.
func Find(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", FileName, err)
	}
	info, err := os.Stat(absolute)
	if err != nil || !info.IsDir() {
		absolute = filepath.Dir(absolute)
	}
	for dir := absolute; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, FileName)
		info, err := os.Stat(candidate)
		switch {
		case err == nil && info.Mode().IsRegular():
			return displayed(path, candidate), nil
		case err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission):
			return "", fmt.Errorf("find %s: %w", FileName, err)
		case dir == filepath.Dir(dir):
			return "", nil
		}
	}
}

// displayed is how a found file is named: as the path was given.
func displayed(path, found string) string {
	if filepath.IsAbs(path) {
		return filepath.ToSlash(found)
	}
	working, err := filepath.Abs(".")
	if err != nil {
		return filepath.ToSlash(found)
	}
	relative, err := filepath.Rel(working, found)
	if err != nil {
		return filepath.ToSlash(found)
	}
	return filepath.ToSlash(relative)
}

// Parse reads a configuration. The result is never nil; what is wrong is left
// out of it and reported with its place.
func Parse(file string, content []byte) (*Config, hcl.Diagnostics) {
	c := &Config{File: filepath.ToSlash(file), OrganizationID: graph.Absent(), FailOn: graph.Absent()}
	r := &reader{places: newPlaces(c.File, content)}
	var document yaml.Node
	if err := yaml.Unmarshal(content, &document); err != nil {
		return c, hcl.Diagnostics{syntaxError(r.places, content, err)}
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return c, nil
	}
	for _, e := range r.entries(document.Content[0], "the configuration", keysOf("")) {
		r.section(c, e)
	}
	return c, r.diags
}

func parseYAML(content []byte) error { return yaml.Unmarshal(content, &yaml.Node{}) }

func syntaxError(p *places, content []byte, err error) *hcl.Diagnostic {
	line, message := yamltext.Fault(content, err, parseYAML)
	start := p.Offset(line, 1)
	rng := p.Span(start, p.endOfWord(start))
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Invalid YAML",
		Detail: "The configuration is not valid YAML: " + message + ".", Subject: &rng,
	}
}

func (r *reader) section(c *Config, e entry) {
	switch e.name {
	case "version":
		if v := r.str(e.value, "version"); !v.IsAbsent() && text(v) != "1" {
			r.errorf(e.value, "Unknown version", "This iblint reads version 1 of the configuration, not %q.", text(v))
		}
	case "organization_id":
		c.OrganizationID = r.matching(e.value, "organization_id", organizationPattern, "o-abc123example")
	case "accounts":
		r.accounts(c, e.value)
	case "var_files":
		c.VarFiles = r.strs(e.value, "var_files")
	case "parameters":
		r.parameters(c, e.value)
	case "bindings":
		r.bindings(c, e.value)
	case "keys":
		r.keys(c, e.value)
	case "roles":
		r.roles(c, e.value)
	case "images":
		r.images(c, e.value)
	case "facts":
		c.Facts = r.strs(e.value, "facts")
	case "rules":
		r.rules(c, e.value)
	case "fail_on":
		c.FailOn = r.oneOf(e.value, "fail_on", "error", "warning", "unknown", "never")
	}
}

func (r *reader) accounts(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "accounts", nil) {
		if !accountPattern.MatchString(e.name) {
			r.errorf(e.key, "Wrong account", "%q is no account number. It has 12 digits; write it in quotation marks, so that leading zeros stay.", e.name)
			continue
		}
		c.Accounts = append(c.Accounts, r.account(e))
	}
}

func (r *reader) account(e entry) Account {
	a := Account{
		ID: e.name, Range: r.places.of(e.key),
		Name: graph.Absent(), Region: graph.Absent(), Complete: graph.Absent(),
	}
	for _, f := range r.entries(e.value, "account "+e.name, keysOf("accounts")) {
		switch f.name {
		case "name":
			a.Name = r.str(f.value, "name")
		case "roots":
			a.Roots = r.globs(f.value)
		case "providers":
			a.Providers = r.strs(f.value, "providers")
		case "region":
			a.Region = r.matching(f.value, "Region", regionPattern, "eu-west-1")
		case "enabled_regions":
			a.RegionsGiven = true
			a.EnabledRegions = r.matchingItems(f.value, f.name, "Region", regionPattern, "af-south-1")
		case "ebs_encryption_by_default":
			a.EncryptionByDefault = r.regionSettings(f.value, f.name, r.boolean)
		case "ebs_default_kms_key":
			a.DefaultKMSKey = r.regionSettings(f.value, f.name, r.key)
		case "complete":
			a.Complete = r.boolean(f.value, "complete")
		case "launches_with":
			a.LaunchesWith = r.words(f.value, "launches_with", "autoscaling", "ec2")
		case "organizational_units":
			a.UnitsGiven = true
			a.OrganizationalUnits = r.matchingItems(f.value, f.name, "root or organizational unit", unitPattern, "ou-ab12-11112222")
		}
	}
	return a
}

func (r *reader) globs(n *yaml.Node) []graph.Value {
	var out []graph.Value
	for _, item := range r.items(n, "roots") {
		v := r.str(item, "An item of roots")
		if s, ok := v.AsString(); ok {
			if !glob.Valid(s) {
				r.errorf(item, "Wrong value", "%q is no valid glob pattern.", s)
				continue
			}
			out = append(out, v)
		}
	}
	return out
}

func (r *reader) words(n *yaml.Node, what string, words ...string) []graph.Value {
	out := []graph.Value{}
	for _, item := range r.items(n, what) {
		if v := r.oneOf(item, what, words...); !v.IsAbsent() {
			out = append(out, v)
		}
	}
	return out
}

func (r *reader) matchingItems(n *yaml.Node, list, what string, pattern *regexp.Regexp, example string) []graph.Value {
	out := []graph.Value{}
	for _, item := range r.items(n, list) {
		if v := r.matching(item, what, pattern, example); !v.IsAbsent() {
			out = append(out, v)
		}
	}
	return out
}

func (r *reader) regionSettings(n *yaml.Node, what string, read func(*yaml.Node, string) graph.Value) []RegionSetting {
	var out []RegionSetting
	for _, e := range r.entries(n, what, nil) {
		if !regionPattern.MatchString(e.name) {
			r.errorf(e.key, "Wrong value", "%q is no valid Region. It looks like eu-west-1.", e.name)
			continue
		}
		if v := read(e.value, what); !v.IsAbsent() {
			out = append(out, RegionSetting{Region: e.name, Value: v})
		}
	}
	return out
}

// key reads "aws-managed" or the ARN of a key or an alias.
func (r *reader) key(n *yaml.Node, what string) graph.Value {
	v := r.str(n, what)
	if s, ok := v.AsString(); ok && s != AWSManaged && !keyPattern.MatchString(s) {
		r.errorf(n, "Wrong value", "%s is %s or the ARN of a key, not %q.%s", what, AWSManaged, s, suggestAWSManaged(s))
		return graph.Absent()
	}
	return v
}

func suggestAWSManaged(s string) string {
	if strings.Contains(s, "aws") && strings.Contains(s, "ebs") || strings.Contains(s, "managed") {
		return fmt.Sprintf(" Did you mean %q?", AWSManaged)
	}
	return ""
}

func (r *reader) parameters(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "parameters", nil) {
		if e.value.Kind == yaml.SequenceNode {
			items := r.strs(e.value, "parameter "+e.name)
			c.Parameters = append(c.Parameters, Parameter{e.name, graph.List(items...).WithRange(r.places.of(e.value))})
			continue
		}
		if e.value.Kind == yaml.ScalarNode && e.value.Tag == "!!bool" {
			v := graph.String(e.value.Value).WithRange(r.places.of(e.value))
			c.Parameters = append(c.Parameters, Parameter{e.name, v})
			continue
		}
		if v := r.str(e.value, "parameter "+e.name); !v.IsAbsent() {
			c.Parameters = append(c.Parameters, Parameter{e.name, v})
		}
	}
}

func (r *reader) rules(c *Config, n *yaml.Node) {
	for _, e := range r.entries(n, "rules", nil) {
		if !rulePattern.MatchString(e.name) {
			r.errorf(e.key, "Wrong rule", "%q is no rule. Rules have an ID such as IBL001 or a name such as recipe-aws-managed-key; iblint rules lists them.", e.name)
			continue
		}
		if v := r.oneOf(e.value, "The level of rule "+e.name, "off", "error", "warning", "info"); !v.IsAbsent() {
			c.Rules = append(c.Rules, RuleLevel{Rule: e.name, Range: r.places.of(e.key), Level: text(v)})
		}
	}
}
