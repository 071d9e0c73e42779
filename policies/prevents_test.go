package policies_test

import (
	"strings"
	"testing"
)

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
