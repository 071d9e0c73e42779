package iblint.rules.opt_in_region_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.opt_in_region as rule

_region(name) := fixture.set_value(["resources", "@distribution", "properties", "distributions", 1, "region"], name)

_account(id, fields) := fixture.set_value(["accounts", id], fields)

_enabled := {"enabled_regions": ["af-south-1"]}

_finding(dialect) := {
	"message": `distribution configuration "base" hands out the AMI in af-south-1, which is not enabled in account 222222222222`,
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[1].region",
	"related": [],
	"jobs": [fixture.job(dialect, "af-south-1")],
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 1},
}

test_regions_enabled_by_default_are_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_region_that_is_disabled_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_region("af-south-1"),
			_account("111111111111", _enabled),
			_account("222222222222", {"disabled_regions": ["af-south-1"]}),
			fixture.set_value(["resources", "switch"], {
				"kind": "account_region",
				"account": "111111111111",
				"properties": {"region_name": "af-south-1", "account_id": "222222222222", "enabled": false},
			}),
			fixture.set_value(["by_kind", "account_region"], ["switch"]),
		])
		rule.deny == {object.union(_finding(dialect), {"related": [{
			"message": "the Region is switched off here",
			"resource": "switch",
			"property": "enabled",
		}]})} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_region_that_the_configuration_does_not_list_is_denied if {
	changed := fixture.changed("terraform", [
		_region("af-south-1"),
		_account("111111111111", _enabled),
		_account("222222222222", {"enabled_regions": ["me-south-1"], "regions_known": true}),
	])
	rule.deny == {_finding("terraform")} with input as changed
}

test_region_that_is_enabled_everywhere_is_accepted if {
	changed := fixture.changed("terraform", [
		_region("af-south-1"),
		_account("111111111111", _enabled),
		_account("222222222222", _enabled),
	])
	rule.deny | rule.unknown == set() with input as changed
}

# Another Region that is switched on says nothing of this one.
test_region_without_evidence_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [
			_region("af-south-1"),
			_account("111111111111", _enabled),
			_account("222222222222", {"enabled_regions": ["me-south-1"]}),
		])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				`distribution configuration "base" hands out the AMI in af-south-1, which AWS does not enable by default,`,
				"and nothing says that it is enabled in account 222222222222",
			]),
			"reason": "nothing says whether af-south-1 is enabled in account 222222222222",
			"settle": concat(" ", [
				`accounts: {"222222222222": {enabled_regions: [af-south-1]}} in .iblint.yaml,`,
				"or aws account list-regions > facts/222222222222.list-regions.json (with facts: [facts/] in .iblint.yaml)",
			]),
		})} with input as changed
	}
}

test_source_account_counts if {
	changed := fixture.changed("terraform", [
		_region("af-south-1"),
		_account("111111111111", {"disabled_regions": ["af-south-1"]}),
		_account("222222222222", _enabled),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	endswith(finding.message, "which is not enabled in account 111111111111")
	finding.jobs == [fixture.job("terraform", "af-south-1")]
}

test_regions_of_stacks_and_other_partitions_stay_silent if {
	every name in ["{region-1}", "cn-north-1", "us-gov-west-1", {"$unknown": "variable region has no value"}] {
		changed := fixture.changed("terraform", [_region(name)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		_region("af-south-1"),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}
