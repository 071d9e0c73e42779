package iblint.lib.iam

import data.iblint.lib.account as accounts

# METADATA
# description: The Image Builder service-linked role of an account.
service_linked_role(account, partition) := {
	"kind": "service_linked_role",
	"account": account,
	"arn": concat("", [
		"arn:", partition, ":iam::", account,
		":role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder",
	]),
	"session": concat("", [
		"arn:", partition, ":sts::", account,
		":assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService",
	]),
}

# METADATA
# description: A role of the graph that Image Builder uses instead of its service-linked role.
execution_role(role) := object.union(_role_actor(role, input.roles[role]), {"kind": "execution_role"})

# METADATA
# description: |
#   The distribution role of a target account; role is null when no template has
#   it. A role of a root whose account is not known is assumed to be deployed there:
#   the stand-in of that root then means the target account.
target_role(role, account, partition) := object.union(
	{
		"kind": "target_role",
		"account": account,
		"arn": concat("", ["arn:", partition, ":iam::", account, ":role/", input.facts.target_role_name]),
		"session": _session(partition, account, input.facts.target_role_name),
		"role": role,
	},
	{"stand_in": standin |
		standin := input.roles[role].account
		accounts.is_standin(standin)
		standin != account
	},
)

# METADATA
# description: The people and services of an account that launch an image.
launch_account(account, partition) := {"kind": "launch_account", "account": account, "partition": partition}

# METADATA
# description: The service-linked role of Auto Scaling in an account.
auto_scaling(account, partition) := {
	"kind": "auto_scaling",
	"account": account,
	"arn": concat("", [
		"arn:", partition, ":iam::", account,
		":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
	]),
	"session": _session(partition, account, "AWSServiceRoleForAutoScaling"),
}

# METADATA
# description: Who makes a grant in an account by hand or by Terraform.
grant_creator(account, partition) := {"kind": "grant_creator", "account": account, "partition": partition}

# METADATA
# description: A service principal such as imagebuilder.amazonaws.com.
service(name) := {"kind": "service", "service": name}

_role_actor(role, known) := {
	"account": object.get(known, "account", {"$unknown": "the account of the role is not known"}),
	"arn": object.get(known, "arn", {"$unknown": "the ARN of the role is not known"}),
	"session": _role_session(known),
	"role": role,
}

_role_session(known) := _session(split(known.arn, ":")[1], known.account, known.name) if {
	is_string(known.arn)
	is_string(known.account)
	is_string(known.name)
} else := {"$unknown": "the session of the role is not known"}

_session(partition, account, name) := {
	"$unknown": reason,
	"$parts": [concat("", ["arn:", partition, ":sts::", account, ":assumed-role/", name, "/"]), {"$unknown": reason}],
} if {
	reason := "the name of the session is not known"
}
