# METADATA
# title: Distribution role may not copy images
# description: |
#   The role in the target account makes the copy of the AMI. AWS publishes the
#   managed policy Ec2ImageBuilderCrossAccountDistributionAccess for it. Policies with
#   similar names, for the build instance or for administrators, do not help.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Ec2ImageBuilderCrossAccountDistributionAccess
#     ref: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/Ec2ImageBuilderCrossAccountDistributionAccess.html
# custom:
#   id: IBL014
#   name: target-role-distribution-policy
#   severity: error
#   category: target-role
#   step: account_copy
#   remediation: |
#     Attach the managed policy arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess to the role, or
#     allow ec2:DescribeImages, ec2:CopyImage and ec2:ModifyImageAttribute on * and ec2:CreateTags on
#     arn:aws:ec2:*::image/*.
#   prevents:
#     - Please make sure your 'EC2ImageBuilderDistributionCrossAccountRole' is setup with correct permission policies.
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the policies of the role, roles: {"arn:aws:iam::222222222222:role/…": {managed_policies: […]}} in
#     .iblint.yaml, or add the output of aws iam list-attached-role-policies to the facts.
package iblint.rules.target_role_distribution_policy

import data.iblint.lib.distribution
import data.iblint.lib.group

deny contains finding if {
	some [_, missing], needs in _unmet
	subject := distribution.attachment_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("the role %s in %s may not copy the AMI: %s %s missing%s%s", [
			distribution.role_name,
			distribution.need_accounts_text(needs),
			distribution.enumeration(missing),
			distribution.verb(missing),
			_elsewhere(needs),
			distribution.assumption_text(needs),
		]),
		"missing": missing,
		"related": array.concat(_other_roles(needs), subject.related),
	})
}

unknown contains finding if {
	some [_, why], needs in _open
	subject := distribution.attachment_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether the role %s in %s may copy the AMI%s",
		[distribution.role_name, distribution.need_accounts_text(needs), distribution.assumption_text(needs)],
	)}])
}

_unmet := group.by_key({[[distribution.role_signature(need.role), missing], need] |
	some need in distribution.needs.target_role_distribution_policy
	missing := distribution.plainly_missing(need)
	count(missing) > 0
})

_open := distribution.open_by_role(distribution.needs.target_role_distribution_policy)

# The managed policy is there, but another role has it.
_other_roles(needs) := [place |
	some id, role in input.roles
	not id in {need.role | some need in needs}
	some policy in role.policies
	endswith(object.get(policy, "arn", ""), ":policy/Ec2ImageBuilderCrossAccountDistributionAccess")
	input.resources[policy.resource]
	distribution.has_right_name(id) != "yes"
	place := {
		"message": "the managed policy is attached to another role here",
		"resource": policy.resource,
		"property": policy.property,
	}
]

_elsewhere(needs) := "; the managed policy for it is attached to another role" if {
	count(_other_roles(needs)) > 0
} else := ""
