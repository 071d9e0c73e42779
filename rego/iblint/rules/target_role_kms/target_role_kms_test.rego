package iblint.rules.target_role_kms_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.target_role_kms as rule

_resources(list) := fixture.set_value(array.concat(fixture.role_statement, ["resources"]), list)

_actions(list) := fixture.set_value(array.concat(fixture.role_statement, ["actions"]), list)

_finding(dialect) := {
	"message": sprintf("the role %s in account 222222222222 has no permission on the distribution key and recipe key %s: %s", [
		"EC2ImageBuilderDistributionCrossAccountRole",
		fixture.key_label(dialect),
		"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more are missing",
	]),
	"resource": fixture.names[dialect].inline,
	"property": "policy",
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": fixture.required,
	"severity": "error",
	"subject": {"roles": [fixture.names[dialect].role]},
}

test_both_keys_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_resource_without_the_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_resources([fixture.replica_arn])])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

# The recipe key and the distribution key are two needs.
test_one_key_of_two_is_denied if {
	changed := fixture.changed("terraform", [
		fixture.set_value(
			["references", "@distribution", "distributions[0].ami.kms_key"],
			object.union(fixture.key_reference("terraform"), {"key": "other", "to": "other"}),
		),
		fixture.set_value(["keys", "other"], object.union(
			fixture.base("terraform").keys[fixture.names.terraform.key],
			{"label": "aws_kms_key.other", "arn": "arn:aws:kms:us-east-1:111111111111:key/other"},
		)),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "has no permission on the distribution key aws_kms_key.other:")
}

test_create_grant_alone_is_denied if {
	changed := fixture.changed("terraform", [_actions(fixture.key_use)])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["kms:CreateGrant"]
	finding.severity == "error"
}

test_encrypt_alone_is_a_warning if {
	changed := fixture.changed("terraform", [_actions([action | some action in fixture.required; action != "kms:Encrypt"])])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["kms:Encrypt"]
	finding.severity == "warning"
}

test_wildcards_are_accepted if {
	every resource in ["*", "arn:aws:kms:*:111111111111:key/*", "arn:aws:kms:us-east-1:*:*"] {
		changed := fixture.changed("terraform", [_resources([resource])])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_no_policy_is_denied_at_the_role if {
	changed := fixture.changed("terraform", [fixture.remove(["roles", "@role", "policies", 1])])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.role
	finding.property == ""
}

# IBL023 says that an alias grants nothing.
test_alias_as_resource_stays_silent if {
	changed := fixture.changed("terraform", [_resources(["arn:aws:kms:us-east-1:111111111111:alias/ami"])])
	rule.deny | rule.unknown == set() with input as changed
}

# The policy of a key of its own account names the role.
test_role_named_by_its_own_key_is_accepted if {
	changed := fixture.changed("terraform", [
		_resources([fixture.replica_arn]),
		fixture.set_value(["keys", "@key", "account"], "222222222222"),
		fixture.set_value(array.concat(fixture.key_statement(1), ["principals"]), [{
			"type": "AWS",
			"identifier": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole",
		}]),
		fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [{
			"type": "AWS",
			"identifier": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole",
		}]),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_missing_role_stays_silent if {
	changed := fixture.changed("terraform", [_resources([]), fixture.remove(["roles", "@role"])])
	rule.deny | rule.unknown == set() with input as changed
}

test_assumed_account_is_named if {
	changed := fixture.changed("cloudformation", [
		_resources([fixture.replica_arn]),
		fixture.remove(["accounts", "222222222222"]),
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "are missing, assuming that the role is deployed in account 222222222222")
}

test_resource_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_resources([{"$unknown": "parameter RecipeKeyArn has no value", "$settle": "bindings: …"}])])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing", "severity"]), {
			"message": sprintf("it is not known whether the role %s in account 222222222222 has permission on the %s %s", [
				"EC2ImageBuilderDistributionCrossAccountRole",
				"distribution key and recipe key",
				fixture.key_label(dialect),
			]),
			"reason": "parameter RecipeKeyArn has no value",
			"settle": "bindings: …",
		})} with input as changed
	}
}

test_policies_without_value_are_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["roles", "@role", "policies", 1, "document"],
		{"$unknown": "variable policy has no value"},
	)])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable policy has no value"
	startswith(finding.settle, `roles: {"arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole": {trust: policies/trust.json, policies: [policies/role.json]}}`)
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_lets_the_role_use_the_key if {
	changed := fixture.changed("terraform", [_resources([fixture.replica_arn])])
	_edits == {edit.append_items(fixture.names.terraform.inline, "policy.statements", [{
		"effect": "Allow",
		"actions": fixture.required,
		"resources": [edit.arn_of(fixture.names.terraform.key)],
	}])} with input as changed
}

test_edit_adds_the_actions_to_the_statement_on_the_key if {
	changed := fixture.changed("terraform", [_actions(["kms:Decrypt"])])
	some change in _edits with input as changed
	change.kind == "append"
	change.property == "policy.statements[0].actions"
	"kms:CreateGrant" in change.value
	not "kms:Decrypt" in change.value
}
