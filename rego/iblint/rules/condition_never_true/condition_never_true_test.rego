package iblint.rules.condition_never_true_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.condition_never_true as rule

_via_service(values) := [fixture.set_value(
	array.concat(fixture.key_statement(1), ["conditions"]),
	[{"operator": "StringEquals", "key": "kms:ViaService", "values": values}],
)]

test_policies_without_conditions_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_service_other_than_ec2_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _via_service(["imagebuilder.us-east-1.amazonaws.com"]))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf(
				concat(" ", [
					`statement "TargetUse" in the policy of %s is of no use to account 222222222222:`,
					"kms:ViaService asks for imagebuilder.us-east-1.amazonaws.com, and the call carries ec2.us-east-1.amazonaws.com",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].conditions[0]",
			"related": [],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"missing": [action | some action in fixture.required; action != "kms:CreateGrant"],
			"severity": "error",
		}
		rule.unknown == set() with input as changed
	}
}

test_ec2_of_the_region_is_accepted if {
	changed := fixture.changed("terraform", _via_service(["ec2.us-east-1.amazonaws.com"]))
	rule.deny | rule.unknown == set() with input as changed
}

test_ec2_of_another_region_is_denied if {
	changed := fixture.changed("terraform", _via_service(["ec2.eu-west-1.amazonaws.com"]))
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "asks for ec2.eu-west-1.amazonaws.com, and the call carries ec2.us-east-1.amazonaws.com")
}

test_external_id_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.trust_statement, ["conditions"]),
		[{"operator": "StringEquals", "key": "sts:ExternalId", "values": ["x"]}],
	)])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "in account 111111111111: sts:ExternalId asks for x, and the call does not carry it")
	finding.resource == fixture.names.terraform.role
	finding.property == "assume_role_policy.statements[0].conditions[0]"
	finding.missing == ["sts:AssumeRole"]
}

test_service_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _via_service([{"$unknown": "variable service has no value", "$settle": "--var service=…"}]))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": sprintf(
				concat(" ", [
					`it is not known whether the condition kms:ViaService of statement "TargetUse"`,
					"in the policy of %s holds for account 222222222222",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1]",
			"reason": "variable service has no value",
			"settle": "--var service=…",
		}] with input as changed
	}
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_names_the_service_that_calls if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _via_service(["imagebuilder.us-east-1.amazonaws.com"]))
		_edits == {edit.replace_value(
			fixture.names[dialect].key,
			"policy.statements[1].conditions[0].values[0]",
			"ec2.us-east-1.amazonaws.com",
		)} with input as changed
	}
}
