package iblint.lib.iam

import data.iblint.lib.value

# METADATA
# description: |
#   One identity policy or permissions boundary judged for a request: verdict, what
#   is allowed and denied as three values, and the statements responsible.
identity_policy(document, request) := identity_policies([document], request)

# METADATA
# description: Several identity policies judged together; a Deny in one beats an Allow in another.
identity_policies(documents, request) := judge_identities(
	documents,
	[matching_resources(document, request.resource) | some document in documents],
	request.action,
	[request_carrier(document, request) | some document in documents],
	request.resource,
)

# METADATA
# description: |
#   Identity policies judged for a call: the documents with, for each, the matching
#   resources and the carrier.
judge_identities(documents, resources, action, carriers, resource) := judged if {
	judged := judged_identities(documents, resources, action, carriers)
	judged.open == []
} else := object.union(judged, {"unknown": array.flatten([_identity_entries(open, action, carriers, resource) |
	some open in judged.open
])}) if {
	judged := judged_identities(documents, resources, action, carriers)
}

# METADATA
# description: The result for identity policies, with the places that are open instead of the reasons.
judged_identities(documents, resources, action, carriers) := {
	"verdict": _identity_verdict(allowed, denied),
	"granted": all_of([allowed, negation(denied)]),
	"allowed": allowed,
	"denied": denied,
	"allow": [{"document": documents[d], "statement": i} | some [d, i, "Allow", "yes"] in covering],
	"deny": [{"document": documents[d], "statement": i} | some [d, i, "Deny", "yes"] in covering],
	"open": array.concat([[documents[d], i, d] | some [d, i, _, "unknown"] in covering], _open_documents(documents)),
	"unknown": [],
} if {
	covering := [[d, i, effect, all_of([answer, known])] |
		some d, document in documents
		some i, answer in covering_statements(document, action, resources[d], carriers[d])
		[effect, known] := _effect(input.documents[document].statements[i].effect)
	]
	allowed := any_of({answer | some [_, _, effect, answer] in covering; effect != "Deny"} | _remainders(documents))
	denied := any_of({answer | some [_, _, effect, answer] in covering; effect != "Allow"})
}

# AWS refuses any other word.
_effect(written) := [written, "yes"] if written in {"Allow", "Deny"}

_effect(written) := ["", "unknown"] if value.is_unknown(written)

# METADATA
# scope: document
# description: Whether nothing of a document is known, or it is not known which document it is.
is_open_document(document) if value.is_unknown(document)

is_open_document(document) if value.is_unknown(input.documents[document])

# A document of which a part is not known could grant more; that it could also deny
# is not assumed.
_remainders(documents) := {"unknown" | some document in documents; _is_incomplete(document)}

_is_incomplete(document) if is_open_document(document)

_is_incomplete(document) if input.documents[document].incomplete

_open_documents(documents) := [[document, -1, d] | some d, document in documents; _is_incomplete(document)]

_identity_verdict(allowed, denied) := "deny" if {
	denied == "yes"
} else := "none" if {
	allowed == "no"
} else := "allow" if {
	allowed == "yes"
	denied == "no"
} else := "unknown"

_identity_entries([document, -1, _], _, _, _) := document_entries(document)

_identity_entries([document, i, d], action, carriers, resource) := open_elements(
	document,
	i,
	action,
	carriers[d],
	resource,
) if {
	i >= 0
}
