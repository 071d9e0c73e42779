# METADATA
# title: Key of another account shuts the source account out
# description: |
#   The recipe or the distribution entry names a key that another account owns, often
#   the target account. Image Builder uses it from the source account as well, and
#   that needs a statement in the key's policy.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Allowing users in other accounts to use a KMS key
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
# custom:
#   id: IBL018
#   name: foreign-key-not-shared-with-source
#   severity: error
#   category: key-sharing
#   step: build
#   remediation: |
#     Add a statement to the key policy, in the account that owns the key, that allows arn:aws:iam::SOURCE:root the
#     actions kms:Encrypt, kms:Decrypt, kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey and kms:CreateGrant.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template of the account that owns the key and bind the parameter to it (bindings: in .iblint.yaml), or
#     give the key policy, keys: {"arn:aws:kms:…": {policy: policies/key.json}}.
package iblint.rules.foreign_key_not_shared_with_source

import data.iblint.lib.distribution

deny contains finding if {
	some [_, missing, severity], needs in _unmet
	subject := distribution.key_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("%s: %s %s missing", [
			_shuts_out(needs),
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
		"%s belongs to %s, and it is not known whether its policy lets the source account, %s, use it",
		[distribution.keys_text(needs), _owners_text(needs), distribution.need_accounts_text(needs)],
	)}])
}

_unmet := distribution.unmet_by_policy(distribution.needs.foreign_key_not_shared_with_source)

_open := distribution.open_by_policy(distribution.needs.foreign_key_not_shared_with_source)

_shuts_out(needs) := sprintf(
	"%s of %s has no policy of its own, and the default one does not admit the source account, %s",
	[distribution.keys_text(needs), _owners_text(needs), distribution.need_accounts_text(needs)],
) if {
	every need in needs {
		input.keys[need.key].default_policy
	}
} else := sprintf("the policy of %s of %s does not let the source account, %s, use the key", [
	distribution.keys_text(needs),
	_owners_text(needs),
	distribution.need_accounts_text(needs),
])

_owners_text(needs) := distribution.accounts_text({input.keys[need.key].account | some need in needs})
