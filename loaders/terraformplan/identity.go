package terraformplan

import (
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
	for name, v := range l.sources.identity(inst) {
		identity[name] = v
	}
	if len(identity) == 0 && inst.managed() {
		for name, v := range madeUp(shapeOf(inst)) {
			identity[name] = v
		}
	}
	for _, name := range identifying(inst.resource.Type) {
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
	case "aws_kms_alias", "aws_ssm_parameter", "aws_launch_template", "aws_iam_role", "aws_iam_policy",
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
	}
	switch {
	case strings.HasPrefix(resourceType, "aws_imagebuilder_"), strings.HasPrefix(resourceType, "awscc_"),
		strings.HasPrefix(resourceType, "aws_ebs_snapshot"), strings.HasPrefix(resourceType, "aws_cloudformation_stack"),
		strings.HasPrefix(resourceType, "aws_organizations_"), !strings.HasPrefix(resourceType, "aws_"):
		return []string{"arn", "id"}
	}
	return []string{"arn"}
}

// shape is what the identifiers of a resource are made of.
type shape struct {
	seed, resourceType                  string
	attributes                          graph.Value
	partition, region, account, primary graph.Value
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

func (s shape) argument(name string) graph.Value { return s.attributes.Field(name) }

// arn joins the parts of an ARN; nil when the resource part is not text.
func (s shape) arn(service string, region, account graph.Value, resource ...graph.Value) graph.Value {
	colon := graph.String(":")
	values := []graph.Value{graph.String("arn:"), s.partition, graph.String(":" + service + ":"), region, colon, account, colon}
	for _, part := range resource {
		if !isText(part) {
			return graph.Absent()
		}
	}
	return graph.ConcatText(append(values, resource...)...)
}

func (s shape) regional(service string, resource ...graph.Value) graph.Value {
	return s.arn(service, s.region, s.account, resource...)
}

func (s shape) global(service string, resource ...graph.Value) graph.Value {
	return s.arn(service, graph.String(""), s.account, resource...)
}

// madeUp are the identifiers of a resource that does not exist yet.
func madeUp(s shape) map[string]graph.Value {
	out := map[string]graph.Value{}
	for _, table := range []func(shape) map[string]graph.Value{kmsIdentity, iamIdentity, imageBuilderIdentity, computeIdentity} {
		for name, v := range table(s) {
			if !v.IsAbsent() {
				out[name] = v
			}
		}
	}
	return out
}

func kmsIdentity(s shape) map[string]graph.Value {
	switch strings.TrimPrefix(strings.TrimPrefix(s.resourceType, "awscc_"), "aws_") {
	case "kms_key", "kms_external_key", "kms_replica_key", "kms_replica_external_key":
		id := graph.String(graph.StableUUID(s.seed))
		return map[string]graph.Value{"arn": s.regional("kms", graph.String("key/"), id), "id": id, "key_id": id}
	case "kms_alias":
		name := s.argument("name")
		if s.resourceType == "awscc_kms_alias" {
			name = s.argument("alias_name")
		}
		return map[string]graph.Value{"arn": s.regional("kms", name), "id": name, "name": name}
	}
	return nil
}

func iamIdentity(s shape) map[string]graph.Value {
	kind, ok := strings.CutPrefix(s.resourceType, "aws_iam_")
	if !ok {
		return nil
	}
	switch kind {
	case "role", "user", "group", "instance_profile", "policy":
	case "service_linked_role":
		return nil
	default:
		return nil
	}
	name, path := s.argument("name"), s.argument("path")
	if !isText(name) {
		name = s.generatedName()
	}
	if !isText(path) {
		path = graph.String("/")
	}
	made := s.global("iam", graph.String(strings.ReplaceAll(kind, "_", "-")), path, name)
	out := map[string]graph.Value{"arn": made, "id": name, "name": name}
	if kind == "policy" {
		out["id"] = made
	}
	return out
}

// generatedName is a name that the provider makes up: a prefix and digits.
func (s shape) generatedName() graph.Value {
	prefix, known := s.argument("name_prefix").AsString()
	if !known {
		prefix = "terraform-"
	}
	return graph.String(prefix + graph.StableHex(s.seed+"#name", 26))
}

func imageBuilderIdentity(s shape) map[string]graph.Value {
	kind, ok := strings.CutPrefix(s.resourceType, "aws_imagebuilder_")
	if !ok {
		return nil
	}
	slash, name, version := graph.String("/"), arnName(s.argument("name")), s.argument("version")
	kind = strings.ReplaceAll(kind, "_", "-")
	var made graph.Value
	switch kind {
	case "image-recipe", "container-recipe":
		made = s.regional("imagebuilder", graph.String(kind+"/"), name, slash, version)
	case "component":
		made = s.regional("imagebuilder", graph.String(kind+"/"), name, slash, version, graph.String("/1"))
	case "workflow":
		made = s.regional("imagebuilder", graph.String(kind+"/"), lower(s.argument("type")), slash, name, slash, version, graph.String("/1"))
	case "infrastructure-configuration", "distribution-configuration", "image-pipeline", "lifecycle-policy":
		made = s.regional("imagebuilder", graph.String(kind+"/"), name)
	case "image":
		made = s.regional("imagebuilder", graph.String("image/"+graph.StableHex(s.seed, 16)+"/1.0.0/1"))
	default:
		return nil
	}
	return map[string]graph.Value{"arn": made, "id": made}
}

func arnName(v graph.Value) graph.Value {
	text, known := v.AsString()
	if !known {
		return v
	}
	return graph.String(strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(text)))
}

func lower(v graph.Value) graph.Value {
	text, known := v.AsString()
	if !known {
		return v
	}
	return graph.String(strings.ToLower(text))
}

func computeIdentity(s shape) map[string]graph.Value {
	prefix, kind := "", ""
	switch s.resourceType {
	case "aws_ami", "aws_ami_copy", "aws_ami_from_instance":
		prefix, kind = "ami-", "image"
	case "aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import":
		prefix, kind = "snap-", "snapshot"
	case "aws_launch_template":
		prefix, kind = "lt-", "launch-template"
	case "aws_ssm_parameter":
		name := s.argument("name")
		if text, known := name.AsString(); known && !strings.HasPrefix(text, "/") {
			return map[string]graph.Value{"arn": s.regional("ssm", graph.String("parameter/"), name), "id": name, "name": name}
		}
		return map[string]graph.Value{"arn": s.regional("ssm", graph.String("parameter"), name), "id": name, "name": name}
	default:
		return nil
	}
	id := graph.String(prefix + graph.StableHex(s.seed, 17))
	account := s.account
	if kind != "launch-template" {
		account = graph.String("")
	}
	return map[string]graph.Value{"id": id, "arn": s.arn("ec2", s.region, account, graph.String(kind+"/"), id)}
}
