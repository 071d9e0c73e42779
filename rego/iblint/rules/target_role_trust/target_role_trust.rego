# METADATA
# title: Distribution role does not trust the source account
# description: |
#   Image Builder assumes the role in the target account with its service-linked role
#   of the source account, or with the execution role of the pipeline. The trust policy
#   of the role must allow that: service principals such as ec2.amazonaws.com do not
#   call here.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
# custom:
#   id: IBL013
#   name: target-role-trust
#   severity: error
#   category: target-role
#   step: assume_role
#   remediation: |
#     Allow sts:AssumeRole to arn:aws:iam::SOURCE:root in the trust policy of the role, without conditions on an
#     external ID, a second factor or a source account.
#   prevents:
#     - "User: arn:aws:sts::…:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService is not
#       authorized to perform: sts:AssumeRole on resource:
#       arn:aws:iam::…:role/EC2ImageBuilderDistributionCrossAccountRole"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the trust policy, roles: {"arn:aws:iam::222222222222:role/…": {trust: policies/trust.json}} in
#     .iblint.yaml, or the number of the source account, accounts: {"111111111111": {roots: […]}}.
package iblint.rules.target_role_trust

import data.iblint.lib.distribution
import data.iblint.lib.group
import data.iblint.lib.iam

deny contains finding if {
	some [_, severity], needs in _unmet
	subject := distribution.trust_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("the role %s in %s does not trust %s%s", [
			distribution.role_name,
			distribution.need_accounts_text(needs),
			_distrusted(severity, needs),
			distribution.assumption_text(needs),
		]),
		"missing": ["sts:AssumeRole"],
		"severity": severity,
	})
}

unknown contains finding if {
	some [_, why], needs in _open
	subject := distribution.trust_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether the role %s in %s trusts %s%s",
		[
			distribution.role_name,
			distribution.need_accounts_text(needs),
			distribution.actors_text(needs),
			distribution.assumption_text(needs),
		],
	)}])
}

_unmet := group.by_key({[[distribution.trust_signature(need.role), severity], need] |
	some need in distribution.needs.target_role_trust
	count(distribution.plainly_missing(need)) > 0
	severity := _severity(need)
})

_open := group.by_key({[[distribution.trust_signature(need.role), why], need] |
	some need in distribution.needs.target_role_trust
	distribution.is_open(need)
	why := distribution.open_reason(need, distribution.role_settle(need))
})

# A role that lets the service-linked role in but not the execution role: which of
# them calls is not documented.
_severity(need) := "warning" if {
	need.actor.kind == "execution_role"
	some use in need.uses
	other := iam.service_linked_role(need.actor.account, distribution.partition(use.build))
	iam.trust_access(other, need.role).lets_in == "yes"
} else := "error"

_distrusted("warning", needs) := sprintf("%s, only the service-linked role", [distribution.actors_text(needs)])

_distrusted("error", needs) := distribution.actors_text(needs)
