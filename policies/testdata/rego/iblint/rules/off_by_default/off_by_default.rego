# METADATA
# title: A recipe exists
# description: There is a recipe.
# related_resources:
#   - description: A page
#     ref: https://example.com/recipes
# custom:
#   id: IBL803
#   severity: info
#   category: test
#   remediation: remove the recipe
#   since: 0.1.0
#   default: false
package iblint.rules.off_by_default

deny contains finding if {
	some id in input.by_kind.image_recipe

	finding := {"message": sprintf("recipe %s exists", [id]), "resource": id, "property": ""}
}
