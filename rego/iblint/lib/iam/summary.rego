package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   What the policy and grants of a key leave out of a need that is several
#   actions.
key_policy_summary(actor, actions, key) := summary if {
	not has_grants(key)
	document := key_document(key)
	not is_open_document(document)
	firsts := alike(document)
	summary := _policy_summary(
		document,
		{[firsts[i], manner] | some i, manner in matching_principals(document, actor_caller(actor))},
		key_text(key),
		actions,
		actor_carrier(document, actor, key, key_text(key)),
	)
	summary.undecided == []
} else := _summary({action: key_policy_access(actor, action, key) | some action in actions})

# METADATA
# description: What an actor's own policies leave out of a need on a key.
identity_summary(actor, actions, key) := summary if {
	not actor.kind in {"launch_account", "grant_creator"}
	documents := identity_documents(actor)
	summary := _identities_summary(
		documents,
		[matching_resources(document, key_text(key)) | some document in documents],
		actions,
		[actor_carrier(document, actor, key, key_text(key)) | some document in documents],
	)
	summary.undecided == []
} else := _summary({action: identity_access(actor, action, key) | some action in actions})

# METADATA
# description: What the boundary of an actor leaves out of a need on a key.
boundary_summary(actor, actions, key) := _complete if {
	not input.roles[actor.role].boundary
} else := _summary({action: boundary_access(actor, action, key) | some action in actions})

_complete := {"missing": [], "denied": [], "undecided": [], "unknown": []}

# Which statements cover an actor differs from account to account, and from key to
# key, what they say mostly does not. So where nothing but action, resource and
# principal counts, a summary depends on what the statements say alone; otherwise
# they are given as the first of those that say the same.
_policy_summary(document, covers, resource, actions, carrier) := _plain_summary(sayings, actions) if {
	is_null(carrier)
	value.is_absent(input.documents[document], "incomplete")
	resources := matching_resources(document, resource)
	sayings := {[elements, effect, answer, manner] |
		some [i, manner] in covers
		answer := resources[i]
		statement := input.documents[document].statements[i]
		effect := _effect(statement.effect)
		elements := object.filter(statement, ["actions", "not_actions"])
	}
} else := _summary({action: judged |
	some action in actions
	judged := judged_policy(document, covers, matching_resources(document, resource), action, carrier)
})

_plain_summary(sayings, actions) := _summary({action: object.union(policy_verdicts(signature), {"unknown": []}) |
	some action in actions
	signature := {[effect, answer, manner] |
		some [elements, [effect, known], resource, manner] in sayings
		answer := all_of([elements_cover(elements, action), resource, known])
		answer != "no"
	}
})

_identities_summary(documents, resources, actions, carriers) := _summary({action: judged |
	some action in actions
	judged := judged_identities(documents, resources, action, carriers)
})

_summary(results) := {
	"missing": _with_verdict(results, {"none"}),
	"denied": _with_verdict(results, {"denied", "deny"}),
	"undecided": _with_verdict(results, {"unknown"}),
	"unknown": sort({entry |
		some result in results
		result.verdict == "unknown"
		some entry in result.unknown
	}),
}

_with_verdict(results, verdicts) := sort([action |
	some action, result in results
	result.verdict in verdicts
])
