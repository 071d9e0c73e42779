# METADATA
# title: Permissions boundary takes what the role needs
# description: |
#   A permissions boundary is the most that a role may do, whatever its policies allow.
#   The boundary of the distribution role, or of the execution role, leaves out actions
#   that the distribution needs.
# related_resources:
#   - description: Permissions boundaries for IAM entities
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL016
#   name: target-role-boundary
#   severity: error
#   category: target-role
#   step: account_copy
#   remediation: |
#     Allow the missing actions in the policy that is the boundary, or take the boundary off this role.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The policy that is the boundary is in no template. Give the template that creates it.
package iblint.rules.target_role_boundary

import data.iblint.lib.distribution

deny contains finding if {
	some by_severity in _unmet
	some severity, needs in by_severity
	missing := _missing(needs)
	subject := distribution.boundary_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("the permissions boundary of %s in %s does not allow %s%s", [
			_roles_text(needs),
			distribution.need_accounts_text(needs),
			distribution.actions_text(missing),
			distribution.assumption_text(needs),
		]),
		"missing": missing,
		"severity": severity,
	})
}

unknown contains finding if {
	some by_why in _open
	some why, needs in by_why
	subject := distribution.boundary_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known what the permissions boundary of %s in %s allows%s",
		[_roles_text(needs), distribution.need_accounts_text(needs), distribution.assumption_text(needs)],
	)}])
}

# What is left out on keys and on images is one mistake.
_unmet[signature][severity] contains need if {
	some signature, needs in _by_boundary
	severity := _severity(needs)
	severity != "none"
	some need in needs
	count(distribution.plainly_missing(need)) > 0
}

_by_boundary[signature] contains need if {
	some rule in ["target_role_boundary", "execution_role_boundary"]
	some need in distribution.needs[rule]
	distribution.is_certain(need.uses)
	signature := _signature(need.role)
}

_open[signature][why] contains need if {
	some rule in ["target_role_boundary", "execution_role_boundary"]
	some need in distribution.needs[rule]
	signature := _signature(need.role)
	not _unmet[signature]
	distribution.is_open(need)
	why := distribution.open_reason(need, "give the template that creates the policy")
}

_severity(needs) := "error" if {
	some need in needs
	distribution.severity_of(need.actor.kind, distribution.plainly_missing(need)) == "error"
} else := "warning" if {
	some need in needs
	count(distribution.plainly_missing(need)) > 0
} else := "none"

_missing(needs) := sort([action | some action in {action |
	some need in needs
	some action in distribution.plainly_missing(need)
}])

_signature(role) := replace(
	json.marshal(input.documents[input.roles[role].boundary.document]),
	object.get(input.roles[role], "account", "{account}"),
	"{account}",
) if {
	input.documents[input.roles[role].boundary.document]
} else := role

_roles_text(needs) := distribution.enumeration({_role_text(need) | some need in needs})

_role_text(need) := sprintf("the role %s", [distribution.role_name]) if {
	need.actor.kind == "target_role"
} else := sprintf("execution role %s", [distribution.role_text(need.role)])
