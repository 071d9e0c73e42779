# METADATA
# title: Accounts
# description: |
#   Compares account numbers. An account that is not known is a stand-in such as
#   "{account-3f2a91c0}", the same text wherever it is the same account.
package iblint.lib.account

# METADATA
# description: Whether the account is a number of 12 digits.
is_literal(account) if {
	is_string(account)
	regex.match(`^[0-9]{12}$`, account)
}

# METADATA
# description: Whether the account stands for a number that is not known.
is_standin(account) if {
	is_string(account)
	startswith(account, "{account-")
}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether two accounts are one. A stand-in is only
#   certainly the same as itself.
same(a, b) := "yes" if {
	is_string(a)
	a == b
} else := "no" if {
	is_literal(a)
	is_literal(b)
} else := "unknown"

# METADATA
# scope: document
# description: |
#   Whether a target account is certainly another account than the source
#   account: two numbers that differ, or a source account that is not known and
#   a target account that is a number.
target_differs(source, target) if {
	is_literal(target)
	is_standin(source)
}

target_differs(source, target) if same(source, target) == "no"

# METADATA
# description: |
#   Like same, but the account of a build that is not known is taken to be none
#   of the numbers that the build distributes to.
compare(a, b) := "no" if {
	is_standin(a)
	b in source_targets[a]
} else := "no" if {
	is_standin(b)
	a in source_targets[b]
} else := same(a, b)

# METADATA
# description: |
#   For each source account that is not known: the numbers of the accounts that
#   its builds copy to or share with.
source_targets[source] contains target if {
	some build in input.builds
	source := build.account
	is_standin(source)
	some distribution in input.resources[build.distribution].properties.distributions
	some target in _targets(distribution.ami)
	is_literal(target)
}

_targets(ami) := array.concat(
	_list(ami, "target_account_ids"),
	_list(object.get(ami, "launch_permission", {}), "user_ids"),
)

_list(owner, property) := list if {
	list := owner[property]
	is_array(list)
} else := []
