package iblint.rules.statement_without_effect_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.statement_without_effect as rule

_actions(list) := [fixture.set_value(array.concat(fixture.key_statement(1), ["actions"]), list)]

_with(action) := _actions(["kms:Encrypt", "kms:Decrypt", action, "kms:GenerateDataKey*", "kms:DescribeKey"])

test_actions_of_kms_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_action_that_does_not_exist_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _with("kms:ReEncrypt"))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf(
				concat(" ", [
					"a statement in the policy of %s names kms:ReEncrypt, which is no action of KMS and grants nothing,",
					"so account 222222222222 cannot use the key",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].actions",
			"related": [],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"missing": ["kms:ReEncryptFrom", "kms:ReEncryptTo"],
			"severity": "error",
		}
		rule.unknown == set() with input as changed
	}
}

test_actions_one_by_one_are_accepted if {
	changed := fixture.changed("terraform", _actions(fixture.required))
	rule.deny | rule.unknown == set() with input as changed
}

test_action_beside_the_right_one_is_a_warning if {
	changed := fixture.changed("terraform", _actions(array.concat(fixture.key_use, ["kms:ReEncrypt"])))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	endswith(finding.message, "grants nothing; nothing that is needed depends on it")
	not finding.missing
}

test_statement_without_resource_is_denied if {
	changed := fixture.changed("terraform", [fixture.remove(array.concat(fixture.key_statement(1), ["resources"]))])
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, "a statement in the policy of aws_kms_key.ami has no Resource and grants nothing")
	finding.property == "policy.statements[1]"
	finding.severity == "error"
}

test_alias_in_the_policy_of_the_role_is_denied if {
	resources := ["arn:aws:kms:us-east-1:111111111111:alias/ami", fixture.replica_arn]
	changed := fixture.changed("terraform", [fixture.set_value(array.concat(fixture.role_statement, ["resources"]), resources)])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "names the alias arn:aws:kms:us-east-1:111111111111:alias/ami as Resource")
	finding.resource == fixture.names.terraform.inline
	finding.property == "policy.statements[0].resources"
	finding.missing == fixture.required
}

test_action_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _with({"$unknown": "variable action has no value", "$settle": "--var action=…"}))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": sprintf(
				concat(" ", [
					`it is not known which actions statement "TargetUse" of the policy of %s`,
					"allows to account 222222222222",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].actions",
			"reason": "variable action has no value",
			"settle": "--var action=…",
		}] with input as changed
	}
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_writes_every_form_of_re_encryption if {
	every dialect in fixture.dialects {
		_edits == {edit.replace_value(
			fixture.names[dialect].key,
			"policy.statements[1].actions[2]",
			"kms:ReEncrypt*",
		)} with input as fixture.changed(dialect, _with("kms:ReEncrypt"))
	}
}
