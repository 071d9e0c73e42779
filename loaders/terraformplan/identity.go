package terraformplan

import (
	"maps"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/awsidentity"
)

type arn struct{ partition, service, region, account, resource string }

func parseARN(text string) (arn, bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" {
		return arn{}, false
	}
	return arn{parts[1], parts[2], parts[3], parts[4], parts[5]}, true
}

// identify sets what references to the identifying attributes of an instance
// evaluate to: what the plan knows, else an identifier of the right shape that
// is derived from the resource's ID.
func (l *loader) identify(inst *instance) {
	identity := inst.resource.Identity
	maps.Copy(identity, l.sources.identity(inst))
	if len(identity) == 0 {
		inst.made = made(inst)
		for name, v := range inst.made {
			if awsidentity.Identifies(name) {
				identity[name] = v
			}
		}
	}
	maps.Copy(identity, planned(inst))
}

// planned are the identifying attributes that the plan knows.
func planned(inst *instance) map[string]graph.Value {
	names := identifying(inst.resource.Type)
	if !inst.managed() {
		names = identifyingData(inst.resource.Type)
	}
	out := map[string]graph.Value{}
	for _, name := range names {
		if v := toValue(inst.values[name]); isText(v) && !anyTrue(fieldOf(inst.unknown, name)) {
			out[name] = v
		}
	}
	return out
}

// identifying are the attributes by which others refer to a resource. The ID of
// a resource that only ties others may be that of one of them, and is left out.
func identifying(resourceType string) []string {
	switch resourceType {
	case "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key", "aws_kms_replica_external_key":
		return []string{"arn", "id", "key_id"}
	case "aws_kms_alias":
		return []string{"arn", "id", "name", "target_key_arn"}
	case "aws_autoscaling_group":
		return []string{"arn", "id", "name"}
	case "aws_ssm_parameter", "aws_launch_template", "aws_iam_role", "aws_iam_policy",
		"aws_iam_instance_profile", "aws_iam_service_linked_role":
		return []string{"arn", "id", "name"}
	case "aws_ami", "aws_ami_copy", "aws_ami_from_instance":
		return []string{"arn", "id", "image_id"}
	case "awscc_kms_key", "awscc_kms_replica_key":
		return []string{"arn", "id", "key_id"}
	case "awscc_iam_role":
		return []string{"arn", "id", "role_name"}
	case "awscc_kms_alias":
		return []string{"id", "alias_name"}
	case "awscc_iam_managed_policy":
		return []string{"id", "policy_arn"}
	}
	switch {
	case strings.HasPrefix(resourceType, "aws_imagebuilder_"), strings.HasPrefix(resourceType, "awscc_"),
		strings.HasPrefix(resourceType, "aws_ebs_snapshot"), strings.HasPrefix(resourceType, "aws_cloudformation_stack"),
		strings.HasPrefix(resourceType, "aws_organizations_"), !strings.HasPrefix(resourceType, "aws_"):
		return []string{"arn", "id"}
	}
	return []string{"arn"}
}

// identifyingData are the attributes of a data source that name what it found.
func identifyingData(resourceType string) []string {
	switch resourceType {
	case "aws_kms_alias":
		return []string{"arn", "id", "target_key_arn", "target_key_id"}
	case "aws_ebs_default_kms_key":
		return []string{"key_arn"}
	case "aws_ami":
		return []string{"arn", "id", "image_id"}
	case "aws_kms_key", "aws_ebs_snapshot", "aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile",
		"aws_launch_template", "aws_ssm_parameter":
		return []string{"arn", "id"}
	}
	if strings.HasPrefix(resourceType, "aws_imagebuilder_") {
		return []string{"arn", "id"}
	}
	return nil
}

// made are the computed attributes of an instance that have a known shape.
func made(inst *instance) map[string]graph.Value {
	t := &tokens{}
	r := inst.resource
	if r.Type == "terraform_data" {
		return map[string]graph.Value{"id": graph.String(graph.StableUUID(r.ID))}
	}
	partition := inst.provider.partition
	if region, known := r.Region.AsString(); known {
		partition = graph.String(partitionOfRegion(region))
	}
	shape := awsidentity.Resource{
		Seed: r.ID, Type: r.Type,
		Partition: t.text(partition), Region: t.text(r.Region), Account: t.text(r.Account),
		Argument: func(name string) (string, bool) {
			text := t.text(r.Attributes.Field(name))
			return text, text != ""
		},
		IsTrue: func(name string) bool {
			truth, _ := r.Attributes.Field(name).AsBool()
			return truth
		},
		Lower:         strings.ToLower,
		BeginsUnknown: func(text string) bool { return strings.HasPrefix(text, tokenOpen) },
	}
	texts := shape.Lookup
	if inst.managed() {
		texts = shape.Managed
	}
	out := map[string]graph.Value{}
	for name, text := range texts() {
		out[name] = t.value(text)
	}
	return out
}

// The noncharacters around the number of an unknown part.
const (
	tokenOpen  = "\uFDD0"
	tokenClose = "\uFDD1"
)

// tokens stand for the unknown parts of texts.
type tokens struct{ parts []graph.Part }

// text is a text with tokens; empty for what is no text.
func (t *tokens) text(v graph.Value) string {
	var b strings.Builder
	for _, p := range v.Parts() {
		if p.Unknown == nil {
			b.WriteString(strings.NewReplacer(tokenOpen, "\uFFFD", tokenClose, "\uFFFD").Replace(p.Literal))
			continue
		}
		b.WriteString(tokenOpen + strconv.Itoa(len(t.parts)) + tokenClose)
		t.parts = append(t.parts, p)
	}
	return b.String()
}

// value is the text that tokens stand in.
func (t *tokens) value(text string) graph.Value {
	var parts []graph.Part
	for text != "" {
		literal, rest, found := strings.Cut(text, tokenOpen)
		if literal != "" {
			parts = append(parts, graph.Part{Literal: literal})
		}
		if !found {
			break
		}
		number, after, _ := strings.Cut(rest, tokenClose)
		if i, err := strconv.Atoi(number); err == nil && i < len(t.parts) {
			parts = append(parts, t.parts[i])
		}
		text = after
	}
	return graph.Text(parts...)
}
