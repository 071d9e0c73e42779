package iblint.rules.recipe_default_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.recipe_default_key as rule

# encrypted = true and no key: the device as the linker describes it then.
_without_key(device) := [
	fixture.remove(array.concat(fixture.mapping, ["kms_key"])),
	fixture.remove(["references", "@recipe", "block_devices[0].kms_key"]),
	fixture.set_value(fixture.device, object.union(
		{"device_name": "/dev/xvda", "root": true, "from": "recipe", "property": "block_devices[0].encrypted"},
		device,
	)),
]

_aws_default := {"basis": "default_key", "because": "encrypted", "encrypted": true, "manager": "aws"}

_undecided := {
	"basis": "unknown",
	"encrypted": true,
	"manager": {"$unknown": "nothing describes ami-1", "$settle": "images: …"},
}

_finding(dialect) := {
	"message": concat(" ", [
		`recipe "base" encrypts /dev/xvda with the default EBS key of account 111111111111 in us-east-1,`,
		"the AWS managed key, which cannot be shared with account 222222222222",
	]),
	"resource": fixture.names[dialect].recipe,
	"property": "block_devices[0].encrypted",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"recipe": fixture.names[dialect].recipe, "devices": ["block_devices[0]"]},
}

test_named_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_default_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _without_key(_aws_default))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_foreign_snapshot_is_denied if {
	changed := fixture.changed("terraform", _without_key(object.union(_aws_default, {"because": "foreign_snapshot"})))
	rule.deny == {_finding("terraform")} with input as changed
}

test_customer_default_key_is_accepted if {
	changed := fixture.changed("terraform", _without_key(object.union(_aws_default, {
		"manager": "customer",
		"key": fixture.names.terraform.key,
	})))
	rule.deny | rule.unknown == set() with input as changed
}

# The volume keeps the key of the snapshot.
test_own_snapshot_stays_silent if {
	every manager in ["customer", "aws"] {
		changed := fixture.changed("terraform", _without_key({
			"basis": "own_snapshot",
			"encrypted": true,
			"manager": manager,
			"key": fixture.names.terraform.key,
		}))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_mapping_that_is_not_encrypted_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_without_key(object.union(_aws_default, {"because": "default_encryption"})),
		[fixture.remove(array.concat(fixture.mapping, ["encrypted"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_without_key(_aws_default),
		[fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_parent_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _without_key(_undecided))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				`recipe "base" encrypts /dev/xvda without naming a key,`,
				"and it is not known whether that makes it the AWS managed key",
			]),
			"reason": "nothing describes ami-1",
			"settle": "images: …",
		})} with input as changed
	}
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("cloudformation", array.concat(_without_key(_aws_default), [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(["builds", 0, "region"], {"$unknown": "nothing says where the stack is"}),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	endswith(finding.message, "and it is not known whether the AMI is shared")
	finding.reason == "nothing says where the stack is"
}
