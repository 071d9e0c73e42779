package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   How the Principal of each statement of a document covers a caller, by index:
#   "role" (by the ARN of its role), "direct" (by its session, as a service, or
#   with everybody), "account" (its account), "some" (someone of the account, when
#   the caller is the whole account), "account_or_direct" (its account certainly,
#   itself perhaps), "unknown". Statements that do not cover it are left out.
matching_principals(document, caller) := {i: how |
	some i, statement in input.documents[document].statements
	how := _covers(document, i, statement, caller)
} if {
	caller.open
} else := object.union(naming_statements(document, caller), {i: how |
	some i in statements_to_compare(document)
	how := _covers(document, i, input.documents[document].statements[i], caller)
})

_covers(document, i, statement, caller) := _named(document, i, statement.principals, caller)

_covers(document, i, statement, caller) := _not_named(document, i, statement, caller) if statement.not_principals

_named(document, i, principals, caller) := "unknown" if {
	value.is_unknown(principals)
} else := principal_listing(named_principals(document, "principals")[i], caller)

# A Deny spares the accounts that are listed. Where a role is listed and its account
# is not, AWS may still deny the whole account.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
_not_named(document, i, statement, caller) := "unknown" if {
	value.is_unknown(statement.not_principals)
} else := how if {
	listed := named_principals(document, "not_principals")[i]
	how := _outside(statement.effect, itself_listed(listed, caller), account_listed(listed, caller))
}

_outside(_, "no", "no") := "direct"

_outside(effect, "yes", "no") := "unknown" if effect != "Allow"

_outside(_, itself, account) := "unknown" if "unknown" in {itself, account}
