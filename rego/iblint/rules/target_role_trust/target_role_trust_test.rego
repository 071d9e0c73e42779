package iblint.rules.target_role_trust_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.target_role_trust as rule

_principals(list) := fixture.set_value(array.concat(fixture.trust_statement, ["principals"]), list)

_aws(identifier) := _principals([{"type": "AWS", "identifier": identifier}])

_slr := "arn:aws:iam::111111111111:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"

_finding(dialect) := {
	"message": concat(" ", [
		"the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222 does not trust",
		"the service-linked role of Image Builder in account 111111111111",
	]),
	"resource": fixture.names[dialect].role,
	"property": "assume_role_policy",
	"related": [],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"missing": ["sts:AssumeRole"],
	"severity": "error",
	"subject": {"roles": [fixture.names[dialect].role]},
}

# A pipeline with an execution role that a template creates.
_execution_role := [
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

test_source_account_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_other_account_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_aws("arn:aws:iam::333333333333:root")])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_service_principals_are_denied if {
	every service in ["ec2.amazonaws.com", "imagebuilder.amazonaws.com"] {
		changed := fixture.changed("terraform", [_principals([{"type": "Service", "identifier": service}])])
		rule.deny == {_finding("terraform")} with input as changed
	}
}

test_another_action_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(array.concat(fixture.trust_statement, ["actions"]), ["sts:TagSession"])])
	rule.deny == {_finding("terraform")} with input as changed
}

test_forms_of_the_source_account_are_accepted if {
	every identifier in [
		"111111111111",
		_slr,
		"arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService",
	] {
		changed := fixture.changed("terraform", [_aws(identifier)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

# IBL022 names the condition, IBL021 the Deny.
test_condition_that_never_holds_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.trust_statement, ["conditions"]),
		[{"operator": "StringEquals", "key": "sts:ExternalId", "values": ["x"]}],
	)])
	rule.deny | rule.unknown == set() with input as changed
}

test_deny_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(["documents", "@role|assume_role_policy", "statements", "-"], {
		"effect": "Deny",
		"principals": [{"type": "*", "identifier": "*"}],
		"actions": ["sts:AssumeRole"],
	})])
	rule.deny | rule.unknown == set() with input as changed
}

test_execution_role_that_is_not_trusted_is_denied if {
	changed := fixture.changed("terraform", array.concat(_execution_role, [_aws("arn:aws:iam::333333333333:root")]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "error"
	endswith(finding.message, "does not trust execution role aws_iam_role.builder")
}

# Which of the two calls is not documented.
test_service_linked_role_instead_of_the_execution_role_is_a_warning if {
	changed := fixture.changed("terraform", array.concat(_execution_role, [_aws(_slr)]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	endswith(finding.message, "does not trust execution role aws_iam_role.builder, only the service-linked role")
}

test_roles_of_one_wording_are_one_finding if {
	role := fixture.base("terraform").roles[fixture.names.terraform.role]
	changed := fixture.changed("terraform", [
		_aws("arn:aws:iam::999999999999:root"),
		fixture.set_value(array.concat(fixture.ami(0), ["target_account_ids"]), ["222222222222", "333333333333"]),
		fixture.set_value(["resources", "other"], {"address": "aws_iam_role.other"}),
		fixture.set_value(["roles", "other"], object.union(role, {
			"account": "333333333333",
			"arn": "arn:aws:iam::333333333333:role/EC2ImageBuilderDistributionCrossAccountRole",
		})),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "in accounts 222222222222 and 333333333333 does not trust")
	count(finding.jobs) == 2
	finding.related == [{"message": "the same in another account", "resource": "other", "property": "assume_role_policy"}]
}

test_assumed_account_is_named if {
	changed := fixture.changed("cloudformation", [
		_aws("arn:aws:iam::333333333333:root"),
		fixture.remove(["accounts", "222222222222"]),
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "in account 111111111111, assuming that the role is deployed in account 222222222222")
}

test_missing_role_stays_silent if {
	changed := fixture.changed("terraform", [fixture.remove(["roles", "@role"])])
	rule.deny | rule.unknown == set() with input as changed
}

test_principal_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_aws({"$unknown": "variable source has no value", "$settle": "--var source=…"})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing", "severity"]), {
			"message": concat(" ", [
				"it is not known whether the role EC2ImageBuilderDistributionCrossAccountRole in account 222222222222",
				"trusts the service-linked role of Image Builder in account 111111111111",
			]),
			"reason": "variable source has no value",
			"settle": "--var source=…",
		})} with input as changed
	}
}

test_role_that_is_only_looked_up_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["roles", "@role", "trust"],
		{"$unknown": "data.aws_iam_role.dist only looks the role up"},
	)])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "data.aws_iam_role.dist only looks the role up"
	startswith(finding.settle, `roles: {"arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole": {trust: policies/trust.json, policies: [policies/role.json]}}`)
}

# The policy is written in full: it is the number of the source account that decides.
test_source_account_without_number_is_unknown if {
	changed := fixture.changed("cloudformation", [fixture.set_value(["builds", 0, "account"], "{account-1}")])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "the number of the account of source.yaml is not known"
	finding.settle == `accounts: {"ACCOUNT": {roots: [source.yaml]}} in .iblint.yaml`
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_trusts_the_source_account if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_aws("arn:aws:iam::333333333333:root")])
		_edits == {edit.append_items(fixture.names[dialect].role, "assume_role_policy.statements", [{
			"effect": "Allow",
			"principals": [{"type": "AWS", "identifier": "arn:aws:iam::111111111111:root"}],
			"actions": ["sts:AssumeRole"],
		}])} with input as changed
	}
}
