package trace

import (
	"slices"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// StepName names a step of a delivery.
type StepName string

// The steps, in the order in which they happen.
const (
	// StepBuild makes the image in the account and Region of the pipeline.
	StepBuild StepName = "build"
	// StepRegion copies the image to another Region of the same account.
	StepRegion StepName = "region_copy"
	// StepShare lets the recipient read the image and its snapshots.
	StepShare StepName = "share"
	// StepAssume enters the target account.
	StepAssume StepName = "assume_role"
	// StepCopy copies the image into the target account.
	StepCopy StepName = "account_copy"
	// StepLaunch starts an instance from the image.
	StepLaunch StepName = "launch"
)

func steps() []StepName {
	return []StepName{StepBuild, StepRegion, StepShare, StepAssume, StepCopy, StepLaunch}
}

// before is the step before another, "" before the first.
func before(name StepName) StepName {
	if i := slices.Index(steps(), name); i > 0 {
		return steps()[i-1]
	}
	return ""
}

// stepOf is the step that a finding is about. Its rule says so, but for rules
// about policies of any kind, where its place does.
func stepOf(f *policies.Finding, kind Kind) StepName {
	if step, ok := ruleSteps()[f.Name]; ok {
		return step
	}
	switch {
	case strings.HasPrefix(f.Property, "assume_role_policy"):
		return StepAssume
	case kind == Launch:
		return StepLaunch
	}
	return StepCopy
}

// policyRules are the rules whose findings belong to the step that the policy
// is for.
func policyRules() []string {
	return []string{
		"explicit-deny", "condition-never-true", "statement-without-effect", "key-policy-principal-missing",
		"competing-policy-owners", "post-copy-steps", "no-build-region-entry", "allowed-amis", "distribution-workflow-overrides",
	}
}

// ruleSteps are the steps at which AWS would print the error that a rule
// prevents.
func ruleSteps() map[string]StepName {
	of := map[StepName][]string{
		StepBuild: {
			"service-linked-role-key-access", "execution-role-access", "key-without-encrypted", "foreign-key-not-shared-with-source",
		},
		StepRegion: {"key-region", "key-type", "key-not-usable", "partition-mismatch", "s3-export-of-encrypted-ami"},
		StepShare: {
			"recipe-aws-managed-key", "recipe-default-key", "ebs-default-encryption-aws-managed-key", "distribution-aws-managed-key",
			"parent-image-aws-managed-key", "parent-image-extra-snapshot", "region-copy-default-key",
			"distribution-key-ignored-in-build-region", "public-share-of-encrypted-ami", "root-device-not-keyed",
		},
		StepAssume: {"target-role-missing", "target-role-name-or-path", "target-role-trust", "opt-in-region"},
		StepCopy: {
			"target-role-distribution-policy", "target-role-kms", "target-role-boundary", "source-key-not-shared-with-target",
			"key-identifier-form",
		},
		StepLaunch: {"launch-account-not-in-key-policy", "organization-share-key-policy", "grant-missing-or-incomplete"},
	}
	out := map[string]StepName{}
	for step, names := range of {
		for _, name := range names {
			out[name] = step
		}
	}
	return out
}

// buildText says what is built and under which keys.
func (b *builder) buildText(build graph.Value) string {
	text := "build in " + b.place(build)
	var devices []string
	for _, device := range build.Field("devices").Items() {
		name := b.words(device.Field("device_name"))
		switch plain(device.Field("basis")) {
		case "not_encrypted":
			devices = append(devices, name+" not encrypted")
		case "unknown":
			devices = append(devices, name+" under a key that is not known")
		default:
			devices = append(devices, name+" under "+b.key(device.Field("key")))
		}
	}
	if len(devices) > 0 {
		text += ": " + strings.Join(devices, ", ")
	}
	return text
}

func (b *builder) place(build graph.Value) string {
	return b.words(build.Field("account")) + ", " + b.words(build.Field("region"))
}

// key is the name of a key for people.
func (b *builder) key(id graph.Value) string {
	text := plain(id)
	if text == "" {
		return "a key that is not known"
	}
	if label := plain(b.world.Input.Field("keys").Field(text).Field("label")); label != "" {
		return label
	}
	return text
}

// entryText writes the steps of one entry of a distribution configuration.
type entryText struct {
	b            *builder
	build        graph.Value
	distribution string
	index        int
	region       string
}

// distributionKey is the key that copies of the entry get.
func (e *entryText) distributionKey() string {
	property := "distributions[" + strconv.Itoa(e.index) + "].ami.kms_key"
	reference := e.b.world.Input.Field("references").Field(e.distribution).Field(property)
	if reference.IsAbsent() {
		return "the default EBS key there"
	}
	if key := reference.Field("key"); !key.IsAbsent() {
		return e.b.key(key)
	}
	return e.b.words(reference.Field("text"))
}

// regionCopy is the step that other Regions need.
func (e *entryText) regionCopy() []Step {
	if e.region == e.b.words(e.build.Field("region")) {
		return nil
	}
	return []Step{{Name: StepRegion, Text: "copy to " + e.region + " under " + e.distributionKey(), Status: OK}}
}

func (e *entryText) copySteps(account string) []Step {
	return []Step{
		{Name: StepShare, Text: "share the image with " + account, Status: OK},
		{Name: StepAssume, Text: "assume EC2ImageBuilderDistributionCrossAccountRole in " + account, Status: OK},
		{Name: StepCopy, Text: "copy to " + account + " in " + e.region + " under " + e.distributionKey(), Status: OK},
		{Name: StepLaunch, Text: "launch in " + account, Status: OK},
	}
}

func (e *entryText) launchSteps(recipient string) []Step {
	return append(e.regionCopy(),
		Step{Name: StepShare, Text: "give launch permission to " + recipient, Status: OK},
		Step{Name: StepLaunch, Text: "launch by " + recipient, Status: OK},
	)
}
