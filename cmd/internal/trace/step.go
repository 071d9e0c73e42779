package trace

import (
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

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
	return []Step{{Name: policies.StepRegion, Text: "copy to " + e.region + " under " + e.distributionKey(), Status: OK}}
}

func (e *entryText) copySteps(account string) []Step {
	return []Step{
		{Name: policies.StepShare, Text: "share the image with " + account, Status: OK},
		{Name: policies.StepAssume, Text: "assume EC2ImageBuilderDistributionCrossAccountRole in " + account, Status: OK},
		{Name: policies.StepCopy, Text: "copy to " + account + " in " + e.region + " under " + e.distributionKey(), Status: OK},
		{Name: policies.StepLaunch, Text: "launch in " + account, Status: OK},
	}
}

func (e *entryText) launchSteps(recipient string) []Step {
	return append(e.regionCopy(),
		Step{Name: policies.StepShare, Text: "give launch permission to " + recipient, Status: OK},
		Step{Name: policies.StepLaunch, Text: "launch by " + recipient, Status: OK},
	)
}
