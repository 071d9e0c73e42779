package iblint.rules.parent_image_extra_snapshot_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.parent_image_extra_snapshot as rule

# The root device is mapped; another one comes from the parent image.
_extra(devices) := [
	fixture.set_value(["builds", 0, "parent"], {"kind": "ami", "text": "ami-0123456789abcdef0"}),
	fixture.set_value(["builds", 0, "devices"], array.concat([_mapped], devices)),
]

_mapped := fixture.base("terraform").builds[0].devices[0]

_device(device) := object.union({"device_name": "/dev/sdf", "root": false, "from": "parent", "encrypted": true}, device)

_aws := {"basis": "own_snapshot", "manager": "aws"}

_finding := {
	"message": concat(" ", [
		`recipe "base" takes /dev/sdf of its parent image ami-0123456789abcdef0 under the AWS managed key,`,
		"which cannot be shared with account 222222222222",
	]),
	"resource": fixture.names.terraform.recipe,
	"property": "parent_image",
	"related": [fixture.shared_here("terraform", 0, "target_account_ids")],
	"jobs": [fixture.job("terraform", "us-east-1")],
	"subject": {"recipe": fixture.names.terraform.recipe, "devices": ["/dev/sdf"]},
}

test_no_other_device_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_device_under_aws_managed_key_is_denied if {
	changed := fixture.changed("terraform", _extra([_device(_aws)]))
	rule.deny == {_finding} with input as changed
	rule.unknown == set() with input as changed
}

test_devices_are_one_finding if {
	changed := fixture.changed("cloudformation", _extra([
		_device(_aws),
		_device({"device_name": "/dev/sdg", "basis": "default_key", "because": "foreign_snapshot", "manager": "aws"}),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, `recipe "base" takes /dev/sdf and /dev/sdg of its parent image`)
}

test_customer_key_and_unencrypted_device_are_accepted if {
	changed := fixture.changed("terraform", _extra([
		_device({"basis": "own_snapshot", "manager": "customer", "key": "k"}),
		_device({"basis": "not_encrypted", "encrypted": false}),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_root_device_stays_silent if {
	changed := fixture.changed("terraform", _extra([_device(object.union(_aws, {"root": true}))]))
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_extra([_device(_aws)]),
		[fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_snapshot_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", _extra([_device({
		"basis": "unknown",
		"encrypted": {"$unknown": "nothing describes the snapshot", "$settle": "images: …"},
	})]))
	rule.deny == set() with input as changed
	rule.unknown == {object.union(_finding, {
		"message": concat(" ", [
			"the devices of ami-0123456789abcdef0, the parent image of",
			`recipe "base", are not all known, and one may be under an AWS managed key`,
		]),
		"reason": "nothing describes the snapshot",
		"settle": "images: …",
	})} with input as changed
}

test_devices_that_are_not_listed_are_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(
			_extra([]),
			[fixture.set_value(["builds", 0, "devices_unknown"], {"$unknown": "nothing describes the image"})],
		))
		rule.deny == set() with input as changed
		[object.filter(one, ["reason", "subject"]) |
			some one in rule.unknown
			startswith(one.settle, `images: {"ami-0123456789abcdef0": {owner: "111111111111"`)
		] == [{
			"reason": "nothing describes the image",
			"subject": {"recipe": fixture.names[dialect].recipe, "devices": []},
		}] with input as changed
	}
}

# A public image has no encrypted snapshot; but encryption by default would
# encrypt its volumes.
test_public_image_is_accepted_unless_encryption_is_the_default if {
	operations := array.concat(_extra([]), [
		fixture.set_value(["builds", 0, "devices_unknown"], {"$unknown": "nothing describes the image"}),
		fixture.set_value(["builds", 0, "parent"], {"kind": "public", "text": "data.aws_ami.al2023"}),
	])
	rule.deny | rule.unknown == set() with input as fixture.changed("terraform", operations)

	on := fixture.set_value(["default_encryption", "111111111111"], {"us-east-1": {"enabled": true}})
	count(rule.unknown) == 1 with input as fixture.changed("terraform", array.concat(operations, [on]))

	customer := fixture.set_value(["default_encryption", "111111111111"], {"us-east-1": {
		"enabled": true,
		"manager": "customer",
		"key": "k",
	}})
	rule.unknown == set() with input as fixture.changed("terraform", array.concat(operations, [customer]))
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_extra([_device(_aws)]), [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	endswith(finding.message, "under the AWS managed key, and it is not known whether the AMI is shared")
}
