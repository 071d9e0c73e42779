package iblint.rules.key_type_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.key_type as rule

_key(property, to) := fixture.set_value(["keys", "@key", property], to)

_not_known := {"$unknown": "variable spec has no value", "$settle": "--var spec=…"}

_finding(dialect, message) := {
	"message": sprintf("%s encrypts the AMI, and %s", [fixture.key_label(dialect), message]),
	"resource": fixture.names[dialect].key,
	"property": "",
	"related": fixture.used_here(dialect),
	"jobs": [fixture.job(dialect, "eu-west-1"), fixture.job(dialect, "us-east-1")],
	"subject": {"keys": [fixture.names[dialect].key]},
}

test_key_with_the_defaults_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_symmetric_encryption_key_is_accepted if {
	changed := fixture.changed("terraform", [
		_key("key_spec", "SYMMETRIC_DEFAULT"),
		_key("key_usage", "ENCRYPT_DECRYPT"),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_asymmetric_key_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_key("key_spec", "RSA_4096")])
		rule.deny == {_finding(dialect, "its key spec is RSA_4096, not SYMMETRIC_DEFAULT")} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_both_faults_are_one_finding if {
	changed := fixture.changed("terraform", [_key("key_spec", "HMAC_256"), _key("key_usage", "GENERATE_VERIFY_MAC")])
	rule.deny == {_finding("terraform", concat(", and ", [
		"its key spec is HMAC_256, not SYMMETRIC_DEFAULT",
		"its key usage is GENERATE_VERIFY_MAC, not ENCRYPT_DECRYPT",
	]))} with input as changed
}

test_key_of_a_copy_is_denied if {
	changed := fixture.changed("terraform", [fixture.set_value(["keys", "@replica", "key_spec"], "RSA_2048")])
	[finding] := [one | some one in rule.deny] with input as changed
	finding.resource == fixture.names.terraform.replica
	finding.related == fixture.replica_used_here("terraform")
	finding.jobs == [fixture.job("terraform", "eu-west-1")]
}

test_spec_without_value_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_key("key_spec", _not_known)])
		rule.deny == set() with input as changed
		rule.unknown == {object.union(
			_finding(dialect, "it is not known whether it is a symmetric encryption key"),
			{"reason": "variable spec has no value", "settle": "--var spec=…"},
		)} with input as changed
	}
}

test_fault_goes_before_what_is_not_known if {
	changed := fixture.changed("terraform", [_key("key_spec", _not_known), _key("key_usage", "SIGN_VERIFY")])
	rule.deny == {_finding("terraform", "its key usage is SIGN_VERIFY, not ENCRYPT_DECRYPT")} with input as changed
	rule.unknown == set() with input as changed
}

test_key_outside_of_the_templates_is_unknown if {
	changed := fixture.changed("terraform", [fixture.remove(["resources", "@key"])])
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.reason == "no template has the key aws_kms_key.ami"
	finding.resource == fixture.names.terraform.recipe
	finding.property == "block_devices[0].kms_key"
}

test_key_that_facts_describe_is_accepted if {
	changed := fixture.changed("terraform", [
		fixture.remove(["resources", "@key"]),
		_key("key_spec", "SYMMETRIC_DEFAULT"),
	])
	rule.deny | rule.unknown == set() with input as changed
}

test_nothing_shared_stays_silent if {
	changed := fixture.changed("terraform", [
		_key("key_spec", "RSA_4096"),
		fixture.remove(array.concat(fixture.ami(0), ["target_account_ids"])),
		fixture.remove(array.concat(fixture.ami(1), ["launch_permission"])),
	])
	rule.deny | rule.unknown == set() with input as changed
}
