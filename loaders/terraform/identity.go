package terraform

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/graph"
)

// identifies reports whether a computed attribute is one by which others refer
// to a resource.
func identifies(name string) bool {
	switch name {
	case "arn", "id", "key_id", "name", "image_id", "target_key_arn", "target_key_id", "alias_name", "role_name", "policy_arn", "parameter_name":
		return true
	}
	return false
}

// shape is what the identifiers of a resource are made of.
type shape struct {
	l      *loader
	id     string
	kind   string
	place  *provider
	fields map[string]cty.Value
}

// text is an argument that is a string and set.
func (s shape) text(name string) (string, bool) {
	v, ok := s.fields[name]
	if !ok {
		return "", false
	}
	text, ok := plainText(v)
	return text, ok && text != ""
}

func (s shape) arn(service, region, account, resource string) cty.Value {
	return cty.StringVal("arn:" + s.place.partition + ":" + service + ":" + region + ":" + account + ":" + resource)
}

func (s shape) regional(service, resource string) cty.Value {
	return s.arn(service, s.place.region, s.place.account, resource)
}

// global is the ARN of something of IAM, which has no Region.
func (s shape) global(resource string) cty.Value {
	return s.arn("iam", "", s.place.account, resource)
}

// identify works out the computed attributes of an instance that have a known
// shape.
func (m *module) identify(cfg *resourceConfig, r *resourceInstance, fields map[string]cty.Value) map[string]cty.Value {
	s := shape{l: m.l, id: r.id, kind: cfg.kind, place: r.place, fields: fields}
	switch {
	case cfg.mode == "data.":
		return m.dataIdentity(cfg, r, s)
	case cfg.mode != "":
		return nil
	case cfg.kind == "terraform_data":
		return map[string]cty.Value{"output": outputOf(fields)}
	case strings.HasPrefix(cfg.kind, "awscc_"):
		return s.cloudControl()
	case !strings.HasPrefix(cfg.kind, "aws_"):
		return nil
	}
	for _, table := range []func() map[string]cty.Value{s.kms, s.iam, s.imageBuilder, s.compute, s.other} {
		if out := table(); out != nil {
			return out
		}
	}
	return nil
}

// outputOf is what a terraform_data resource outputs: its input, once applied.
func outputOf(fields map[string]cty.Value) cty.Value {
	if v, ok := fields["input"]; ok {
		return v
	}
	return cty.NullVal(cty.DynamicPseudoType)
}

// isTrue reports whether an argument is certainly true.
func (s shape) isTrue(name string) bool {
	v, ok := s.fields[name]
	if !ok {
		return false
	}
	v, _ = v.Unmark()
	return v.Type() == cty.Bool && v.IsKnown() && !v.IsNull() && v.True()
}

// keyID is the ID of a key; keys of several Regions have another form.
func (s shape) keyID() string {
	if s.isTrue("multi_region") {
		return "mrk-" + graph.StableHex(s.id, 32)
	}
	return graph.StableUUID(s.id)
}

func (s shape) kms() map[string]cty.Value {
	switch s.kind {
	case "aws_kms_key", "aws_kms_external_key":
		id := s.keyID()
		return s.key(id)
	case "aws_kms_replica_key", "aws_kms_replica_external_key":
		return s.key(s.replicaID())
	case "aws_kms_alias":
		name, ok := s.text("name")
		if !ok {
			name = "alias/" + s.generated("alias/")
		}
		out := map[string]cty.Value{"name": cty.StringVal(name), "id": cty.StringVal(name), "arn": s.regional("kms", name)}
		if target, ok := s.text("target_key_id"); ok {
			out["target_key_arn"] = s.keyARN(target)
		}
		return out
	}
	return nil
}

// keyARN is the ARN of a key that is given by ID or ARN.
func (s shape) keyARN(target string) cty.Value {
	if strings.HasPrefix(target, "arn:") {
		return cty.StringVal(target)
	}
	if o := s.l.table.Alone(target); o != nil {
		return s.l.table.Value(cty.String, s.l.table.Derive("key_arn", cty.StringVal(target)))
	}
	return s.regional("kms", "key/"+target)
}

// replicaID is the ID of a replica: that of its primary key.
func (s shape) replicaID() string {
	if primary, ok := s.text("primary_key_arn"); ok {
		if _, id, found := strings.Cut(primary, ":key/"); found {
			return id
		}
	}
	return "mrk-" + graph.StableHex(s.id, 32)
}

func (s shape) key(id string) map[string]cty.Value {
	return map[string]cty.Value{"id": cty.StringVal(id), "key_id": cty.StringVal(id), "arn": s.regional("kms", "key/"+id)}
}

// generated is a name that the provider makes up behind a prefix.
func (s shape) generated(trim string) string {
	prefix, ok := s.text("name_prefix")
	if !ok {
		prefix = "terraform-"
	}
	return strings.TrimPrefix(prefix, trim) + graph.StableHex(s.id+"#name", 26)
}

func (s shape) iam() map[string]cty.Value {
	kind, ok := strings.CutPrefix(s.kind, "aws_iam_")
	if !ok {
		return nil
	}
	switch kind {
	case "role", "user", "group", "instance_profile", "policy":
	case "service_linked_role":
		return s.serviceLinkedRole()
	default:
		return nil
	}
	name, ok := s.text("name")
	if !ok {
		name = s.generated("")
	}
	folder, ok := s.text("path")
	if !ok {
		folder = "/"
	}
	made := s.global(strings.ReplaceAll(kind, "_", "-") + folder + name)
	out := map[string]cty.Value{"arn": made, "id": cty.StringVal(name), "name": cty.StringVal(name)}
	if kind == "policy" {
		out["id"] = made
	}
	return out
}

