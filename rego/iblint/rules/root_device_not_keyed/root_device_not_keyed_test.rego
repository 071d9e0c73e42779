package iblint.rules.root_device_not_keyed_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.root_device_not_keyed as rule

# The key is bound to /dev/xvdb; the root device is what the parent makes it.
_other_device(root) := [
	fixture.set_value(array.concat(fixture.mapping, ["device_name"]), "/dev/xvdb"),
	fixture.set_value(array.concat(fixture.device, ["device_name"]), "/dev/xvdb"),
	fixture.set_value(array.concat(fixture.device, ["root"]), false),
	fixture.set_value(["builds", 0, "devices", "-"], object.union(
		{"device_name": "/dev/xvda", "root": true, "from": "parent"},
		root,
	)),
]

_plain := {"basis": "not_encrypted", "encrypted": false}

_root_unknown := fixture.set_value(
	["builds", 0, "parent", "root_device"],
	{"$unknown": "nothing describes ami-1", "$settle": "images: …"},
)

_finding(dialect) := {
	"message": concat(" ", [
		`recipe "base" binds a key to /dev/xvdb, but the root device of its parent image is /dev/xvda,`,
		"which stays unencrypted",
	]),
	"resource": fixture.names[dialect].recipe,
	"property": "block_devices[0].device_name",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"severity": "warning",
	"subject": {"recipe": fixture.names[dialect].recipe},
}

test_keyed_root_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_key_on_another_device_is_a_warning if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _other_device(_plain))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_root_under_aws_managed_key_is_an_error if {
	every root in [
		{"basis": "default_key", "because": "default_encryption", "encrypted": true, "manager": "aws"},
		{"basis": "own_snapshot", "encrypted": true, "manager": "aws"},
	] {
		changed := fixture.changed("terraform", _other_device(root))
		rule.deny == {object.union(_finding("terraform"), {
			"message": replace(
				_finding("terraform").message,
				"stays unencrypted",
				"is under the AWS managed key and cannot be shared",
			),
			"severity": "error",
		})} with input as changed
	}
}

test_root_that_may_be_encrypted_is_a_warning if {
	changed := fixture.changed("terraform", _other_device({"basis": "unknown", "encrypted": {"$unknown": "?"}}))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	endswith(finding.message, "/dev/xvda, which the recipe does not encrypt")
}

# The parent image is under a customer managed key already.
test_root_under_customer_key_is_accepted if {
	changed := fixture.changed("terraform", _other_device({
		"basis": "own_snapshot",
		"encrypted": true,
		"manager": "customer",
		"key": "k",
	}))
	rule.deny | rule.unknown == set() with input as changed
}

test_root_that_the_recipe_encrypts_otherwise_stays_silent if {
	every second in [{"encrypted": true}, {"encrypted": true, "kms_key": "alias/aws/ebs"}] {
		changed := fixture.changed("terraform", array.concat(_other_device(_plain), [fixture.set_value(
			["resources", "@recipe", "properties", "block_devices", "-"],
			object.union({"device_name": "/dev/xvda"}, second),
		)]))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_no_customer_key_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_other_device(_plain), [fixture.set_value(
		["references", "@recipe", "block_devices[0].kms_key"],
		fixture.aws_managed,
	)]))
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_other_device(_plain),
		[fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_root_device_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_other_device(_plain), [_root_unknown]))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["severity"]), {
			"message": concat(" ", [
				`recipe "base" binds a key to /dev/xvdb,`,
				"and it is not known whether that is the root device of its parent image",
			]),
			"reason": "nothing describes ami-1",
			"settle": "images: …",
		})} with input as changed
	}
}

# Whichever of the usual names it is, it has a key.
test_both_usual_names_are_accepted if {
	changed := fixture.changed("terraform", [
		_root_unknown,
		fixture.set_value(
			["resources", "@recipe", "properties", "block_devices", "-"],
			{"device_name": "/dev/sda1", "encrypted": true, "kms_key": fixture.key_arn},
		),
		fixture.set_value(
			["references", "@recipe", "block_devices[1].kms_key"],
			fixture.key_reference("terraform"),
		),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_name_of_the_mapping_without_value_is_unknown if {
	changed := fixture.changed("terraform", array.concat(
		_other_device(_plain),
		[fixture.set_value(array.concat(fixture.mapping, ["device_name"]), {"$unknown": "variable device has no value"})],
	))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "the name of a device is not known"
}

test_root_device_known_by_its_device if {
	changed := fixture.changed("terraform", array.concat(_other_device(_plain), [fixture.remove(["builds", 0, "parent"])]))
	rule.deny == {_finding("terraform")} with input as changed
}
