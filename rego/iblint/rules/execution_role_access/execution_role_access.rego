# METADATA
# title: Execution role lacks what the distribution needs
# description: |
#   A pipeline with an execution role distributes with that role instead of the
#   service-linked role. It then needs the permissions of the latter: on every key, and
#   to assume the role in each target account. It must trust imagebuilder.amazonaws.com.
#   The policy of the service-linked role cannot be attached to any other role.
# related_resources:
#   - description: Create a workflow execution role for Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-image-workflows.html
#   - description: EC2ImageBuilderExecutionPolicy
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/security-iam-awsmanpol.html
# custom:
#   id: IBL010
#   name: execution-role-access
#   severity: error
#   category: source-account
#   step: build
#   remediation: |
#     Attach the managed policy arn:aws:iam::aws:policy/EC2ImageBuilderExecutionPolicy to the execution role, let the
#     role trust imagebuilder.amazonaws.com, and name the role or the root of its account in the policies of the keys.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#     - "is not authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#     - An execution role is required to provide workflows
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the role, or its policies, roles: {"arn:aws:iam::111111111111:role/…": {policies:
#     […]}} in .iblint.yaml.
package iblint.rules.execution_role_access

import data.iblint.lib.distribution

# Its own policies: on keys, and on the roles in target accounts. One mistake.
deny contains finding if {
	some role, needs in _unmet_by_role
	subject := distribution.role_finding(needs)
	missing := _missing(needs)

	finding := object.union(subject, {
		"message": sprintf("execution role %s has no permission for %s%s: %s %s missing", [
			distribution.role_text(role),
			_what(needs),
			_not_attachable(role),
			distribution.actions_text(missing),
			distribution.verb(missing),
		]),
		"missing": missing,
		"severity": _severity(needs),
	})
}

# The policies of the keys.
deny contains finding if {
	some [_, missing, severity], needs in _unmet_by_key
	subject := distribution.key_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("the policy of %s does not let %s use the key: %s %s missing", [
			distribution.keys_text(needs),
			distribution.actors_text(needs),
			distribution.actions_text(missing),
			distribution.verb(missing),
		]),
		"missing": missing,
		"severity": severity,
	})
}

deny contains finding if {
	some need in distribution.needs.execution_role_trust
	count(distribution.plainly_missing(need)) > 0
	subject := distribution.trust_finding({need})

	finding := object.union(subject, {
		"message": sprintf("execution role %s does not trust imagebuilder.amazonaws.com", [
			distribution.role_text(need.role),
		]),
		"missing": ["sts:AssumeRole"],
	})
}

unknown contains finding if {
	some role, whys in _open_by_role
	not _unmet_by_role[role]
	why := min(object.keys(whys))
	needs := union({needs | some needs in whys})
	subject := distribution.role_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether execution role %s has permission for %s",
		[distribution.role_text(role), _what(needs)],
	)}])
}

unknown contains finding if {
	some [_, why], needs in _open_by_key
	subject := distribution.key_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether the policy of %s lets %s use the key",
		[distribution.keys_text(needs), distribution.actors_text(needs)],
	)}])
}

unknown contains finding if {
	some need in distribution.needs.execution_role_trust
	distribution.is_open(need)
	why := distribution.open_reason(need, distribution.role_settle(need))
	subject := distribution.trust_finding({need})

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether execution role %s trusts imagebuilder.amazonaws.com",
		[distribution.role_text(need.role)],
	)}])
}

# The role is in no template.
unknown contains finding if {
	some b, build in input.builds
	executes_as := distribution.executes_as(b)
	executes_as.kind == "unknown"
	hits := {{"build": b, "entry": e, "recipients": distribution.recipients(b, e)} |
		some e, _ in distribution.outlets[b]
		distribution.shares(b, e)
	}
	count(hits) > 0

	finding := {
		"message": sprintf("%s distributes with execution role %s, and it is not known what that role may do", [
			distribution.label(build.id),
			executes_as.reference.text,
		]),
		"resource": build.id,
		"property": "execution_role",
		"related": [],
		"jobs": distribution.deliveries(hits).jobs,
		"subject": {"build": build.id},
		"reason": _reason(executes_as.reference),
		"settle": _settle(executes_as.reference),
	}
}

_identity_needs := union({
	{need | some need in distribution.needs.execution_role_access; need.side == "identity"},
	{need | some need in distribution.needs.execution_role_assume},
})

_unmet_by_role[role] contains need if {
	some need in _identity_needs
	distribution.is_certain(need.uses)
	count(distribution.plainly_missing(need)) > 0
	role := need.actor.role
}

_open_by_role[role][why] contains object.union(need, {"role": role}) if {
	some need in _identity_needs
	distribution.is_open(need)
	role := need.actor.role
	why := distribution.open_reason(need, distribution.role_settle(need))
}

_unmet_by_key := distribution.unmet_by_policy(_key_needs)

_open_by_key := distribution.open_by_policy(_key_needs)

_key_needs contains need if {
	some need in distribution.needs.execution_role_access
	need.side == "key_policy"
}

_missing(needs) := sort([action | some action in {action |
	some need in needs
	some action in distribution.plainly_missing(need)
}])

_severity(needs) := "error" if {
	some need in needs
	distribution.severity_of(need.actor.kind, distribution.plainly_missing(need)) == "error"
} else := "warning"

_what(needs) := concat(" and ", array.concat(_keys_part(needs), _roles_part(needs)))

_keys_part(needs) := [distribution.keys_text(found) |
	found := {need | some need in needs; need.key != ""}
	count(found) > 0
]

_roles_part(needs) := [sprintf("the role %s in %s", [
	distribution.role_name,
	distribution.need_accounts_text(found),
]) |
	found := {need | some need in needs; need.key == ""}
	count(found) > 0
]

_not_attachable(role) := "; the policy of the service-linked role cannot be attached to it" if {
	some policy in input.roles[role].policies
	endswith(object.get(policy, "arn", ""), ":policy/aws-service-role/AWSServiceRoleForImageBuilder")
} else := ""

_reason(reference) := reference.reason if {
	object.get(reference, "reason", "") != ""
} else := "no template has the role"

_settle(reference) := reference.settle if {
	object.get(reference, "settle", "") != ""
} else := sprintf("roles: {%q: {trust: policies/trust.json, policies: [policies/role.json]}} in .iblint.yaml", [
	reference.text,
])