func (s shape) serviceLinkedRole() map[string]cty.Value {
	service, ok := s.text("aws_service_name")
	if !ok || service != "imagebuilder.amazonaws.com" && service != "autoscaling.amazonaws.com" {
		return nil
	}
	name := map[string]string{
		"imagebuilder.amazonaws.com": "AWSServiceRoleForImageBuilder", "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
	}[service]
	if suffix, ok := s.text("custom_suffix"); ok {
		name += "_" + suffix
	}
	folder := "/aws-service-role/" + service + "/"
	made := s.global("role" + folder + name)
	return map[string]cty.Value{"arn": made, "id": made, "name": cty.StringVal(name), "path": cty.StringVal(folder)}
}

func (s shape) imageBuilder() map[string]cty.Value {
	kind, ok := strings.CutPrefix(s.kind, "aws_imagebuilder_")
	if !ok {
		return nil
	}
	kind = strings.ReplaceAll(kind, "_", "-")
	name, hasName := s.text("name")
	name = s.l.resourceName(name)
	version, hasVersion := s.text("version")
	var path string
	switch {
	case kind == "image":
		path = "image/" + graph.StableHex(s.id, 16) + "/1.0.0/1"
	case !hasName:
		return nil
	case kind == "image-recipe" && hasVersion, kind == "container-recipe" && hasVersion:
		path = kind + "/" + name + "/" + version
	case kind == "component" && hasVersion:
		path = kind + "/" + name + "/" + version + "/1"
	case kind == "workflow" && hasVersion:
		folder, _ := s.text("type")
		path = kind + "/" + s.l.lower(folder) + "/" + name + "/" + version + "/1"
	case kind == "infrastructure-configuration", kind == "distribution-configuration", kind == "image-pipeline", kind == "lifecycle-policy":
		path = kind + "/" + name
	default:
		return nil
	}
	made := s.regional("imagebuilder", path)
	return map[string]cty.Value{"arn": made, "id": made}
}

// resourceName is a name as Image Builder writes it in ARNs.
func (l *loader) resourceName(name string) string {
	name = l.lower(name)
	var b strings.Builder
	for _, p := range l.table.Split(name) {
		if p.Origin != nil {
			b.WriteString(l.table.Token(p.Origin))
			continue
		}
		b.WriteString(strings.NewReplacer(" ", "-", "_", "-").Replace(p.Literal))
	}
	return b.String()
}

// lower writes a text in lower case; so are its unknown parts.
func (l *loader) lower(text string) string {
	out, err := l.functions.Functions()["lower"].Call([]cty.Value{cty.StringVal(text)})
	if err != nil {
		return text
	}
	lowered, _ := plainText(out)
	return lowered
}

func (s shape) compute() map[string]cty.Value {
	var prefix, kind, account string
	switch s.kind {
	case "aws_ami", "aws_ami_copy", "aws_ami_from_instance":
		prefix, kind = "ami-", "image"
	case "aws_ebs_snapshot", "aws_ebs_snapshot_copy", "aws_ebs_snapshot_import":
		prefix, kind = "snap-", "snapshot"
	case "aws_launch_template":
		prefix, kind, account = "lt-", "launch-template", s.place.account
	default:
		return nil
	}
	id := prefix + graph.StableHex(s.id, 17)
	out := map[string]cty.Value{"id": cty.StringVal(id), "arn": s.arn("ec2", s.place.region, account, kind+"/"+id)}
	if prefix == "lt-" {
		name, ok := s.text("name")
		if !ok {
			name = s.generated("")
		}
		out["name"] = cty.StringVal(name)
	}
	return out
}

func (s shape) other() map[string]cty.Value {
	name, ok := s.text("name")
	switch s.kind {
	case "aws_ssm_parameter":
		if !ok {
			return nil
		}
		path := "parameter/" + strings.TrimPrefix(name, "/")
		return map[string]cty.Value{"arn": s.regional("ssm", path), "id": cty.StringVal(name), "name": cty.StringVal(name)}
	case "aws_autoscaling_group":
		if !ok {
			name = s.generated("")
		}
		return map[string]cty.Value{"id": cty.StringVal(name), "name": cty.StringVal(name)}
	}
	return nil
}

// cloudControl identifies resources of the awscc provider.
func (s shape) cloudControl() map[string]cty.Value {
	kind := strings.TrimPrefix(s.kind, "awscc_")
	same := s
	switch kind {
	case "kms_key":
		return s.key(s.keyID())
	case "kms_replica_key":
		return s.key(s.replicaID())
	case "kms_alias":
		name, ok := s.text("alias_name")
		if !ok {
			return nil
		}
		return map[string]cty.Value{"id": cty.StringVal(name), "alias_name": cty.StringVal(name)}
	case "iam_role":
		name, ok := s.text("role_name")
		if !ok {
			name = s.generated("")
		}
		folder, ok := s.text("path")
		if !ok {
			folder = "/"
		}
		return map[string]cty.Value{"arn": s.global("role" + folder + name), "id": cty.StringVal(name), "role_name": cty.StringVal(name)}
	case "iam_managed_policy":
		name, ok := s.text("managed_policy_name")
		if !ok {
			name = s.generated("")
		}
		folder, ok := s.text("path")
		if !ok {
			folder = "/"
		}
		made := s.global("policy" + folder + name)
		return map[string]cty.Value{"policy_arn": made, "id": made}
	}
	if rest, ok := strings.CutPrefix(kind, "imagebuilder_"); ok {
		same.kind = "aws_imagebuilder_" + rest
		return same.imageBuilder()
	}
	return nil
}
