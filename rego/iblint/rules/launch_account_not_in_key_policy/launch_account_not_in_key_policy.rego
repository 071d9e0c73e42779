# METADATA
# title: Account may launch the AMI but not use its key
# description: |
#   A launch permission shares the AMI, not its key. The account that launches needs
#   permissions on the key from the key policy; kms:CreateGrant above all, because
#   EC2 attaches the volumes by a grant. Without it everything is green until
#   somebody starts an instance.
# related_resources:
#   - description: Share a KMS key used to encrypt an EBS snapshot
#     ref: https://docs.aws.amazon.com/ebs/latest/userguide/share-kms-key.html
#   - description: Share an AMI with specific AWS accounts
#     ref: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
# custom:
#   id: IBL019
#   name: launch-account-not-in-key-policy
#   severity: error
#   category: key-sharing
#   step: launch
#   remediation: |
#     Add a statement to the key policy that allows arn:aws:iam::ACCOUNT:root the actions kms:DescribeKey,
#     kms:CreateGrant, kms:Decrypt, kms:ReEncrypt* and kms:GenerateDataKey*, for every account of the launch
#     permission.
#   prevents:
#     - "Client.InternalError: Client error on launch"
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that creates the key, or its policy, keys: {"arn:aws:kms:…": {policy: policies/key.json}} in
#     .iblint.yaml, or add the output of aws kms get-key-policy to the facts.
package iblint.rules.launch_account_not_in_key_policy

import data.iblint.lib.distribution

deny contains finding if {
	some [_, missing, severity], needs in _unmet
	subject := distribution.key_finding(needs)

	finding := object.union(subject, {
		"message": sprintf("%s may launch the AMI, but %s", [
			distribution.need_accounts_text(needs),
			_shuts_out(needs, missing),
		]),
		"missing": missing,
		"severity": severity,
	})
}

unknown contains finding if {
	some [_, why], needs in _open
	subject := distribution.key_finding(needs)

	finding := object.union_n([subject, why, {"message": sprintf(
		"%s may launch the AMI, and it is not known whether the policy of %s lets it use the key",
		[distribution.need_accounts_text(needs), distribution.keys_text(needs)],
	)}])
}

# The key itself is not known.
unknown contains finding if {
	some place, all_uses in distribution.unresolved_uses
	uses := {use | some use in all_uses; distribution.encrypts_shared_ami(use)}
	accounts := distribution.launch_accounts(uses)
	count(accounts) > 0
	question := sprintf("whether %s may use it", [distribution.accounts_text(accounts)])
	finding := distribution.unresolved_finding(place, uses, question)
}

# The accounts are not known.
unknown contains finding if {
	some key, uses in distribution.launch_uses
	some [id, e], found in _unlisted(uses)
	some item in distribution.unknown_launchers(min({use.build | some use in found}), e).user_ids
	why := distribution.explanation(item, "write the account numbers, or give the variable or parameter a value")
	place := distribution.policy_place(key, found)

	finding := object.union(why, {
		"message": sprintf(
			"the accounts that may launch the AMI of %s are not known, so neither is whether the policy of %s admits them",
			[distribution.label(id), distribution.key_text(key)],
		),
		"resource": place.resource,
		"property": place.property,
		"related": [object.union(
			distribution.outlet_place(min({use.build | some use in found}), e, "ami.launch_permission.user_ids"),
			{"message": "these accounts"},
		)],
		"jobs": sort([job | some job in {distribution.entry_job(use.build, use.entry) | some use in found}]),
		"subject": {"keys": [key]},
	})
}

_unmet := distribution.unmet_by_policy(distribution.needs.launch_account_not_in_key_policy)

_open := distribution.open_by_policy(distribution.needs.launch_account_not_in_key_policy)

_unlisted(uses) := {[id, e]: found |
	some use in uses
	distribution.unknown_launchers(use.build, use.entry).user_ids
	e := use.entry
	id := distribution.outlet_place(use.build, e, "").resource
	found := {other |
		some other in uses
		other.entry == e
		distribution.outlet_place(other.build, e, "").resource == id
	}
}

_shuts_out(needs, _) := sprintf("%s has no policy of its own, and the default one admits no other account", [
	distribution.keys_text(needs),
]) if {
	every need in needs {
		input.keys[need.key].default_policy
	}
} else := sprintf("the policy of %s does not let it use the key: kms:CreateGrant is missing", [
	distribution.keys_text(needs),
]) if {
	some need in needs
	"kms:CreateGrant" in distribution.plainly_missing(need)
}

_shuts_out(needs, missing) := sprintf("the policy of %s leaves out %s, which AWS documents for that", [
	distribution.keys_text(needs),
	distribution.enumeration(missing),
]) if {
	not "kms:CreateGrant" in missing
	every need in needs {
		not input.keys[need.key].default_policy
	}
}
