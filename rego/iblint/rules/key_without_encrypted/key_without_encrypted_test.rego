package iblint.rules.key_without_encrypted_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.lib.edit
import data.iblint.rules.key_without_encrypted as rule

_encrypted := array.concat(fixture.mapping, ["encrypted"])

_finding(dialect) := {
	"message": sprintf(`recipe "base" names %s for /dev/xvda, but encrypted is not set`, [fixture.key_label(dialect)]),
	"resource": fixture.names[dialect].recipe,
	"property": "block_devices[0].kms_key",
	"related": [],
	"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
	"subject": {"recipe": fixture.names[dialect].recipe, "devices": ["block_devices[0]"]},
}

test_encrypted_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_key_alone_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.remove(_encrypted)])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_encrypted_false_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(_encrypted, false)])
	rule.deny == {object.union(_finding("terraform"), {
		"message": `recipe "base" names aws_kms_key.ami for /dev/xvda, but encrypted is false`,
		"property": "block_devices[0].encrypted",
	})} with input as changed
}

test_mapping_without_key_stays_silent if {
	changed := fixture.changed("terraform", [fixture.remove(_encrypted), fixture.remove(array.concat(fixture.mapping, ["kms_key"]))])
	rule.deny | rule.unknown == set() with input as changed
}

test_removed_device_stays_silent if {
	changed := fixture.changed("terraform", [
		fixture.remove(_encrypted),
		fixture.set_value(array.concat(fixture.mapping, ["no_device"]), true),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		fixture.remove(_encrypted),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_distribution_that_is_not_known_is_denied if {
	changed := fixture.changed("terraform", [
		fixture.remove(_encrypted),
		fixture.remove(["builds", 0, "distribution"]),
		fixture.set_value(["builds", 0, "distribution_unknown"], {"$unknown": "variable distribution has no value"}),
	])
	rule.deny == {object.union(_finding("terraform"), {"jobs": []})} with input as changed
}

test_encrypted_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(_encrypted, {"$unknown": "variable on has no value"})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": sprintf(
				`recipe "base" names %s for /dev/xvda, and it is not known whether encryption is switched on`,
				[fixture.key_label(dialect)],
			),
			"property": "block_devices[0].encrypted",
			"reason": "variable on has no value",
			"settle": "give the variable or parameter a value",
		})} with input as changed
	}
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edits_switch_encryption_on_in_a_new_version if {
	every dialect in fixture.dialects {
		recipe := fixture.names[dialect].recipe
		version := edit.replace_value(recipe, "version", "1.0.1")
		_edits == {
			edit.insert_argument(recipe, "block_devices[0].kms_key", "encrypted", true),
			version,
		} with input as fixture.changed(dialect, [fixture.remove(_encrypted)])
		_edits == {
			edit.replace_value(recipe, "block_devices[0].encrypted", true),
			version,
		} with input as fixture.changed(dialect, [fixture.set_value(_encrypted, false)])
	}
}
