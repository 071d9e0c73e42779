package trace

import (
	"testing"

	"github.com/iblint/iblint/policies"
)

func TestStepOfAFinding(t *testing.T) {
	t.Parallel()
	deliveries := map[Kind][]policies.Step{
		Copy:   {policies.StepBuild, policies.StepShare, policies.StepAssume, policies.StepCopy, policies.StepLaunch},
		Launch: {policies.StepBuild, policies.StepRegion, policies.StepShare, policies.StepLaunch},
		Keep:   {policies.StepBuild},
	}
	for _, c := range []struct {
		step     policies.Step
		property string
		kind     Kind
		want     policies.Step
	}{
		{policies.StepShare, "block_devices[0].kms_key", Copy, policies.StepShare},
		{policies.StepShare, "assume_role_policy", Copy, policies.StepShare},
		{policies.StepRegion, "", Copy, policies.StepBuild},
		{policies.StepAssume, "", Launch, policies.StepShare},
		{policies.StepLaunch, "", Keep, policies.StepBuild},
		{"", "assume_role_policy.statements[0].conditions[0]", Copy, policies.StepAssume},
		{"", "policy.statements[0]", Copy, policies.StepCopy},
		{"", "policy.statements[0]", Launch, policies.StepLaunch},
		{"", "policy", Keep, policies.StepBuild},
	} {
		d := Delivery{Kind: c.kind}
		for _, name := range deliveries[c.kind] {
			d.Steps = append(d.Steps, Step{Name: name})
		}
		if got := d.step(c.step, c.property).Name; got != c.want {
			t.Errorf("a finding of step %q at %s is at step %s of a %s, want %s", c.step, c.property, got, c.kind, c.want)
		}
	}
}
