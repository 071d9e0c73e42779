// Package awsidentity knows the shapes of the identifiers that AWS gives to
// resources: before anything is deployed, an ARN can be told but for a few
// digits, and those are derived from the resource.
package awsidentity

import (
	"maps"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// Resource is what the identifiers of a resource are made of. All texts may
// hold tokens for what is not known, which no function here looks into: they
// have neither upper case, spaces, slashes nor colons.
type Resource struct {
	// Seed tells resources apart: what AWS would choose is derived from it.
	Seed string
	// Type is that of a Terraform provider: "aws_kms_key".
	Type string
	// Partition, Region and Account are where the resource is.
	Partition, Region, Account string
	// Argument is an argument that is a string and neither null nor empty.
	Argument func(name string) (text string, ok bool)
	// IsTrue reports whether an argument is certainly true.
	IsTrue func(name string) bool
	// Lower writes a text in lower case, and its tokens as they are then.
	Lower func(text string) string
	// BeginsUnknown reports whether a text begins with a token.
	BeginsUnknown func(text string) bool
}

// Managed are the computed attributes of a resource, by name.
func (r Resource) Managed() map[string]string {
	provider, kind, _ := strings.Cut(r.Type, "_")
	switch provider {
	case "aws":
	case "awscc":
		return r.cloudControl(kind)
	default:
		return nil
	}
	service, rest, _ := strings.Cut(kind, "_")
	switch service {
	case "kms":
		return r.kms(rest)
	case "iam":
		return r.iam(rest)
	case "imagebuilder":
		return r.imageBuilder(rest)
	}
	return r.compute(kind)
}

func (r Resource) arn(service, region, account, resource string) string {
	return "arn:" + r.Partition + ":" + service + ":" + region + ":" + account + ":" + resource
}

func (r Resource) regional(service, resource string) string {
	return r.arn(service, r.Region, r.Account, resource)
}

// global is the ARN of something of IAM, which has no Region.
func (r Resource) global(resource string) string { return r.arn("iam", "", r.Account, resource) }

// either is an argument, or what it is when it is not set.
func (r Resource) either(name, fallback string) string {
	if text, ok := r.Argument(name); ok {
		return text
	}
	return fallback
}

// name is the name of a resource, which the provider makes up where it is not
// written: a prefix and digits.
func (r Resource) name(argument string) string {
	return r.either(argument, r.either("name_prefix", "terraform-")+r.nameDigits())
}

func (r Resource) nameDigits() string { return graph.StableHex(r.Seed+"#name", 26) }

func (r Resource) kms(kind string) map[string]string {
	switch kind {
	case "key", "external_key":
		return r.key(r.keyID())
	case "replica_key", "replica_external_key":
		return r.key(r.replicaID())
	case "alias":
		return r.alias()
	}
	return nil
}

func (r Resource) key(id string) map[string]string {
	return map[string]string{"arn": r.regional("kms", "key/"+id), "id": id, "key_id": id}
}

// keyID is the ID of a key; keys of several Regions have another form.
func (r Resource) keyID() string {
	if r.IsTrue("multi_region") {
		return r.multiRegionID()
	}
	return graph.StableUUID(r.Seed)
}

func (r Resource) multiRegionID() string { return "mrk-" + graph.StableHex(r.Seed, 32) }

// replicaID is the ID of a replica: that of its primary key.
func (r Resource) replicaID() string {
	primary, _ := r.Argument("primary_key_arn")
	if _, id, found := strings.Cut(primary, ":key/"); found {
		return id
	}
	return r.multiRegionID()
}

func (r Resource) alias() map[string]string {
	name, ok := r.Argument("name")
	if !ok {
		name = "alias/" + strings.TrimPrefix(r.either("name_prefix", "terraform-"), "alias/") + r.nameDigits()
	}
	out := map[string]string{"arn": r.regional("kms", name), "id": name, "name": name}
	target, ok := r.Argument("target_key_id")
	switch {
	case !ok, r.BeginsUnknown(target): // an ARN or an ID
	case strings.HasPrefix(target, "arn:"):
		out["target_key_arn"] = target
	default:
		out["target_key_arn"] = r.regional("kms", "key/"+target)
	}
	return out
}

func (r Resource) iam(kind string) map[string]string {
	switch kind {
	case "role", "user", "group", "instance_profile", "policy":
	case "service_linked_role":
		return r.serviceLinkedRole()
	default:
		return nil
	}
	name := r.name("name")
	arn := r.global(strings.ReplaceAll(kind, "_", "-") + r.either("path", "/") + name)
	out := map[string]string{"arn": arn, "id": name, "name": name}
	if kind == "policy" {
		out["id"] = arn
	}
	return out
}

func (r Resource) serviceLinkedRole() map[string]string {
	service, _ := r.Argument("aws_service_name")
	var name string
	switch service {
	case "imagebuilder.amazonaws.com":
		name = "AWSServiceRoleForImageBuilder"
	case "autoscaling.amazonaws.com":
		name = "AWSServiceRoleForAutoScaling"
	default:
		return nil
	}
	if suffix, ok := r.Argument("custom_suffix"); ok {
		name += "_" + suffix
	}
	path := "/aws-service-role/" + service + "/"
	arn := r.global("role" + path + name)
	return map[string]string{"arn": arn, "id": arn, "name": name, "path": path}
}

func (r Resource) imageBuilder(kind string) map[string]string {
	kind = strings.ReplaceAll(kind, "_", "-")
	name, hasName := r.Argument("name")
	name = r.arnName(name)
	version, hasVersion := r.Argument("version")
	path := kind + "/" + name
	switch kind {
	case "image":
		path, hasName, hasVersion = "image/"+graph.StableHex(r.Seed, 16)+"/1.0.0/1", true, true
	case "image-recipe", "container-recipe":
		path += "/" + version
	case "component":
		path += "/" + version + "/1"
	case "workflow":
		path = "workflow/" + r.Lower(r.either("type", "")) + "/" + name + "/" + version + "/1"
	case "infrastructure-configuration", "distribution-configuration", "image-pipeline", "lifecycle-policy":
		hasVersion = true
	default:
		return nil
	}
	if !hasName || !hasVersion {
		return nil
	}
	arn := r.regional("imagebuilder", path)
	return map[string]string{"arn": arn, "id": arn}
}

// arnName is a name as Image Builder writes it in ARNs.
func (r Resource) arnName(name string) string {
	return strings.NewReplacer(" ", "-", "_", "-").Replace(r.Lower(name))
}

func (r Resource) compute(kind string) map[string]string {
	switch kind {
	case "ami", "ami_copy", "ami_from_instance":
		return r.image()
	case "ebs_snapshot", "ebs_snapshot_copy", "ebs_snapshot_import":
		return r.snapshot()
	case "launch_template":
		id := "lt-" + graph.StableHex(r.Seed, 17)
		return map[string]string{"id": id, "arn": r.regional("ec2", "launch-template/"+id), "name": r.name("name")}
	case "ssm_parameter":
		return r.parameter()
	case "autoscaling_group":
		name := r.name("name")
		return map[string]string{"id": name, "name": name}
	}
	return nil
}

// image identifies an AMI; the ARNs of AMIs and snapshots have no account.
func (r Resource) image() map[string]string {
	id := "ami-" + graph.StableHex(r.Seed, 17)
	return map[string]string{"id": id, "arn": r.arn("ec2", r.Region, "", "image/"+id)}
}

func (r Resource) snapshot() map[string]string {
	id := "snap-" + graph.StableHex(r.Seed, 17)
	return map[string]string{"id": id, "arn": r.arn("ec2", r.Region, "", "snapshot/"+id)}
}

func (r Resource) parameter() map[string]string {
	name, ok := r.Argument("name")
	if !ok {
		return nil
	}
	return map[string]string{"arn": r.regional("ssm", "parameter/"+strings.TrimPrefix(name, "/")), "id": name, "name": name}
}

// cloudControl identifies resources of the awscc provider.
func (r Resource) cloudControl(kind string) map[string]string {
	switch kind {
	case "kms_key":
		return r.key(r.keyID())
	case "kms_replica_key":
		return r.key(r.replicaID())
	case "kms_alias":
		if name, ok := r.Argument("alias_name"); ok {
			return map[string]string{"id": name, "alias_name": name}
		}
		return nil
	case "iam_role":
		name := r.name("role_name")
		return map[string]string{"arn": r.global("role" + r.either("path", "/") + name), "id": name, "role_name": name}
	case "iam_managed_policy":
		arn := r.global("policy" + r.either("path", "/") + r.name("managed_policy_name"))
		return map[string]string{"policy_arn": arn, "id": arn}
	}
	if rest, ok := strings.CutPrefix(kind, "imagebuilder_"); ok {
		return r.imageBuilder(rest)
	}
	return nil
}

// Lookup are the attributes of a data source that looks up what a resource
// could have made: they have the right shape and are equal wherever they are
// used.
func (r Resource) Lookup() map[string]string {
	switch r.Type {
	case "aws_kms_key", "aws_ebs_default_kms_key", "aws_kms_alias":
		return r.lookupKey()
	case "aws_ami":
		out := r.image()
		out["image_id"] = out["id"]
		return out
	case "aws_ebs_snapshot":
		out := r.snapshot()
		out["snapshot_id"] = out["id"]
		return out
	case "aws_iam_role", "aws_iam_instance_profile":
		if name, ok := r.Argument("name"); ok {
			folder := strings.ReplaceAll(strings.TrimPrefix(r.Type, "aws_iam_"), "_", "-") + "/"
			return map[string]string{"arn": r.global(folder + name), "id": name}
		}
	case "aws_iam_policy":
		return r.lookupPolicy()
	case "aws_ssm_parameter":
		out := r.parameter()
		maps.DeleteFunc(out, func(name, _ string) bool { return name == "name" })
		return out
	}
	if arn, ok := r.Argument("arn"); ok && strings.HasPrefix(r.Type, "aws_imagebuilder_") {
		return map[string]string{"arn": arn, "id": arn}
	}
	return nil
}

func (r Resource) lookupKey() map[string]string {
	id := graph.StableUUID(r.Seed)
	arn := r.regional("kms", "key/"+id)
	switch r.Type {
	case "aws_kms_key":
		return map[string]string{"arn": arn, "id": id}
	case "aws_ebs_default_kms_key":
		return map[string]string{"arn": arn, "key_arn": arn}
	}
	name, ok := r.Argument("name")
	if !ok {
		return nil
	}
	alias := r.regional("kms", name)
	return map[string]string{"arn": alias, "id": alias, "target_key_arn": arn, "target_key_id": id}
}

func (r Resource) lookupPolicy() map[string]string {
	arn, ok := r.Argument("arn")
	if !ok {
		name, named := r.Argument("name")
		if !named {
			return nil
		}
		arn = r.global("policy/" + name)
	}
	return map[string]string{"arn": arn, "id": arn}
}

// Identifies reports whether a computed attribute is one by which others refer
// to a resource.
func Identifies(attribute string) bool {
	switch attribute {
	case "arn", "id", "key_id", "name", "image_id", "target_key_arn", "target_key_id", "alias_name", "role_name",
		"policy_arn", "parameter_name":
		return true
	}
	return false
}

// MadeUp reports whether a text has a part that was derived from the seed of a
// resource.
func MadeUp(text, seed string) bool {
	const shortest = 16
	return strings.Contains(text, graph.StableUUID(seed)) || strings.Contains(text, graph.StableHex(seed, shortest)) ||
		strings.Contains(text, graph.StableHex(seed+"#name", shortest))
}
