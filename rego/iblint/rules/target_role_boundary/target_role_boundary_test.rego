package iblint.rules.target_role_boundary_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.target_role_boundary as rule

_boundary(role, statements) := [
	fixture.set_value(["roles", role, "boundary"], {"name": "boundary", "document": "boundary", "property": "permissions_boundary"}),
	fixture.set_value(["documents", "boundary"], {"version": "2012-10-17", "statements": statements}),
]

_allow(actions) := {"effect": "Allow", "actions": actions, "resources": ["*"]}

_finding(dialect) := {
	"message": concat(" ", [
		"the permissions boundary of the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222",
		"does not allow kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more",
	]),
	"resource": fixture.names[dialect].role,
	"property": "permissions_boundary",
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": fixture.required,
	"severity": "error",
	"subject": {"roles": [fixture.names[dialect].role]},
}

_builder := [
	fixture.set_value(["builds", 0, "execution_role"], {"role": "builder", "text": "builder"}),
	fixture.set_value(["roles", "builder"], {
		"name": "builder",
		"arn": "arn:aws:iam::111111111111:role/builder",
		"account": "111111111111",
		"policies": [],
		"known": true,
	}),
	fixture.set_value(["resources", "builder"], {"address": "aws_iam_role.builder"}),
]

test_no_boundary_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_boundary_without_kms_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _boundary("@role", [_allow(["ec2:*"])]))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_boundary_without_ec2_is_denied if {
	changed := fixture.changed("terraform", _boundary("@role", [_allow(["kms:*"])]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["ec2:CopyImage", "ec2:CreateTags", "ec2:DescribeImages", "ec2:ModifyImageAttribute"]
	finding.severity == "error"
}

# What is left out on keys and on images is one finding.
test_boundary_without_anything_is_one_finding if {
	changed := fixture.changed("terraform", _boundary("@role", [_allow(["s3:*"])]))
	[finding] := [one | some one in rule.deny] with input as changed
	count(finding.missing) == 11
}

test_encrypt_alone_is_a_warning if {
	changed := fixture.changed("terraform", _boundary("@role", [
		_allow(["ec2:*"]),
		_allow([action | some action in fixture.required; action != "kms:Encrypt"]),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
}

test_boundary_with_everything_is_accepted if {
	changed := fixture.changed("terraform", _boundary("@role", [_allow(["ec2:*", "kms:*"])]))
	rule.deny | rule.unknown == set() with input as changed
}

test_boundary_of_an_execution_role_is_denied if {
	changed := fixture.changed("terraform", array.concat(_builder, _boundary("builder", [_allow(["kms:*"])])))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["sts:AssumeRole"]
	startswith(finding.message, "the permissions boundary of execution role aws_iam_role.builder in account 222222222222 does not allow sts:AssumeRole")
}

test_boundary_of_an_execution_role_with_everything_is_accepted if {
	changed := fixture.changed("terraform", array.concat(_builder, _boundary("builder", [_allow(["kms:*", "sts:*"])])))
	rule.deny | rule.unknown == set() with input as changed
}

test_boundary_outside_of_the_templates_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(["roles", "@role", "boundary"], {
			"name": "boundary",
			"document": {"$unknown": "no template has the policy", "$settle": "give it"},
			"property": "permissions_boundary",
		})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing", "severity"]), {
			"message": concat(" ", [
				"it is not known what the permissions boundary of the role",
				"EC2ImageBuilderDistributionCrossAccountRole in account 222222222222 allows",
			]),
			"reason": "no template has the policy",
			"settle": "give it",
		})} with input as changed
	}
}
