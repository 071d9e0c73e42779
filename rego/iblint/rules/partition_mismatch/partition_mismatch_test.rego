package iblint.rules.partition_mismatch_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.partition_mismatch as rule

_region(name) := fixture.set_value(["resources", "@distribution", "properties", "distributions", 1, "region"], name)

_reference(field, to) := fixture.set_value(["references", "@distribution", "distributions[1].ami.kms_key", field], to)

_principal(identifier) := fixture.set_value(
	array.concat(fixture.key_statement(1), ["principals", 0, "identifier"]),
	identifier,
)

_finding(dialect) := {
	"message": concat(" ", [
		`distribution configuration "base" hands out the AMI in cn-north-1, a Region of partition aws-cn,`,
		"but the image is built in partition aws",
	]),
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[1].region",
	"related": [],
	"jobs": [fixture.job(dialect, "cn-north-1")],
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 1},
}

test_one_partition_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_region_of_another_partition_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_region("cn-north-1")])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_key_of_an_entry_in_another_partition_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_reference("partition", "aws-us-gov")])
		rule.deny == {{
			"message": sprintf(
				`distribution configuration "base" names %s, a key of partition aws-us-gov, for an AMI in partition aws`,
				[fixture.replica_label(dialect)],
			),
			"resource": fixture.names[dialect].distribution,
			"property": "distributions[1].ami.kms_key",
			"related": [],
			"jobs": [fixture.job(dialect, "eu-west-1")],
			"subject": {
				"resource": fixture.names[dialect].distribution,
				"property": "distributions[1].ami.kms_key",
			},
		}} with input as changed
	}
}

test_recipe_key_of_another_partition_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["references", "@recipe", "block_devices[0].kms_key", "partition"],
		"aws-cn",
	)])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.message == `recipe "base" names aws_kms_key.ami, a key of partition aws-cn, for an AMI in partition aws`
	finding.resource == fixture.names.terraform.recipe
	finding.property == "block_devices[0].kms_key"
	finding.jobs == [fixture.job("terraform", "eu-west-1"), fixture.job("terraform", "us-east-1")]
}

# Bare IDs and names have no partition.
test_key_without_partition_stays_silent if {
	every form in ["key_id", "alias_name"] {
		changed := fixture.changed("terraform", [_reference("partition", "aws-cn"), _reference("form", form)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_principal_of_another_partition_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_principal("arn:aws-cn:iam::222222222222:root")])
		[object.filter(one, ["message", "resource", "jobs"]) | some one in rule.deny] == [{
			"message": concat(" ", [
				"arn:aws-cn:iam::222222222222:root is of partition aws-cn,",
				"and what the policy is for of partition aws",
			]),
			"resource": fixture.names[dialect].key,
			"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
		}] with input as changed
		rule.unknown == set() with input as changed
	}
}

test_principals_without_partition_stay_silent if {
	every identifier in ["222222222222", "*", "arn:{partition}:iam::222222222222:root"] {
		changed := fixture.changed("terraform", [_principal(identifier)])
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_region_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_region({"$unknown": "variable region has no value"})])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": concat(" ", [
				`distribution configuration "base" hands out the AMI in a Region that is not known,`,
				"and so neither is its partition",
			]),
			"jobs": [object.remove(fixture.job(dialect, "?"), ["region"])],
			"reason": "variable region has no value",
			"settle": "give the variable or parameter a value",
		})} with input as changed
	}
}

# Stacks that belong together are deployed in one partition.
test_region_of_a_stack_stays_silent if {
	changed := fixture.changed("cloudformation", [_region("{region-1}")])
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		_region("cn-north-1"),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_trust_of_another_partition_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(
			array.concat(fixture.trust_statement, ["principals", 0, "identifier"]),
			"arn:aws-cn:iam::111111111111:root",
		)])
		[object.filter(one, ["message", "resource", "jobs"]) | some one in rule.deny] == [{
			"message": concat(" ", [
				"arn:aws-cn:iam::111111111111:root is of partition aws-cn,",
				"and what the policy is for of partition aws",
			]),
			"resource": fixture.names[dialect].role,
			"jobs": [fixture.job(dialect, "us-east-1")],
		}] with input as changed
	}
}

test_attached_policy_of_another_partition_is_denied if {
	policy := "arn:aws-cn:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(["roles", "@role", "policies", 0, "arn"], policy)])
		[object.filter(one, ["message", "resource", "jobs"]) | some one in rule.deny] == [{
			"message": sprintf("%s is of partition aws-cn, and the role %s in account 222222222222 of partition aws", [
				policy,
				"EC2ImageBuilderDistributionCrossAccountRole",
			]),
			"resource": fixture.names[dialect].attachment,
			"jobs": [fixture.job(dialect, "us-east-1")],
		}] with input as changed
	}
}

test_grantee_of_another_partition_is_denied if {
	grantee := "arn:aws-cn:iam::222222222222:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
	changed := fixture.changed("terraform", [
		fixture.set_value(["by_kind", "kms_grant"], ["grant", "other grant"]),
		fixture.set_value(["resources", "grant"], {"properties": {"grantee_principal": grantee}}),
		fixture.set_value(["resources", "other grant"], {"properties": {"grantee_principal": grantee}}),
		fixture.set_value(["references", "grant"], {"key": {"key": fixture.names.terraform.key}}),
		fixture.set_value(["references", "other grant"], {"key": {"key": fixture.names.terraform.replica}}),
	])
	rule.deny == {{
		"message": sprintf("%s is of partition aws-cn, and the key of the grant of partition aws", [grantee]),
		"resource": "grant",
		"property": "grantee_principal",
		"related": [{"message": "the same principal", "resource": "other grant", "property": "grantee_principal"}],
		"jobs": [fixture.job("terraform", "eu-west-1"), fixture.job("terraform", "us-east-1")],
		"subject": {"grants": ["grant", "other grant"]},
	}} with input as changed
}

_edits contains change if {
	some changes in rule.edits
	some change in changes
}

test_edit_moves_the_principal_to_the_partition if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_principal("arn:aws-cn:iam::222222222222:root")])
		{[change.kind, change.resource, change.value] | some change in _edits} == {[
			"replace",
			fixture.names[dialect].key,
			"arn:aws:iam::222222222222:root",
		]} with input as changed
	}
}
