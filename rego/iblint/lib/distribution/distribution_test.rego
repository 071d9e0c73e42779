package iblint.lib.distribution_test

import data.iblint.lib.distribution
import data.iblint.lib.distribution.fixture_test as fixture

test_accounts_in_a_sentence if {
	distribution.account_text("222222222222") == "account 222222222222"
	distribution.account_text("{account-1}") == "{account-1}"
	distribution.accounts_text({"222222222222"}) == "account 222222222222"
	distribution.accounts_text({"222222222222", "333333333333"}) == "accounts 222222222222 and 333333333333"
	distribution.accounts_text({"1", "2", "3", "4", "5"}) == "accounts 1, 2, 3 and 2 more"
}

test_enumerations if {
	distribution.enumeration(["b"]) == "b"
	distribution.enumeration(["b", "a"]) == "a and b"
	distribution.enumeration(["c", "b", "a"]) == "a, b and c"
	distribution.enumeration(["d", "c", "b", "a"]) == "a, b, c and 1 more"
}

test_actions_that_matter_come_first if {
	distribution.actions_text(["kms:Decrypt", "kms:Encrypt"]) == "kms:Decrypt and kms:Encrypt"
	distribution.actions_text(["ec2:CopyImage", "kms:Decrypt"]) == "kms:Decrypt and ec2:CopyImage"
	distribution.actions_text(["kms:Encrypt"]) == "kms:Encrypt"
}

test_labels if {
	x := [
		distribution.label(fixture.names.terraform.recipe),
		distribution.label(fixture.names.terraform.role),
		distribution.label("elsewhere"),
	] with input as fixture.base("terraform")
	x == [`recipe "base"`, `role "EC2ImageBuilderDistributionCrossAccountRole"`, "elsewhere"]

	y := distribution.label(fixture.names.terraform.recipe) with input as fixture.changed("terraform", [fixture.set_value(
		["resources", "@recipe", "properties", "name"],
		{"$unknown": "variable name has no value"},
	)])
	y == "recipe aws_imagebuilder_image_recipe.base"
}

test_properties_in_a_sentence if {
	distribution.region_text("eu-west-1") == "eu-west-1"
	distribution.region_text({"$unknown": "?"}) == "a Region that is not known"
}

test_devices_without_a_name if {
	distribution.device_name({"device_name": {"$unknown": "?"}, "root": true}) == "the root device"
	distribution.device_name({"device_name": {"$unknown": "?"}, "root": false}) == "a device whose name is not known"
}

test_placeholders if {
	distribution.placeholders("arn:aws:kms:{region-1}:{account-2}:key/x") == "arn:aws:kms:REGION:ACCOUNT:key/x"
}

# Image and copy may be encrypted in different ways.
test_encryption_where_the_build_region_is_not_known if {
	plain := {"device_name": "/dev/xvda", "root": true, "from": "parent", "basis": "not_encrypted", "encrypted": false}
	no_mapping := [
		fixture.set_value(["resources", "@recipe", "properties", "block_devices"], []),
		fixture.remove(["references", "@recipe"]),
		fixture.set_value(fixture.device, plain),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]
	x := distribution.shared_encrypted(0, 1) with input as fixture.changed("terraform", no_mapping)
	x == "unknown"
	y := distribution.shared_encrypted(0, 1) with input as fixture.changed("terraform", array.concat(
		no_mapping,
		[fixture.remove(array.concat(fixture.ami(1), ["kms_key"]))],
	))
	y == "no"
	z := distribution.shared_encrypted(0, 1) with input as fixture.changed("terraform", [fixture.set_value(
		["builds", 0, "region"],
		"{region-1}",
	)])
	z == "yes"
}

test_numbers_are_accounts_too if {
	x := distribution.target_accounts(0, 0) with input as fixture.changed("cloudformation", [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		[222222222222],
	)])
	x == {"222222222222"}
}

test_via_either_region_of_a_copy if {
	copied := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(1), ["target_account_ids"]),
		["222222222222"],
	)])
	x := object.keys(distribution.target_uses[fixture.names.terraform.key]) with input as copied
	x == {[], ["eu-west-1", "us-east-1"]}
}

test_policy_of_a_key_that_no_template_has if {
	outside := [
		fixture.remove(["keys", "@key", "policy_owner"]),
		fixture.remove(["keys", "@key", "resource"]),
		fixture.set_value(["keys", "@key", "label"], fixture.key_arn),
	]
	key := fixture.names.terraform.key
	x := distribution.policy_place(key, distribution.key_uses[key]) with input as fixture.changed("terraform", outside)
	x == {"resource": fixture.names.terraform.recipe, "property": "block_devices[0].kms_key"}
	y := distribution.policy_settle(key) with input as fixture.changed("terraform", outside)
	startswith(y, sprintf("keys: {%q: {manager: customer, policy: policies/key.json}}", [fixture.key_arn]))
}
