package iblint.rules.key_policy_principal_missing_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.key_policy_principal_missing as rule

_arn(account, name) := sprintf("arn:aws:iam::%s:role/%s", [account, name])

_principal(identifier) := fixture.set_value(
	array.concat(fixture.key_statement(1), ["principals"]),
	[{"type": "AWS", "identifier": identifier}],
)

_role := _arn("222222222222", "EC2ImageBuilderDistributionCrossAccountRole")

test_roots_of_accounts_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

_no_role := fixture.remove(["roles", "@role"])

test_role_that_nobody_creates_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_principal(_role), _no_role])
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf("the policy of %s names arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole, which no template creates", [fixture.key_label(dialect)]),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].principals",
			"related": [],
			"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
			"severity": "warning",
		}
		rule.unknown == set() with input as changed
	}
}

test_role_after_the_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_principal(_role),
			fixture.set_value(["resources", "@role", "depends_on"], [fixture.names[dialect].key]),
		])
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == {
			"message": sprintf("the policy of %s names arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole, which is created after the key", [fixture.key_label(dialect)]),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].principals",
			"related": [{
				"message": "the role is created here",
				"resource": fixture.names[dialect].role,
				"property": "",
			}],
			"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
			"severity": "warning",
		}
		rule.unknown == set() with input as changed
	}
}

test_role_that_does_not_wait_for_the_key_is_accepted if {
	changed := fixture.changed("terraform", [_principal(_role)])
	rule.deny | rule.unknown == set() with input as changed
}

test_role_that_takes_no_part_is_accepted if {
	changed := fixture.changed("terraform", [_principal(_arn("222222222222", "other"))])
	rule.deny | rule.unknown == set() with input as changed
}

test_role_of_an_account_without_templates_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_principal(_role), _no_role, fixture.remove(["accounts", "222222222222"])])
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "resource", "property", "reason", "settle"]) | some one in rule.unknown] == [{
			"message": sprintf("the policy of %s names arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole, and it is not known whether that role exists", [fixture.key_label(dialect)]),
			"resource": fixture.names[dialect].key,
			"property": "policy.statements[1].principals",
			"reason": "no template of account 222222222222 was given",
			"settle": sprintf(`roles: {%q: {}} in .iblint.yaml, or accounts: {"222222222222": {roots: [PATH]}}`, [_role]),
		}] with input as changed
	}
}

test_service_linked_role_is_unknown if {
	changed := fixture.changed("terraform", [_principal(_arn(
		"222222222222",
		"aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
	))])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	startswith(finding.reason, "AWS creates it in account 222222222222 with the first resource of its service")
}
