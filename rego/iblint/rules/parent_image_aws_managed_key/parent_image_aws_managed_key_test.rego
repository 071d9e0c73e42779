package iblint.rules.parent_image_aws_managed_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.parent_image_aws_managed_key as rule

# No mapping in the recipe; the devices are those of the parent image.
_parent(devices) := [
	fixture.set_value(["resources", "@recipe", "properties", "block_devices"], []),
	fixture.remove(["references", "@recipe"]),
	fixture.set_value(["builds", 0, "parent"], {"kind": "ami", "text": "ami-0123456789abcdef0"}),
	fixture.set_value(["builds", 0, "devices"], devices),
]

_root(device) := object.union({"device_name": "/dev/xvda", "root": true, "from": "parent", "encrypted": true}, device)

_aws := {"basis": "own_snapshot", "manager": "aws"}

_undecided := {"basis": "unknown", "encrypted": {"$unknown": "nothing describes the snapshot", "$settle": "images: …"}}

_not_listed := fixture.set_value(["builds", 0, "devices_unknown"], {"$unknown": "nothing describes ami-0123456789abcdef0"})

_finding(dialect) := {
	"message": concat(" ", [
		`recipe "base" takes the root device of its parent image ami-0123456789abcdef0 under the AWS managed key,`,
		"which cannot be shared with account 222222222222",
	]),
	"resource": fixture.names[dialect].recipe,
	"property": "parent_image",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"recipe": fixture.names[dialect].recipe, "devices": [], "root": true},
}

_unknown(dialect) := object.union(_finding(dialect), {
	"message": concat(" ", [
		"the key of the root device of ami-0123456789abcdef0,",
		`the parent image of recipe "base", is not known, and the recipe does not replace it`,
	]),
	"reason": "nothing describes ami-0123456789abcdef0",
	"settle": concat("", [
		`images: {"ami-0123456789abcdef0": {owner: "111111111111", root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}}}} in .iblint.yaml`,
	]),
})

test_mapped_root_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_root_under_aws_managed_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _parent([_root(_aws)]))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_parent_made_here_is_related if {
	changed := fixture.changed("terraform", array.concat(
		_parent([_root(_aws)]),
		[fixture.set_value(["builds", 0, "parent", "to"], fixture.names.terraform.key)],
	))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.related[0] == {
		"message": "the parent image is made here",
		"resource": fixture.names.terraform.key,
		"property": "",
	}
}

test_foreign_root_is_denied if {
	changed := fixture.changed("terraform", _parent([_root({
		"basis": "default_key",
		"because": "foreign_snapshot",
		"manager": "aws",
	})]))
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, concat(" ", [
		"under the default EBS key of account 111111111111 in us-east-1,",
		"because the snapshot belongs to another account, which cannot be shared with",
	]))
}

test_root_under_customer_key_is_accepted if {
	changed := fixture.changed("terraform", _parent([_root({"basis": "own_snapshot", "manager": "customer", "key": "k"})]))
	rule.deny | rule.unknown == set() with input as changed
}

test_other_device_stays_silent if {
	changed := fixture.changed("terraform", _parent([
		_root({"basis": "not_encrypted", "encrypted": false}),
		object.union(_root(_aws), {"device_name": "/dev/sdf", "root": false}),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_default_encryption_stays_silent if {
	every device in [{"basis": "default_key", "manager": "aws"}, {"basis": "unknown", "encrypted": {"$unknown": "?"}}] {
		changed := fixture.changed("terraform", _parent([_root(object.union(device, {"because": "default_encryption"}))]))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_parent([_root(_aws)]),
		[fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_snapshot_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _parent([_root(_undecided)]))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_unknown(dialect), {
			"reason": "nothing describes the snapshot",
			"settle": "images: …",
		})} with input as changed
	}
}

test_image_that_nothing_describes_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_parent([]), [_not_listed]))
		rule.deny == set() with input as changed
		rule.unknown == {_unknown(dialect)} with input as changed
	}
}

# Whether that device is the root is the question of IBL036.
test_mapping_with_key_stays_silent if {
	changed := fixture.changed("terraform", [
		_not_listed,
		fixture.set_value(array.concat(fixture.device, ["root"]), {"$unknown": "nothing describes the parent image"}),
		fixture.set_value(["builds", 0, "parent"], {"kind": "ami", "text": "ami-0123456789abcdef0"}),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_public_image_is_accepted if {
	changed := fixture.changed("terraform", array.concat(_parent([]), [
		_not_listed,
		fixture.set_value(["builds", 0, "parent"], {"kind": "public", "text": "data.aws_ami.al2023"}),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_parent([_root(_aws)]), [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	endswith(finding.message, "under the AWS managed key, and it is not known whether the AMI is shared")
}
