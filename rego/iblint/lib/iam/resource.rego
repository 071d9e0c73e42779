package iblint.lib.iam

import data.iblint.lib.value
import data.iblint.lib.wildcard

# METADATA
# description: |
#   The statements of a document whose Resource or NotResource may cover the
#   resource, by index: "yes", "unknown", or "variable" where a policy variable
#   decides. A statement without either covers nothing.
matching_resources(document, resource) := {i: answer |
	some i, statement in input.documents[document].statements
	answer := _resource_answer(document, statement, resource)
	answer != "no"
}

# METADATA
# description: Whether a statement covers a resource, policy variables aside.
covers_resource(statement, resource) := "yes" if {
	statement.resources == ["*"]
} else := resource_listed(statement.resources, resource) if {
	statement.resources
} else := negation(resource_listed(statement.not_resources, resource)) if {
	statement.not_resources
} else := "no"

# METADATA
# description: Whether one of the patterns of a Resource element matches.
resource_listed(patterns, resource) := "unknown" if {
	not is_array(patterns)
} else := any_of({wildcard.match(pattern, resource) | some pattern in patterns})

# METADATA
# scope: document
# description: |
#   Whether policy variables have a meaning in the document: only in the policy
#   language of 2012-10-17, which a document must ask for. A version that is not
#   known is taken to be that one.
substitutes(document) if input.documents[document].version == "2012-10-17"

substitutes(document) if value.is_unknown(input.documents[document].version)

_resource_answer(document, statement, resource) := "variable" if {
	substitutes(document)
	some element in ["resources", "not_resources"]
	some item in statement[element]
	contains(wildcard.spelled(item), "${")
} else := covers_resource(statement, resource)
