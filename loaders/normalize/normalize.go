// Package normalize says what a resource means: its kind and its properties,
// the same whatever the dialect. It reads evaluated attributes only.
package normalize

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/iam"
)

// reader turns the attributes of one resource type into kind and properties.
type reader func(attributes) (graph.Kind, any)

// Resource sets Kind and Properties of a resource from its Type and
// Attributes. A type that no rule reads keeps an empty kind.
func Resource(r *graph.Resource) {
	read, a := readerOf(r.Type, attributes{r.Attributes})
	if read == nil {
		return
	}
	r.Kind, r.Properties = read(a)
}

// KindOf returns the kind of a resource type, or "" for a type that no rule
// reads.
func KindOf(resourceType string) graph.Kind {
	read, a := readerOf(resourceType, attributes{graph.Map()})
	if read == nil {
		return ""
	}
	kind, _ := read(a)
	return kind
}

func readerOf(resourceType string, a attributes) (reader, attributes) {
	switch {
	case strings.HasPrefix(resourceType, "aws_"):
		return terraformReader(resourceType), a
	case strings.HasPrefix(resourceType, "awscc_"):
		return cloudFormationReader(cloudControlType(resourceType)), attributes{pascalNames(a.Value)}
	case strings.Contains(resourceType, "::"):
		return cloudFormationReader(resourceType), a
	}
	return nil, a
}

// Document normalizes a policy document given as an object or as JSON text;
// nil for an absent one.
func Document(v graph.Value) *graph.Document { return iam.Parse(v) }

// attributes is the map of a resource or of a nested block.
type attributes struct{ graph.Value }

// value returns an attribute; the empty string counts as not written, as the
// Terraform provider and the AWS API treat it for the arguments read here.
func (a attributes) value(name string) graph.Value {
	v := a.Field(name)
	if s, known := v.AsString(); known && s == "" {
		return graph.Absent()
	}
	return v
}

// truth returns an attribute that is a truth value. Both dialects accept
// strings for it ("true", and in Terraform "1"); those become truth values.
func (a attributes) truth(name string) graph.Value {
	v := a.value(name)
	b, known := v.AsBool()
	if !known || v.Kind() == graph.KindBool {
		return v
	}
	out := graph.Bool(b)
	if v.HasRange() {
		out = out.WithRange(v.Range()).WithVia(v.Via()...)
	}
	return out
}

// list returns an attribute as a list; a scalar stands for a list of one.
func (a attributes) list(name string) graph.Value {
	v := a.Field(name)
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid, graph.KindList, graph.KindUnknown, graph.KindChoice:
		return v
	default: // one item
	}
	out := graph.List(v)
	if v.HasRange() {
		out = out.WithRange(v.Range()).WithVia(v.Via()...)
	}
	return out
}

// document returns an attribute as a policy document.
func (a attributes) document(name string) *graph.Document { return iam.Parse(a.Field(name)) }

// tags returns CloudFormation's list of tags as a map. A tag whose key is not
// known is left out: rules ask for one tag at a time.
func (a attributes) tags(name string) graph.Value {
	list := a.Field(name)
	if list.Kind() != graph.KindList {
		return list
	}
	var fields []graph.Field
	for _, item := range list.Items() {
		if key, ok := item.Field("Key").AsString(); ok {
			fields = append(fields, graph.Field{Name: key, Value: item.Field("Value")})
		}
	}
	return graph.Map(fields...)
}

// blocks returns the nested blocks of a name and, when there may be more or
// one of them is not known, the reason.
func (a attributes) blocks(name string) (blocks []attributes, more graph.Value) {
	v := a.Field(name)
	more = graph.Absent()
	switch v.Kind() {
	case graph.KindMap:
		return []attributes{{v}}, more
	case graph.KindList:
		for _, item := range v.Items() {
			switch {
			case item.Kind() == graph.KindMap:
				blocks = append(blocks, attributes{item})
			case item.IsUnknown():
				more = item
			}
		}
		return blocks, more
	case graph.KindUnknown, graph.KindChoice, graph.KindText:
		return nil, v
	default: // no block
	}
	return nil, more
}

// block returns the first nested block of a name.
func (a attributes) block(name string) (attributes, bool) {
	blocks, _ := a.blocks(name)
	if len(blocks) == 0 {
		return attributes{graph.Map()}, false
	}
	return blocks[0], true
}

// place is an empty map that carries where the block stands.
func (a attributes) place() graph.Value {
	if !a.HasRange() {
		return graph.Map()
	}
	return graph.Map().WithRange(a.Range()).WithVia(a.Via()...)
}

// orUnknown gives the reason for a block whose presence is not known to a
// value that it would have held.
func orUnknown(v, more graph.Value) graph.Value {
	if v.IsAbsent() && !more.IsAbsent() {
		return more
	}
	return v
}

// cloudControlType is the CloudFormation type of an awscc resource type, or "".
func cloudControlType(resourceType string) string {
	switch strings.TrimPrefix(resourceType, "awscc_") {
	case "imagebuilder_image_recipe":
		return "AWS::ImageBuilder::ImageRecipe"
	case "imagebuilder_container_recipe":
		return "AWS::ImageBuilder::ContainerRecipe"
	case "imagebuilder_distribution_configuration":
		return "AWS::ImageBuilder::DistributionConfiguration"
	case "imagebuilder_infrastructure_configuration":
		return "AWS::ImageBuilder::InfrastructureConfiguration"
	case "imagebuilder_image_pipeline":
		return "AWS::ImageBuilder::ImagePipeline"
	case "imagebuilder_image":
		return "AWS::ImageBuilder::Image"
	case "imagebuilder_workflow":
		return "AWS::ImageBuilder::Workflow"
	case "kms_key":
		return "AWS::KMS::Key"
	case "kms_replica_key":
		return "AWS::KMS::ReplicaKey"
	case "kms_alias":
		return "AWS::KMS::Alias"
	case "iam_role":
		return "AWS::IAM::Role"
	case "iam_role_policy":
		return "AWS::IAM::RolePolicy"
	case "iam_managed_policy":
		return "AWS::IAM::ManagedPolicy"
	case "iam_service_linked_role":
		return "AWS::IAM::ServiceLinkedRole"
	case "ssm_parameter":
		return "AWS::SSM::Parameter"
	case "ec2_launch_template":
		return "AWS::EC2::LaunchTemplate"
	case "autoscaling_auto_scaling_group":
		return "AWS::AutoScaling::AutoScalingGroup"
	case "organizations_policy":
		return "AWS::Organizations::Policy"
	}
	return ""
}

// pascalNames renames the fields of a value from the awscc provider's
// snake_case to CloudFormation's names.
func pascalNames(v graph.Value) graph.Value {
	var out graph.Value
	switch v.Kind() {
	case graph.KindMap:
		fields := make([]graph.Field, 0, len(v.Fields()))
		for _, field := range v.Fields() {
			fields = append(fields, graph.Field{Name: pascal(field.Name), Value: pascalNames(field.Value)})
		}
		out = graph.Map(fields...)
	case graph.KindList:
		items := make([]graph.Value, 0, len(v.Items()))
		for _, item := range v.Items() {
			items = append(items, pascalNames(item))
		}
		out = graph.List(items...)
	default:
		return v
	}
	if v.HasRange() {
		out = out.WithRange(v.Range()).WithVia(v.Via()...)
	}
	return out
}

func pascal(name string) string {
	if name == "aws_service_name" {
		return "AWSServiceName"
	}
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
