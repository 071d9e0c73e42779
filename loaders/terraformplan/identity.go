package terraformplan

import (
	"maps"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
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
		for name, v := range shapeOf(inst).identity(inst.managed()) {
			if isText(v) {
				identity[name] = v
			}
		}
	}
	names := identifying(inst.resource.Type)
	if !inst.managed() {
		names = identifyingData(inst.resource.Type)
	}
	for _, name := range names {
		if v := toValue(inst.values[name]); isText(v) && !anyTrue(fieldOf(inst.unknown, name)) {
			identity[name] = v
		}
	}
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

// shape is what the identifiers of a resource are made of.
type shape struct {
	seed, resourceType         string
	attributes                 graph.Value
	partition, region, account graph.Value
}

func shapeOf(inst *instance) shape {
	r := inst.resource
	partition := inst.provider.partition
	if region, known := r.Region.AsString(); known {
		partition = graph.String(partitionOfRegion(region))
	}
	return shape{
		seed: r.ID, resourceType: r.Type, attributes: r.Attributes,
		partition: partition, region: r.Region, account: r.Account,
	}
}

// text is an argument that is a string and set.
func (s shape) text(name string) (graph.Value, bool) {
	v := s.attributes.Field(name)
	if text, known := v.AsString(); known && text == "" || !isText(v) {
		return graph.Absent(), false
	}
	return v, true
}

// either is an argument, or what it is when it is not set.
func (s shape) either(name, fallback string) graph.Value {
	if v, ok := s.text(name); ok {
		return v
	}
	return graph.String(fallback)
}

// named is the name of a resource, which the provider makes up where it is not
// written: a prefix and digits.
func (s shape) named(argument string) graph.Value {
	if v, ok := s.text(argument); ok {
		return v
	}
	return graph.ConcatText(s.either("name_prefix", "terraform-"), graph.String(graph.StableHex(s.seed+"#name", 26)))
}

// arn joins the parts of an ARN; absent when the resource part is not text.
func (s shape) arn(service string, region, account graph.Value, resource ...graph.Value) graph.Value {
	for _, part := range resource {
		if !isText(part) {
			return graph.Absent()
		}
	}
	colon := graph.String(":")
	values := []graph.Value{graph.String("arn:"), s.partition, graph.String(":" + service + ":"), region, colon, account, colon}
	return graph.ConcatText(append(values, resource...)...)
}

func (s shape) regional(service string, resource ...graph.Value) graph.Value {
	return s.arn(service, s.region, s.account, resource...)
}

// global is the ARN of something of IAM, which has no Region.
func (s shape) global(resource ...graph.Value) graph.Value {
	return s.arn("iam", graph.String(""), s.account, resource...)
}
