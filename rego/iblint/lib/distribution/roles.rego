package iblint.lib.distribution

import data.iblint.lib.spelling
import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: The name of the role that Image Builder assumes in a target account.
role_name := object.get(input.facts, "target_role_name", "EC2ImageBuilderDistributionCrossAccountRole")

# METADATA
# description: The builds by source account.
builds_of[source] contains b if {
	some b, build in input.builds
	not build.container
	source := source_account(b)
}

# METADATA
# description: The accounts that the builds of a source account copy to.
targets_of(source) := union({target_accounts(b, e) |
	some b in builds_of[source]
	some e, _ in entries[b]
})

# METADATA
# description: The entries with which a source account copies to one of some accounts, for deliveries.
copies_to(source, accounts) := {hit |
	some b in builds_of[source]
	some e, _ in entries[b]
	found := target_accounts(b, e) & accounts
	count(found) > 0
	hit := {
		"build": b,
		"entry": e,
		"recipients": {{"account": account, "property": "ami.target_account_ids"} | some account in found},
	}
}

# METADATA
# description: The entries that copy to one of some accounts, whoever builds.
copies_to_all(accounts) := union({copies_to(source, accounts) | some source, _ in builds_of})

# METADATA
# scope: document
# description: |
#   Whether something that was given stands in the account, or the configuration
#   says that all of it was given.
is_covered(account) if input.accounts[account].covered == true

is_covered(account) if is_complete(account)

# METADATA
# scope: document
# description: Whether all of the account was given.
is_complete(account) if input.accounts[account].complete == true

is_complete(_) if input.settings.complete == true

# METADATA
# description: |
#   The distribution roles of a target account, with whether it is only assumed
#   that they stand there: a role of the right name in an account that is not
#   known is taken to be in every target account that nothing else speaks of.
target_roles(source, account) := {{"role": id, "assumed": false} | some id in roles} if {
	roles := object.get(_right_in, account, set())
	count(roles) > 0
} else := {{"role": id, "assumed": true} | some id in (_placeless(source) & _right_anywhere)} if {
	not is_covered(account)
} else := set()

# METADATA
# description: |
#   The distribution roles that a StackSet brings to accounts that are not listed:
#   those of organizational units. Any account may be one of them.
arriving_roles(source) := {id |
	some id in _placeless(source)
	id in _right_anywhere
	input.resources[id].many
}

# METADATA
# description: |
#   The distribution roles that stand in the source account itself, where they are
#   of no use for other accounts.
misplaced_roles(source) := object.get(_right_in, source, set())

# METADATA
# description: |
#   The roles that seem to be meant as the distribution role of a target account
#   that has none, but can never be found: by role, whether it is assumed to stand
#   there.
misnamed_roles(source, account) := {} if {
	count(target_roles(source, account)) > 0
} else := {id: false | some id in roles} if {
	roles := object.get(_meant_in, account, set())
	count(roles) > 0
} else := {id: true | some id in _placeless(source); _meant[id]} if {
	not is_covered(account)
} else := {}

# METADATA
# description: |
#   "yes", "no" or "unknown": whether a role has exactly the name and path that
#   Image Builder asks for.
has_right_name(id) := "no" if {
	input.roles[id].path != "/"
	value.is_known(input.roles[id].path)
} else := "no" if {
	is_generated(id)
} else := "unknown" if {
	value.is_unknown(input.roles[id].path)
} else := wildcard.same(input.roles[id].name, role_name)

# METADATA
# description: Whether the name of the role is made up when it is created.
is_generated(id) if {
	properties := input.resources[id].properties
	value.is_absent(properties, "name")
	input.resources[id].kind == "iam_role"
}

# METADATA
# scope: document
# description: Whether the role stands in an account that is not known.
is_placeless(id) if input.roles[id].account_known == false

is_placeless(id) if {
	not input.roles[id].account_known
	startswith(object.get(input.roles[id], "account", "{"), "{")
}

_right_anywhere contains id if {
	some id, _ in input.roles
	has_right_name(id) == "yes"
}

# Look these up with object.get, which makes the whole index once and not anew for
# each account.
_right_in[account] contains id if {
	some id in _right_anywhere
	account := input.roles[id].account
}

_meant_in[account] contains id if {
	some id in _meant
	account := input.roles[id].account
}

# Roles that may stand in any account but the source account.
_placeless(source) := {id |
	some id, role in input.roles
	is_placeless(id)
	object.get(role, "account", "") != source
}

# Roles with another name that are meant as the distribution role: by their name,
# or because they have its policy and trust an account.
_meant contains id if {
	some id, role in input.roles
	has_right_name(id) != "yes"
	_resembles(value.text(role.name))
}

_meant contains id if {
	some id, _ in input.roles
	has_right_name(id) != "yes"
	is_generated(id)
	prefix := input.resources[id].properties.name_prefix
	is_string(prefix)
	_prefix_resembles(prefix)
}

_meant contains id if {
	some id, role in input.roles
	has_right_name(id) != "yes"
	not _trusts_services_only(role.trust)
	_may_copy(role.policies)
}

_resembles(name) if lower(name) == lower(role_name)

_resembles(name) if spelling.is_near(name, role_name)

_resembles(name) if {
	contains(lower(name), "imagebuilder")
	contains(lower(name), "crossaccount")
}

_prefix_resembles(prefix) if _resembles(prefix)

_prefix_resembles(prefix) if {
	count(prefix) >= 15
	startswith(lower(role_name), lower(trim_right(prefix, "-_")))
}

_may_copy(policies) if {
	some policy in policies
	endswith(object.get(policy, "arn", ""), ":policy/Ec2ImageBuilderCrossAccountDistributionAccess")
}

_may_copy(policies) if {
	some policy in policies
	some statement in input.documents[policy.document].statements
	some action in statement.actions
	is_string(action)
	lower(action) == "ec2:copyimage"
}

_trusts_services_only(trust) if {
	statements := input.documents[trust].statements
	every statement in statements {
		every principal in statement.principals {
			principal.type == "Service"
		}
	}
}
