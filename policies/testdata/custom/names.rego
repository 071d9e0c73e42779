# METADATA
# title: A recipe has an ugly name
# custom:
#   id: ACME001
#   severity: warning
package custom.rules.ugly_name

import data.custom.words

deny contains finding if {
	some id in input.by_kind.image_recipe
	input.resources[id].properties.name in words.ugly

	finding := {"message": "the name is ugly", "resource": id, "property": "name"}
}
