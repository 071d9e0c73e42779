# METADATA
# title: No entry for the Region of the build
# description: |
#   Image Builder asks for an AMI distribution in the Region in which the image is
#   built, beside those of other Regions.
# related_resources:
#   - description: Manage and update distribution settings
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/manage-distribution-settings.html
# custom:
#   id: IBL902
#   name: no-build-region-entry
#   severity: warning
#   category: adjacent
#   remediation: |
#     Add an entry for the Region in which the image is built.
#   prevents: []
#   default: false
#   since: 0.1.0
#   unknown: |
#     Say in which Region the stack or root is deployed: region: of its account in .iblint.yaml.
package iblint.rules.no_build_region_entry

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some b, build in input.builds
	_states(b) == {"no"}

	finding := {
		"message": sprintf("%s has no entry for %s, where %s is built", [
			distribution.label(build.distribution),
			distribution.build_region(b),
			distribution.label(build.id),
		]),
		"resource": build.distribution,
		"property": "",
		"related": [{"message": "built here", "resource": build.id, "property": ""}],
		"jobs": [],
		"subject": {"build": build.id},
	}
}

unknown contains finding if {
	some b, build in input.builds
	not "yes" in _states(b)
	"unknown" in _states(b)
	why := distribution.build_region_reason(b)

	finding := object.union(why, {
		"message": sprintf("it is not known whether %s has an entry for the Region in which %s is built", [
			distribution.label(build.distribution),
			distribution.label(build.id),
		]),
		"resource": build.distribution,
		"property": "",
		"related": [{"message": "built here", "resource": build.id, "property": ""}],
		"jobs": [],
		"subject": {"build": build.id},
	})
}

_states(b) := {distribution.in_build_region(b, e) | some e, entry in distribution.entries[b]; entry.ami} if {
	input.builds[b].kind in {"image_pipeline", "image"}
	value.is_absent(input.resources[input.builds[b].distribution].properties, "distributions_unknown")
	count(distribution.entries[b]) > 0
}
