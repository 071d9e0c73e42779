package iblint.lib.iam

import data.iblint.lib.wildcard

# A carrier is what conditions and policy variables of a document are judged by:
# the context of a request, or the actor and the key from which it follows. It is
# kept as small as the document allows, so that OPA's cache of function results
# serves many actors with one answer.

# METADATA
# description: The carrier of a request with a context of its own.
request_carrier(document, request) := null if {
	traits(document) == "plain"
} else := {
	"context": object.get(request, "context", {}),
	"complete": object.get(request, "context_complete", false),
	"resource": request.resource,
}

# METADATA
# description: The carrier of a call that an actor makes on a key, or (key null) on another resource.
actor_carrier(document, actor, key, resource) := null if {
	traits(document) == "plain"
} else := {"actor": impersonal(actor), "key": key} if {
	traits(document) == "impersonal"
} else := {"actor": actor, "key": key, "resource": resource}

# METADATA
# description: What of an actor decides conditions that do not ask who it is.
impersonal(actor) := object.filter(actor, ["kind", "regions"])

# METADATA
# description: |
#   What a document asks of a call besides action, resource and principal: nothing
#   ("plain"), conditions that are the same for all actors of a kind ("impersonal"),
#   or more ("personal").
traits(document) := "personal" if {
	substitutes(document)
	some statement in input.documents[document].statements
	some element in ["resources", "not_resources"]
	some item in statement[element]
	contains(wildcard.spelled(item), "${")
} else := "personal" if {
	some statement in input.documents[document].statements
	some test in statement.conditions
	_is_personal(document, test)
} else := "impersonal" if {
	some statement in input.documents[document].statements
	some element in ["conditions", "undecided"]
	statement[element]
} else := "plain"

# METADATA
# description: Whether documents say the same of all actors of a kind, whatever account they stand in.
are_impersonal(documents) if not "personal" in {traits(document) | some document in documents}

_is_personal(_, test) if lower(test.key) in {"kms:calleraccount", "aws:principalaccount", "aws:principalarn"}

_is_personal(_, test) if startswith(lower(test.key), "aws:principaltag/")

_is_personal(document, test) if {
	substitutes(document)
	some item in test.values
	contains(wildcard.spelled(item), "${")
}
