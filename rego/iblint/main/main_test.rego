package iblint.main_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.main

# The rules that find something, with verdict and severity.
_found(operations) := {[finding.rule, finding.verdict] |
	some finding in main.findings with input as fixture.changed("terraform", operations)
}

_violation(rule) := {[rule, "violation"]}

_launch_only := [
	fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["222222222222"]}),
]

_device(fields) := [
	fixture.remove(array.concat(fixture.mapping, ["kms_key"])),
	fixture.remove(array.concat(fixture.mapping, ["encrypted"])),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(fixture.device, object.union(
		{"device_name": "/dev/xvda", "root": true, "from": "recipe", "property": "block_devices[0]"},
		fields,
	)),
]

_by_default := {"basis": "default_key", "because": "default_encryption", "encrypted": true, "manager": "aws"}

_managed := [
	fixture.set_value(["references", "@recipe", "block_devices[0].kms_key"], fixture.aws_managed),
	fixture.set_value(array.concat(fixture.device, ["manager"]), "aws"),
]

_other_device(root) := [
	fixture.set_value(array.concat(fixture.mapping, ["device_name"]), "/dev/xvdb"),
	fixture.set_value(array.concat(fixture.device, ["device_name"]), "/dev/xvdb"),
	fixture.set_value(array.concat(fixture.device, ["root"]), false),
	fixture.set_value(["builds", 0, "devices", "-"], object.union(
		{"device_name": "/dev/xvda", "root": true, "from": "parent"},
		root,
	)),
]

test_nothing_is_found_where_all_is_right if {
	every dialect in fixture.dialects {
		main.findings == set() with input as fixture.base(dialect)
	}
}

test_findings_name_rule_and_verdict if {
	_found(_managed) == _violation("recipe_aws_managed_key")
	_found([fixture.set_value(["references", "@recipe", "block_devices[0].kms_key"], fixture.unresolved)]) == {
		["recipe_aws_managed_key", "unknown"],
		["service_linked_role_key_access", "unknown"],
		["source_key_not_shared_with_target", "unknown"],
	}
}

test_disabled_rules_find_nothing if {
	disabled := fixture.set_value(["settings", "disabled"], ["recipe_aws_managed_key"])
	_found(array.concat(_managed, [disabled])) == set()
}

# The recipe is at fault, not what the distribution names in vain.
test_aws_managed_key_of_the_recipe_hides_the_ignored_key if {
	_found(array.concat(_managed, _launch_only)) == _violation("recipe_aws_managed_key")
}

test_ignored_key_hides_encryption_by_default if {
	_found(array.concat(_launch_only, _device(_by_default))) == _violation("distribution_key_ignored_in_build_region")
}

# A rule explains others even when it is switched off.
test_ignored_key_hides_also_when_it_is_disabled if {
	disabled := fixture.set_value(["settings", "disabled"], ["distribution_key_ignored_in_build_region"])
	_found(array.flatten([_launch_only, _device(_by_default), disabled])) == set()
}

# Another entry needs the output AMI to be shared as well.
test_ignored_key_hides_nothing_for_other_entries if {
	other := fixture.set_value(["resources", "@distribution", "properties", "distributions", "-"], {
		"region": "eu-west-1",
		"ami": {"kms_key": fixture.replica_arn, "target_account_ids": ["222222222222"]},
	})
	"ebs_default_encryption_aws_managed_key" in {rule |
		some [rule, _] in _found(array.flatten([_launch_only, _device(_by_default), other]))
	}
}

test_wrong_device_hides_encryption_by_default if {
	_found(_other_device(_by_default)) == _violation("root_device_not_keyed")
}

test_wrong_device_hides_no_other_device if {
	found := _found(array.concat(_other_device(_by_default), [
		fixture.set_value(["resources", "@recipe", "properties", "block_devices", "-"], {"device_name": "/dev/sdf"}),
		fixture.set_value(["builds", 0, "devices", "-"], object.union(
			{"device_name": "/dev/sdf", "root": false, "from": "recipe", "property": "block_devices[1]"},
			_by_default,
		)),
	]))
	found == _violation("root_device_not_keyed") | _violation("ebs_default_encryption_aws_managed_key")
}

