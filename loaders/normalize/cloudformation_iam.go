package normalize

import "github.com/iblint/iblint/loaders/graph"

func cloudFormationIAM(resourceType string) reader {
	switch resourceType {
	case "AWS::IAM::Role":
		return readRole
	case "AWS::IAM::Policy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMRolePolicy, &graph.IAMRolePolicy{
				Name: a.value("PolicyName"), Policy: a.document("PolicyDocument"), Roles: a.list("Roles"),
			}
		}
	case "AWS::IAM::RolePolicy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMRolePolicy, &graph.IAMRolePolicy{
				Name: a.value("PolicyName"), Policy: a.document("PolicyDocument"), Roles: a.list("RoleName"),
			}
		}
	case "AWS::IAM::ManagedPolicy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMPolicy, &graph.IAMPolicy{
				Name: a.value("ManagedPolicyName"), Path: a.value("Path"), Policy: a.document("PolicyDocument"),
				Roles: a.list("Roles"),
			}
		}
	case "AWS::IAM::ServiceLinkedRole":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMServiceLinkedRole, &graph.IAMServiceLinkedRole{ServiceName: a.value("AWSServiceName")}
		}
	}
	return nil
}

func readRole(a attributes) (graph.Kind, any) {
	inline, more := a.blocks("Policies")
	role := &graph.IAMRole{
		Name:                  a.value("RoleName"),
		Path:                  a.value("Path"),
		AssumeRolePolicy:      a.document("AssumeRolePolicyDocument"),
		ManagedPolicyARNs:     a.list("ManagedPolicyArns"),
		InlinePoliciesUnknown: more,
		PermissionsBoundary:   a.value("PermissionsBoundary"),
		Tags:                  a.tags("Tags"),
	}
	for _, policy := range inline {
		role.InlinePolicies = append(role.InlinePolicies, graph.InlinePolicy{
			Name: policy.value("PolicyName"), Policy: policy.document("PolicyDocument"),
		})
	}
	return graph.KindIAMRole, role
}
