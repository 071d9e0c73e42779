package iblint.rules.launch_account_not_in_key_policy_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.launch_account_not_in_key_policy as rule

_no_grants := [fixture.remove(fixture.replica_statement(2))]

_finding(dialect) := {
	"message": sprintf("account 222222222222 may launch the AMI, but the policy of %s %s", [
		fixture.replica_label(dialect),
		"does not let it use the key: kms:CreateGrant is missing",
	]),
	"resource": fixture.names[dialect].replica,
	"property": "policy",
	"related": fixture.replica_used_here(dialect),
	"jobs": [fixture.job(dialect, "eu-west-1")],
	"missing": ["kms:CreateGrant"],
	"severity": "error",
	"subject": {"keys": [fixture.names[dialect].replica]},
}

test_shared_key_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_policy_without_grants_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _no_grants)
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_default_policy_is_denied if {
	changed := fixture.changed("terraform", fixture.default_policy("replica"))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == concat(" ", [
		"account 222222222222 may launch the AMI, but aws_kms_replica_key.ami has no policy of its own,",
		"and the default one admits no other account",
	])
	finding.severity == "error"
	finding.property == ""
}

test_other_actions_are_a_warning if {
	changed := fixture.changed("terraform", [fixture.remove(fixture.replica_statement(1))])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	finding.missing == [
		"kms:Decrypt",
		"kms:DescribeKey",
		"kms:GenerateDataKey",
		"kms:GenerateDataKeyWithoutPlaintext",
		"kms:ReEncryptFrom",
		"kms:ReEncryptTo",
	]
	endswith(finding.message, "leaves out kms:Decrypt, kms:DescribeKey, kms:GenerateDataKey and 3 more, which AWS documents for that")
}

# One statement for everything under kms:GrantIsForAWSResource is known to work.
test_mixed_statement_is_a_warning if {
	changed := fixture.changed("terraform", [
		fixture.remove(fixture.replica_statement(2)),
		fixture.set_value(array.concat(fixture.replica_statement(1), ["actions"]), array.concat(fixture.key_use, ["kms:CreateGrant"])),
		fixture.set_value(array.concat(fixture.replica_statement(1), ["conditions"]), [{
			"operator": "Bool",
			"key": "kms:GrantIsForAWSResource",
			"values": ["true"],
		}]),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	not "kms:CreateGrant" in finding.missing
}

test_role_of_the_account_is_accepted if {
	changed := fixture.changed("terraform", [
	fixture.set_value(array.concat(fixture.replica_statement(i), ["principals"]), [{
		"type": "AWS",
		"identifier": "arn:aws:iam::222222222222:role/launcher",
	}]) |
		some i in [1, 2]
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_launch_in_the_build_region_is_about_the_recipe_key if {
	changed := fixture.changed("terraform", [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.set_value(array.concat(fixture.ami(0), ["launch_permission"]), {"user_ids": ["222222222222"]}),
		fixture.remove(fixture.key_statement(2)),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.key
	finding.jobs == [fixture.job("terraform", "us-east-1")]
}

test_owner_of_the_key_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_no_grants, [fixture.set_value(
		array.concat(fixture.ami(1), ["launch_permission"]),
		{"user_ids": ["111111111111"]},
	)]))
	rule.deny | rule.unknown == set() with input as changed
}

test_policy_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(
			["keys", "@replica", "policy"],
			{"$unknown": "variable policy has no value", "$settle": "--var policy=…"},
		)])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing", "severity"]), {
			"message": sprintf(
				"account 222222222222 may launch the AMI, and it is not known whether the policy of %s lets it use the key",
				[fixture.replica_label(dialect)],
			),
			"reason": "variable policy has no value",
			"settle": "--var policy=…",
		})} with input as changed
	}
}

test_key_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["references", "@distribution", "distributions[1].ami.kms_key"],
		fixture.unresolved,
	)])
	[finding] := [one | some one in rule.unknown] with input as changed
	endswith(finding.message, "a key that is not known, and neither is whether account 222222222222 may use it")
}

test_accounts_without_value_are_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		array.concat(fixture.ami(1), ["launch_permission"]),
		{"user_ids": {"$unknown": "variable accounts has no value"}},
	)])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "variable accounts has no value"
	startswith(finding.message, `the accounts that may launch the AMI of distribution configuration "base" are not known`)
}

# With a Region of the build that is not known it may be either key.
test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_no_grants, [fixture.set_value(["builds", 0, "region"], "{region-1}")]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.resource == fixture.names.terraform.replica
}

# The default key of the Region encrypts the copy.
test_default_key_of_the_region_counts if {
	changed := fixture.changed("terraform", array.concat(_no_grants, [
		fixture.remove(array.concat(fixture.ami(1), ["kms_key"])),
		fixture.set_value(["default_encryption", "111111111111"], {"eu-west-1": {
			"manager": "customer",
			"key": fixture.names.terraform.replica,
		}}),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.replica
}

# A permission that a template adds to the AMI of an image.
test_permission_beside_the_distribution_counts if {
	changed := fixture.changed("terraform", [
		fixture.set_value(["builds", 0, "id"], "image"),
		fixture.set_value(["resources", "permission"], {
			"address": "aws_ami_launch_permission.other",
			"kind": "ami_launch_permission",
			"region": "us-east-1",
			"properties": {"account_id": "333333333333"},
		}),
		fixture.set_value(["by_kind", "ami_launch_permission"], ["permission"]),
		fixture.set_value(["references", "permission"], {"image": {"to": "image"}}),
	])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.key
	startswith(finding.message, "account 333333333333 may launch the AMI, but the policy of aws_kms_key.ami does not let it use the key")
	finding.jobs == [object.union(fixture.job("terraform", "us-east-1"), {
		"pipeline": "image",
		"target_account": "333333333333",
	})]
}
