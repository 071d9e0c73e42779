package iblint.rules.target_role_distribution_policy

import data.iblint.lib.distribution
import data.iblint.lib.edit
import data.iblint.lib.value

# METADATA
# scope: document
# description: |
#   The managed policy for distribution, where the role lists its managed policies;
#   else its actions in a policy of the role. By the subject of the finding.
edits[finding.subject] contains change if {
	some finding in deny
	some role in finding.subject.roles
	input.resources[role].properties.managed_policy_arns
	change := edit.append_items(role, "managed_policy_arns", [_managed_policy(role)])
}

edits[finding.subject] contains change if {
	some finding in deny
	some role in finding.subject.roles
	value.is_absent(input.resources[role].properties, "managed_policy_arns")
	some change in edit.role_statements(role, [{
		"effect": "Allow",
		"actions": sort(object.keys(distribution.copy_actions)),
		"resources": ["*"],
	}])
}

_managed_policy(role) := sprintf("arn:%s:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess", [object.get(
	input.roles,
	[role, "partition"],
	"aws",
)])
