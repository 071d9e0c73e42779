package iblint.lib.iam

import data.iblint.lib.account
import data.iblint.lib.arn
import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   What the Principal or NotPrincipal elements of a document name, by statement:
#   texts without holes and services as sets, the accounts of ARNs, and what must
#   be compared one by one. AWS writes the unique ID of a role or user that was
#   deleted in place of its ARN; whom an ID means, no template says.
named_principals(document, element) := {i: named |
	some i, statement in input.documents[document].statements
	items := statement[element]
	is_array(items)
	named := {
		"exact": {item.identifier | some item in items; item.type in _people; _is_exact(item.identifier)},
		"accounts": {parts.account | some item in items; item.type in _people; parts := arn.parse(item.identifier)},
		"services": {item.identifier | some item in items; item.type == "Service"},
		"unique_ids": {"unknown" | some item in items; regex.match(`^A(ROA|IDA)[A-Z0-9]{12,}$`, value.text(item.identifier))},
		"sessions": {item.identifier | some item in items; contains(value.text(item.identifier), ":assumed-role/")},
		"open": {item.identifier | some item in items; item.type in _people; not _is_exact(item.identifier)},
	}
}

# METADATA
# description: How a list of principals covers a caller; not defined where it does not.
principal_listing(named, caller) := "direct" if {
	"*" in named.exact
} else := "direct" if {
	caller.service in named.services
} else := "role" if {
	caller.arn in named.exact
} else := "role" if {
	caller.other_arn in named.open
} else := "direct" if {
	caller.session in named.exact
} else := "account" if {
	is_closed(named, caller)
	_names_account(named, caller)
} else := how if {
	how := _account_how[account_listed(named, caller)][itself_listed(named, caller)]
} else := how if {
	caller.whole_account
	how := _some_how[_someone_listed(named, caller)]
}

_account_how := {
	"yes": {"no": "account", "unknown": "account_or_direct", "yes": "account_or_direct"},
	"no": {"yes": "role", "unknown": "unknown"},
	"unknown": {"yes": "role", "no": "unknown", "unknown": "unknown"},
}

_some_how := {"yes": "some", "unknown": "unknown"}

# METADATA
# description: Whether the caller itself is listed, by role, session or service name, or with everybody.
itself_listed(named, caller) := "yes" if {
	some name in [caller.arn, caller.session, "*"]
	name in named.exact
} else := "yes" if {
	caller.service in named.services
} else := "yes" if {
	caller.other_arn in named.open
} else := any_of(union({
	_answers(caller.arn, _to_compare(named, caller.open)),
	_answers(caller.session, _sessions_to_compare(named, caller)),
	named.unique_ids,
}))

# METADATA
# description: Whether the account of the caller is listed, by number or root ARN.
account_listed(named, caller) := "yes" if {
	_names_account(named, caller)
} else := any_of(union({_answers(name, _to_compare(named, caller.open)) |
	some name in [caller.account, caller.root]
}))

# METADATA
# description: Whether neither the list nor the caller has holes, so that names are equal or not.
is_closed(named, caller) if {
	caller.open == false
	{named.open, named.unique_ids, named.sessions} == {set()}
}

_names_account(named, caller) if caller.account in named.exact

_names_account(named, caller) if caller.root in named.exact

_names_account(named, caller) if caller.other_account in named.open

_names_account(named, caller) if caller.other_root in named.open

_someone_listed(named, caller) := "yes" if {
	caller.account in named.accounts
} else := any_of({account.compare(owner, caller.account) | some owner in named.accounts})

_answers(name, identifiers) := {wildcard.same(identifier, name) |
	not is_null(name)
	some identifier in identifiers
}

# Only texts with holes need comparing, unless the caller has holes itself.
_to_compare(named, false) := named.open

_to_compare(named, true) := named.open | named.exact

_sessions_to_compare(named, caller) := named.open if {
	caller.open_session == false
} else := named.open | named.sessions

_is_exact(identifier) if {
	is_string(identifier)
	not wildcard.has_hole(identifier)
}

_people := {"AWS", "*"}
