# METADATA
# description: |
#   What to write instead, for "iblint fix": edits in terms of the graph. There is an
#   edit only where it is certain what to write; which key to use, whom to trust less
#   or what to take away is for people to choose.
package iblint.lib.edit

# METADATA
# description: Another value in the place of what is written.
replace_value(resource, property, new) := {
	"kind": "replace",
	"resource": resource,
	"property": property,
	"value": new,
}

# METADATA
# description: Another argument in the place of one that is written.
replace_argument(resource, property, name, new) := {
	"kind": "replace",
	"resource": resource,
	"property": property,
	"name": name,
	"value": new,
}

# METADATA
# description: More items for a list that is written.
append_items(resource, property, items) := {
	"kind": "append",
	"resource": resource,
	"property": property,
	"value": items,
}

# METADATA
# description: An argument that is not written yet, beside one that is.
insert_argument(resource, property, name, new) := {
	"kind": "insert",
	"resource": resource,
	"property": property,
	"name": name,
	"value": new,
}

# METADATA
# description: A reference to the ARN of another resource.
arn_of(resource) := {"attribute_of": resource, "attribute": "arn"}
