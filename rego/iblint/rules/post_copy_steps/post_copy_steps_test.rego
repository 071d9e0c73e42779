package iblint.rules.post_copy_steps_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.post_copy_steps as rule

_entry(property, to) := fixture.set_value(
	["resources", "@distribution", "properties", "distributions", 0, property],
	to,
)

_template := _entry("launch_templates", [{"account_id": "222222222222", "launch_template_id": "lt-0aaaaaaaaaaaaaaaa"}])

_parameter(account, name) := _entry("ssm_parameters", [{"ami_account_id": account, "parameter_name": name}])

_role_actions(actions) := fixture.set_value(
	["documents", "@inline|policy", "statements", 1],
	{"effect": "Allow", "actions": actions, "resources": ["*"]},
)

# Adds at the end of the list.
_allow(actions) := object.union(_role_actions(actions), {"op": "add"})

_finding(dialect, what, property, missing) := {
	"message": sprintf(
		`distribution configuration "base" sets the AMI in a %s of account 222222222222, and the role %s there lacks %s`,
		[what, "EC2ImageBuilderDistributionCrossAccountRole", concat(" and ", missing)],
	),
	"resource": fixture.names[dialect].distribution,
	"property": property,
	"related": [{"message": "this role", "resource": fixture.names[dialect].role, "property": ""}],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": missing,
	"subject": {"distribution": fixture.names[dialect].distribution},
}

_template_actions := [
	"ec2:CreateLaunchTemplateVersion",
	"ec2:DescribeLaunchTemplates",
	"ec2:ModifyLaunchTemplate",
]

test_no_step_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_role_that_may_do_both_is_accepted if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_template,
			_parameter("222222222222", "/images/base"),
			_allow(array.concat(_template_actions, ["ssm:PutParameter"])),
		])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_role_without_launch_templates_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_template, _allow(["ec2:ModifyLaunchTemplate"])])
		rule.deny == {_finding(
			dialect,
			"launch template",
			"distributions[0].launch_templates[0]",
			["ec2:CreateLaunchTemplateVersion", "ec2:DescribeLaunchTemplates"],
		)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_role_without_parameters_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_parameter("222222222222", "/images/base")])
		rule.deny == {_finding(
			dialect,
			"parameter",
			"distributions[0].ssm_parameters[0]",
			["ssm:PutParameter"],
		)} with input as changed
	}
}

# The statement is about this parameter, or another one.
test_parameter_of_the_statement_counts if {
	allow := object.union(_allow([]), {"value": {
		"effect": "Allow",
		"actions": ["ssm:PutParameter"],
		"resources": ["arn:aws:ssm:us-east-1:222222222222:parameter/images/*"],
	}})
	every name, expected in {"/images/base": 0, "/other/base": 1} {
		changed := fixture.changed("terraform", [_parameter("222222222222", name), allow])
		count(rule.deny) == expected with input as changed
		rule.unknown == set() with input as changed
	}
}

test_parameter_of_an_account_without_copy_is_denied if {
	changed := fixture.changed("terraform", [_parameter("333333333333", "/images/base")])
	rule.deny == {object.union(
		object.remove(_finding("terraform", "", "distributions[0].ssm_parameters[0]", []), ["missing"]),
		{
			"message": concat(" ", [
				`distribution configuration "base" sets the AMI in parameter /images/base,`,
				"but account 333333333333 gets no copy",
			]),
			"related": [],
			"jobs": [object.remove(fixture.job("terraform", "us-east-1"), ["target_account"])],
		},
	)} with input as changed
}

test_parameter_where_targets_are_not_known_stays_silent if {
	changed := fixture.changed("terraform", [
		_parameter("333333333333", "/images/base"),
		fixture.set_value(
			array.concat(fixture.ami(0), ["target_account_ids"]),
			["222222222222", {"$unknown": "variable accounts has no value"}],
		),
	])
	rule.deny | rule.unknown == set() with input as changed
}

# The service-linked role of the source account writes below one path only.
test_parameter_of_the_source_account if {
	every name, expected in {"/imagebuilder/base": 0, "/images/base": 1} {
		changed := fixture.changed("terraform", [_parameter("111111111111", name)])
		count(rule.deny) == expected with input as changed
		every finding in rule.deny {
			endswith(finding.message, "only below /imagebuilder/")
		} with input as changed
	}
}

test_policy_without_value_is_unknown if {
	allow := object.union(_allow([]), {"value": {
		"effect": "Allow",
		"actions": {"$unknown": "variable actions has no value", "$settle": "--var actions=…"},
		"resources": ["*"],
	}})
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_template, allow])
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "property", "reason"]) | some one in rule.unknown] == [{
			"message": concat(" ", [
				`distribution configuration "base" sets the AMI in a launch template of account 222222222222,`,
				"and it is not known whether the role EC2ImageBuilderDistributionCrossAccountRole there may do so",
			]),
			"property": "distributions[0].launch_templates[0]",
			"reason": "variable actions has no value",
		}] with input as changed
	}
}
