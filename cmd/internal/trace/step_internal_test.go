package trace

import (
	"slices"
	"testing"

	"github.com/iblint/iblint/policies"
)

// A rule that no step knows would leave its findings at the wrong step.
func TestEveryRuleHasAStep(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	of := ruleSteps()
	for _, rule := range catalog {
		if _, ok := of[rule.Name]; !ok && !slices.Contains(policyRules(), rule.Name) {
			t.Errorf("%s %s has no step", rule.ID, rule.Name)
		}
	}
}

func TestStepOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		property string
		kind     Kind
		want     StepName
	}{
		{"recipe-aws-managed-key", "block_devices[0].kms_key", Copy, StepShare},
		{"condition-never-true", "assume_role_policy.statements[0].conditions[0]", Copy, StepAssume},
		{"condition-never-true", "policy.statements[0]", Copy, StepCopy},
		{"explicit-deny", "policy.statements[0]", Launch, StepLaunch},
		{"acme-rule", "x", Copy, StepCopy},
	} {
		f := &policies.Finding{Name: c.name, Property: c.property}
		if got := stepOf(f, c.kind); got != c.want {
			t.Errorf("%s at %s of a %s is at step %s, want %s", c.name, c.property, c.kind, got, c.want)
		}
	}
}
