# METADATA
# title: Distribution role has another name or path
# description: |
#   Image Builder assumes exactly arn:…:role/EC2ImageBuilderDistributionCrossAccountRole
#   in a target account. A role with another spelling, with a generated name or
#   with a path has another ARN and is never found, however right the rest of it
#   is.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL012
#   name: target-role-name-or-path
#   severity: error
#   category: target-role
#   step: assume_role
#   remediation: |
#     Name the role EC2ImageBuilderDistributionCrossAccountRole, literally, without a name prefix and without a path. In
#     CloudFormation that takes RoleName and the capability CAPABILITY_NAMED_IAM.
#   prevents:
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     The name or path of the role comes from a variable or parameter without value. Give it one.
package iblint.rules.target_role_name_or_path

import data.iblint.lib.distribution
import data.iblint.lib.group
import data.iblint.lib.value

deny contains finding if {
	some id, sources in _affected
	distribution.has_right_name(id) == "no"
	shared := distribution.deliveries(_hits(sources))
	fault := _fault(id)

	finding := {
		"message": sprintf("%s, so Image Builder never finds it in %s%s", [fault.text, shared.text, _assumption(id)]),
		"resource": id,
		"property": fault.property,
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"role": id},
	}
}

unknown contains finding if {
	some id, sources in _affected
	distribution.has_right_name(id) == "unknown"
	shared := distribution.deliveries(_hits(sources))
	property := _unknown_property(id)
	why := distribution.explanation(input.roles[id][property], "give the variable or parameter a value")

	finding := object.union(why, {
		"message": sprintf("the %s of role %s in %s is not known, and Image Builder asks for the role %s, path /", [
			property,
			distribution.address(id),
			shared.text,
			distribution.role_name,
		]),
		"resource": id,
		"property": property,
		"related": shared.related,
		"jobs": shared.jobs,
		"subject": {"role": id},
	})
}

# regal ignore:prefer-set-or-object-rule
_affected := {id: group.by_key(deliveries) |
	some id, deliveries in group.by_key({[id, [source, account]] |
		some source, _ in distribution.builds_of
		some account in distribution.targets_of(source)
		some id, _ in distribution.misnamed_roles(source, account)
		input.resources[id]
	})
}

_hits(sources) := union({distribution.copies_to(source, accounts) | some source, accounts in sources})

_assumption(id) := ", where it is assumed to be deployed" if {
	distribution.is_placeless(id)
} else := ""

_fault(id) := {
	"property": "path",
	"text": sprintf("role %q has the path %s", [value.text(input.roles[id].name), input.roles[id].path]),
} if {
	value.is_known(input.roles[id].path)
	input.roles[id].path != "/"
} else := {
	"property": "name_prefix",
	"text": sprintf("the name of role %s only begins with %q and ends at random", [
		distribution.address(id),
		value.text(input.resources[id].properties.name_prefix),
	]),
} if {
	distribution.is_generated(id)
	input.resources[id].properties.name_prefix
} else := {
	"property": "",
	"text": sprintf("role %s has no name of its own and gets one at random", [distribution.address(id)]),
} if {
	distribution.is_generated(id)
} else := {
	"property": "name",
	"text": sprintf("role %q is not called %s", [value.text(input.roles[id].name), distribution.role_name]),
}

_unknown_property(id) := "path" if {
	value.is_unknown(input.roles[id].path)
} else := "name"
