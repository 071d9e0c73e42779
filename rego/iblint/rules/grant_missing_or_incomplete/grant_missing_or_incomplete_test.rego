package iblint.rules.grant_missing_or_incomplete_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.grant_missing_or_incomplete as rule

_launches := fixture.set_value(["accounts", "222222222222", "launches_with"], ["autoscaling"])

_operations := ["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "DescribeKey", "CreateGrant"]

_grant(id, key, operations) := [
	fixture.set_value(["by_kind", "kms_grant"], ["grant", "other grant"]),
	fixture.set_value(["resources", id], {"account": "222222222222", "properties": {
		"grantee_principal": "arn:aws:iam::222222222222:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
		"operations": operations,
	}}),
	fixture.set_value(["references", id], {"key": {"key": key, "form": "key_arn"}}),
]

test_accounts_without_auto_scaling_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

_grants(dialect, operations) := array.concat(
	_grant("grant", fixture.names[dialect].key, operations),
	_grant("other grant", fixture.names[dialect].replica, _operations),
)

test_grant_without_operations_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _grants(dialect, ["Encrypt"]))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf(
				concat(" ", [
					"the grant on %s for Auto Scaling in account 222222222222",
					"leaves out CreateGrant, Decrypt, DescribeKey and 4 more",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": "grant",
			"property": "operations",
			"related": array.slice(fixture.used_here(dialect), 1, 2),
			"jobs": [fixture.job(dialect, "us-east-1")],
			"missing": [
				"kms:CreateGrant",
				"kms:Decrypt",
				"kms:DescribeKey",
				"kms:GenerateDataKey",
				"kms:GenerateDataKeyWithoutPlaintext",
				"kms:ReEncryptFrom",
				"kms:ReEncryptTo",
			],
			"severity": "error",
		}
		rule.unknown == set() with input as changed
	}
}

test_grants_on_both_keys_are_accepted if {
	changed := fixture.changed("terraform", array.concat([_launches], _grants("terraform", _operations)))
	rule.deny | rule.unknown == set() with input as changed
}

test_missing_describe_key_is_a_warning if {
	changed := fixture.changed("terraform", _grants("terraform", [one | some one in _operations; one != "DescribeKey"]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	finding.missing == ["kms:DescribeKey"]
}

test_auto_scaling_without_a_grant_is_denied if {
	every dialect in fixture.dialects {
		operations := array.concat([_launches], _grant("other grant", fixture.names[dialect].replica, _operations))
		rule.deny == {{
			"message": concat(" ", [
				"Auto Scaling in account 222222222222 launches the AMI,",
				sprintf("and no grant lets it use %s of account 111111111111", [fixture.key_label(dialect)]),
			]),
			"resource": fixture.names[dialect].key,
			"property": "",
			"related": [],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"severity": "warning",
			"subject": {"keys": [fixture.names[dialect].key], "account": "222222222222"},
		}} with input as fixture.changed(dialect, operations)
	}
}

test_account_without_templates_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.flatten([
			_launches,
			_grant("other grant", fixture.names[dialect].replica, _operations),
			fixture.set_value(["accounts", "222222222222", "covered"], false),
		]))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": sprintf(
				concat(" ", [
					"Auto Scaling in account 222222222222 launches the AMI,",
					"and it is not known whether a grant lets it use %s",
				]),
				[fixture.key_label(dialect)],
			),
			"resource": fixture.names[dialect].key,
			"property": "",
			"reason": "no template of account 222222222222 was given",
			"settle": `accounts: {"222222222222": {roots: [PATH]}} in .iblint.yaml`,
		}] with input as changed
	}
}

test_grants_of_one_wording_are_one_finding if {
	changed := fixture.changed("terraform", array.concat(
		_grant("grant", fixture.names.terraform.key, ["Encrypt"]),
		_grant("other grant", fixture.names.terraform.replica, ["Encrypt"]),
	))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.subject == {"grants": ["grant", "other grant"]}
	finding.related[0] == {"message": "the same grant", "resource": "other grant", "property": ""}
	finding.jobs == [fixture.job("terraform", "eu-west-1"), fixture.job("terraform", "us-east-1")]
}

test_grant_in_another_region_than_its_key_is_denied if {
	elsewhere := fixture.set_value(["resources", "grant", "region"], "eu-west-1")
	changed := fixture.changed("terraform", array.concat(_grants("terraform", _operations), [elsewhere]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == concat(" ", [
		"the grant on aws_kms_key.ami for Auto Scaling in account 222222222222",
		"is made in eu-west-1, and the key is in us-east-1",
	])
	finding.severity == "error"
}

# The key is in the wrong Region, and the grant where it is used (IBL028).
test_grant_where_a_key_is_used_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_grants("terraform", _operations), [
		fixture.set_value(["resources", "grant", "region"], "us-east-1"),
		fixture.set_value(["keys", "@key", "region"], "us-west-2"),
	]))
	rule.deny == set() with input as changed
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_adds_the_operations if {
	changed := fixture.changed("terraform", _grants("terraform", ["Encrypt"]))
	[change] := [one | some one in _edits] with input as changed
	object.filter(change, ["kind", "resource", "property"]) == {
		"kind": "append",
		"resource": "grant",
		"property": "operations",
	}
	"CreateGrant" in change.value
}
