package iblint.rules.target_role_missing_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.target_role_missing as rule

_no_role := fixture.remove(["roles", "@role"])

_not_covered := fixture.remove(["accounts", "222222222222"])

_finding(dialect) := {
	"message": concat(" ", [
		`distribution configuration "base" copies the AMI to account 222222222222,`,
		"which has no role EC2ImageBuilderDistributionCrossAccountRole",
	]),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[0].ami.target_account_ids",
	"related": [],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"source": "111111111111", "accounts": ["222222222222"]},
}

_role(fields) := object.union(fixture.base("terraform").roles[fixture.names.terraform.role], fields)

test_role_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_covered_account_without_role_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_no_role])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_complete_account_without_role_is_denied if {
	declared := fixture.changed("terraform", [
		_no_role,
		fixture.set_value(["accounts", "222222222222"], {"covered": false, "complete": true}),
	])
	rule.deny == {_finding("terraform")} with input as declared
	everything := fixture.changed("terraform", [_no_role, _not_covered, fixture.set_value(["settings", "complete"], true)])
	rule.deny == {_finding("terraform")} with input as everything
}

test_account_without_template_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_no_role, _not_covered])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				"no template of account 222222222222 was given, so it is not known whether the role",
				`EC2ImageBuilderDistributionCrossAccountRole that distribution configuration "base" needs is there`,
			]),
			"reason": "no template of account 222222222222 was given",
			"settle": concat(" ", [
				`accounts: {"222222222222": {roots: [PATH]}} in .iblint.yaml,`,
				"or aws iam get-role --role-name EC2ImageBuilderDistributionCrossAccountRole > facts/222222222222.EC2ImageBuilderDistributionCrossAccountRole.get-role.json (with facts: [facts/] in .iblint.yaml)",
			]),
		})} with input as changed
	}
}

test_role_in_the_source_account_only_is_denied if {
	changed := fixture.changed("terraform", [
		_not_covered,
		fixture.set_value(["roles", "@role", "account"], "111111111111"),
	])
	rule.deny == {object.union(_finding("terraform"), {
		"message": concat(" ", [
			`distribution configuration "base" copies the AMI to account 222222222222,`,
			"which has no role EC2ImageBuilderDistributionCrossAccountRole;",
			"there is one in account 111111111111, the source account",
		]),
		"related": [{
			"message": "this role stands in the source account",
			"resource": fixture.names.terraform.role,
			"property": "",
		}],
	})} with input as changed
}

test_role_in_an_account_that_is_not_known_is_accepted if {
	changed := fixture.changed("cloudformation", [
		_not_covered,
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	])
	rule.deny | rule.unknown == set() with input as changed
}

# Other evidence speaks of the account: what is given of it has no role.
test_role_elsewhere_does_not_help_a_covered_account if {
	changed := fixture.changed("cloudformation", [
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	])
	rule.deny == {_finding("cloudformation")} with input as changed
}

# The account of the pipeline is not known, and the role stands beside it.
test_role_beside_the_pipeline_is_denied if {
	changed := fixture.changed("terraform", [
		_not_covered,
		fixture.set_value(["builds", 0, "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "there is one in {account-1}, the source account")
}

test_role_with_path_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(["roles", "@role", "path"], "/ib/")])
	rule.deny | rule.unknown == set() with input as changed
}

test_many_accounts_are_one_finding if {
	changed := fixture.changed("terraform", [
		fixture.set_value(
			array.concat(fixture.ami(0), ["target_account_ids"]),
			["222222222222", "333333333333", "444444444444", "555555555555", "666666666666"],
		),
		fixture.set_value(["settings", "complete"], true),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "to accounts 333333333333, 444444444444, 555555555555 and 1 more, which have no role")
	finding.subject.accounts == ["333333333333", "444444444444", "555555555555", "666666666666"]
	count(finding.jobs) == 4
}

test_some_accounts_are_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		["222222222222", {"$unknown": "variable other has no value", "$settle": "--var other=…"}],
	)])
	rule.deny == set() with input as changed
	rule.unknown == {{
		"message": concat(" ", [
			`distribution configuration "base" copies the AMI to accounts that are not known,`,
			"so nothing can be said of the role EC2ImageBuilderDistributionCrossAccountRole there",
		]),
		"resource": fixture.names.terraform.distribution,
		"property": "distributions[0].ami.target_account_ids",
		"related": [],
		"jobs": [object.remove(fixture.job("terraform", "us-east-1"), ["target_account"])],
		"subject": {"distribution": fixture.names.terraform.distribution, "entry": 0},
		"reason": "variable other has no value",
		"settle": "--var other=…",
	}} with input as changed
}

test_source_account_as_target_stays_silent if {
	changed := fixture.changed("terraform", [
		_no_role,
		fixture.set_value(array.concat(fixture.ami(0), ["target_account_ids"]), ["111111111111"]),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_distribution_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [
		fixture.remove(["builds", 0, "distribution"]),
		fixture.set_value(["builds", 0, "distribution_unknown"], {"$unknown": "variable distribution has no value"}),
	])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.resource == fixture.names.terraform.pipeline
	finding.property == "distribution_configuration"
	finding.reason == "variable distribution has no value"
}

test_role_that_is_only_looked_up_is_accepted if {
	changed := fixture.changed("terraform", [fixture.set_value(["roles", "@role"], _role({"known": false}))])
	rule.deny | rule.unknown == set() with input as changed
}

# A StackSet for organizational units may bring the role to any account.
test_role_of_a_stack_set_is_undecided if {
	placeless := {"account": "{account-0a0a0a0a}", "account_known": false}
	every dialect in fixture.dialects {
		role := fixture.names[dialect].role
		changed := json.patch(fixture.base(dialect), [
			{"op": "add", "path": ["roles", role], "value": object.union(fixture.base(dialect).roles[role], placeless)},
			{"op": "add", "path": ["resources", role, "many"], "value": "the accounts of a unit are not known"},
		])
		rule.deny == set() with input as changed
		unknowns := rule.unknown with input as changed
		count(unknowns) == 1
		every found in unknowns {
			endswith(found.reason, "is deployed to accounts that are not known")
		}
	}
}
