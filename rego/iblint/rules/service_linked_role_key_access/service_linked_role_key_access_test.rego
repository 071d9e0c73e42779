package iblint.rules.service_linked_role_key_access_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.service_linked_role_key_access as rule

_admin := [{"type": "AWS", "identifier": "arn:aws:iam::111111111111:role/admin"}]

_actor := "the service-linked role of Image Builder in account 111111111111"

_only_admin := fixture.to_both([0, "principals"], _admin)

_actions(list) := fixture.set_value(array.concat(fixture.key_statement(0), ["actions"]), list)

_related(dialect) := sort(array.concat(fixture.used_here(dialect), fixture.replica_used_here(dialect)))

_finding(dialect) := {
	"message": sprintf("the policy of %s and %s does not let %s use the key: %s", [
		fixture.key_label(dialect),
		fixture.replica_label(dialect),
		_actor,
		"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more are missing",
	]),
	"resource": fixture.names[dialect].key,
	"property": "policy",
	"related": array.concat(
		[{"message": "the same policy", "resource": fixture.names[dialect].replica, "property": "policy"}],
		_related(dialect),
	),
	"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
	"missing": fixture.required,
	"severity": "error",
	"subject": {"keys": [fixture.names[dialect].key, fixture.names[dialect].replica]},
}

test_root_of_the_account_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

# Keys with policies of one wording are one finding.
test_policy_for_an_administrator_only_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _only_admin)
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_policies_of_two_wordings_are_two_findings if {
	changed := fixture.changed("terraform", array.concat(
		_only_admin,
		[fixture.set_value(array.concat(fixture.key_statement(0), ["sid"]), "Other")],
	))
	count(rule.deny) == 2 with input as changed
}

test_the_needed_actions_are_enough if {
	changed := fixture.changed("terraform", [_actions(fixture.required)])
	rule.deny | rule.unknown == set() with input as changed
}

test_encrypt_alone_is_a_warning if {
	changed := fixture.changed("terraform", [_actions([action | some action in fixture.required; action != "kms:Encrypt"])])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "warning"
	finding.missing == ["kms:Encrypt"]
	endswith(finding.message, "use the key: kms:Encrypt is missing")
}

test_other_actions_are_errors if {
	changed := fixture.changed("terraform", [_actions([action | some action in fixture.required; action != "kms:CreateGrant"])])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.severity == "error"
	finding.missing == ["kms:CreateGrant"]
}

test_service_linked_role_itself_is_accepted if {
	changed := fixture.changed("cloudformation", fixture.to_both([0, "principals"], [{
		"type": "AWS",
		"identifier": "arn:aws:iam::111111111111:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder",
	}]))
	rule.deny | rule.unknown == set() with input as changed
}

test_default_policy_is_accepted if {
	changed := fixture.changed("terraform", fixture.default_policy("key"))
	rule.deny | rule.unknown == set() with input as changed
}

test_key_of_another_account_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_only_admin, [
		fixture.set_value(["keys", "@key", "account"], "333333333333"),
		fixture.set_value(["keys", "@replica", "account"], "333333333333"),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_execution_role_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_only_admin, [
		fixture.set_value(["builds", 0, "execution_role"], {"role": fixture.names.terraform.role, "text": "builder"}),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", array.concat(_only_admin, [
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	]))
	rule.deny | rule.unknown == set() with input as changed
}

test_aws_managed_key_stays_silent if {
	changed := fixture.changed("terraform", [
		fixture.set_value(["references", "@recipe", "block_devices[0].kms_key"], fixture.aws_managed),
		fixture.set_value(["references", "@distribution", "distributions[0].ami.kms_key"], fixture.aws_managed),
	])
	rule.deny | rule.unknown == set() with input as changed
}

# IBL022 and IBL023 say what is wrong with a statement that is there.
test_statement_that_is_explained_stays_silent if {
	every change in [
		{"name": "conditions", "value": [{"operator": "StringEquals", "key": "kms:ViaService", "values": ["imagebuilder.us-east-1.amazonaws.com"]}]},
		{"name": "principals", "value": [{"type": "Service", "identifier": "imagebuilder.amazonaws.com"}]},
	] {
		changed := fixture.changed("terraform", fixture.to_both([0, change.name], change.value))
		rule.deny | rule.unknown == set() with input as changed
	}
}

test_policy_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [fixture.set_value(
			["keys", "@replica", "policy"],
			{"$unknown": "variable policy has no value", "$settle": "--var policy=…"},
		)])
		rule.deny == set() with input as changed
		rule.unknown == {{
			"message": sprintf("it is not known whether the policy of %s lets %s use the key", [
				fixture.replica_label(dialect),
				_actor,
			]),
			"resource": fixture.names[dialect].replica,
			"property": "policy",
			"related": fixture.replica_used_here(dialect),
			"jobs": [fixture.job(dialect, "eu-west-1")],
			"subject": {"keys": [fixture.names[dialect].replica]},
			"reason": "variable policy has no value",
			"settle": "--var policy=…",
		}} with input as changed
	}
}

test_key_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", [fixture.set_value(
		["references", "@recipe", "block_devices[0].kms_key"],
		fixture.unresolved,
	)])
	rule.deny == set() with input as changed
	rule.unknown == {{
		"message": concat(" ", [
			`recipe "base" encrypts with var.key, a key that is not known,`,
			sprintf("and neither is whether %s may use it", [_actor]),
		]),
		"resource": fixture.names.terraform.recipe,
		"property": "block_devices[0].kms_key",
		"related": [],
		"jobs": [fixture.job("terraform", "eu-west-1"), fixture.job("terraform", "us-east-1")],
		"subject": {"place": {"resource": fixture.names.terraform.recipe, "property": "block_devices[0].kms_key"}},
		"reason": "variable key has no value",
		"settle": "--var key=…",
	}} with input as changed
}

# Whether the key of the entry is used there depends on the Region of the build.
test_build_region_that_decides_is_unknown if {
	changed := fixture.changed("terraform", array.concat(
		[fixture.set_value(["builds", 0, "region"], "{region-1}")],
		[fixture.set_value(array.concat(fixture.replica_statement(0), ["principals"]), _admin)],
	))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
}