test_parent_image_hides_the_wrong_device if {
	_found(_other_device({"basis": "own_snapshot", "encrypted": true, "manager": "aws"})) == _violation("parent_image_aws_managed_key")
}

test_root_of_the_parent_stands_for_its_devices if {
	found := _found([
		fixture.set_value(["resources", "@recipe", "properties", "block_devices"], []),
		fixture.remove(["references", "@recipe"]),
		fixture.set_value(["builds", 0, "devices"], []),
		fixture.set_value(["builds", 0, "devices_unknown"], {"$unknown": "nothing describes ami-1"}),
		fixture.set_value(["builds", 0, "parent"], {"kind": "unknown", "text": "ami-1"}),
	])
	found == {["parent_image_aws_managed_key", "unknown"]}
}

test_disabled_region_hides_accounts_without_evidence if {
	region := [
		fixture.set_value(["resources", "@distribution", "properties", "distributions", 1, "region"], "af-south-1"),
		fixture.set_value(["references", "@distribution", "distributions[1].ami.kms_key", "region"], "af-south-1"),
		fixture.set_value(["keys", "@replica", "region"], "af-south-1"),
	]
	_found(region) == {["opt_in_region", "unknown"]}

	disabled := fixture.set_value(["accounts", "222222222222", "disabled_regions"], ["af-south-1"])
	_found(array.concat(region, [disabled])) == _violation("opt_in_region")
}

test_region_without_value_is_said_once if {
	region := fixture.set_value(
		["resources", "@distribution", "properties", "distributions", 0, "region"],
		{"$unknown": "variable region has no value"},
	)
	not ["partition_mismatch", "unknown"] in _found([region])
	["key_region", "unknown"] in _found([region])
}

# A role in the wrong place or with the wrong name is not missing as well.
test_role_with_path_is_one_finding if {
	_found([fixture.set_value(["roles", "@role", "path"], "/ib/")]) == _violation("target_role_name_or_path")
}

test_missing_role_hides_what_it_should_be if {
	_found([fixture.remove(["roles", "@role"])]) == _violation("target_role_missing")
}

test_condition_and_useless_statement_replace_the_need if {
	condition := [{"operator": "StringEquals", "key": "kms:ViaService", "values": ["imagebuilder.us-east-1.amazonaws.com"]}]
	_found([fixture.set_value(array.concat(fixture.key_statement(1), ["conditions"]), condition)]) == _violation("condition_never_true")

	actions := ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
	_found([fixture.set_value(array.concat(fixture.key_statement(1), ["actions"]), actions)]) == _violation("statement_without_effect")
}

# One policy shuts an account out of the copy and of the launch.
test_key_shut_off_from_the_copy_hides_the_launch if {
	_found(fixture.to_both([1, "principals", 0, "identifier"], "333333333333")) == _violation("source_key_not_shared_with_target")
}

test_principal_of_another_partition_replaces_the_need if {
	foreign := "arn:aws-cn:iam::222222222222:root"
	_found(fixture.to_both([1, "principals", 0, "identifier"], foreign)) == _violation("partition_mismatch")
	trust := array.concat(fixture.trust_statement, ["principals", 0, "identifier"])
	_found([fixture.set_value(trust, "arn:aws-cn:iam::111111111111:root")]) == _violation("partition_mismatch")
}

# aws/ebs is AWS's own key, in whatever form it is named.
test_aws_managed_key_hides_the_form_of_its_name if {
	malformed := fixture.set_value(
		["references", "@recipe", "block_devices[0].kms_key"],
		object.union(fixture.aws_managed, {"form": "malformed", "text": "aws/ebs"}),
	)
	_found([malformed, fixture.set_value(array.concat(fixture.device, ["manager"]), "aws")]) == _violation("recipe_aws_managed_key")
}
