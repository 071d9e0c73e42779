package cloudformation

import (
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// Which properties are checked?
//
// The schema of a resource type belongs to the service, which adds properties
// without telling anybody. So only what a verdict rests on is checked: that
// objects and lists are objects and lists, that no name is a slip of one that
// rules read (any other may be new), and that what the schema requires is
// there, unless a rule says what follows from its absence, as for the policies
// of keys and the trust of roles.

// form is what a value must look like.
type form uint8

const (
	anyForm form = iota
	objectForm
	listForm     // of anything
	objectsForm  // a list of objects
	documentForm // a policy, as an object or as text
)

// propertySchema describes a property.
type propertySchema struct {
	form     form
	required bool
	members  map[string]propertySchema
}

func object(members map[string]propertySchema) propertySchema {
	return propertySchema{form: objectForm, members: members}
}

func objects(members map[string]propertySchema) propertySchema {
	return propertySchema{form: objectsForm, members: members}
}

func (p propertySchema) mandatory() propertySchema {
	p.required = true
	return p
}

// resourceSchema describes what rules read of a resource type.
func resourceSchema(resourceType string) (propertySchema, bool) {
	optional, list, document := propertySchema{}, propertySchema{form: listForm}, propertySchema{form: documentForm}
	required := optional.mandatory()
	devices := objects(map[string]propertySchema{
		"DeviceName": optional, "NoDevice": optional, "VirtualName": optional,
		"Ebs": object(map[string]propertySchema{
			"Encrypted": optional, "KmsKeyId": optional, "SnapshotId": optional, "VolumeType": optional, "VolumeSize": optional,
		}),
	})
	inline := objects(map[string]propertySchema{"PolicyName": optional, "PolicyDocument": document.mandatory()})
	pipeline := map[string]propertySchema{
		"ImageRecipeArn": optional, "ContainerRecipeArn": optional, "DistributionConfigurationArn": optional,
		"InfrastructureConfigurationArn": optional, "ExecutionRole": optional, "Workflows": {form: objectsForm},
	}
	var members map[string]propertySchema
	switch resourceType {
	case "AWS::ImageBuilder::ImageRecipe":
		members = map[string]propertySchema{"ParentImage": required, "BlockDeviceMappings": devices, "Version": optional}
	case "AWS::ImageBuilder::ImagePipeline", "AWS::ImageBuilder::Image":
		members = pipeline
	case "AWS::ImageBuilder::DistributionConfiguration":
		members = map[string]propertySchema{"Distributions": distributionSchema()}
	case "AWS::KMS::Key":
		members = map[string]propertySchema{"KeyPolicy": document, "Enabled": optional, "KeyUsage": optional, "KeySpec": optional, "MultiRegion": optional}
	case "AWS::KMS::ReplicaKey":
		members = map[string]propertySchema{"KeyPolicy": document, "Enabled": optional, "PrimaryKeyArn": required}
	case "AWS::KMS::Alias":
		members = map[string]propertySchema{"AliasName": required, "TargetKeyId": required}
	case "AWS::IAM::Role":
		members = map[string]propertySchema{
			"AssumeRolePolicyDocument": document, "ManagedPolicyArns": list, "Policies": inline,
			"PermissionsBoundary": optional, "RoleName": optional, "Path": optional,
		}
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy":
		members = map[string]propertySchema{"PolicyDocument": document.mandatory(), "Roles": list, "Users": list, "Groups": list}
	case "AWS::IAM::RolePolicy":
		members = map[string]propertySchema{"PolicyDocument": document, "RoleName": required}
	default:
		return propertySchema{}, false
	}
	return object(members), true
}

func distributionSchema() propertySchema {
	optional, list := propertySchema{}, propertySchema{form: listForm}
	return objects(map[string]propertySchema{
		"Region": optional.mandatory(),
		"AmiDistributionConfiguration": object(map[string]propertySchema{
			"KmsKeyId": optional, "TargetAccountIds": list, "AmiTags": optional, "Description": optional, "Name": optional,
			"LaunchPermissionConfiguration": object(map[string]propertySchema{
				"UserIds": list, "UserGroups": list, "OrganizationArns": list, "OrganizationalUnitArns": list,
			}),
		}),
		"ContainerDistributionConfiguration": {form: objectForm}, "FastLaunchConfigurations": {form: objectsForm},
		"LaunchTemplateConfigurations": {form: objectsForm},
	}).mandatory()
}

// checkProperties reports properties that the schema of the type refuses.
func (r *resource) checkProperties(attributes graph.Value) {
	if schema, ok := resourceSchema(r.typ); ok {
		r.checkValue(schema, attributes, "Properties", r.rng)
	}
}

// checkValue checks a value that is certain as far as it is looked at: what an
// undecided condition chooses is left alone.
func (r *resource) checkValue(schema propertySchema, v graph.Value, name string, rng hcl.Range) {
	if v.HasRange() {
		rng = v.Range()
	}
	if want := schema.form.refuses(v); want != "" {
		r.report(rng, name+" is not "+want, "CloudFormation rejects the resource "+r.id+": "+name+" must be "+want+".")
		return
	}
	switch v.Kind() {
	case graph.KindList:
		if schema.form == objectsForm {
			for _, item := range v.Items() {
				r.checkValue(object(schema.members), item, "an item of "+name, rng)
			}
		}
	case graph.KindMap:
		if schema.form == objectForm {
			r.checkMembers(schema, v, rng)
		}
	default:
	}
}

// refuses says what the value ought to be, "" where it may be what it is.
func (f form) refuses(v graph.Value) string {
	isText := v.Kind() == graph.KindString || v.Kind() == graph.KindNumber || v.Kind() == graph.KindBool
	switch f {
	case objectForm:
		if isText || v.Kind() == graph.KindList {
			return "an object"
		}
	case listForm, objectsForm:
		if isText || v.Kind() == graph.KindMap {
			return "a list"
		}
	case documentForm:
		if v.Kind() == graph.KindList || v.Kind() == graph.KindNumber || v.Kind() == graph.KindBool {
			return "a policy document"
		}
	case anyForm:
	}
	return ""
}

func (r *resource) checkMembers(schema propertySchema, v graph.Value, rng hcl.Range) {
	known := make([]string, 0, len(schema.members))
	for name, member := range schema.members {
		known = append(known, name)
		if member.required && v.Field(name).IsAbsent() {
			r.report(rng, "property "+name+" is missing", "CloudFormation rejects the resource "+r.id+": it requires "+name+".")
		}
	}
	slices.Sort(known)
	for _, field := range v.Fields() {
		if member, ok := schema.members[field.Name]; ok {
			r.checkValue(member, field.Value, field.Name, rng)
		} else if meant := slipOf(field.Name, known); meant != "" {
			r.report(field.Value.Range(), "CloudFormation does not know the property "+field.Name, "The property is called "+meant+".")
		}
	}
}

// slipOf is the name of which another is a slip of the pen, "" when it is
// none.
func slipOf(name string, known []string) string {
	const longEnough, slips = 6, 2
	for _, candidate := range known {
		if strings.EqualFold(name, candidate) || len(name) >= longEnough && levenshtein.Distance(name, candidate, nil) <= slips {
			return candidate
		}
	}
	return ""
}
