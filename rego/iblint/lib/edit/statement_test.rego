package iblint.lib.edit_test

import data.iblint.lib.distribution
import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit

_needs(key) := {need |
	some need in distribution.needs.source_key_not_shared_with_target
	need.key == key
}

_key_edits(dialect) := edit.key_policy(fixture.names[dialect].key, _needs(fixture.names[dialect].key))

test_account_without_statement_gets_one if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			fixture.set_value(array.concat(fixture.key_statement(1), ["principals"]), [_root("333333333333")]),
			fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [_root("333333333333")]),
		])
		found := _key_edits(dialect) with input as changed
		found == {{
			"kind": "append",
			"resource": fixture.names[dialect].key,
			"property": "policy.statements",
			"value": [{
				"effect": "Allow",
				"principals": [_root("222222222222")],
				"actions": fixture.required,
				"resources": ["*"],
			}],
		}}
	}
}

test_statement_of_the_account_gets_what_is_missing if {
	changed := fixture.changed("terraform", [
		fixture.set_value(array.concat(fixture.key_statement(1), ["actions"]), ["kms:Decrypt"]),
		fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [_root("333333333333")]),
	])
	[found] := [one | some one in _key_edits("terraform")] with input as changed
	found.property == "policy.statements[1].actions"
	found.value == [action | some action in fixture.required; action != "kms:Decrypt"]
}

test_statement_for_others_too_is_left_alone if {
	changed := fixture.changed("terraform", [
		fixture.set_value(array.concat(fixture.key_statement(1), ["principals"]), [_root("222222222222"), _root("333333333333")]),
		fixture.set_value(array.concat(fixture.key_statement(1), ["actions"]), ["kms:Decrypt"]),
		fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [_root("333333333333")]),
	])
	[found] := [one | some one in _key_edits("terraform")] with input as changed
	found.property == "policy.statements"
}

test_statement_with_condition_is_left_alone if {
	changed := fixture.changed("terraform", [
		fixture.set_value(array.concat(fixture.key_statement(1), ["actions"]), ["kms:Decrypt"]),
		fixture.set_value(array.concat(fixture.key_statement(1), ["conditions"]), [{
			"operator": "StringEquals",
			"key": "kms:CallerAccount",
			"values": ["222222222222"],
		}]),
		fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [_root("333333333333")]),
	])
	[found] := [one | some one in _key_edits("terraform")] with input as changed
	found.property == "policy.statements"
}

test_default_policy_is_not_written if {
	changed := fixture.changed("terraform", [
		fixture.set_value(["keys", "@key", "default_policy"], true),
		fixture.set_value(array.concat(fixture.key_statement(1), ["principals"]), [_root("333333333333")]),
	])
	not _key_edits("terraform") with input as changed
}

_root(account) := {"type": "AWS", "identifier": sprintf("arn:aws:iam::%s:root", [account])}
