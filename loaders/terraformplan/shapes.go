package terraformplan

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// identity is what the identifying attributes of a resource, or of a data
// source that is read during apply, look like. They are those that evaluating
// the Terraform files gives.
func (s shape) identity(managed bool) map[string]graph.Value {
	switch {
	case !managed:
		return s.lookup()
	case s.resourceType == "terraform_data":
		return map[string]graph.Value{"id": graph.String(graph.StableUUID(s.seed))}
	case strings.HasPrefix(s.resourceType, "awscc_"):
		return s.cloudControl(strings.TrimPrefix(s.resourceType, "awscc_"))
	}
	kind, isAWS := strings.CutPrefix(s.resourceType, "aws_")
	switch {
	case !isAWS:
		return nil
	case strings.HasPrefix(kind, "kms_"):
		return s.kms(kind)
	case strings.HasPrefix(kind, "iam_"):
		return s.iam(strings.TrimPrefix(kind, "iam_"))
	case strings.HasPrefix(kind, "imagebuilder_"):
		return s.imageBuilder(strings.TrimPrefix(kind, "imagebuilder_"))
	}
	return s.compute(kind)
}

func (s shape) kms(kind string) map[string]graph.Value {
	switch kind {
	case "kms_key", "kms_external_key":
		return s.key(s.keyID())
	case "kms_replica_key", "kms_replica_external_key":
		return s.key(s.replicaID())
	case "kms_alias":
		return s.alias()
	}
	return nil
}

func (s shape) key(id graph.Value) map[string]graph.Value {
	return map[string]graph.Value{"arn": s.regional("kms", graph.String("key/"), id), "id": id, "key_id": id}
}

// keyID is the ID of a key; keys of several Regions have another form.
func (s shape) keyID() graph.Value {
	if several, _ := s.attributes.Field("multi_region").AsBool(); several {
		return graph.String("mrk-" + graph.StableHex(s.seed, 32))
	}
	return graph.String(graph.StableUUID(s.seed))
}

// replicaID is the ID of a replica: that of its primary key.
func (s shape) replicaID() graph.Value {
	var parts []graph.Part
	found := false
	for _, p := range s.attributes.Field("primary_key_arn").Parts() {
		if found {
			parts = append(parts, p)
			continue
		}
		if _, id, ok := strings.Cut(p.Literal, ":key/"); ok && p.Unknown == nil {
			parts, found = append(parts, graph.Part{Literal: id}), true
		}
	}
	if !found {
		return graph.String("mrk-" + graph.StableHex(s.seed, 32))
	}
	return graph.Text(parts...)
}

func (s shape) alias() map[string]graph.Value {
	name, ok := s.text("name")
	if !ok {
		prefix, _ := s.either("name_prefix", "terraform-").AsString()
		name = graph.String("alias/" + strings.TrimPrefix(prefix, "alias/") + graph.StableHex(s.seed+"#name", 26))
	}
	out := map[string]graph.Value{"arn": s.regional("kms", name), "id": name, "name": name}
	if target, ok := s.text("target_key_id"); ok {
		out["target_key_arn"] = s.keyARN(target)
	}
	return out
}

// keyARN is the ARN of a key that is given by ID or ARN.
func (s shape) keyARN(target graph.Value) graph.Value {
	switch first := target.Parts()[0]; {
	case first.Unknown != nil:
		return graph.Absent()
	case strings.HasPrefix(first.Literal, "arn:"):
		return target
	}
	return s.regional("kms", graph.String("key/"), target)
}

func (s shape) iam(kind string) map[string]graph.Value {
	switch kind {
	case "role", "user", "group", "instance_profile", "policy":
	case "service_linked_role":
		return s.serviceLinkedRole()
	default:
		return nil
	}
	name := s.named("name")
	made := s.global(graph.String(strings.ReplaceAll(kind, "_", "-")), s.either("path", "/"), name)
	out := map[string]graph.Value{"arn": made, "id": name, "name": name}
	if kind == "policy" {
		out["id"] = made
	}
	return out
}

func (s shape) serviceLinkedRole() map[string]graph.Value {
	service, _ := s.attributes.Field("aws_service_name").AsString()
	var name graph.Value
	switch service {
	case "imagebuilder.amazonaws.com":
		name = graph.String("AWSServiceRoleForImageBuilder")
	case "autoscaling.amazonaws.com":
		name = graph.String("AWSServiceRoleForAutoScaling")
	default:
		return nil
	}
	if suffix, ok := s.text("custom_suffix"); ok {
		name = graph.ConcatText(name, graph.String("_"), suffix)
	}
	made := s.global(graph.String("role/aws-service-role/"+service+"/"), name)
	return map[string]graph.Value{"arn": made, "id": made, "name": name}
}

