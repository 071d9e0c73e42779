package policies

import (
	"fmt"
	"slices"
	"strings"
)

// Step is one thing that happens to an image on its way to a recipient.
type Step string

// The steps, in the order in which they happen.
const (
	// StepBuild makes the image in the account and Region of the pipeline.
	StepBuild Step = "build"
	// StepRegion copies the image to another Region of the same account.
	StepRegion Step = "region_copy"
	// StepShare lets the recipient read the image and its snapshots.
	StepShare Step = "share"
	// StepAssume enters the target account.
	StepAssume Step = "assume_role"
	// StepCopy copies the image into the target account.
	StepCopy Step = "account_copy"
	// StepLaunch starts an instance from the image.
	StepLaunch Step = "launch"
)

// Steps lists the steps in their order.
func Steps() []Step {
	return []Step{StepBuild, StepRegion, StepShare, StepAssume, StepCopy, StepLaunch}
}

// checkStep accepts the steps, and none: the place of a finding then says
// which step it is about.
func checkStep(step Step) error {
	if step == "" || slices.Contains(Steps(), step) {
		return nil
	}
	names := make([]string, len(Steps()))
	for i, known := range Steps() {
		names[i] = string(known)
	}
	return fmt.Errorf("custom.step %q is not one of %s", step, strings.Join(names, ", "))
}
