package iblint.rules.public_share_of_encrypted_ami_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.public_share_of_encrypted_ami as rule

_everyone(e) := fixture.set_value(array.concat(fixture.ami(e), ["launch_permission"]), {"user_groups": ["all"]})

_plain := [
	fixture.remove(array.concat(fixture.mapping, ["kms_key"])),
	fixture.remove(array.concat(fixture.mapping, ["encrypted"])),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(fixture.device, {
		"device_name": "/dev/xvda",
		"root": true,
		"from": "recipe",
		"property": "block_devices[0]",
		"basis": "not_encrypted",
		"encrypted": false,
	}),
]

_finding(dialect) := {
	"message": concat(" ", [
		`distribution configuration "base" makes the AMI in eu-west-1 public,`,
		"which AWS does not allow for an encrypted AMI",
	]),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[1].ami.launch_permission.user_groups",
	"related": [{
		"message": "encrypted here",
		"resource": fixture.names[dialect].distribution,
		"property": "distributions[1].ami.kms_key",
	}],
	"jobs": [object.remove(fixture.job(dialect, "eu-west-1"), ["target_account"])],
	"subject": {
		"resource": fixture.names[dialect].distribution,
		"property": "distributions[1].ami.launch_permission.user_groups",
	},
}

test_accounts_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_encrypted_copy_for_everyone_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_everyone(1)])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_encrypted_image_for_everyone_is_denied if {
	changed := fixture.changed("terraform", [
		_everyone(0),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.related == [{
		"message": "encrypted here",
		"resource": fixture.names.terraform.recipe,
		"property": "block_devices[0].kms_key",
	}]
}

# The copies of the target accounts are under the key of the entry.
test_encrypted_copies_of_a_plain_image_are_denied if {
	changed := fixture.changed("terraform", array.concat(_plain, [_everyone(0)]))
	count(rule.deny) == 1 with input as changed
}

test_plain_image_is_accepted if {
	changed := fixture.changed("terraform", array.concat(_plain, [
		_everyone(0),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_another_group_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(1), ["launch_permission"]),
		{"user_groups": ["some"]},
	)])
	rule.deny | rule.unknown == set() with input as changed
}

test_encryption_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_plain, [
			_everyone(0),
			fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
			fixture.set_value(array.concat(fixture.device, ["encrypted"]), {"$unknown": "nothing describes ami-1"}),
		]))
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "reason"]) | some one in rule.unknown] == [{
			"message": concat(" ", [
				`distribution configuration "base" makes the AMI in us-east-1 public,`,
				"which fails if the AMI is encrypted, and that is not known",
			]),
			"reason": "nothing describes ami-1",
		}] with input as changed
	}
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_plain, [
		_everyone(1),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
}

# A permission that a template adds to the AMI of an image.
_beside(permission) := [
	fixture.set_value(["builds", 0, "id"], "image"),
	fixture.set_value(["resources", "permission"], {
		"address": "aws_ami_launch_permission.all",
		"kind": "ami_launch_permission",
		"region": "us-east-1",
		"properties": permission,
	}),
	fixture.set_value(["by_kind", "ami_launch_permission"], ["permission"]),
	fixture.set_value(["references", "permission"], {"image": {"to": "image"}}),
]

test_permission_beside_the_distribution_is_denied if {
	changed := fixture.changed("terraform", _beside({"group": "all"}))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == "permission"
	finding.property == "group"
	startswith(finding.message, "aws_ami_launch_permission.all makes the AMI in us-east-1 public")
	rule.deny == set() with input as fixture.changed("terraform", _beside({"account_id": "222222222222"}))
}
