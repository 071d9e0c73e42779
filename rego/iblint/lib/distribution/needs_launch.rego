package iblint.lib.distribution

import data.iblint.lib.iam

# METADATA
# description: Policies of the keys, for accounts that launch the AMI.
needs.launch_account_not_in_key_policy contains need if {
	some key, uses in launch_uses
	some account in launch_accounts(uses)
	owns(account, key) != "yes"
	actor := iam.launch_account(account, key_partition(key))
	need := _key_policy_need(actor, iam.launch, key, account, uses)
}

# METADATA
# description: The accounts that may launch the AMIs of uses of a key.
launch_accounts(uses) := {account |
	some use in uses
	some account in launchers(use.build, use.entry).user_ids
}
