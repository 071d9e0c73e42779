# METADATA
# title: Distribution role has no permission on a key
# description: |
#   The role in the target account uses two keys: that of the image, to decrypt the
#   snapshots it copies, and that of the distribution entry, to encrypt its own. The
#   managed policy for the role holds no KMS action at all, so both have to be allowed
#   by hand, on the ARNs of the keys; the ARN of an alias in Resource grants nothing.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Specifying KMS keys in IAM policy statements
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
# custom:
#   id: IBL015
#   name: target-role-kms
#   severity: error
#   category: target-role
#   step: account_copy
#   remediation: |
#     Give the role a policy that allows kms:Decrypt, kms:Encrypt, kms:GenerateDataKeyWithoutPlaintext, kms:DescribeKey,
#     kms:CreateGrant, kms:ReEncryptFrom and kms:ReEncryptTo on the ARNs of the recipe key and of the distribution key.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the policies of the role, roles: {"arn:aws:iam::222222222222:role/…": {policies: [policies/kms.json]}} in
#     .iblint.yaml, bind the parameter that holds the key ARN, or add the output of aws iam get-role-policy to the
#     facts.
package iblint.rules.target_role_kms

import data.iblint.lib.distribution
import data.iblint.lib.group

deny contains finding if {
	some [_, missing, severity], needs in _unmet
	subject := distribution.role_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("the role %s in %s has no permission on the %s: %s %s missing%s", [
			distribution.role_name,
			distribution.need_accounts_text(needs),
			distribution.uses_text(needs),
			distribution.actions_text(missing),
			distribution.verb(missing),
			distribution.assumption_text(needs),
		]),
		"missing": missing,
		"severity": severity,
	})
}

unknown contains finding if {
	some [_, why], needs in _open
	subject := distribution.role_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"it is not known whether the role %s in %s has permission on the %s%s",
		[
			distribution.role_name,
			distribution.need_accounts_text(needs),
			distribution.uses_text(needs),
			distribution.assumption_text(needs),
		],
	)}])
}

_unmet := group.by_key({[[distribution.role_signature(need.role), missing, severity], need] |
	some need in distribution.needs.target_role_kms
	distribution.is_certain(need.uses)
	missing := distribution.plainly_missing(need)
	severity := distribution.severity_of(need.actor.kind, missing)
	severity != "none"
})

_open := distribution.open_by_role(distribution.needs.target_role_kms)
