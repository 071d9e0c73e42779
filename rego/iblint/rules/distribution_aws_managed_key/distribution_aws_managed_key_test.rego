package iblint.rules.distribution_aws_managed_key_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.distribution_aws_managed_key as rule

_arn := "arn:aws:kms:us-east-1:111111111111:alias/aws/ebs"

_aws_managed(e) := fixture.set_value(
	["references", "@distribution", sprintf("distributions[%d].ami.kms_key", [e])],
	{"form": "alias_arn", "name": "alias/aws/ebs", "manager": "aws", "text": _arn},
)

_unresolved(e) := fixture.set_value(
	["references", "@distribution", sprintf("distributions[%d].ami.kms_key", [e])],
	fixture.unresolved,
)

_finding(dialect) := {
	"message": concat(" ", [
		`distribution configuration "base" encrypts the AMI for us-east-1 with`,
		_arn,
		"which cannot be shared with account 222222222222",
	]),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[0].ami.kms_key",
	"related": [fixture.shared_here(dialect, 0, "target_account_ids")],
	"jobs": [fixture.job(dialect, "us-east-1")],
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 0},
}

_with_comma(finding) := object.union(finding, {"message": replace(finding.message, " which", ", which")})

test_customer_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_aws_managed_key_for_target_accounts_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_aws_managed(0)])
		rule.deny == {_with_comma(_finding(dialect))} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_aws_managed_key_of_shared_region_copy_is_denied if {
	changed := fixture.changed("terraform", [_aws_managed(1)])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.property == "distributions[1].ami.kms_key"
	finding.jobs == [fixture.job("terraform", "eu-west-1")]
}

# The key of the entry is not used there; IBL008 looks at it.
test_launch_permission_in_build_region_is_accepted if {
	changed := fixture.changed("terraform", [
		_aws_managed(0),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["222222222222"]}),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_no_key_and_nothing_shared_stay_silent if {
	changed := fixture.changed("terraform", [
		_aws_managed(0),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["kms_key"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_key_that_is_not_resolved_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_unresolved(0)])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				`distribution configuration "base" encrypts the AMI for us-east-1 with var.key,`,
				"which may be an AWS managed key, and those cannot be shared",
			]),
			"reason": "variable key has no value",
			"settle": "--var key=…",
		})} with input as changed
	}
}

test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", [
		_aws_managed(1),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	endswith(finding.message, "and it is not known whether that is the key of the shared AMI")
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
}
