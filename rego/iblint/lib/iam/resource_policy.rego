package iblint.lib.iam

import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   A key policy (kind "key") or trust policy (kind "trust") judged for a request:
#   whether it lets the caller in by itself ("direct"), or its account, whose
#   policies must then allow it too.
resource_policy(document, request, kind) := _policy_result(_policy_facts(document, request, kind))

# METADATA
# description: |
#   The statements of a key or trust policy that cover a request, by index: the
#   answer and how the principal covers the caller.
applied_statements(document, request, kind) := {i: {"answer": answer, "how": how} |
	some i, how in matching_principals(document, caller_of(request))
	answer := _covering(document, request, kind)[i]
}

# METADATA
# description: The parts of a request that principals are compared with.
caller_of(request) := caller(
	object.get(request, "principal_arn", null),
	object.get(request, "principal_account", null),
	object.get(request, "principal_session_arn", null),
	object.get(request, "service", null),
	object.get(request, "principal_partition", null),
)

# METADATA
# description: |
#   A caller: its ARN, account, session and root ARN. Without ARN and service it is
#   the whole account.
caller(principal_arn, account, session, service, partition) := {
	"arn": principal_arn,
	"account": account,
	"session": session,
	"service": service,
	"root": _root(account, partition, principal_arn),
	"open": count([name | some name in [principal_arn, account, session]; _has_holes(name)]) > 0,
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

_has_holes(name) if value.is_unknown(name)

_has_holes(name) if {
	is_string(name)
	wildcard.has_hole(name)
}

# Trust policies have no Resource element: they are about the role that they
# belong to.
_covering(document, request, "key") := covering_statements(document, request)

_covering(document, request, "trust") := {i: answer |
	some i, action in matching_actions(document, request.action)
	answer := all_of([action, condition_answer(document, i, request)])
	answer != "no"
}
