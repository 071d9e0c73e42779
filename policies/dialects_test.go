package policies_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// otherStories are the examples about what the other dialect cannot say.
func otherStories() map[string]string {
	return map[string]string{
		"grant_missing_or_incomplete/fail_terraform_auto_scaling": "CloudFormation has no resource for a grant",
	}
}

// TestDialects compares the examples that a rule has in Terraform and, under
// the same name, in CloudFormation: every rule finds the same in both.
func TestDialects(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, rule := range engine.Catalog() {
		compared := comparePairs(t, engine, rule.Slug)
		if len(rule.Dialects) > 1 && compared == 0 {
			t.Errorf("%s has no example in both dialects", rule.ID)
		}
		pairs += compared
	}
	t.Logf("parity: %d examples in Terraform and CloudFormation", pairs)
}

// TestVerdictsInEveryDialect looks for an example of each verdict in each
// dialect that a rule is about. TestTemplatesInJSON reads those in YAML as JSON.
func TestVerdictsInEveryDialect(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range engine.Catalog() {
		for _, dialect := range rule.Dialects {
			for _, verdict := range []string{"fail", "pass", "unknown"} {
				pattern := filepath.Join(project(t), "rego", "iblint", "rules", rule.Slug, "testdata", verdict+"_"+string(dialect)+"_*")
				if found, err := filepath.Glob(pattern); err != nil || len(found) == 0 {
					t.Errorf("%s has no example %s_%s_…", rule.ID, verdict, dialect)
				}
			}
		}
	}
}

func comparePairs(t *testing.T, engine *policies.Engine, slug string) int {
	t.Helper()
	examples, err := filepath.Glob(filepath.Join(project(t), "rego", "iblint", "rules", slug, "testdata", "*_terraform_*"))
	if err != nil {
		t.Fatal(err)
	}
	pairs := 0
	for _, folder := range examples {
		twin := strings.Replace(folder, "_terraform_", "_cloudformation_", 1)
		found, err := filepath.Glob(twin)
		name := slug + "/" + filepath.Base(folder)
		if _, other := otherStories()[name]; err != nil || len(found) == 0 || other {
			continue
		}
		pairs++
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := story(lint(t, engine, folder), folder), story(lint(t, engine, twin), twin)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("CloudFormation finds something else (-Terraform +CloudFormation):\n%s", diff)
			}
		})
	}
	return pairs
}

var (
	resourceName = regexp.MustCompile(`(data\.)?aws_[a-z0-9_]+\.[a-z0-9_]+(\[[^\]]*\])?|[\w./-]+\.yaml#[\w/]+`)
	inputName    = regexp.MustCompile(`(variable|parameter) \w+`)
)

// story is what findings say, without the names that each dialect gives to
// resources, inputs and roots.
func story(findings []policies.Finding, folder string) []string {
	out := []string{}
	for _, f := range findings {
		text := strings.Join([]string{f.Rule, string(f.Verdict), string(f.Severity), f.Message, strings.Join(f.Missing, ","), f.Reason}, " | ")
		text = resourceName.ReplaceAllString(text, "RESOURCE")
		text = inputName.ReplaceAllString(text, "INPUT")
		text = strings.ReplaceAll(text, folder+"/template.yaml", "ROOT")
		out = append(out, strings.ReplaceAll(text, folder, "ROOT"))
	}
	slices.Sort(out)
	return out
}
