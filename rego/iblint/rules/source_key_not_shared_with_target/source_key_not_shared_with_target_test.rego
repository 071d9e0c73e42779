package iblint.rules.source_key_not_shared_with_target_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.source_key_not_shared_with_target as rule

_no_target := [fixture.remove(fixture.key_statement(1)), fixture.remove(fixture.key_statement(1))]

_finding(dialect) := {
	"message": sprintf("the policy of %s does not let account 222222222222 use the key: %s", [
		fixture.key_label(dialect),
		"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more are missing",
	]),
	"resource": fixture.names[dialect].key,
	"property": "policy",
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": fixture.required,
	"severity": "error",
	"subject": {"keys": [fixture.names[dialect].key]},
}

test_shared_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_policy_without_target_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _no_target)
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_default_policy_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, fixture.default_policy("key"))
		rule.deny == {object.union(_finding(dialect), {
			"message": sprintf("%s has no policy of its own, and the default one admits no other account, so not %s: %s", [
				fixture.key_label(dialect),
				"account 222222222222",
				"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more are missing",
			]),
			"property": "",
		})} with input as changed
	}
}

test_principals_of_the_target_are_accepted if {
	every principal in [
		{"type": "AWS", "identifier": "222222222222"},
		{"type": "AWS", "identifier": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole"},
		{"type": "*", "identifier": "*"},
	] {
		changed := fixture.changed("terraform", [
			fixture.set_value(array.concat(fixture.key_statement(1), ["principals"]), [principal]),
			fixture.set_value(array.concat(fixture.key_statement(2), ["principals"]), [principal]),
		])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_one_of_several_accounts_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		["222222222222", "333333333333"],
	)])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "does not let account 333333333333 use the key")
	finding.jobs == [object.union(fixture.job("terraform", "us-east-1"), {"target_account": "333333333333"})]
}

test_grant_to_the_role_is_accepted if {
	changed := fixture.changed("terraform", array.concat(_no_target, [
		fixture.set_value(["keys", "@key", "grants"], ["grant"]),
		fixture.set_value(["resources", "grant"], {"properties": {
			"grantee_principal": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole",
			"operations": [trim_prefix(action, "kms:") | some action in fixture.required],
		}}),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_encrypt_alone_is_a_warning if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.key_statement(1), ["actions"]),
		["kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
	)])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	finding.missing == ["kms:Encrypt"]
}

test_key_of_the_target_is_denied_if_it_shuts_the_role_out if {
	changed := fixture.changed("terraform", array.concat(
		[fixture.set_value(["keys", "@key", "account"], "222222222222")],
		_no_target,
	))
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, concat(" ", [
		"the policy of aws_kms_key.ami does not let the role",
		"EC2ImageBuilderDistributionCrossAccountRole of its own account use the key",
	]))
}

test_launch_permission_alone_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_no_target, [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_statement_with_a_false_condition_stays_silent if {
	condition := [{"operator": "StringEquals", "key": "kms:ViaService", "values": ["imagebuilder.us-east-1.amazonaws.com"]}]
	changed := fixture.changed("terraform", [fixture.set_value(array.concat(fixture.key_statement(1), ["conditions"]), condition)])
	rule.deny | rule.unknown == set() with input as changed
}

test_policy_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(["keys", "@key", "policy"], {"$unknown": "no template has the key"})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(
			object.remove(_finding(dialect), ["missing", "severity"]),
			{
				"message": sprintf("it is not known whether the policy of %s lets account 222222222222 use the key", [
					fixture.key_label(dialect),
				]),
				"reason": "no template has the key",
				"settle": "give the variable or parameter that the policy depends on a value",
			},
		)} with input as changed
	}
}

test_organization_that_is_not_configured_is_unknown if {
	statements := [fixture.set_value(array.concat(path, ["conditions"]), [{
		"operator": "StringEquals",
		"key": "aws:PrincipalOrgID",
		"values": ["o-abc123example"],
	}]) |
		some path in [fixture.key_statement(1), fixture.key_statement(2)]
	]
	changed := fixture.changed("terraform", statements)
	rule.deny == set() with input as changed
	count(rule.unknown) == 1 with input as changed

	configured := fixture.changed("terraform", array.concat(statements, [fixture.set_value(
		["settings", "organization_id"],
		"o-abc123example",
	)]))
	rule.deny | rule.unknown == set() with input as configured
}

test_key_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["references", "@distribution", "distributions[0].ami.kms_key"],
		fixture.unresolved,
	)])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.property == "distributions[0].ami.kms_key"
	endswith(finding.message, "a key that is not known, and neither is whether the target accounts may use it")
}

test_accounts_without_value_are_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		{"$unknown": "variable accounts has no value", "$settle": "--var accounts=…"},
	)])
	rule.deny == set() with input as changed
	rule.unknown == {{
		"message": concat(" ", [
			`the accounts that distribution configuration "base" copies to are not known,`,
			"so neither is whether the policy of aws_kms_key.ami admits them",
		]),
		"resource": fixture.names.terraform.key,
		"property": "policy",
		"related": [{
			"message": "these accounts",
			"resource": fixture.names.terraform.distribution,
			"property": "distributions[0].ami.target_account_ids",
		}],
		"jobs": [object.remove(fixture.job("terraform", "us-east-1"), ["target_account"])],
		"subject": {"keys": [fixture.names.terraform.key]},
		"reason": "variable accounts has no value",
		"settle": "--var accounts=…",
	}} with input as changed
}
