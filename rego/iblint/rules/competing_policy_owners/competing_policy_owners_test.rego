package iblint.rules.competing_policy_owners_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.competing_policy_owners as rule

_with_other(document) := [
	fixture.set_value(["keys", "@key", "other_policies"], [{"document": "other", "resource": "other", "property": "policy"}]),
	fixture.set_value(["documents", "other"], document),
]

_source := fixture.statement("SourceAccount", "111111111111", ["kms:*"])

_target := fixture.statement("TargetUse", "222222222222", array.concat(fixture.key_use, ["kms:CreateGrant"]))

test_one_policy_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_other_policy_without_the_target_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _with_other({"statements": [_source]}))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf(
				concat(" ", [
					"the policy of %s is written twice,",
					"and one of the two does not let account 222222222222 use the key",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": "other",
			"property": "policy",
			"related": [{"message": "the other policy", "resource": fixture.names[dialect].key, "property": "policy"}],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"missing": fixture.required,
			"severity": "error",
		}
		rule.unknown == set() with input as changed
	}
}

test_policies_that_agree_are_accepted if {
	changed := fixture.changed("terraform", _with_other({"statements": [_source, _target]}))
	rule.deny | rule.unknown == set() with input as changed
}

test_own_policy_without_the_target_is_denied if {
	changed := fixture.changed("terraform", array.concat(
		_with_other({"statements": [_source, _target]}),
		[fixture.remove(fixture.key_statement(1))],
	))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.key
	finding.related == [{"message": "the other policy", "resource": "other", "property": "policy"}]
	finding.missing == [action | some action in fixture.required; action != "kms:CreateGrant"]
}

test_list_without_a_policy_is_denied if {
	list := {"resource": fixture.names.terraform.role, "property": "inline_policies"}
	changed := fixture.changed("terraform", [fixture.set_value(["roles", "@role", "policies", 1, "removed_by"], list)])
	missing := [action | some action in fixture.required; action != "kms:Encrypt"]
	rule.deny == {{
		"message": concat(" ", [
			"the policies of aws_iam_role.dist are fixed to a list without image-builder-kms,",
			"which grants kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 3 more",
		]),
		"resource": fixture.names.terraform.role,
		"property": "inline_policies",
		"related": [{"message": "removed by that list", "resource": fixture.names.terraform.inline, "property": "policy"}],
		"jobs": [fixture.job("terraform", "us-east-1")],
		"missing": missing,
		"severity": "error",
		"subject": {"roles": [fixture.names.terraform.role]},
	}} with input as changed
}

test_policy_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _with_other({"$unknown": "variable policy has no value", "$settle": "--var policy=…"}))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": sprintf("the policy of %s is written twice, and it is not known whether the two agree", [fixture.key_label(dialect)]),
			"resource": "other",
			"property": "policy",
			"reason": "variable policy has no value",
			"settle": "--var policy=…",
		}] with input as changed
	}
}
