package iblint.rules.s3_export_of_encrypted_ami_test

import data.iblint.lib.distribution.fixture_test as fixture
import data.iblint.rules.s3_export_of_encrypted_ami as rule

_export(e, to) := fixture.set_value(
	["resources", "@distribution", "properties", "distributions", e, "s3_export"],
	to,
)

_bucket := {"disk_image_format": "VHD", "role_name": "vmimport", "s3_bucket": "images"}

_not_known := {"$unknown": "variable export has no value", "$settle": "--var export=…"}

# The image and the copies of no entry are encrypted.
_plain := [
	fixture.set_value(fixture.device, {
		"device_name": "/dev/xvda",
		"root": true,
		"from": "parent",
		"basis": "not_encrypted",
		"encrypted": false,
	}),
	fixture.remove(array.concat(fixture.ami(0), ["kms_key"])),
]

_finding(dialect) := {
	"message": `distribution configuration "base" exports the AMI in us-east-1 to S3, and it is encrypted`,
	"resource": fixture.names[dialect].distribution,
	"property": "distributions[0].s3_export",
	"related": [],
	"jobs": [object.remove(fixture.job(dialect, "us-east-1"), ["target_account"])],
	"subject": {"distribution": fixture.names[dialect].distribution, "entry": 0},
}

_unknown_message := concat(" ", [
	`distribution configuration "base" exports the AMI in us-east-1 to S3,`,
	"which fails if it is encrypted, and that is not known",
])

test_no_export_is_accepted if {
	every dialect in fixture.dialects {
		rule.deny | rule.unknown == set() with input as fixture.base(dialect)
	}
}

test_export_of_an_encrypted_image_is_denied if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, [_export(0, _bucket)])
		rule.deny == {_finding(dialect)} with input as changed
		rule.unknown == set() with input as changed
	}
}

test_export_of_an_image_that_is_not_encrypted_is_accepted if {
	every export in [_bucket, _not_known] {
		changed := fixture.changed("terraform", array.concat(_plain, [_export(0, export)]))
		rule.deny | rule.unknown == set() with input as changed
	}
}

# The key of the entry encrypts the copy, whatever the image is.
test_export_of_an_encrypted_copy_is_denied if {
	changed := fixture.changed("terraform", array.concat(_plain, [_export(1, _bucket)]))
	[finding] := [one | some one in rule.deny] with input as changed
	contains(finding.message, "exports the AMI in eu-west-1 to S3, and it is encrypted")
	finding.property == "distributions[1].s3_export"
}

test_encryption_that_is_not_known_is_unknown if {
	every dialect in fixture.dialects {
		changed := fixture.changed(dialect, array.concat(_plain, [
			_export(0, _bucket),
			fixture.set_value(array.concat(fixture.device, ["encrypted"]), {
				"$unknown": "variable encrypted has no value",
				"$settle": "--var encrypted=…",
			}),
		]))
		rule.deny == set() with input as changed
		rule.unknown == {object.union(_finding(dialect), {
			"message": _unknown_message,
			"reason": "variable encrypted has no value",
			"settle": "--var encrypted=…",
		})} with input as changed
	}
}

test_export_without_value_is_unknown if {
	changed := fixture.changed("terraform", [_export(0, _not_known)])
	rule.deny == set() with input as changed
	rule.unknown == {object.union(_finding("terraform"), {
		"message": _unknown_message,
		"reason": "variable export has no value",
		"settle": "--var export=…",
	})} with input as changed
}

test_build_region_that_is_not_known_is_unknown if {
	changed := fixture.changed("terraform", array.concat(_plain, [
		_export(1, _bucket),
		fixture.set_value(["builds", 0, "region"], "{region-1}"),
	]))
	rule.deny == set() with input as changed
	[finding] := [one | some one in rule.unknown] with input as changed
	finding.property == "distributions[1].s3_export"
	finding.reason == `it is not known whether pipeline "base" is built in the Region of the entry`
}
