package custom.rules.key_rotation_test

import data.custom.rules.key_rotation as rule

test_without_setting_is_denied if {
	found := rule.deny with input as _key({})

	found == {{"message": "aws_kms_key.ami is not rotated", "resource": "infra#aws_kms_key.ami", "property": ""}}
}

test_false_is_denied if {
	count(rule.deny) == 1 with input as _key({"enable_key_rotation": false})
}

test_true_is_accepted if {
	count(rule.deny) == 0 with input as _key({"enable_key_rotation": true})
	count(rule.deny) == 0 with input as _key({"EnableKeyRotation": true})
}

test_unknown_is_unknown if {
	setting := {"$unknown": "variable rotate has no value", "$settle": "--var rotate=VALUE"}
	count(rule.deny) == 0 with input as _key({"enable_key_rotation": setting})
	count(rule.unknown) == 1 with input as _key({"enable_key_rotation": setting})
}

_key(attributes) := {
	"by_kind": {"kms_key": ["infra#aws_kms_key.ami"]},
	"written": {"infra#aws_kms_key.ami": {"address": "aws_kms_key.ami", "attributes": attributes}},
}
