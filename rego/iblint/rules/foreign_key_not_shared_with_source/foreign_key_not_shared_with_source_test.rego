package iblint.rules.foreign_key_not_shared_with_source_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.foreign_key_not_shared_with_source as rule

# The key of the first entry belongs to the target account.
_foreign := [
	fixture.set_value(["keys", "@key", "account"], "222222222222"),
	fixture.set_value(["keys", "@key", "arn"], replace(fixture.key_arn, "111111111111:key", "222222222222:key")),
]

_shut_out := array.concat(_foreign, [fixture.remove(fixture.key_statement(0))])

_finding(dialect) := {
	"message": sprintf("the policy of %s of account 222222222222 does not let %s use the key: %s", [
		fixture.key_label(dialect),
		"the source account, account 111111111111,",
		"kms:CreateGrant, kms:Decrypt, kms:DescribeKey and 4 more are missing",
	]),
	"resource": fixture.names[dialect].key,
	"property": "policy",
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
	"missing": fixture.required,
	"severity": "error",
	"subject": {"keys": [fixture.names[dialect].key]},
}

test_own_key_stays_silent if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
	changed := fixture.changed("terraform", [fixture.remove(fixture.key_statement(0))])
	rule.deny | rule.unknown == set() with input as changed
}

test_foreign_key_that_admits_the_source_is_accepted if {
	changed := fixture.changed("terraform", _foreign)
	rule.deny | rule.unknown == set() with input as changed
}

test_foreign_key_that_shuts_the_source_out_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, _shut_out)
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_foreign_key_with_default_policy_is_denied if {
	changed := fixture.changed("terraform", array.concat(_foreign, [
		fixture.set_value(["keys", "@key", "default_policy"], true),
		fixture.set_value(["documents", "@key|policy", "statements"], [fixture.statement("default", "222222222222", ["kms:*"])]),
	]))
	[finding] := [one | some one in rule.deny] with input as changed
	startswith(finding.message, concat(" ", [
		"aws_kms_key.ami of account 222222222222 has no policy of its own,",
		"and the default one does not admit the source account, account 111111111111",
	]))
	finding.property == ""
}

# The account of the build is not known: it is none of its targets.
test_source_that_is_not_known_is_denied if {
	changed := fixture.changed("terraform", array.concat(_shut_out, [fixture.set_value(["builds", 0, "account"], "{account-1}")]))
	[finding] := [one | some one in rule.deny; one.resource == fixture.names.terraform.key] with input as changed
	contains(finding.message, "does not let the source account, {account-1}, use the key")
}

test_policy_that_nobody_gave_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_foreign, [fixture.set_value(
			["keys", "@key", "policy"],
			{"$unknown": "no template has the key", "$settle": "bindings: …"},
		)]))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(object.remove(_finding(dialect), ["missing", "severity"]), {
			"message": sprintf("%s belongs to account 222222222222, and it is not known whether its policy lets %s use it", [
				fixture.key_label(dialect),
				"the source account, account 111111111111,",
			]),
			"reason": "no template has the key",
			"settle": "bindings: …",
		})} with input as changed
	}
}
