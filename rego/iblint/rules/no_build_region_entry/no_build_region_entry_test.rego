package iblint.rules.no_build_region_entry_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.no_build_region_entry as rule

_region(name) := fixture.set_value(["builds", 0, "region"], name)

_finding(dialect) := {
	"message": `distribution configuration "base" has no entry for ap-south-1, where pipeline "base" is built`,
	"resource": fixture.names[dialect].distribution,
	"property": "",
	"related": [{"message": "built here", "resource": fixture.names[dialect].pipeline, "property": ""}],
	"jobs": [],
	"subject": {"build": fixture.names[dialect].pipeline},
}

test_entry_of_the_build_region_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_build_in_a_region_without_entry_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_region("ap-south-1")])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

# An entry for containers, or for a licence alone, distributes no AMI.
test_entry_without_ami_does_not_count if {
	changed := fixture.changed("terraform", [fixture.remove(fixture.ami(0))])
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "has no entry for us-east-1")
}

test_build_region_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_region("{region-1}")])
		rule.deny == set() with input as changed
		[object.remove(one, ["settle"]) |
			some one in rule.unknown
			startswith(one.settle, `accounts: {"111111111111": {region: `)
		] == [object.union(_finding(dialect), {
			"message": concat(" ", [
				`it is not known whether distribution configuration "base" has an entry for the Region`,
				`in which pipeline "base" is built`,
			]),
			"reason": `it is not known whether pipeline "base" is built in the Region of the entry`,
		})] with input as changed
	}
}

# One entry that may be the one is enough not to be sure.
test_region_of_an_entry_without_value_is_unknown if {
	changed := fixture.changed("terraform", [
		_region("ap-south-1"),
		fixture.set_value(
			["resources", "@distribution", "properties", "distributions", 1, "region"],
			{"$unknown": "variable region has no value"},
		),
	])
	rule.deny == set() with input as changed
	count(rule.unknown) == 1 with input as changed
}

test_entries_that_are_not_known_stay_silent if {
	changed := fixture.changed("terraform", [
		_region("ap-south-1"),
		fixture.set_value(
			["resources", "@distribution", "properties", "distributions_unknown"],
			{"$unknown": "variable entries has no value"},
		),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_other_builds_stay_silent if {
	every change in [
		fixture.set_value(["builds", 0, "kind"], "lifecycle_policy"),
		fixture.set_value(["builds", 0, "container"], true),
	] {
		changed := fixture.changed("terraform", [_region("ap-south-1"), change])
		rule.deny | rule.unknown == set() with input as changed
	}
}
