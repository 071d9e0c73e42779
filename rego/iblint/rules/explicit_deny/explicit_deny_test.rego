package iblint.rules.explicit_deny_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.explicit_deny as rule

_deny(operator, values) := [fixture.set_value(["documents", "@key|policy", "statements", "-"], {
	"sid": "OnlyHere",
	"effect": "Deny",
	"principals": [{"type": "*", "identifier": "*"}],
	"actions": ["kms:Decrypt"],
	"resources": ["*"],
	"conditions": [{"operator": operator, "key": "aws:PrincipalAccount", "values": values}],
})]

test_policies_without_deny_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_deny_for_other_accounts_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _deny("StringNotEquals", ["111111111111"]))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf(`statement "OnlyHere" in the policy of %s denies kms:Decrypt to account 222222222222`, [fixture.key_label(dialect)]),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[3]",
			"related": [],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"missing": ["kms:Decrypt"],
			"severity": "error",
		}
		rule.unknown == set() with input as changed
	}
}

test_deny_that_exempts_the_targets_is_accepted if {
	changed := fixture.changed("terraform", _deny("StringNotEquals", ["111111111111", "222222222222"]))
	rule.deny | rule.unknown == set() with input as changed
}

_control(target, statement) := [
	fixture.set_value(["by_kind", "organizations_policy"], ["scp"]),
	fixture.set_value(["resources", "scp"], {
		"address": "aws_organizations_policy.scp",
		"properties": {"type": "SERVICE_CONTROL_POLICY", "targets": [target]},
	}),
	fixture.set_value(["documents", "scp|content"], {"statements": [statement]}),
]

_no_copies := {"effect": "Deny", "actions": ["ec2:CopyImage"], "resources": ["*"]}

test_service_control_policy_is_denied if {
	rule.deny == {{
		"message": concat(" ", [
			"service control policy aws_organizations_policy.scp denies ec2:CopyImage",
			"to the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222",
		]),
		"resource": "scp",
		"property": "content",
		"related": [],
		"jobs": [fixture.job("terraform", "us-east-1")],
		"missing": ["ec2:CopyImage"],
		"severity": "error",
		"subject": {"policy": "scp"},
	}} with input as fixture.changed("terraform", _control("222222222222", _no_copies))
}

test_service_control_policy_that_does_not_matter_stays_silent if {
	every operations in [
		_control("333333333333", _no_copies),
		_control("222222222222", object.union(_no_copies, {"actions": ["s3:*"]})),
		_control("222222222222", {"effect": "Deny", "actions": ["kms:*"], "resources": ["arn:aws:kms:*:999999999999:key/*"]}),
	] {
		rule.deny | rule.unknown == set() with input as fixture.changed("terraform", operations)
	}
}

test_service_control_policy_on_a_key_is_denied if {
	statement := {"effect": "Deny", "actions": ["kms:CreateGrant"], "resources": [fixture.key_arn]}
	[finding] := [one | some one in rule.deny] with input as fixture.changed("terraform", _control("222222222222", statement))
	finding.missing == ["kms:CreateGrant"]
}

test_service_control_policy_of_a_unit_is_unknown if {
	changed := fixture.changed("terraform", _control("ou-abcd-12345678", _no_copies))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.message == concat(" ", [
		"it is not known whether service control policy aws_organizations_policy.scp denies ec2:CopyImage",
		"to the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222",
	])
	startswith(finding.settle, `accounts: {"222222222222": {organizational_units: [ou-abcd-12345678]}}`)
}

_within(held) := fixture.set_value(["accounts", "222222222222", "organizational_units"], held)

test_service_control_policy_of_a_unit_reaches_the_accounts_in_it if {
	changed := fixture.changed("terraform", array.concat(
		_control("ou-abcd-12345678", _no_copies),
		[_within(["r-abcd", "ou-abcd-12345678"])],
	))
	count(rule.deny) == 1 with input as changed
	rule.unknown == set() with input as changed
}

test_service_control_policy_of_a_unit_passes_over_other_accounts if {
	changed := fixture.changed("terraform", array.concat(_control("ou-abcd-12345678", _no_copies), [_within([])]))
	rule.deny == set() with input as changed
	rule.unknown == set() with input as changed
}

