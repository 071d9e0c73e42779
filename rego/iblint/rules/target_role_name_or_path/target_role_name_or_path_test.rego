package iblint.rules.target_role_name_or_path_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.target_role_name_or_path as rule

_named(name) := [
	fixture.set_value(["roles", "@role", "name"], name),
	fixture.set_value(["resources", "@role", "properties", "name"], name),
]

_finding(dialect) := {
	"message": concat(" ", [
		`role "EC2ImageBuilderDistributionCrossAccountrole" is not called`,
		"EC2ImageBuilderDistributionCrossAccountRole, so Image Builder never finds it in account 222222222222",
	]),
	"resource": fixture.names[dialect].role,
	"property": "name",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"role": fixture.names[dialect].role},
}

test_exact_name_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_other_case_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _named("EC2ImageBuilderDistributionCrossAccountrole"))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_path_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(["roles", "@role", "path"], "/ib/")])
	rule.deny == {object.union(_finding("terraform"), {
		"message": concat(" ", [
			`role "EC2ImageBuilderDistributionCrossAccountRole" has the path /ib/,`,
			"so Image Builder never finds it in account 222222222222",
		]),
		"property": "path",
	})} with input as changed
}

test_name_prefix_is_denied if {
	changed := fixture.changed("terraform", [
		fixture.set_value(["roles", "@role", "name"], {"$unknown": "the name ends at random"}),
		fixture.remove(["resources", "@role", "properties", "name"]),
		fixture.set_value(["resources", "@role", "properties", "name_prefix"], "EC2ImageBuilderDistributionCrossAccount"),
	])
	rule.deny == {object.union(_finding("terraform"), {
		"message": concat(" ", [
			`the name of role aws_iam_role.dist only begins with "EC2ImageBuilderDistributionCrossAccount"`,
			"and ends at random, so Image Builder never finds it in account 222222222222",
		]),
		"property": "name_prefix",
	})} with input as changed
}

test_generated_name_is_denied if {
	changed := fixture.changed("cloudformation", [
		fixture.set_value(["roles", "@role", "name"], {"$unknown": "the name is generated"}),
		fixture.remove(["resources", "@role", "properties", "name"]),
	])
	rule.deny == {object.union(_finding("cloudformation"), {
		"message": concat(" ", [
			"role target.yaml#Role has no name of its own and gets one at random,",
			"so Image Builder never finds it in account 222222222222",
		]),
		"property": "",
	})} with input as changed
}

test_near_misses_are_denied if {
	every name in ["EC2ImageBuilderDistributionCrossAccount", "my-ImageBuilder-CrossAccount-role", "Ec2ImagebuilderDistributionCrossAccountRole"] {
		changed := fixture.changed("terraform", array.concat(_named(name), [fixture.set_value(["roles", "@role", "policies"], [])]))
		count(rule.deny) == 1 with input as changed
	}
}

# Another name, but the policy of the distribution role, and it trusts an account.
test_role_with_the_distribution_policy_is_denied if {
	changed := fixture.changed("terraform", _named("image-sharing"))
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, `role "image-sharing" is not called EC2ImageBuilderDistributionCrossAccountRole`)
}

test_role_that_may_copy_is_denied if {
	changed := fixture.changed("terraform", array.concat(_named("image-sharing"), [
		fixture.set_value(["roles", "@role", "policies"], [{"name": "copy", "document": "copy"}]),
		fixture.set_value(["documents", "copy"], {"statements": [{"effect": "Allow", "actions": ["ec2:CopyImage"], "resources": ["*"]}]}),
	]))
	count(rule.deny) == 1 with input as changed
}

# The role of the build instance with the wrong policy is not meant.
test_role_of_a_service_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_named("instance"), [fixture.set_value(
		["documents", sprintf("%s|assume_role_policy", [fixture.names.terraform.role]), "statements", 0, "principals"],
		[{"type": "Service", "identifier": "ec2.amazonaws.com"}],
	)]))
	rule.deny | rule.unknown == set() with input as changed
}

test_other_role_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_named("deploy"), [fixture.set_value(["roles", "@role", "policies"], [])]))
	rule.deny | rule.unknown == set() with input as changed
}

test_account_that_is_not_known_is_assumed if {
	changed := fixture.changed("cloudformation", array.concat(_named("EC2ImageBuilderDistributionCrossAccountrole"), [
		fixture.remove(["accounts", "222222222222"]),
		fixture.set_value(["roles", "@role", "account"], "{account-1}"),
		fixture.set_value(["roles", "@role", "account_known"], false),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "never finds it in account 222222222222, where it is assumed to be deployed")
}

test_role_in_another_account_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_named("EC2ImageBuilderDistributionCrossAccountrole"), [
		fixture.set_value(["roles", "@role", "account"], "333333333333"),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_right_role_beside_stays_silent if {
	role := fixture.base("terraform").roles[fixture.names.terraform.role]
	changed := fixture.changed("terraform", [fixture.set_value(
		["roles", "@inline"],
		object.union(role, {"name": "EC2ImageBuilderDistributionCrossAccountRole2"}),
	)])
	rule.deny | rule.unknown == set() with input as changed
}

test_name_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _named({"$unknown": "variable name has no value", "$settle": "--var name=…"}))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": sprintf(
				"the name of role %s in account 222222222222 is not known, and Image Builder asks for the role %s, path /",
				[
					regex.replace(fixture.names[dialect].role, `^infra#`, ""),
					"EC2ImageBuilderDistributionCrossAccountRole",
				],
			),
			"reason": "variable name has no value",
			"settle": "--var name=…",
		})} with input as changed
	}
}

test_path_without_value_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(["roles", "@role", "path"], {"$unknown": "variable path has no value"})])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.property == "path"
	finding.settle == "give the variable or parameter a value"
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edits_write_name_and_path if {
	right := "EC2ImageBuilderDistributionCrossAccountRole"
	every dialect in fixture.dialects {
		role := fixture.names[dialect].role
		_edits == {edit.replace_value(role, "name", right)} with input as fixture.changed(
			dialect,
			_named("EC2ImageBuilderDistributionCrossAccountrole"),
		)
		_edits == {edit.replace_value(role, "path", "/")} with input as fixture.changed(dialect, [
			fixture.set_value(["roles", "@role", "path"], "/ib/"),
			fixture.set_value(["resources", "@role", "properties", "path"], "/ib/"),
		])
		_edits == {edit.replace_argument(role, "name_prefix", "name", right)} with input as fixture.changed(dialect, [
			fixture.set_value(["roles", "@role", "name"], {"$unknown": "the name ends at random"}),
			fixture.remove(["resources", "@role", "properties", "name"]),
			fixture.set_value(["resources", "@role", "properties", "name_prefix"], "EC2ImageBuilderDistributionCrossAccount"),
		])
	}
}
