package iblint.lib.iam

# METADATA
# description: |
#   The statements of a document that cover a call, whoever makes it, by index:
#   "yes" or "unknown". Resources is what matching_resources gives.
covering_statements(document, action, resources, carrier) := {i: answer |
	some i, acting in matching_actions(document, action)
	resource := resources[i]
	answer := statement_answer(document, i, [acting, resource], action, carrier)
	answer != "no"
}

# METADATA
# scope: document
# description: |
#   Whether a statement covers a call, from what is known of its action and resource
#   and from its conditions.
statement_answer(document, i, ["yes", "yes"], action, carrier) := condition_answer(document, i, action, carrier)

statement_answer(document, i, [acting, resource], action, carrier) := all_of([
	acting,
	_resource_known(document, i, resource, action, carrier),
	condition_answer(document, i, action, carrier),
]) if {
	[acting, resource] != ["yes", "yes"]
}

_resource_known(document, i, "variable", action, carrier) := variable_answer(document, i, action, carrier)

_resource_known(_, _, resource, _, _) := resource if resource != "variable"