test_service_control_policy_of_an_unknown_target_is_unknown if {
	changed := fixture.changed("terraform", array.concat(
		_control({"$unknown": "not given"}, _no_copies),
		[_within(["r-abcd"])],
	))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "not given"
}

# A pipeline with an execution role.
_builder := [
	fixture.set_value(["builds", 0, "execution_role"], {"role": "builder", "text": "arn:aws:iam::111111111111:role/builder"}),
	fixture.set_value(["roles", "builder"], {
		"name": "builder",
		"arn": "arn:aws:iam::111111111111:role/builder",
		"account": "111111111111",
		"partition": "aws",
		"trust": {"$unknown": "not given"},
		"policies": [],
		"known": true,
	}),
	fixture.set_value(["resources", "builder"], {"address": "aws_iam_role.builder", "kind": "iam_role"}),
]

test_service_control_policy_of_the_source_account_is_for_its_roles if {
	every action in ["kms:CreateGrant", "sts:AssumeRole"] {
		statement := {"effect": "Deny", "actions": [action], "resources": ["*"]}
		rule.deny == set() with input as fixture.changed("terraform", _control("111111111111", statement))
		operations := array.concat(_builder, _control("111111111111", statement))
		[finding] := [one | some one in rule.deny] with input as fixture.changed("terraform", operations)
		finding.message == concat(" ", [
			"service control policy aws_organizations_policy.scp denies",
			action,
			"to execution role aws_iam_role.builder",
		])
	}
}

test_resource_control_policy_is_for_keys_of_the_account if {
	statement := {
		"effect": "Deny",
		"principals": [{"type": "*", "identifier": "*"}],
		"actions": ["kms:Decrypt"],
		"resources": ["*"],
		"conditions": [{"operator": "StringNotEquals", "key": "aws:PrincipalAccount", "values": ["111111111111"]}],
	}
	typed := fixture.set_value(["resources", "scp", "properties", "type"], "RESOURCE_CONTROL_POLICY")
	of_owner := array.concat(_control("111111111111", statement), [typed])
	[finding] := [one | some one in rule.deny] with input as fixture.changed("terraform", of_owner)
	finding.message == concat(" ", [
		"resource control policy aws_organizations_policy.scp denies kms:Decrypt",
		"to the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222",
	])
	of_target := array.concat(_control("222222222222", statement), [typed])
	rule.deny | rule.unknown == set() with input as fixture.changed("terraform", of_target)
}

test_deny_beside_the_managed_policy_is_denied if {
	statements := ["documents", "@inline|policy", "statements", "-"]
	[finding] := [one | some one in rule.deny] with input as fixture.changed("terraform", [
		fixture.set_value(["roles", "@role", "policies", 0, "document"], "aws|copy"),
		fixture.set_value(["documents", "aws|copy"], {"statements": [{"effect": "Allow", "actions": ["ec2:*"], "resources": ["*"]}]}),
		fixture.set_value(statements, _no_copies),
	])
	finding.missing == ["ec2:CopyImage"]
	finding.resource == fixture.names.terraform.inline
}

test_account_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _deny("StringNotEquals", [{"$unknown": "variable account has no value", "$settle": "--var account=…"}]))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "jobs", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": concat(" ", [
				sprintf(`it is not known whether statement "OnlyHere" in the policy of %s denies kms:Decrypt to`, [fixture.key_label(dialect)]),
				"account 222222222222 and the service-linked role of Image Builder in account 111111111111",
			]),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[3]",
			"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
			"reason": "variable account has no value",
			"settle": "--var account=…",
		}] with input as changed
	}
}

_outside(regions) := object.union(_no_copies, {"conditions": [{
	"operator": "StringNotEquals",
	"key": "aws:RequestedRegion",
	"values": regions,
}]})

test_service_control_policy_of_regions_is_decided if {
	elsewhere := fixture.changed("terraform", _control("222222222222", _outside(["eu-north-1"])))
	count(rule.deny) == 1 with input as elsewhere
	here := fixture.changed("terraform", _control("222222222222", _outside(["us-east-1", "eu-west-1"])))
	rule.deny | rule.unknown == set() with input as here
}
