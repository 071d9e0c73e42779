# METADATA
# title: The resource graph
# description: Follows the edges between resources.
package iblint.lib.graph

# METADATA
# description: The resource with an ID.
resource(id) := input.resources[id]

# METADATA
# description: The IDs of the resources that edges with a label lead to.
targets(id, label) := {edge.to | some edge in input.edges.from[id][label]}

# METADATA
# description: The IDs of the resources that edges with a label come from.
sources(id, label) := {edge.from | some edge in input.edges.to[id][label]}
