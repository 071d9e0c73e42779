# METADATA
# title: Step after the copy fails in the target account
# description: |
#   After the AMI is copied, Image Builder may set it in a launch template or a Systems
#   Manager parameter of the target account. That takes further permissions of the
#   distribution role; without them the AMI exists, but the image is marked as failed.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL901
#   name: post-copy-steps
#   severity: warning
#   category: adjacent
#   remediation: |
#     Allow the distribution role ec2:CreateLaunchTemplateVersion, ec2:ModifyLaunchTemplate and
#     ec2:DescribeLaunchTemplates, or ssm:PutParameter and ec2:DescribeImages; name parameters of the source account
#     below /imagebuilder/.
#   prevents: []
#   default: false
#   since: 0.1.0
#   unknown: |
#     Give the policies of the distribution role in the target account.
package iblint.rules.post_copy_steps

import data.iblint.lib.distribution
import data.iblint.lib.iam

deny contains finding if {
	some step in _steps
	some role in distribution.target_roles(step.source, step.account)
	summary := _summary(step, role.role)
	count(summary.missing) + count(summary.denied) > 0
	missing := sort(array.concat(summary.missing, summary.denied))

	finding := {
		"message": sprintf("%s sets the AMI in a %s of %s, and the role %s there lacks %s", [
			distribution.label(input.builds[step.build].distribution),
			step.what,
			distribution.account_text(step.account),
			distribution.role_name,
			distribution.enumeration(missing),
		]),
		"resource": input.builds[step.build].distribution,
		"property": step.property,
		"related": [{"message": "this role", "resource": role.role, "property": ""} | input.resources[role.role]],
		"jobs": [_job(step)],
		"missing": missing,
		"subject": {"distribution": input.builds[step.build].distribution},
	}
}

# Parameters for accounts that get no copy, and of the source account elsewhere.
deny contains finding if {
	some b, by_entry in distribution.entries
	some e, entry in by_entry
	some i, parameter in entry.ssm_parameters
	fault := _parameter_fault(b, e, parameter)

	finding := {
		"message": sprintf("%s sets the AMI in parameter %s, %s", [
			distribution.label(input.builds[b].distribution),
			parameter.parameter_name,
			fault,
		]),
		"resource": input.builds[b].distribution,
		"property": sprintf("distributions[%d].ssm_parameters[%d]", [e, i]),
		"related": [],
		"jobs": [distribution.entry_job(b, e)],
		"subject": {"distribution": input.builds[b].distribution},
	}
}

unknown contains finding if {
	some step in _steps
	some role in distribution.target_roles(step.source, step.account)
	summary := _summary(step, role.role)
	count(summary.missing) + count(summary.denied) == 0
	count(summary.undecided) > 0
	why := distribution.undecided_reason(summary.unknown, "give the policies of the role")

	finding := object.union(why, {
		"message": sprintf("%s sets the AMI in a %s of %s, and it is not known whether the role %s there may do so", [
			distribution.label(input.builds[step.build].distribution),
			step.what,
			distribution.account_text(step.account),
			distribution.role_name,
		]),
		"resource": input.builds[step.build].distribution,
		"property": step.property,
		"related": [],
		"jobs": [_job(step)],
		"subject": {"distribution": input.builds[step.build].distribution},
	})
}

_steps contains step if {
	some b, by_entry in distribution.entries
	some e, entry in by_entry
	some i, template in entry.launch_templates
	template.account_id in distribution.target_accounts(b, e)
	step := {
		"build": b,
		"entry": e,
		"source": distribution.source_account(b),
		"account": template.account_id,
		"what": "launch template",
		"property": sprintf("distributions[%d].launch_templates[%d]", [e, i]),
		"actions": {"ec2:CreateLaunchTemplateVersion", "ec2:DescribeLaunchTemplates", "ec2:ModifyLaunchTemplate"},
	}
}

_steps contains step if {
	some b, by_entry in distribution.entries
	some e, entry in by_entry
	some i, parameter in entry.ssm_parameters
	parameter.ami_account_id in distribution.target_accounts(b, e)
	step := {
		"build": b,
		"entry": e,
		"source": distribution.source_account(b),
		"account": parameter.ami_account_id,
		"what": "parameter",
		"property": sprintf("distributions[%d].ssm_parameters[%d]", [e, i]),
		"actions": {"ssm:PutParameter", "ec2:DescribeImages"},
	}
}

_summary(step, role) := distribution.access_summary({action: access |
	some action in step.actions
	actor := distribution.target_actor(role, step.account, distribution.partition(step.build), [])
	access := iam.identity_action(actor, action, _resource(step, action))
})

_resource(step, "ssm:PutParameter") := sprintf("arn:%s:ssm:%s:%s:parameter/%s", [
	distribution.partition(step.build),
	distribution.region_text(distribution.entries[step.build][step.entry].region),
	step.account,
	trim_prefix(_parameter_name(step), "/"),
])

_resource(step, action) := sprintf("arn:%s:ec2:%s:%s:launch-template/lt-0123456789abcdef0", [
	distribution.partition(step.build),
	distribution.region_text(distribution.entries[step.build][step.entry].region),
	step.account,
]) if {
	contains(action, "LaunchTemplate")
	action != "ec2:DescribeLaunchTemplates"
}

_resource(_, action) := "*" if action in {"ec2:DescribeImages", "ec2:DescribeLaunchTemplates"}

_parameter_name(step) := name if {
	parts := regex.find_n(`[0-9]+`, step.property, 2)
	name := distribution.entries[step.build][step.entry].ssm_parameters[to_number(parts[1])].parameter_name
	is_string(name)
} else := "imagebuilder/name"

_parameter_fault(b, e, parameter) := sprintf("but %s gets no copy", [distribution.account_text(account)]) if {
	account := parameter.ami_account_id
	is_string(account)
	account != distribution.source_account(b)
	not account in distribution.target_accounts(b, e)
	count(distribution.unknown_targets(b, e)) == 0
} else := "which Image Builder may write in the source account only below /imagebuilder/" if {
	distribution.executes_as(b).kind == "service_linked_role"
	is_string(parameter.parameter_name)
	not startswith(parameter.parameter_name, "/imagebuilder/")
	object.get(parameter, "ami_account_id", null) in {null, distribution.source_account(b)}
}

_job(step) := distribution.job(step.build, step.entry, step.account)
