package iblint.rules.key_not_usable_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.key_not_usable as rule

_key(property, to) := fixture.set_value(["keys", "@key", property], to)

_resource(property, to) := fixture.set_value(["resources", "@key", "properties", property], to)

_finding(dialect, message) := {
	"message": sprintf("%s encrypts the AMI, and %s", [fixture.key_label(dialect), message]),
	"resource": fixture.names[dialect].key,
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
	"subject": {"keys": [fixture.names[dialect].key]},
}

_denied(dialect, message, property, severity) := object.union(
	_finding(dialect, message),
	{"property": property, "severity": severity},
)

test_enabled_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_disabled_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_key("enabled", false)])
		rule.deny == {_denied(dialect, "it is disabled", "enabled", "error")} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_states_without_use_are_denied if {
	every state in ["Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable"] {
		changed := fixture.changed("terraform", [_key("state", state)])
		rule.deny == {_denied(
			"terraform",
			sprintf("it is in the state %s", [state]),
			"state",
			"error",
		)} with input as changed
	}
}

test_state_enabled_is_accepted if {
	changed := fixture.changed("terraform", [_key("state", "Enabled")])
	rule.deny | rule.unknown == set() with input as changed
}

test_expired_material_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_resource("valid_to", "2024-01-01T00:00:00Z")])
		rule.deny == {_denied(
			dialect,
			"it is an imported key whose material has expired",
			"valid_to",
			"error",
		)} with input as changed
	}
}

test_material_of_the_future_is_accepted if {
	changed := fixture.changed("terraform", [_resource("valid_to", "2999-01-01T00:00:00Z")])
	rule.deny | rule.unknown == set() with input as changed
}

test_imported_key_without_material_is_denied if {
	changed := fixture.changed("terraform", [_key("origin", "EXTERNAL")])
	rule.deny == {_denied(
		"terraform",
		"it is an imported key to which nothing here gives key material",
		"key_material",
		"warning",
	)} with input as changed
}

test_imported_key_with_material_is_accepted if {
	every change in [_resource("key_material", "c2VjcmV0"), _key("state", "Enabled")] {
		changed := fixture.changed("terraform", [_key("origin", "EXTERNAL"), change])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_switch_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_key("enabled", {
			"$unknown": "variable enabled has no value",
			"$settle": "--var enabled=…",
		})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect, "it is not known whether it is enabled"), {
			"property": "",
			"reason": "variable enabled has no value",
			"settle": "--var enabled=…",
		})} with input as changed
	}
}

_outside := [fixture.remove(["resources", "@key"]), fixture.remove(["keys", "@key", "enabled"])]

test_key_outside_of_the_templates_is_unknown if {
	changed := fixture.changed("terraform", _outside)
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "no template has the key aws_kms_key.ami"
	finding.resource == fixture.names.terraform.recipe
	finding.property == "block_devices[0].kms_key"
}

# The finding is at the place that names the key.
test_state_of_a_key_outside_of_the_templates_is_judged if {
	changed := fixture.changed("terraform", array.concat(_outside, [_key("state", "PendingDeletion")]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == "aws_kms_key.ami encrypts the AMI, and it is in the state PendingDeletion"
	finding.resource == fixture.names.terraform.recipe
	finding.property == "block_devices[0].kms_key"
	rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		_key("enabled", false),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}
