# METADATA
# title: Service-linked role cannot use a key
# description: |
#   Image Builder builds and copies with its service-linked role. That role may use
#   any key as far as its own policy goes, but only if the policy of the key admits
#   it: by a statement for the root of the source account, which leaves the decision
#   to IAM there, by one for the role itself, or by a grant.
# related_resources:
#   - description: Use service-linked roles for Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/image-builder-service-linked-role.html
#   - description: Default key policy
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# custom:
#   id: IBL009
#   name: service-linked-role-key-access
#   severity: error
#   category: source-account
#   step: build
#   remediation: |
#     Add a statement to the key policy that allows arn:aws:iam::SOURCE:root the action kms:*, or the service-linked
#     role AWSServiceRoleForImageBuilder the actions kms:Decrypt, kms:Encrypt, kms:GenerateDataKeyWithoutPlaintext,
#     kms:DescribeKey, kms:CreateGrant, kms:ReEncryptFrom and kms:ReEncryptTo.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or its policy, keys: {"arn:aws:kms:…": {policy: policies/key.json}} in
#     .iblint.yaml, or add the output of aws kms get-key-policy to the facts.
package iblint.rules.service_linked_role_key_access

import data.iblint.lib.distribution

deny contains finding if {
	some [_, missing, severity], needs in _unmet
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

unknown contains finding if {
	some [_, why], needs in _open
	subject := distribution.key_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether the policy of %s lets %s use the key",
		[distribution.keys_text(needs), distribution.actors_text(needs)],
	)}])
}

# The key itself is not known.
unknown contains finding if {
	some place, uses in distribution.unresolved_uses
	some use in uses
	distribution.executes_as(use.build).kind == "service_linked_role"
	finding := distribution.unresolved_finding(place, uses, sprintf(
		"whether %s may use it",
		[distribution.actor_text(min({other.build | some other in uses}))],
	))
}

_unmet := distribution.unmet_by_policy(distribution.needs.service_linked_role_key_access)

_open := distribution.open_by_policy(distribution.needs.service_linked_role_key_access)
