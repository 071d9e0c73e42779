package iblint.rules.ebs_default_encryption_aws_managed_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.ebs_default_encryption_aws_managed_key as rule

_no_mapping(devices) := [
	fixture.set_value(["resources", "@recipe", "properties", "block_devices"], []),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(["builds", 0, "devices"], devices),
]

_root(device) := object.union({"device_name": "/dev/xvda", "root": true, "from": "parent"}, device)

_on := {"basis": "default_key", "because": "default_encryption", "encrypted": true, "manager": "aws"}

_undecided := {
	"basis": "unknown",
	"because": "default_encryption",
	"encrypted": {"$unknown": "nothing says whether the account encrypts by default"},
}

_setting(dialect) := fixture.set_value(
	["default_encryption", "111111111111"],
	{"us-east-1": {"enabled": true, "enabled_by": fixture.names[dialect].key}},
)

_finding(dialect) := {
	"message": concat(" ", [
		`encryption by default of account 111111111111 in us-east-1 puts /dev/xvda of recipe "base"`,
		"under the AWS managed key, which cannot be shared with account 222222222222",
	]),
	"resource": fixture.names[dialect].recipe,
	"property": "",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"recipe": fixture.names[dialect].recipe, "devices": [], "root": true},
}

test_bound_devices_are_accepted if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_setting(dialect)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_default_encryption_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_no_mapping([_root(_on)]), [_setting(dialect)]))
		rule.deny == {object.union(_finding(dialect), {"related": [
			{
				"message": "encryption by default is switched on here",
				"resource": fixture.names[dialect].key,
				"property": "",
			},
			fixture.shared_here(dialect, 0, "target_account_ids"),
		]})} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_setting_of_the_configuration_is_denied if {
	changed := fixture.changed("cloudformation", array.concat(_no_mapping([_root(_on)]), [fixture.set_value(
		["default_encryption", "111111111111"],
		{"us-east-1": {"enabled": true}},
	)]))
	rule.deny == {_finding("cloudformation")} with input as changed
}

# encrypted = false does not opt out.
test_mapping_without_encryption_is_denied if {
	changed := fixture.changed("terraform", [
		fixture.remove(array.concat(fixture.mapping, ["kms_key"])),
		fixture.set_value(array.concat(fixture.mapping, ["encrypted"]), false),
		fixture.remove(["references", "@recipe"]),
		fixture.set_value(fixture.device, object.union(_root(_on), {"from": "recipe", "property": "block_devices[0]"})),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.property == "block_devices[0]"
	finding.subject.devices == ["block_devices[0]"]
}

test_customer_default_key_is_accepted if {
	changed := fixture.changed("terraform", _no_mapping([_root(object.union(_on, {
		"manager": "customer",
		"key": fixture.names.terraform.key,
	}))]))
	rule.deny | rule.unknown == set() with input as changed
}

test_switched_off_is_accepted if {
	changed := fixture.changed("terraform", _no_mapping([_root({"basis": "not_encrypted", "encrypted": false})]))
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_no_mapping([_root(_on)]),
		[fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_setting_that_nobody_speaks_of_is_unknown_once if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _no_mapping([
			_root(_undecided),
			{"device_name": "/dev/sdf", "root": false, "from": "parent", "basis": "unknown", "because": "default_encryption"},
		]))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				"it is not known whether encryption by default of account 111111111111 in us-east-1",
				`puts /dev/sdf and /dev/xvda of recipe "base" under the AWS managed key`,
			]),
			"reason": "nothing says whether the account encrypts by default",
			"settle": concat(" ", [
				`accounts: {"111111111111": {ebs_encryption_by_default: {us-east-1: false}}} in .iblint.yaml,`,
				"or aws ec2 get-ebs-encryption-by-default --region us-east-1 > facts/111111111111.us-east-1.get-ebs-encryption-by-default.json (with facts: [facts/] in .iblint.yaml)",
			]),
		})} with input as changed
	}
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_no_mapping([_root(_on)]), [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.message == concat(" ", [
		`encryption by default puts /dev/xvda of recipe "base" under the AWS managed key,`,
		"and it is not known whether the AMI is shared",
	])
}
