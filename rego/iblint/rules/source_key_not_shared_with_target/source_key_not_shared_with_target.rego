# METADATA
# title: Key policy shuts the target account out
# description: |
#   To copy an encrypted AMI, the role in the target account decrypts with the key of
#   the image and encrypts with the key of the distribution entry. A key of another
#   account can only be used if its key policy says so. Without a policy of its own a
#   key has the default one, which admits its own account alone; so has each replica
#   of a multi-Region key.
# related_resources:
#   - description: Set up cross-account AMI distribution with Image Builder
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/cross-account-dist.html
#   - description: Allowing users in other accounts to use a KMS key
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
#   - description: Default key policy
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
# custom:
#   id: IBL017
#   name: source-key-not-shared-with-target
#   severity: error
#   category: key-sharing
#   step: account_copy
#   remediation: |
#     Add a statement to the key policy that allows arn:aws:iam::TARGET:root the actions kms:Encrypt, kms:Decrypt,
#     kms:ReEncrypt*, kms:GenerateDataKey*, kms:DescribeKey and kms:CreateGrant, for every target account.
#   prevents:
#     - "AMI Copy Reported Failure For 'ami-…' when distributing the image from the source account (ID: …) to the
#       destination account (ID: …) in Region …"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or its policy, keys: {"arn:aws:kms:…": {policy: policies/key.json}} in
#     .iblint.yaml, or add the output of aws kms get-key-policy to the facts. Conditions on the organization need
#     organization_id.
package iblint.rules.source_key_not_shared_with_target

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
		"it is not known whether the policy of %s lets %s use the key",
		[distribution.keys_text(needs), distribution.need_accounts_text(needs)],
	)}])
}

# The key itself is not known.
unknown contains finding if {
	some place, all_uses in distribution.unresolved_uses
	uses := {use | some use in all_uses; distribution.copies_to_accounts(use.build, use.entry)}
	count(uses) > 0
	finding := distribution.unresolved_finding(place, uses, "whether the target accounts may use it")
}

# The accounts are not known.
unknown contains finding if {
	some key, by_regions in distribution.target_uses
	some [id, e], uses in _unlisted(union({uses | some uses in by_regions}))
	some item in distribution.unknown_targets(min({use.build | some use in uses}), e)
	why := distribution.explanation(item, "write the account numbers, or give the variable or parameter a value")
	place := distribution.policy_place(key, uses)

	finding := object.union(why, {
		"message": sprintf(
			"the accounts that %s copies to are not known, so neither is whether the policy of %s admits them",
			[distribution.label(id), distribution.key_text(key)],
		),
		"resource": place.resource,
		"property": place.property,
		"related": [{
			"message": "these accounts",
			"resource": id,
			"property": distribution.path(e, "ami.target_account_ids"),
		}],
		"jobs": sort([job | some job in {distribution.entry_job(use.build, use.entry) | some use in uses}]),
		"subject": {"keys": [key]},
	})
}

_unmet := distribution.unmet_by_policy(distribution.needs.source_key_not_shared_with_target)

_open := distribution.open_by_policy(distribution.needs.source_key_not_shared_with_target)

_unlisted(uses) := {[id, e]: found |
	some use in uses
	count(distribution.unknown_targets(use.build, use.entry)) > 0
	id := input.builds[use.build].distribution
	e := use.entry
	found := {other | some other in uses; input.builds[other.build].distribution == id; other.entry == e}
}

_shuts_out(needs) := sprintf("%s has no policy of its own, and the default one admits no other account, so not %s", [
	distribution.keys_text(needs),
	distribution.need_accounts_text(needs),
]) if {
	every need in needs {
		input.keys[need.key].default_policy
	}
} else := sprintf("the policy of %s does not let the role %s of its own account use the key", [
	distribution.keys_text(needs),
	distribution.role_name,
]) if {
	every need in needs {
		distribution.owns(need.account, need.key) == "yes"
	}
} else := sprintf("the policy of %s does not let %s use the key", [
	distribution.keys_text(needs),
	distribution.need_accounts_text(needs),
])
