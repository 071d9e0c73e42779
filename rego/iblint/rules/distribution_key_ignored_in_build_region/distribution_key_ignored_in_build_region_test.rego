package iblint.rules.distribution_key_ignored_in_build_region_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.distribution_key_ignored_in_build_region as rule

# The entry of the build Region lets others launch, and no account gets a copy.
_launch := [
	fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["222222222222"]}),
]

# The mapping names no key.
_device(fields) := [
	fixture.remove(array.concat(fixture.mapping, ["kms_key"])),
	fixture.remove(array.concat(fixture.mapping, ["encrypted"])),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(fixture.device, object.union(
		{"device_name": "/dev/xvda", "root": true, "from": "recipe", "property": "block_devices[0]"},
		fields,
	)),
]

_plain := _device({"basis": "not_encrypted", "encrypted": false})

_finding(dialect) := {
	"message": sprintf(
		`distribution configuration "base" names %s for us-east-1, where the image is built and no copy is encrypted, %s`,
		[fixture.key_label(dialect), "so the AMI is shared with account 222222222222 unencrypted"],
	),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[0].ami.kms_key",
	"related": [fixture.shared_here(dialect, 0, "launch_permission.user_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"severity": "warning",
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 0, "builds": {0}},
}

test_target_accounts_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
		rule.deny | rule.unknown == set() with input as fixture.changed(dialect, _plain)
	}
}

test_key_in_the_recipe_is_accepted if {
rule.deny | rule.unknown == set() with input as fixture.changed("terraform", _launch)}

test_unencrypted_image_is_a_warning if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_launch, _plain))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_aws_managed_key_is_an_error if {
	changed := fixture.changed("terraform", array.concat(_launch, _device({
		"basis": "default_key",
		"because": "default_encryption",
		"encrypted": true,
		"manager": "aws",
	})))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "error"
	endswith(finding.message, "so the AMI keeps the AWS managed key and cannot be shared with account 222222222222")
}

# Whether encryption is the default or not, the key is not used.
test_default_encryption_that_is_not_known_is_a_warning if {
	changed := fixture.changed("terraform", array.concat(_launch, _device({
		"basis": "unknown",
		"because": "default_encryption",
		"encrypted": {"$unknown": "nothing says"},
	})))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
}

test_another_region_is_accepted if {
	changed := fixture.changed("terraform", array.flatten([
		_launch,
		_plain,
		fixture.set_value(["builds", 0, "region"], "ap-south-1"),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_entry_without_key_is_accepted if {
	changed := fixture.changed("terraform", array.flatten([
		_launch,
		_plain,
		fixture.remove(array.concat(fixture.ami(0), ["kms_key"])),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_build_region_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.flatten([
			_launch,
			_plain,
			fixture.set_value(["builds", 0, "region"], "{region-1}"),
			fixture.remove(["resources", "@distribution", "properties", "distributions", 1, "ami", "launch_permission"]),
		]))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "property", "reason"]) | some one in rule.unknown] == [{
			"message": sprintf(
				`distribution configuration "base" names %s for us-east-1, where it has no effect if the image is built there`,
				[fixture.key_label(dialect)],
			),
			"property": "distributions[0].ami.kms_key",
			"reason": `it is not known whether pipeline "base" is built in the Region of the entry`,
		}] with input as changed
	}
}

test_device_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_launch, _device({
		"basis": "unknown",
		"encrypted": {"$unknown": "nothing describes the snapshot"},
	})))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "nothing describes the snapshot"
}

test_devices_that_are_not_listed_are_unknown if {
	changed := fixture.changed("terraform", array.flatten([
		_launch,
		_plain,
		fixture.set_value(["builds", 0, "devices_unknown"], {"$unknown": "nothing describes the parent image"}),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "nothing describes the parent image"
}
