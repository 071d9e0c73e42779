package iblint.lib.iam

import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   What principals are compared with, for a request.
caller_of(request) := caller(
	object.get(request, "principal_arn", null),
	object.get(request, "principal_account", null),
	object.get(request, "principal_session_arn", null),
	object.get(request, "service", null),
	object.get(request, "principal_partition", null),
)

# METADATA
# description: What principals are compared with, for an actor.
actor_caller(actor) := object.union(_other_names(actor), caller(
	object.get(actor, "arn", null),
	object.get(actor, "account", null),
	object.get(actor, "session", null),
	object.get(actor, "service", null),
	object.get(actor, "partition", null),
))

_other_names(actor) := {
	"other_arn": replace(actor.arn, actor.account, actor.stand_in),
	"other_account": actor.stand_in,
	"other_root": _root(actor.stand_in, null, actor.arn),
} if {
	actor.stand_in
} else := {}

# METADATA
# description: |
#   A caller: its ARN, account, session and root ARN, and which of them have holes.
#   Without ARN and service it is the whole account. An actor may have other names:
#   those with the stand-in for its account.
caller(principal_arn, account, session, service, partition) := {
	"arn": principal_arn,
	"account": account,
	"session": session,
	"service": service,
	"root": _root(account, partition, principal_arn),
	"open": _any_holes([principal_arn, account]),
	"open_session": _any_holes([session]),
	"whole_account": {principal_arn, service} == {null},
}

_root(null, _, _) := null

_root(account, partition, principal_arn) := concat("", ["arn:", found, ":iam::", account, ":root"]) if {
	is_string(account)
	found := _partition(partition, principal_arn)
}

_root(account, _, _) := account if value.is_unknown(account)

_partition(partition, _) := partition if is_string(partition)

_partition(null, principal_arn) := split(principal_arn, ":")[1] if {
	is_string(principal_arn)
} else := "aws"

_any_holes(names) if {
	some name in names
	value.is_unknown(name)
} else if {
	some name in names
	is_string(name)
	wildcard.has_hole(name)
} else := false
