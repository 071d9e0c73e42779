package iblint.rules.key_identifier_form_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.key_identifier_form as rule

_reference(e) := ["references", "@distribution", sprintf("distributions[%d].ami.kms_key", [e])]

_form(path, fields) := [fixture.set_value(array.concat(path, [name]), field) | some name, field in fields]

_key_id := {"form": "key_id", "text": "11111111-1111-1111-1111-111111111111"}

_alias := {"form": "alias_name", "text": "alias/ami", "name": "alias/ami"}

_finding(dialect) := {
	"message": sprintf(
		`distribution configuration "base" names %s by its bare key ID, which means no key in account 222222222222`,
		[fixture.key_label(dialect)],
	),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[0].ami.kms_key",
	"related": [{"message": "the key is made here", "resource": fixture.names[dialect].key, "property": ""}],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"severity": "error",
	"subject": {"resource": fixture.names[dialect].distribution, "property": "distributions[0].ami.kms_key"},
}

# An alias of the target account.
_target_alias(region) := [
	fixture.set_value(["resources", "alias"], {
		"kind": "kms_alias",
		"account": "222222222222",
		"region": region,
		"properties": {"name": "alias/ami"},
	}),
	fixture.set_value(["by_kind", "kms_alias"], ["alias"]),
]

test_arns_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
	changed := fixture.changed("terraform", _form(_reference(0), {"form": "alias_arn"}))
	rule.deny | rule.unknown == set() with input as changed
}

test_key_id_for_target_accounts_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _form(_reference(0), _key_id))
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_key_id_in_the_recipe_is_denied if {
	changed := fixture.changed("cloudformation", _form(["references", "@recipe", "block_devices[0].kms_key"], _key_id))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == `recipe "base" names source.yaml#Key by its bare key ID, which means no key in account 222222222222`
	finding.property == "block_devices[0].kms_key"
	finding.severity == "error"
}

test_key_id_without_target_accounts_is_a_note if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _form(_reference(1), _key_id))
		[object.filter(one, ["jobs", "message", "severity"]) | some one in rule.deny] == [{
			"jobs": [fixture.job(dialect, "eu-west-1")],
			"message": sprintf(
				concat(" ", [
					`distribution configuration "base" names %s`,
					"by its bare key ID, where Image Builder documents a key ARN or an alias ARN",
				]),
				[fixture.replica_label(dialect)],
			),
			"severity": "info",
		}] with input as changed
	}
}

test_alias_name_of_a_covered_account_is_denied if {
	changed := fixture.changed("terraform", _form(_reference(0), _alias))
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "names aws_kms_key.ami by the alias name alias/ami, which means no key in account 222222222222")
}

test_alias_that_the_target_account_has_is_accepted if {
	changed := fixture.changed("terraform", array.concat(_form(_reference(0), _alias), _target_alias("us-east-1")))
	rule.deny | rule.unknown == set() with input as changed
}

test_alias_of_another_region_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_form(_reference(0), _alias), _target_alias("eu-west-1")))
	rule.deny == set() with input as changed
	count(rule.unknown) == 1 with input as changed
}

test_alias_name_of_an_account_without_template_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(
			_form(_reference(0), _alias),
			[fixture.remove(["accounts", "222222222222"])],
		))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["severity"]), {
			"message": concat(" ", [
				sprintf(`distribution configuration "base" names %s by the alias name`, [fixture.key_label(dialect)]),
				"alias/ami, and it is not known whether that means a key in account 222222222222",
			]),
			"reason": "no template of account 222222222222 was given that defines the alias",
			"settle": `accounts: {"222222222222": {roots: [PATH]}} in .iblint.yaml`,
		})} with input as changed
	}
}

test_alias_name_without_target_accounts_is_a_note if {
	changed := fixture.changed("terraform", _form(_reference(1), _alias))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "info"
}

test_alias_name_and_accounts_without_value_are_unknown if {
	changed := fixture.changed("terraform", array.concat(_form(_reference(0), _alias), [fixture.set_value(
		array.concat(fixture.ami(0), ["target_account_ids"]),
		{"$unknown": "variable accounts has no value"},
	)]))
	rule.deny == set() with input as changed
	count(rule.unknown) == 1 with input as changed
}

test_malformed_name_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(_reference(1), {
		"form": "malformed",
		"manager": {"$unknown": "?"},
		"text": "arn:aws:s3:::bucket",
	})])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == concat(" ", [
		`distribution configuration "base" names "arn:aws:s3:::bucket" as a key,`,
		"which is neither key ID nor alias nor the ARN of one",
	])
	finding.severity == "error"
}

test_aws_managed_key_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(_reference(0), fixture.aws_managed)])
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_form(_reference(1), _key_id), [fixture.remove(array.concat(
		fixture.ami(1),
		["launch_permission"],
	))]))
	rule.deny | rule.unknown == set() with input as changed
}

test_key_that_is_not_resolved_stays_silent if {
	changed := fixture.changed("terraform", [fixture.set_value(_reference(0), fixture.unresolved)])
	rule.deny | rule.unknown == set() with input as changed
}
