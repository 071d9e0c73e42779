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
		[finding] := [one | some one in rule.unknown] with input as changed
		finding.message == sprintf(
			concat(" ", [
				"Auto Scaling in account 222222222222 launches the AMI,",
				"and it is not known whether a grant lets it use %s",
			]),
			[fixture.key_label(dialect)],
		)
		finding.resource == fixture.names[dialect].key
		finding.property == ""
		finding.reason == "no template of account 222222222222 was given"
		finding.settle == `accounts: {"222222222222": {roots: [PATH]}} in .iblint.yaml`
	}
}