func (s shape) imageBuilder(kind string) map[string]graph.Value {
	kind = strings.ReplaceAll(kind, "_", "-")
	written, _ := s.text("name")
	version, _ := s.text("version")
	name := arnName(written)
	slash, folder := graph.String("/"), graph.String(kind+"/")
	var made graph.Value
	switch kind {
	case "image":
		made = s.regional("imagebuilder", graph.String("image/"+graph.StableHex(s.seed, 16)+"/1.0.0/1"))
	case "image-recipe", "container-recipe":
		made = s.regional("imagebuilder", folder, name, slash, version)
	case "component":
		made = s.regional("imagebuilder", folder, name, slash, version, graph.String("/1"))
	case "workflow":
		made = s.regional("imagebuilder", folder, lower(s.either("type", "")), slash, name, slash, version, graph.String("/1"))
	case "infrastructure-configuration", "distribution-configuration", "image-pipeline", "lifecycle-policy":
		made = s.regional("imagebuilder", folder, name)
	default:
		return nil
	}
	return map[string]graph.Value{"arn": made, "id": made}
}

// arnName is a name as Image Builder writes it in ARNs.
func arnName(v graph.Value) graph.Value {
	return eachLiteral(v, func(s string) string {
		return strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(s))
	})
}

func lower(v graph.Value) graph.Value { return eachLiteral(v, strings.ToLower) }

// eachLiteral changes the known parts of a text.
func eachLiteral(v graph.Value, change func(string) string) graph.Value {
	if !isText(v) {
		return v
	}
	parts := make([]graph.Part, 0, len(v.Parts()))
	for _, p := range v.Parts() {
		p.Literal = change(p.Literal)
		parts = append(parts, p)
	}
	return graph.Text(parts...)
}

func (s shape) compute(kind string) map[string]graph.Value {
	switch kind {
	case "ami", "ami_copy", "ami_from_instance":
		return s.numbered("ami-", "image/")
	case "ebs_snapshot", "ebs_snapshot_copy", "ebs_snapshot_import":
		return s.numbered("snap-", "snapshot/")
	case "launch_template":
		id := graph.String("lt-" + graph.StableHex(s.seed, 17))
		return map[string]graph.Value{"id": id, "arn": s.regional("ec2", graph.String("launch-template/"), id), "name": s.named("name")}
	case "ssm_parameter":
		name, ok := s.text("name")
		if !ok {
			return nil
		}
		path := name
		if parts := name.Parts(); parts[0].Unknown == nil {
			path = graph.Text(append([]graph.Part{{Literal: strings.TrimPrefix(parts[0].Literal, "/")}}, parts[1:]...)...)
		}
		return map[string]graph.Value{"arn": s.regional("ssm", graph.String("parameter/"), path), "id": name, "name": name}
	case "autoscaling_group":
		name := s.named("name")
		return map[string]graph.Value{"id": name, "name": name}
	}
	return nil
}

// numbered identifies what EC2 numbers; its ARNs have no account.
func (s shape) numbered(prefix, folder string) map[string]graph.Value {
	id := graph.String(prefix + graph.StableHex(s.seed, 17))
	return map[string]graph.Value{"id": id, "arn": s.arn("ec2", s.region, graph.String(""), graph.String(folder), id)}
}

// cloudControl identifies resources of the awscc provider.
func (s shape) cloudControl(kind string) map[string]graph.Value {
	switch kind {
	case "kms_key":
		return s.key(s.keyID())
	case "kms_replica_key":
		return s.key(s.replicaID())
	case "kms_alias":
		name, _ := s.text("alias_name")
		return map[string]graph.Value{"id": name, "alias_name": name}
	case "iam_role":
		name := s.named("role_name")
		return map[string]graph.Value{"arn": s.global(graph.String("role"), s.either("path", "/"), name), "id": name, "role_name": name}
	case "iam_managed_policy":
		made := s.global(graph.String("policy"), s.either("path", "/"), s.named("managed_policy_name"))
		return map[string]graph.Value{"policy_arn": made, "id": made}
	}
	if rest, ok := strings.CutPrefix(kind, "imagebuilder_"); ok {
		return s.imageBuilder(rest)
	}
	return nil
}

// lookup identifies data sources that are read during apply: what they find
// has the right shape and is the same wherever it is used.
func (s shape) lookup() map[string]graph.Value {
	uuid := graph.String(graph.StableUUID(s.seed))
	name, _ := s.text("name")
	switch s.resourceType {
	case "aws_kms_key":
		return map[string]graph.Value{"arn": s.regional("kms", graph.String("key/"), uuid), "id": uuid}
	case "aws_kms_alias":
		made := s.regional("kms", name)
		return map[string]graph.Value{
			"arn": made, "id": made, "target_key_arn": s.regional("kms", graph.String("key/"), uuid), "target_key_id": uuid,
		}
	case "aws_ami":
		out := s.numbered("ami-", "image/")
		out["image_id"] = out["id"]
		return out
	case "aws_ebs_snapshot":
		return s.numbered("snap-", "snapshot/")
	case "aws_iam_role":
		return map[string]graph.Value{"arn": s.global(graph.String("role/"), name), "id": name}
	case "aws_iam_instance_profile":
		return map[string]graph.Value{"arn": s.global(graph.String("instance-profile/"), name), "id": name}
	case "aws_iam_policy":
		made, ok := s.text("arn")
		if !ok {
			made = s.global(graph.String("policy/"), name)
		}
		return map[string]graph.Value{"arn": made, "id": made}
	}
	if arn, ok := s.text("arn"); ok && strings.HasPrefix(s.resourceType, "aws_imagebuilder_") {
		return map[string]graph.Value{"arn": arn, "id": arn}
	}
	return nil
}
