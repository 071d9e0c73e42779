package iblint.rules.region_copy_default_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.region_copy_default_key as rule

_no_key := fixture.remove(array.concat(fixture.ami(1), ["kms_key"]))

_region := ["builds", 0, "region"]

_device(fields) := [
	fixture.set_value(["resources", "@recipe", "properties", "block_devices"], []),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(fixture.device, object.union({"device_name": "/dev/xvda", "root": true, "from": "parent"}, fields)),
]

_default(region, setting) := fixture.set_value(["default_encryption", "111111111111"], {region: setting})

_finding(dialect) := {
	"message": concat(" ", [
		`distribution configuration "base" copies the AMI to eu-west-1 without a key,`,
		"so the copy is under the AWS managed key there and cannot be shared with account 222222222222",
	]),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[1].ami",
	"related": [fixture.shared_here(dialect, 1, "launch_permission.user_ids")],
	"jobs": [fixture.job(dialect, "eu-west-1")],
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 1},
}

test_named_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_encrypted_image_without_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_no_key])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_customer_default_key_of_the_region_is_accepted if {
	changed := fixture.changed("terraform", [_no_key, _default("eu-west-1", {"manager": "customer", "key": "k"})])
	rule.deny | rule.unknown == set() with input as changed
}

test_customer_default_key_of_another_region_is_denied if {
	changed := fixture.changed("terraform", [_no_key, _default("us-east-1", {"manager": "customer", "key": "k"})])
	rule.deny == {_finding("terraform")} with input as changed
}

test_unencrypted_image_is_accepted_unless_encryption_is_the_default if {
	operations := array.concat(_device({"basis": "not_encrypted", "encrypted": false}), [_no_key])
	rule.deny | rule.unknown == set() with input as fixture.changed("terraform", operations)

	on := array.concat(operations, [_default("eu-west-1", {"enabled": true})])
	rule.deny == {_finding("terraform")} with input as fixture.changed("terraform", on)

	open := array.concat(operations, [_default("eu-west-1", {"enabled": {"$unknown": "variable on has no value"}})])
	[finding] := [one | some one in rule.unknown] with input as fixture.changed("terraform", open)
	finding.reason == "variable on has no value"
	startswith(finding.settle, `accounts: {"111111111111": {ebs_encryption_by_default: {eu-west-1: false}}}`)
}

# The copy belongs to the target account, under its own default key.
test_target_accounts_alone_are_accepted if {
	changed := fixture.changed("terraform", [
		_no_key,
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
		fixture.set_value(array.concat(fixture.ami(1), ["target_account_ids"]), ["222222222222"]),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_build_region_is_accepted if {
	changed := fixture.changed("terraform", [_no_key, fixture.set_value(_region, "eu-west-1")])
	rule.deny | rule.unknown == set() with input as changed
}

test_build_region_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_no_key, fixture.set_value(_region, "{region-1}")])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				`distribution configuration "base" shares the AMI in eu-west-1 without a key,`,
				"and it is not known whether the copy is under the AWS managed key",
			]),
			"reason": `it is not known whether pipeline "base" is built in the Region of the entry`,
			"settle": sprintf(`accounts: {"111111111111": {region: REGION, roots: [%s]}} in .iblint.yaml`, [
				split(fixture.names[dialect].recipe, "#")[0],
			]),
		})} with input as changed
	}
}

test_encryption_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", array.concat(
		_device({"basis": "unknown", "encrypted": {"$unknown": "nothing describes the parent image"}}),
		[_no_key],
	))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "nothing describes the parent image"
}

test_default_key_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [_no_key, _default("eu-west-1", {"manager": {"$unknown": "variable key has no value"}})])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable key has no value"
}

test_recipe_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [
		_no_key,
		fixture.remove(["builds", 0, "recipe"]),
		fixture.set_value(["builds", 0, "devices"], []),
		fixture.set_value(["builds", 0, "recipe_unknown"], {"$unknown": "variable recipe has no value"}),
	])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable recipe has no value"
}
