package iblint.lib.iam

# METADATA
# description: |
#   What the policy and grants of a key leave out of a need that is several
#   actions.
key_policy_summary(actor, actions, key) := _summary({action: result |
	some action in actions
	result := key_policy_access(actor, action, key)
})

# METADATA
# description: What an actor's own policies leave out of a need on a key.
identity_summary(actor, actions, key) := _summary({action: result |
	some action in actions
	result := identity_access(actor, action, key)
})

# METADATA
# description: What the boundary of an actor leaves out of a need on a key.
boundary_summary(actor, actions, key) := _summary({action: result |
	some action in actions
	result := boundary_access(actor, action, key)
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
