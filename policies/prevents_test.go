package policies_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestErrorsAreForeseen: which rules foresee which error of AWS. The last two
// tell of neighbours: a public share that a block stops, and workflows.
func TestErrorsAreForeseen(t *testing.T) {
	t.Parallel()
	managed := []string{"IBL001", "IBL002", "IBL003", "IBL004", "IBL005", "IBL006", "IBL007", "IBL008", "IBL036"}
	foreseen := map[string][]string{}
	for _, rule := range newEngine(t).Catalog() {
		for _, text := range rule.Prevents {
			for _, kind := range errorKinds() {
				if strings.Contains(text, kind) && !slices.Contains(foreseen[kind], rule.ID) {
					foreseen[kind] = append(foreseen[kind], rule.ID)
				}
			}
		}
	}
	want := map[string][]string{
		"AWS Managed CMK can't be shared":       managed,
		"EBS default key cannot be shared":      managed,
		"authorized to perform: sts:AssumeRole": {"IBL010", "IBL011", "IBL012", "IBL013", "IBL016", "IBL021", "IBL022", "IBL025", "IBL034"},
		"is setup with correct permission":      {"IBL014"},
		"make sure the region is enabled":       {"IBL033"},
		"AMI Copy Reported Failure":             {"IBL004", "IBL009", "IBL010", "IBL015", "IBL016", "IBL017", "IBL018", "IBL021", "IBL022", "IBL023", "IBL025", "IBL028", "IBL029", "IBL030", "IBL031", "IBL032", "IBL034"},
		"MalformedPolicyDocumentException":      {"IBL024", "IBL034"},
		"Client error on launch":                {"IBL019", "IBL020", "IBL021", "IBL023", "IBL026", "IBL032"},
		"You can't publicly share this image":   {"IBL027"},
		"execution role is required to provide": {"IBL010", "IBL904"},
	}
	if diff := cmp.Diff(want, foreseen); diff != "" {
		t.Error(diff)
	}
}

// errorKinds are words of the errors of AWS by which they are told apart.
func errorKinds() []string {
	return []string{
		"AWS Managed CMK can't be shared", "EBS default key cannot be shared", "authorized to perform: sts:AssumeRole",
		"is setup with correct permission", "make sure the region is enabled", "AMI Copy Reported Failure",
		"MalformedPolicyDocumentException", "Client error on launch", "You can't publicly share this image",
		"execution role is required to provide",
	}
}

// TestPreventedErrors: of the errors of a rule, a finding foresees those that its
// missing permissions lead to.
func TestPreventedErrors(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for name, c := range map[string]struct {
		edits       []edit
		assumesRole bool
	}{
		"a role that cannot be assumed": {[]edit{inMain(trustRoot, "      identifiers = [\"arn:aws:iam::111111111111:root\"]\n    }\n    condition {\n      test     = \"StringEquals\"\n      variable = \"sts:ExternalId\"\n      values   = [\"x\"]\n    }\n  }\n}\n\nresource \"aws_iam_role\" \"dist\"")}, true},
		"a key that cannot be used":     {[]edit{inMain(targetUse, conditioned(targetUse))}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := lint(t, engine, mutate(t, "terraform", terraformConfig, c.edits))
			if len(findings) != 1 || findings[0].Rule != "IBL022" || len(findings[0].Prevents) == 0 {
				t.Fatalf("findings: %+v", findings)
			}
			for _, text := range findings[0].Prevents {
				if strings.Contains(text, "sts:AssumeRole") != c.assumesRole {
					t.Errorf("prevents %q", text)
				}
			}
		})
	}
}
