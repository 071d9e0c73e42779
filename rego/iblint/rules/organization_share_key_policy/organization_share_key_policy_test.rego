package iblint.rules.organization_share_key_policy_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.organization_share_key_policy as rule

_organization := "arn:aws:organizations::111111111111:organization/o-abc123example"

_unit := "arn:aws:organizations::111111111111:ou/o-abc123example/ou-ab12-11111111"

_shared(permission) := fixture.set_value(array.concat(fixture.ami(1), ["launch_permission"]), permission)

_everyone(actions, conditions) := fixture.set_value(fixture.replica_statement(1), {
	"effect": "Allow",
	"principals": [{"type": "*", "identifier": "*"}],
	"actions": actions,
	"resources": ["*"],
	"conditions": conditions,
})

_all := array.concat(fixture.key_use, ["kms:CreateGrant"])

_of_organization(id) := [{"operator": "StringEquals", "key": "aws:PrincipalOrgID", "values": [id]}]

_of_path(path) := [{"operator": "ForAnyValue:StringLike", "key": "aws:PrincipalOrgPaths", "values": [path]}]

_finding(dialect) := {
	"message": sprintf("organization o-abc123example may launch the AMI, but the policy of %s has no statement for its accounts", [
		fixture.replica_label(dialect),
	]),
	"resource": fixture.names[dialect].replica,
	"property": "policy",
	"related": [fixture.shared_here(dialect, 1, "launch_permission.organization_arns")],
	"jobs": [object.remove(fixture.job(dialect, "eu-west-1"), ["target_account"])],
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
	"subject": {"keys": [fixture.names[dialect].replica]},
}

test_accounts_stay_silent if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_organization_without_statement_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_shared({"organization_arns": [_organization]})])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_organization_with_statement_is_accepted if {
	every conditions in [_of_organization("o-abc123example"), _of_path("o-abc123example/*"), []] {
		changed := fixture.changed("terraform", [
			_shared({"organization_arns": [_organization]}),
			_everyone(_all, conditions),
		])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_other_organization_is_denied if {
	changed := fixture.changed("terraform", [
		_shared({"organization_arns": [_organization]}),
		_everyone(_all, _of_organization("o-other12345")),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "error"
}

test_missing_create_grant_is_a_warning if {
	changed := fixture.changed("terraform", [
		_shared({"organization_arns": [_organization]}),
		_everyone(fixture.key_use, _of_organization("o-abc123example")),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	finding.missing == ["kms:CreateGrant"]
	endswith(finding.message, "leaves out kms:CreateGrant for its accounts")
}

test_unit_is_accepted_by_its_path_or_its_organization if {
	every conditions in [
		_of_path("o-abc123example/*/ou-ab12-11111111/*"),
		_of_path("o-abc123example/r-ab12/ou-ab12-11111111/*"),
		_of_organization("o-abc123example"),
	] {
		changed := fixture.changed("terraform", [
			_shared({"organizational_unit_arns": [_unit]}),
			_everyone(_all, conditions),
		])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_unit_without_statement_is_denied if {
	changed := fixture.changed("terraform", [_shared({"organizational_unit_arns": [_unit]})])
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, "organizational unit ou-ab12-11111111 may launch the AMI")
}

test_other_unit_is_denied_or_unknown if {
	changed := fixture.changed("terraform", [
		_shared({"organizational_unit_arns": [_unit]}),
		_everyone(_all, _of_path("o-other12345/r-ab12/ou-cd34-22222222/*")),
	])
	count(rule.deny) == 1 with input as changed
}

test_malformed_arns_are_denied if {
	every permission in [
		{"organization_arns": ["o-abc123example"]},
		{"organization_arns": [_unit]},
		{"organizational_unit_arns": [_organization]},
	] {
		changed := fixture.changed("terraform", [_shared(permission)])
		count(rule.deny) == 1 with input as changed
	}
	changed := fixture.changed("terraform", [_shared({"organization_arns": ["o-abc123example"]})])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == concat(" ", [
		`distribution configuration "base" shares the AMI with "o-abc123example",`,
		"which is not the ARN of an organization",
	])
	finding.property == "distributions[1].ami.launch_permission.organization_arns"
}

test_policy_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_shared({"organization_arns": [_organization]}),
			fixture.set_value(["keys", "@replica", "policy"], {"$unknown": "variable policy has no value"}),
		])
		rule.deny == set() with input as changed
		[object.filter(one, ["reason"]) | some one in rule.unknown] == [{
			"reason": "variable policy has no value",
		}] with input as changed
	}
}

test_organization_without_value_is_unknown if {
	changed := fixture.changed("terraform", [_shared({"organization_arns": [{"$unknown": "variable organization has no value"}]})])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable organization has no value"
	startswith(finding.message, `the organizations that may launch the AMI of distribution configuration "base" are not known`)
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", [
		_shared({"organization_arns": [_organization]}),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
		fixture.set_value(fixture.key_statement(1), {
			"effect": "Allow",
			"principals": [{"type": "*", "identifier": "*"}],
			"actions": ["kms:*"],
			"resources": ["*"],
		}),
	])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
}
