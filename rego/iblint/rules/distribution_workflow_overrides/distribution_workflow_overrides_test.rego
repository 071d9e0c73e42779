package iblint.rules.distribution_workflow_overrides_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.distribution_workflow_overrides as rule

_workflows(references) := fixture.set_value(["builds", 0, "workflows"], references)

# A workflow that a template makes, the only one of the pipeline.
_workflow(properties) := [
	_workflows([{"to": "flow", "text": "workflow.arn"}]),
	fixture.set_value(["resources", "flow"], {
		"id": "flow",
		"kind": "workflow",
		"address": "aws_imagebuilder_workflow.flow",
		"properties": properties,
	}),
]

_override := `steps:
  - name: Distribute
    action: DistributeImage
    inputs:
      distributions:
        - region: eu-west-1
`

_plain := `steps:
  - name: Distribute
    action: DistributeImage
`

_not_known := {"$unknown": "variable data has no value", "$settle": "--var data=…"}

_unshared := [
	fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
]

_finding(dialect) := {
	"message": concat(" ", [
		`workflow aws_imagebuilder_workflow.flow of pipeline "base" names its own distributions;`,
		"they replace the distribution configuration, and findings about that may not apply",
	]),
	"resource": fixture.names[dialect].pipeline,
	"property": "workflows[0]",
	"related": [{"message": "the workflow", "resource": "flow", "property": "data"}],
	"jobs": [],
	"subject": {"build": fixture.names[dialect].pipeline},
}

_open_message(name) := concat(" ", [
	sprintf(`it is not known whether workflow %s of pipeline "base" replaces the distribution configuration;`, [name]),
	"if it does, findings about that do not apply",
])

test_no_workflow_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_workflow_that_uses_the_configuration_is_accepted if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _workflow({"type": "DISTRIBUTION", "data": _plain}))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_workflow_with_distributions_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _workflow({"type": "DISTRIBUTION", "data": _override}))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_json_document_is_read_too if {
	changed := fixture.changed("terraform", _workflow({
		"type": "DISTRIBUTION",
		"data": "{\n  \"distributions\": []\n}",
	}))
	rule.deny == {_finding("terraform")} with input as changed
}

test_build_workflow_stays_silent if {
	changed := fixture.changed("terraform", _workflow({"type": "BUILD", "data": _override}))
	rule.deny | rule.unknown == set() with input as changed
}

test_document_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _workflow({"type": "DISTRIBUTION", "data": _not_known}))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": _open_message("aws_imagebuilder_workflow.flow"),
			"reason": "no template has the document of workflow aws_imagebuilder_workflow.flow",
			"settle": "give the template that creates the workflow, with its document in data",
		})} with input as changed
	}
}

# The word alone, in a name or a comment, replaces nothing for certain.
test_word_elsewhere_in_the_document_is_unknown if {
	changed := fixture.changed("terraform", _workflow({
		"type": "DISTRIBUTION",
		"data": concat("", [_plain, "# no distributions here\n"]),
	}))
	rule.deny == set() with input as changed
	count(rule.unknown) == 1 with input as changed
}

test_workflows_outside_of_the_templates if {
	own := "arn:aws:imagebuilder:us-east-1:111111111111:workflow/distribution/own/1.0.0/1"
	changed := fixture.changed("terraform", [_workflows([
		{"text": "arn:aws:imagebuilder:us-east-1:aws:workflow/distribution/distribute-image/1.0.0/1"},
		{"text": "arn:aws:imagebuilder:us-east-1:111111111111:workflow/test/own/1.0.0/1"},
		{"text": own, "reason": "it is made elsewhere", "settle": "give its template"},
	])])
	rule.deny == set() with input as changed
	rule.unknown == {object.union(_finding("terraform"), {
		"message": _open_message(own),
		"property": "workflows[2]",
		"related": [],
		"reason": "it is made elsewhere",
		"settle": "give its template",
	})} with input as changed
}

test_workflows_that_are_not_known_are_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["builds", 0, "workflows_unknown"],
		{"$unknown": "variable workflows has no value"},
	)])
	rule.deny == set() with input as changed
	rule.unknown == {object.union(_finding("terraform"), {
		"message": `it is not known whether a workflow of pipeline "base" replaces the distribution configuration`,
		"property": "workflows",
		"related": [],
		"reason": "variable workflows has no value",
		"settle": "give the variable or parameter a value",
	})} with input as changed
}

test_nothing_shared_stays_silent if {
	every document in [_override, _not_known] {
		changed := fixture.changed("terraform", array.concat(
			_workflow({"type": "DISTRIBUTION", "data": document}),
			_unshared,
		))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_workflow_that_no_template_has_is_unknown if {
	own := "arn:aws:imagebuilder:us-east-1:111111111111:workflow/distribution/own/1.0.0/1"
	changed := fixture.changed("terraform", [fixture.set_value(["builds", 0, "workflows"], [{"text": own}])])
	rule.deny == set() with input as changed
	{found.settle | some found in rule.unknown} == {concat(" ", [
		"aws imagebuilder get-workflow --workflow-build-version-arn",
		own,
		"> facts/distribution-own-1.0.0-1.get-workflow.json (with facts: [facts/] in .iblint.yaml)",
	])} with input as changed
}
