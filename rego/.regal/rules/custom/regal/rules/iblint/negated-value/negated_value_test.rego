package custom.regal.rules.iblint["negated-value_test"]

import data.regal.config

import data.custom.regal.rules.iblint["negated-value"] as rule

_rows(body) := rows if {
	policy := concat("\n", ["package iblint.rules.a", "", "import data.iblint.lib.value", "", "deny if {", body, "}"])
	found := rule.report with input as regal.parse_module("a.rego", policy) with config.rules as {}
	rows := {violation.location.row | some violation in found}
}

test_negation_of_a_value_is_reported if {
	_rows("\tnot input.builds[0].devices[0].encrypted") == {6}
	_rows("\tnot device.properties.block_devices[i].kms_key") == {6}
}

test_inequality_with_a_value_is_reported if {
	_rows(`	reference.manager != "aws"`) == {6}
	_rows(`	"aws" != reference.manager`) == {6}
	_rows(`	not role.path == "/"`) == {6}
	_rows(`	object.get(device, "manager", "") != "aws"`) == {6}
}

test_value_with_known_state_is_accepted if {
	_rows("\tvalue.is_known(role.path)\n\trole.path != \"/\"") == set()
	_rows("\tis_string(role.path)\n\tnot role.path == \"/\"") == set()
}

test_state_of_another_value_is_not_enough if {
	_rows("\tvalue.is_known(role.name)\n\trole.path != \"/\"") == {7}
	_rows("\tnot value.is_known(role.path)\n\trole.path != \"/\"") == {7}
}

test_what_is_no_value_is_accepted if {
	_rows("\tnot value.is_known(role.path)") == set()
	_rows("\tnot build.container") == set()
	_rows(`	answer != "no"`) == set()
	_rows(`	reference.manager == "aws"`) == set()
	_rows("\tnot resource.properties") == set()
	_rows(`	object.get(found, "reason", "") != ""`) == set()
}
