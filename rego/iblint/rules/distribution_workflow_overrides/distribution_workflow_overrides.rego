# METADATA
# title: A workflow may replace the distribution configuration
# description: |
#   The pipeline runs a distribution workflow of its own. Its steps may carry Regions,
#   target accounts and keys that replace the attached distribution configuration, so
#   what the other rules say of the configuration may not be what happens.
# related_resources:
#   - description: Supported step actions for your workflow document
#     ref: https://docs.aws.amazon.com/imagebuilder/latest/userguide/wfdoc-step-actions.html
# custom:
#   id: IBL904
#   name: distribution-workflow-overrides
#   severity: info
#   category: adjacent
#   remediation: |
#     Keep Regions, accounts and keys in the distribution configuration, and let the step DistributeImage of the
#     workflow use it.
#   prevents:
#     - An execution role is required to provide workflows
#   default: true
#   since: 0.1.0
#   unknown: |
#     Give the template that holds the workflow document.
package iblint.rules.distribution_workflow_overrides

import data.iblint.lib.distribution
import data.iblint.lib.value

deny contains finding if {
	some b, build in input.builds
	some i, reference in build.workflows
	_distributes(reference) == "yes"
	_overrides(_written(reference)) == "yes"

	finding := {
		"message": concat(" ", [
			sprintf("%s of %s names its own distributions;", [
				_workflow_text(reference),
				distribution.label(build.id),
			]),
			"they replace the distribution configuration, and findings about that may not apply",
		]),
		"resource": build.id,
		"property": sprintf("workflows[%d]", [i]),
		"related": _document(object.get(reference, "to", "")),
		"jobs": [],
		"subject": {"build": build.id},
	}
	_is_judged(b)
}

unknown contains finding if {
	some b, build in input.builds
	some i, reference in build.workflows
	_is_open(reference)
	_is_judged(b)

	finding := {
		"message": concat(" ", [
			sprintf("it is not known whether %s of %s replaces the distribution configuration;", [
				_workflow_text(reference),
				distribution.label(build.id),
			]),
			"if it does, findings about that do not apply",
		]),
		"resource": build.id,
		"property": sprintf("workflows[%d]", [i]),
		"related": _document(object.get(reference, "to", "")),
		"jobs": [],
		"subject": {"build": build.id},
		"reason": _reason(reference),
		"settle": _settle(reference),
	}
}

unknown contains finding if {
	some b, build in input.builds
	_is_judged(b)
	why := distribution.explanation(build.workflows_unknown, "give the variable or parameter a value")

	finding := object.union(why, {
		"message": sprintf("it is not known whether a workflow of %s replaces the distribution configuration", [
			distribution.label(build.id),
		]),
		"resource": build.id,
		"property": "workflows",
		"related": [],
		"jobs": [],
		"subject": {"build": build.id},
	})
}

_is_judged(b) if {
	not input.builds[b].container
	some e, _ in distribution.entries[b]
	distribution.shares(b, e)
}

_is_open(reference) if {
	_distributes(reference) == "yes"
	_overrides(_written(reference)) == "unknown"
}

_is_open(reference) if _distributes(reference) == "unknown"

# Whether a workflow is one for distribution. Those that AWS publishes use the
# distribution configuration.
_distributes(reference) := "no" if {
	contains(reference.text, ":aws:workflow/")
} else := "yes" if {
	input.resources[reference.to].properties.type == "DISTRIBUTION"
} else := "no" if {
	is_string(input.resources[reference.to].properties.type)
} else := "yes" if {
	contains(reference.text, ":workflow/distribution/")
} else := "no" if {
	regex.match(`:workflow/(build|test)/`, reference.text)
} else := "unknown"

# The document of a workflow as it is written, empty if no template has it.
_written(reference) := object.get(input.resources, [object.get(reference, "to", ""), "properties", "data"], "")

# Whether the document of a workflow names distributions.
_overrides(document) := "yes" if {
	is_string(document)
	regex.match(`(?m)^\s*-?\s*"?distributions"?\s*:`, document)
} else := "no" if {
	is_string(document)
	document != ""
	not contains(document, "distributions")
} else := "unknown"

_workflow_text(reference) := sprintf("workflow %s", [distribution.address(reference.to)]) if {
	reference.to
} else := "a workflow that is not known" if {
	value.text(reference.text) == "a value that is not known"
} else := sprintf("workflow %s", [value.text(reference.text)])

_document(workflow) := [{"message": "the workflow", "resource": workflow, "property": "data"} |
	input.resources[workflow]
]

_reason(reference) := reference.reason if {
	object.get(reference, "reason", "") != ""
} else := sprintf("no template has the document of %s", [_workflow_text(reference)])

_settle(reference) := reference.settle if {
	object.get(reference, "settle", "") != ""
} else := sprintf("aws imagebuilder get-workflow --workflow-build-version-arn %s > %s", [
	reference.text,
	distribution.fact_file([replace(steps[1], "/", "-"), "get-workflow"]),
]) if {
	not reference.to
	steps := split(reference.text, ":workflow/")
} else := "give the template that creates the workflow, with its document in data"
