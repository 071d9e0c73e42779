package iblint.rules.recipe_aws_managed_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.recipe_aws_managed_key as rule

_reference := ["references", "@recipe", "block_devices[0].kms_key"]

_change(dialect, operations) := fixture.changed(dialect, operations)

_managed := [
	fixture.set_value(_reference, fixture.aws_managed),
	fixture.set_value(array.concat(fixture.device, ["manager"]), "aws"),
	fixture.remove(array.concat(fixture.device, ["key"])),
]

_violation(dialect) := {
	"message": `recipe "base" encrypts /dev/xvda with alias/aws/ebs, which cannot be shared with account 222222222222`,
	"resource": fixture.names[dialect].recipe,
	"property": "block_devices[0].kms_key",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"recipe": fixture.names[dialect].recipe, "devices": ["block_devices[0].kms_key"]},
}

test_customer_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny == set() with input as fixture.base(dialect)
		rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_aws_managed_key_is_denied if {
	every dialect in fixture.dialects {
		changed := _change(dialect, _managed)
		rule.deny == {_violation(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

# The copy in eu-west-1 is encrypted again, with the key of its entry.
test_shared_copy_in_another_region_is_accepted if {
	every dialect in fixture.dialects {
		changed := _change(dialect, array.concat(_managed, [
			fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		]))
		rule.deny == set() with input as changed
		rule.unknown == set() with input as changed
	}
}

test_nothing_shared_is_accepted if {
	every dialect in fixture.dialects {
		changed := _change(dialect, array.concat(_managed, [
			fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
			fixture.set_value(array.concat(fixture.ami(1), ["launch_permission"]), {"user_ids": []}),
		]))
		rule.deny == set() with input as changed
		rule.unknown == set() with input as changed
	}
}

# Sharing with oneself goes the same way as sharing with others.
test_launch_permission_of_own_account_is_denied if {
	changed := _change("terraform", array.concat(_managed, [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["111111111111"]}),
	]))
	some finding in rule.deny with input as changed
	finding.message == `recipe "base" encrypts /dev/xvda with alias/aws/ebs, which cannot be shared with account 111111111111`
	finding.jobs == [object.union(fixture.job("terraform", "us-east-1"), {"target_account": "111111111111"})]
}

test_own_account_as_target_is_accepted if {
	changed := _change("terraform", array.concat(_managed, [
		fixture.set_value(array.concat(fixture.ami(0), ["target_account_ids"]), ["111111111111"]),
	]))
	rule.deny == set() with input as changed
}

test_many_accounts_are_one_finding if {
	changed := _change("terraform", array.concat(_managed, [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		["222222222222", "333333333333", "444444444444", "555555555555", "666666666666"],
	)]))
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "cannot be shared with accounts 222222222222, 333333333333, 444444444444 and 2 more")
	count(finding.jobs) == 5
}

test_accounts_without_value_are_denied if {
	changed := _change("terraform", array.concat(_managed, [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		{"$unknown": "variable accounts has no value"},
	)]))
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "cannot be shared with the accounts that are not known (variable accounts has no value)")
	finding.jobs == [object.remove(fixture.job("terraform", "us-east-1"), ["target_account"])]
}

test_organizations_and_everyone_are_denied if {
	changed := _change("terraform", array.concat(_managed, [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {
			"organization_arns": ["arn:aws:organizations::111111111111:organization/o-abc123example"],
			"organizational_unit_arns": ["arn:aws:organizations::111111111111:ou/o-abc123example/ou-ab12-11111111"],
			"user_groups": ["all", "other"],
		}),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, concat(" and ", [
		"cannot be shared with everyone",
		"group other",
		"organization o-abc123example",
		"organizational unit ou-ab12-11111111",
	]))
}

test_key_that_is_not_resolved_is_unknown if {
	every dialect in fixture.dialects {
		changed := _change(dialect, [fixture.set_value(_reference, fixture.unresolved)])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_violation(dialect), {
			"message": `recipe "base" encrypts /dev/xvda with var.key, which may be an AWS managed key, and those cannot be shared`,
			"reason": "variable key has no value",
			"settle": "--var key=…",
		})} with input as changed
	}
}

test_key_outside_of_the_templates_is_unknown if {
	changed := _change("terraform", [fixture.set_value(_reference, {
		"form": "key_arn",
		"manager": {"$unknown": "nothing says who manages the key"},
		"text": fixture.key_arn,
		"key": fixture.key_arn,
	})])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "nothing says who manages the key"
	finding.settle == sprintf(
		concat(" ", [
			`keys: {"%s": {manager: customer}} in .iblint.yaml, or aws kms describe-key --key-id %s >`,
			"facts/11111111-1111-1111-1111-111111111111.describe-key.json (with facts: [facts/] in .iblint.yaml)",
		]),
		[fixture.key_arn, fixture.key_arn],
	)
}

test_build_region_that_decides_is_unknown if {
	changed := _change("terraform", array.concat(_managed, [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.message == `recipe "base" encrypts /dev/xvda with alias/aws/ebs, and it is not known whether the AMI is shared`
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
	finding.settle == `accounts: {"111111111111": {region: REGION, roots: [infra]}} in .iblint.yaml`
}

test_distribution_that_is_not_resolved_is_unknown if {
	changed := _change("cloudformation", array.concat(_managed, [
		fixture.remove(["builds", 0, "distribution"]),
		fixture.set_value(["builds", 0, "distribution_unknown"], {"$unknown": "parameter Distribution has no value"}),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "parameter Distribution has no value"
	finding.settle == "name the distribution configuration with a reference or a literal ARN"
}

test_recipe_that_is_not_resolved_is_unknown if {
	every dialect in fixture.dialects {
		changed := _change(dialect, [
			fixture.remove(["builds", 0, "recipe"]),
			fixture.set_value(["builds", 0, "devices"], []),
			fixture.set_value(["builds", 0, "recipe_unknown"], {"$unknown": "variable recipe has no value", "$settle": "--var recipe=…"}),
		])
		rule.deny == set() with input as changed
		rule.unknown == {{
			"message": concat(" ", [
				`the keys of the AMIs that pipeline "base" hands out are not known,`,
				"so they may not be shared with account 222222222222",
			]),
			"resource": fixture.names[dialect].pipeline,
			"property": "image_recipe",
			"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
			"jobs": [fixture.job(dialect, "us-east-1")],
			"reason": "variable recipe has no value",
			"settle": "--var recipe=…",
			"subject": {"build": fixture.names[dialect].pipeline},
		}} with input as changed
	}
}

test_lone_distribution_configuration_is_unknown if {
	changed := _change("terraform", [
		fixture.remove(["builds", 0, "recipe"]),
		fixture.set_value(["builds", 0, "devices"], []),
		fixture.set_value(["builds", 0, "recipe_unknown"], {"$unknown": "no pipeline or image uses it"}),
		fixture.set_value(["builds", 0, "kind"], "distribution_configuration"),
		fixture.set_value(["builds", 0, "id"], fixture.names.terraform.distribution),
	])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.resource == fixture.names.terraform.distribution
	finding.property == ""
	finding.settle == "give the folder or template that holds the recipe as well"
}

test_container_build_stays_silent if {
	changed := _change("terraform", array.concat(_managed, [fixture.set_value(["builds", 0, "container"], true)]))
	rule.deny == set() with input as changed
	rule.unknown == set() with input as changed
}
