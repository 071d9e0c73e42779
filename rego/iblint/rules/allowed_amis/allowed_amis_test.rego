package iblint.rules.allowed_amis_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.allowed_amis as rule

_not_known := {"$unknown": "variable providers has no value", "$settle": "--var providers=…"}

# The setting of the account that launches the copy in eu-west-1.
_setting_of(account, properties) := [
	fixture.set_value(["resources", "allowed"], {
		"id": "allowed",
		"kind": "allowed_images_settings",
		"account": account,
		"properties": properties,
	}),
	fixture.set_value(["by_kind", "allowed_images_settings"], ["allowed"]),
]

_setting(properties) := _setting_of("222222222222", properties)

_finding(dialect) := {
	"message": "Allowed AMIs of account 222222222222 is switched on and does not name account 111111111111, whose AMI it is to launch",
	"resource": "allowed",
	"property": "",
	"related": [fixture.shared_here(dialect, 1, "launch_permission.user_ids")],
	"jobs": [fixture.job(dialect, "eu-west-1")],
	"subject": {"setting": "allowed"},
}

_open(reason, settle) := object.union(_finding("terraform"), {
	"message": "it is not known whether Allowed AMIs of account 222222222222 admits images of account 111111111111",
	"reason": reason,
	"settle": settle,
})

test_no_setting_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_setting_that_names_the_source_is_accepted if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _setting({"state": "enabled", "providers": ["amazon", "111111111111"]}))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_setting_without_the_source_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _setting({"state": "enabled", "providers": ["amazon", "333333333333"]}))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

# Audit mode and a setting without providers shut nobody out.
test_setting_that_shuts_nobody_out_is_accepted if {
	every properties in [
		{"state": "audit-mode", "providers": ["amazon"]},
		{"state": "disabled", "providers": ["amazon"]},
		{"state": "audit-mode", "providers": _not_known},
		{"state": "enabled"},
	] {
		changed := fixture.changed("terraform", _setting(properties))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_setting_of_another_account_stays_silent if {
	changed := fixture.changed("terraform", _setting_of("333333333333", {"state": "enabled", "providers": ["amazon"]}))
	rule.deny | rule.unknown == set() with input as changed
}

# Copies of an account are its own images.
test_account_that_gets_a_copy_stays_silent if {
	changed := fixture.changed("terraform", array.concat(
		_setting({"state": "enabled", "providers": ["amazon"]}),
		[fixture.remove(array.concat(fixture.ami(1), ["launch_permission"]))],
	))
	rule.deny | rule.unknown == set() with input as changed
}

test_providers_without_value_are_unknown if {
	every allowed in [_not_known, ["amazon", _not_known]] {
		changed := fixture.changed("terraform", _setting({"state": "enabled", "providers": allowed}))
		rule.deny == set() with input as changed
		rule.unknown == {_open("variable providers has no value", "--var providers=…")} with input as changed
	}
}

test_known_source_among_unknown_providers_is_accepted if {
	changed := fixture.changed("terraform", _setting({"state": "enabled", "providers": ["111111111111", _not_known]}))
	rule.deny | rule.unknown == set() with input as changed
}

test_state_without_value_is_unknown if {
	changed := fixture.changed("terraform", _setting({
		"state": {"$unknown": "variable state has no value"},
		"providers": ["amazon"],
	}))
	rule.deny == set() with input as changed
	rule.unknown == {_open(
		"variable state has no value",
		"give the variable or parameter a value",
	)} with input as changed
}

test_source_account_without_number_is_unknown if {
	changed := fixture.changed("terraform", array.concat(
		_setting({"state": "enabled", "providers": ["333333333333"]}),
		[fixture.set_value(["builds", 0, "account"], "{account-1}")],
	))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.resource == "allowed"
	finding.reason == "the number of the source account is not known"
}
