package normalize

import "github.com/iblint/iblint/loaders/graph"

func terraformIAM(resourceType string) reader {
	switch resourceType {
	case "aws_iam_role":
		return readTerraformRole
	case "aws_iam_role_policy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMRolePolicy, &graph.IAMRolePolicy{
				Name: a.value("name"), Policy: a.document("policy"), Roles: a.list("role"),
			}
		}
	case "aws_iam_policy":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMPolicy, &graph.IAMPolicy{
				Name: a.value("name"), Path: a.value("path"), Policy: a.document("policy"),
			}
		}
	case "aws_iam_role_policy_attachment":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMPolicyAttachment, &graph.IAMPolicyAttachment{
				PolicyARN: a.value("policy_arn"), Roles: a.list("role"),
			}
		}
	case "aws_iam_policy_attachment":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMPolicyAttachment, &graph.IAMPolicyAttachment{
				PolicyARN: a.value("policy_arn"), Roles: a.list("roles"), Exclusive: true,
			}
		}
	case "aws_iam_role_policy_attachments_exclusive":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMAttachmentsExclusive, &graph.IAMAttachmentsExclusive{
				Role: a.value("role_name"), PolicyARNs: a.list("policy_arns"),
			}
		}
	case "aws_iam_role_policies_exclusive":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMRolePoliciesExclusive, &graph.IAMRolePoliciesExclusive{
				Role: a.value("role_name"), PolicyNames: a.list("policy_names"),
			}
		}
	case "aws_iam_service_linked_role":
		return func(a attributes) (graph.Kind, any) {
			return graph.KindIAMServiceLinkedRole, &graph.IAMServiceLinkedRole{ServiceName: a.value("aws_service_name")}
		}
	}
	return nil
}

func readTerraformRole(a attributes) (graph.Kind, any) {
	inline, more := a.blocks("inline_policy")
	role := &graph.IAMRole{
		Name:                  a.value("name"),
		NamePrefix:            a.value("name_prefix"),
		Path:                  a.value("path"),
		AssumeRolePolicy:      a.document("assume_role_policy"),
		ManagedPolicyARNs:     a.list("managed_policy_arns"),
		InlinePoliciesUnknown: more,
		PermissionsBoundary:   a.value("permissions_boundary"),
		Tags:                  a.value("tags"),
		ExclusiveInline:       len(inline) > 0 || !more.IsAbsent(),
	}
	role.ExclusiveAttachments = !role.ManagedPolicyARNs.IsAbsent()
	for _, policy := range inline {
		// A block without name and policy asks for "no inline policies".
		if document := policy.document("policy"); document != nil {
			role.InlinePolicies = append(role.InlinePolicies, graph.InlinePolicy{Name: policy.value("name"), Policy: document})
		}
	}
	return graph.KindIAMRole, role
}
