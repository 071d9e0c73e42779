package iblint.rules.target_role_distribution_policy_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.target_role_distribution_policy as rule

_not_attached := fixture.remove(["roles", "@role", "policies", 0])

_statement := ["documents", "@inline|policy", "statements", "-"]

_finding(dialect) := {
	"message": concat(" ", [
		"the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222 may not copy the AMI:",
		"ec2:CopyImage, ec2:CreateTags, ec2:DescribeImages and 1 more are missing",
	]),
	"resource": fixture.names[dialect].role,
	"property": "",
	"related": [],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": ["ec2:CopyImage", "ec2:CreateTags", "ec2:DescribeImages", "ec2:ModifyImageAttribute"],
	"subject": {"roles": [fixture.names[dialect].role]},
}

test_managed_policy_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_managed_policy_of_another_partition_is_accepted if {
	changed := fixture.changed("terraform", [
		fixture.set_value(["roles", "@role", "policies", 0], {
			"name": "Ec2ImageBuilderCrossAccountDistributionAccess",
			"arn": "arn:aws-cn:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess",
			"document": {"$unknown": "not on record"},
		}),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_role_without_it_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_not_attached])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_equivalent_permissions_are_accepted if {
	changed := fixture.changed("terraform", [
		_not_attached,
		fixture.set_value(_statement, {
			"effect": "Allow",
			"actions": ["ec2:DescribeImages", "ec2:CopyImage", "ec2:ModifyImageAttribute"],
			"resources": ["*"],
		}),
		fixture.set_value(_statement, {
			"effect": "Allow",
			"actions": ["ec2:CreateTags"],
			"resources": ["arn:aws:ec2:*::image/*"],
		}),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_three_of_four_are_denied if {
	changed := fixture.changed("terraform", [
		_not_attached,
		fixture.set_value(_statement, {
			"effect": "Allow",
			"actions": ["ec2:DescribeImages", "ec2:CopyImage", "ec2:ModifyImageAttribute"],
			"resources": ["*"],
		}),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["ec2:CreateTags"]
	endswith(finding.message, "may not copy the AMI: ec2:CreateTags is missing")
}

_in_regions(regions) := fixture.changed("terraform", [
	_not_attached,
	fixture.set_value(_statement, {
		"effect": "Allow",
		"actions": ["ec2:DescribeImages", "ec2:CopyImage", "ec2:ModifyImageAttribute"],
		"resources": ["*"],
		"conditions": [{"operator": "StringEquals", "key": "aws:RequestedRegion", "values": regions}],
	}),
	fixture.set_value(_statement, {
		"effect": "Allow",
		"actions": ["ec2:CreateTags"],
		"resources": [sprintf("arn:aws:ec2:%s::image/*", [region]) | some region in regions],
	}),
])

test_permissions_for_the_region_of_the_copy_are_accepted if {
rule.deny | rule.unknown == set() with input as _in_regions(["us-east-1", "eu-west-1"])}

test_permissions_for_another_region_are_denied if {
	[finding] := [one | some one in rule.deny] with input as _in_regions(["eu-north-1"])
	count(finding.missing) == 4
}

test_policy_of_another_role_is_related if {
	changed := fixture.changed("terraform", [
		_not_attached,
		fixture.set_value(["roles", "instance"], {
			"name": "instance",
			"account": "111111111111",
			"path": "/",
			"policies": [{
				"name": "x",
				"arn": "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess",
				"resource": fixture.names.terraform.attachment,
				"property": "policy_arn",
			}],
		}),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "are missing; the managed policy for it is attached to another role")
	finding.related == [{
		"message": "the managed policy is attached to another role here",
		"resource": fixture.names.terraform.attachment,
		"property": "policy_arn",
	}]
}

test_missing_role_stays_silent if {
	changed := fixture.changed("terraform", [fixture.remove(["roles", "@role"])])
	rule.deny | rule.unknown == set() with input as changed
}

test_attachments_that_are_not_known_are_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_not_attached,
			fixture.set_value(["roles", "@role", "policies_unknown"], [{
				"$unknown": "variable policies has no value",
				"$settle": "--var policies=…",
			}]),
		])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing"]), {
			"message": concat(" ", [
				"it is not known whether the role EC2ImageBuilderDistributionCrossAccountRole",
				"in account 222222222222 may copy the AMI",
			]),
			"reason": "variable policies has no value",
			"settle": "--var policies=…",
		})} with input as changed
	}
}
