package cloudformation

import (
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// uncertainAttributes are the properties of a resource that a macro may
// change: each that is written, and each that a rule reads, is unknown.
func (r *resource) uncertainAttributes(u *graph.Unknown) graph.Value {
	names := map[string]bool{}
	if r.properties != nil {
		for _, e := range r.properties.entries {
			if !strings.HasPrefix(e.name, "Fn::") {
				names[e.name] = true
			}
		}
	}
	for _, name := range readProperties(r.typ) {
		names[name] = true
	}
	fields := make([]graph.Field, 0, len(names))
	for name := range names {
		fields = append(fields, graph.Field{Name: name, Value: graph.UnknownValue(u).WithRange(r.rng)})
	}
	return graph.Map(fields...).WithRange(r.rng)
}

// readProperties are the properties of a type of which rules read whether they
// are written.
func readProperties(resourceType string) []string {
	switch resourceType {
	case "AWS::ImageBuilder::ImageRecipe":
		return []string{"Name", "Version", "ParentImage", "BlockDeviceMappings"}
	case "AWS::ImageBuilder::DistributionConfiguration":
		return []string{"Name", "Distributions"}
	case "AWS::ImageBuilder::ImagePipeline", "AWS::ImageBuilder::Image":
		return []string{
			"Name", "ImageRecipeArn", "ContainerRecipeArn", "DistributionConfigurationArn",
			"InfrastructureConfigurationArn", "ExecutionRole", "Workflows",
		}
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return []string{"KeyPolicy", "Enabled", "KeyUsage", "KeySpec", "MultiRegion", "Origin", "PrimaryKeyArn"}
	case "AWS::KMS::Alias":
		return []string{"AliasName", "TargetKeyId"}
	case "AWS::IAM::Role":
		return []string{"RoleName", "Path", "AssumeRolePolicyDocument", "ManagedPolicyArns", "Policies", "PermissionsBoundary"}
	case "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy":
		return []string{"PolicyName", "PolicyDocument", "Roles", "RoleName"}
	}
	return nil
}
