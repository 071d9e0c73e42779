package iblint.rules.execution_role_access_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.execution_role_access as rule

# A pipeline with an execution role that has the policies.
_builder(policies) := [
	fixture.set_value(["builds", 0, "execution_role"], {"role": "builder", "text": "arn:aws:iam::111111111111:role/builder"}),
	fixture.set_value(["roles", "builder"], {
		"name": "builder",
		"arn": "arn:aws:iam::111111111111:role/builder",
		"account": "111111111111",
		"partition": "aws",
		"trust": "trust",
		"policies": policies,
		"known": true,
	}),
	fixture.set_value(["resources", "builder"], {"address": "aws_iam_role.builder", "kind": "iam_role"}),
	fixture.set_value(["documents", "trust"], {"statements": [{
		"effect": "Allow",
		"principals": [{"type": "Service", "identifier": "imagebuilder.amazonaws.com"}],
		"actions": ["sts:AssumeRole"],
	}]}),
	fixture.set_value(["documents", "builder"], {"statements": [
		{"effect": "Allow", "actions": ["kms:*"], "resources": ["*"]},
		{"effect": "Allow", "actions": ["sts:AssumeRole"], "resources": ["arn:aws:iam::*:role/EC2ImageBuilderDistributionCrossAccountRole"]},
	]}),
]

_full := _builder([{"name": "all", "source": "inline", "document": "builder", "resource": "builder", "property": "inline_policies[0].policy"}])

_jobs(dialect) := [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")]

_places(dialect) := sort(array.concat(fixture.used_here(dialect), fixture.replica_used_here(dialect)))

_finding(dialect) := {
	"message": sprintf("execution role aws_iam_role.builder has no permission for %s and %s and the role %s in %s: %s", [
		fixture.key_label(dialect),
		fixture.replica_label(dialect),
		"EC2ImageBuilderDistributionCrossAccountRole",
		"account 222222222222",
		"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 5 more are missing",
	]),
	"resource": "builder",
	"property": "",
	"related": _places(dialect),
	"jobs": _jobs(dialect),
	"missing": array.concat(fixture.required, ["sts:AssumeRole"]),
	"severity": "error",
	"subject": {"roles": []},
}

test_no_execution_role_stays_silent if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_role_with_everything_is_accepted if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _full)
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_role_without_policies_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _builder([]))
		[finding] := [one | some one in rule.deny] with input as changed
		object.remove(finding, ["subject"]) == object.remove(_finding(dialect), ["subject"])
		rule.unknown == set() with input as changed
	}
}

test_role_that_may_only_assume_is_denied if {
	changed := fixture.changed("terraform", array.concat(_full, [fixture.remove(["documents", "builder", "statements", 0])]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == fixture.required
	finding.subject == {"roles": ["builder"]}
}

test_policy_of_the_service_linked_role_does_not_count if {
	changed := fixture.changed("terraform", _builder([{
		"name": "AWSServiceRoleForImageBuilder",
		"arn": "arn:aws:iam::aws:policy/aws-service-role/AWSServiceRoleForImageBuilder",
		"source": "aws_managed",
		"document": "aws|AWSServiceRoleForImageBuilder",
	}]))
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "; the policy of the service-linked role cannot be attached to it: kms:CreateGrant")
}

test_policy_of_the_key_is_enough_for_the_key if {
	named := [
	fixture.set_value(array.concat(path, ["principals"]), [{"type": "AWS", "identifier": "arn:aws:iam::111111111111:role/builder"}]) |
		some path in [fixture.key_statement(0), fixture.replica_statement(0)]
	]
	changed := fixture.changed("terraform", array.concat(_builder([]), named))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.missing == ["sts:AssumeRole"]
}

test_key_policy_that_shuts_the_role_out_is_denied if {
	changed := fixture.changed("terraform", array.concat(_full, [fixture.set_value(
		array.concat(fixture.key_statement(0), ["principals"]),
		[{"type": "AWS", "identifier": "arn:aws:iam::111111111111:role/admin"}],
	)]))
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, "the policy of aws_kms_key.ami does not let execution role aws_iam_role.builder use the key: kms:CreateGrant")
	finding.resource == fixture.names.terraform.key
}

test_role_that_does_not_trust_image_builder_is_denied if {
	changed := fixture.changed("terraform", array.concat(_full, [fixture.set_value(
		["documents", "trust", "statements", 0, "principals"],
		[{"type": "Service", "identifier": "ec2.amazonaws.com"}],
	)]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == "execution role aws_iam_role.builder does not trust imagebuilder.amazonaws.com"
	finding.property == "assume_role_policy"
}

test_service_linked_role_as_execution_role_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(["builds", 0, "execution_role"], {
		"text": "arn:aws:iam::111111111111:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder",
	})])
	rule.deny | rule.unknown == set() with input as changed
}

test_target_accounts_alone_need_assume_role if {
	changed := fixture.changed("terraform", array.concat(_builder([{"document": "kms"}]), [
		fixture.set_value(["documents", "kms"], {"statements": [{"effect": "Allow", "actions": ["kms:*"], "resources": ["*"]}]}),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

_not_known := "it is not known whether execution role aws_iam_role.builder has permission for"

test_policies_without_value_are_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _builder([{"name": "x", "document": {"$unknown": "variable policy has no value"}}]))
		rule.deny == set() with input as changed
		[one.reason | some one in rule.unknown; startswith(one.message, _not_known)] == ["variable policy has no value"] with input as changed
	}
}

test_key_policy_without_value_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_full, [fixture.set_value(
		["keys", "@replica", "policy"],
		{"$unknown": "variable policy has no value"},
	)]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	startswith(finding.message, "it is not known whether the policy of aws_kms_replica_key.ami lets execution role aws_iam_role.builder use the key")
}

test_trust_without_value_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_full, [fixture.set_value(
		["roles", "builder", "trust"],
		{"$unknown": "variable trust has no value"},
	)]))
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable trust has no value"
}

test_role_outside_of_the_templates_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(["builds", 0, "execution_role"], {
			"form": "other",
			"text": "arn:aws:iam::111111111111:role/builder",
		})])
		rule.deny == set() with input as changed
		rule.unknown == {{
			"message": concat(" ", [
				`pipeline "base" distributes with execution role arn:aws:iam::111111111111:role/builder,`,
				"and it is not known what that role may do",
			]),
			"resource": fixture.names[dialect].pipeline,
			"property": "execution_role",
			"related": [],
			"jobs": _jobs(dialect),
			"subject": {"build": fixture.names[dialect].pipeline},
			"reason": "no template has the role",
			"settle": `roles: {"arn:aws:iam::111111111111:role/builder": {trust: policies/trust.json, policies: [policies/role.json]}} in .iblint.yaml`,
		}} with input as changed
	}
}
