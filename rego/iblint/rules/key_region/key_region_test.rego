package iblint.rules.key_region_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.key_region as rule

_reference(e) := ["references", "@distribution", sprintf("distributions[%d].ami.kms_key", [e])]

# The second entry names the key of the build Region.
_wrong(dialect) := fixture.set_value(_reference(1), fixture.key_reference(dialect))

_region(name) := fixture.set_value(["builds", 0, "region"], name)

_finding(dialect) := {
	"message": sprintf(
		`distribution configuration "base" encrypts the AMI in eu-west-1 with %s, which is in us-east-1`,
		[fixture.key_label(dialect)],
	),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[1].ami.kms_key",
	"related": [{"message": "the key is made here", "resource": fixture.names[dialect].key, "property": ""}],
	"jobs": [fixture.job(dialect, "eu-west-1")],
	"subject": {"resource": fixture.names[dialect].distribution, "property": "distributions[1].ami.kms_key"},
}

test_key_of_the_region_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_key_of_another_region_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_wrong(dialect)])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_recipe_key_of_another_region_is_denied if {
	changed := fixture.changed("terraform", [_region("ap-south-1")])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == `recipe "base" encrypts the AMI in ap-south-1 with aws_kms_key.ami, which is in us-east-1`
	finding.property == "block_devices[0].kms_key"
	count(finding.jobs) == 2
}

# The key of the entry is not used where the image is built.
test_launch_permission_in_build_region_stays_silent if {
	changed := fixture.changed("terraform", [
		fixture.set_value(array.concat(_reference(0), ["region"]), "eu-west-1"),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["222222222222"]}),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		_wrong("terraform"),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_another_partition_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(array.concat(_reference(1), ["region"]), "cn-north-1")])
	rule.deny | rule.unknown == set() with input as changed
}

test_names_without_region_stay_silent if {
	every reference in [
		fixture.aws_managed,
		object.union(fixture.aws_managed, {"region": "us-east-1"}),
		{"form": "key_id", "manager": {"$unknown": "?"}, "text": "1234"},
		{"form": "malformed", "manager": {"$unknown": "?"}, "text": "aws/s3"},
		fixture.unresolved,
	] {
		changed := fixture.changed("terraform", [fixture.set_value(_reference(1), reference)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

# Bare IDs of resources in another Region are of no use either.
test_key_id_of_another_region_is_denied if {
	changed := fixture.changed("terraform", [
		_wrong("terraform"),
		fixture.set_value(array.concat(_reference(1), ["form"]), "key_id"),
	])
	rule.deny == {_finding("terraform")} with input as changed
}

test_one_region_that_is_not_known_is_accepted if {
	changed := fixture.changed("cloudformation", [
		_region("{region-1}"),
		fixture.set_value(["references", "@recipe", "block_devices[0].kms_key", "region"], "{region-1}"),
	])
	rule.deny | rule.unknown == set() with input as changed
}

# Stacks that belong together are taken to be deployed in one Region.
test_two_regions_that_are_not_known_are_accepted if {
	changed := fixture.changed("cloudformation", [
		_region("{region-1}"),
		fixture.set_value(["references", "@recipe", "block_devices[0].kms_key", "region"], "{region-2}"),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_build_region_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_region("{region-1}")])
		rule.deny == set() with input as changed
		[object.filter(one, ["message", "reason"]) |
			some one in rule.unknown
			one.resource == fixture.names[dialect].recipe
			startswith(one.settle, `accounts: {"111111111111": {region: `)
		] == [{
			"message": sprintf(
				`recipe "base" encrypts the AMI in {region-1} with %s, and it is not known whether that key is in this Region`,
				[fixture.key_label(dialect)],
			),
			"reason": "it is not known whether us-east-1 and {region-1} are one Region",
		}] with input as changed
	}
}

test_region_of_the_entry_without_value_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["resources", "@distribution", "properties", "distributions", 0, "region"],
		{"$unknown": "variable region has no value"},
	)])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	contains(finding.message, "encrypts the AMI in a Region that is not known with aws_kms_key.ami")
	finding.reason == "variable region has no value"
}

test_region_of_the_key_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [
		fixture.remove(array.concat(_reference(0), ["region"])),
		fixture.set_value(array.concat(_reference(0), ["reason"]), "variable region has no value"),
	])
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable region has no value"
}
