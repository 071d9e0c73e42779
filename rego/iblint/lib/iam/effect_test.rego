package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_whys(action, statements, own) := {[entry.document, entry.why, entry.text] | some entry in found} if {
	found := iam.without_effect(_target, action, "key") with input as _input(statements, own)
}

test_statements_that_would_grant if {
	other_key := "arn:aws:kms:us-east-1:111111111111:key/2"
	alias := "arn:aws:kms:us-east-1:111111111111:alias/ami"
	every line in [
		[object.remove(_to_target, ["resources"]), {["key policy", "no_resource", ""]}],
		[object.remove(_to_target, ["actions"]), {["key policy", "no_action", ""]}],
		[object.union(_to_target, {"resources": [other_key]}), {["key policy", "other_key", other_key]}],
		[object.union(_to_target, {"resources": [alias]}), {["key policy", "alias_resource", alias]}],
		[object.union(_to_target, {"actions": ["kms:ReEncrypt"]}), {["key policy", "no_such_action", "kms:ReEncrypt"]}],
		[object.union(_to_target, {"actions": ["kms:ReEncryptFromm"]}), {["key policy", "no_such_action", "kms:ReEncryptFromm"]}],
		[object.union(_to_target, {"actions": ["kms:ReEncrypts"]}), {["key policy", "no_such_action", "kms:ReEncrypts"]}],
		[object.union(_to_target, {"actions": ["kms:RencryptFrom"]}), {["key policy", "no_such_action", "kms:RencryptFrom"]}],
		[object.union(_to_target, {"actions": ["kms:Frobnicate"]}), set()],
		[test.allow(test.services(["ec2.amazonaws.com"]), ["kms:*"]), {["key policy", "service_principal", "ec2.amazonaws.com"]}],
	] {
		_whys("kms:ReEncryptFrom", [line[0]], []) == line[1]
	}
}

test_own_policies_with_alias if {
	alias := "arn:aws:kms:us-east-1:111111111111:alias/ami"
	_whys("kms:Decrypt", [_to_target], [test.permit(["kms:*"], [alias])]) == {["inline", "alias_resource", alias]}
	_whys("kms:ReEncryptTo", [_to_target], [test.permit(["kms:ReEncrypt"], ["*"])]) == {["inline", "no_such_action", "kms:ReEncrypt"]}
	other := test.permit(["kms:*"], ["arn:aws:kms:us-east-1:222222222222:key/2"])
	_whys("kms:Decrypt", [_to_target], [other]) == set()
}

test_statements_that_would_not_grant_anyway if {
	every statement in [
		_to_target,
		_owner,
		object.remove(_owner, ["resources"]),
		object.union(_to_target, {"actions": ["kms:Encrypt"]}),
		object.remove(object.union(_to_target, {"effect": "Deny"}), ["resources"]),
		test.when(object.remove(_to_target, ["resources"]), "StringEquals", "aws:SourceVpce", ["vpce-1"]),
		test.when(_to_target, "StringEquals", "aws:SourceVpce", ["vpce-1"]),
		test.allow(test.aws(["333333333333"]), ["kms:*"]),
		object.union(_to_target, {"resources": ["arn:aws:s3:::a"]}),
	] {
		_whys("kms:ReEncryptFrom", [statement], []) == set()
	}
}

test_defects_whatever_the_need if {
	statements := [
		test.allow(test.everybody, ["kms:ReEncrypt", "kms:Decrypt", "kms:Foo*", test.unknown]),
		object.remove(_owner, ["resources"]),
		object.remove(_owner, ["actions"]),
		object.union(_owner, {"resources": ["arn:aws:kms:us-east-1:111111111111:key/2", test.key_arn]}),
		object.remove(test.deny(test.everybody, ["kms:*"]), ["resources"]),
		{"effect": "Allow", "not_actions": ["iam:*"], "not_resources": ["a"], "principals": test.everybody},
	]
	documents := {"documents": {"d": test.document(statements)}}
	found := {[entry.statement, entry.why] | some entry in iam.defects("d", "key", test.key_arn)} with input as documents
	found == {[0, "no_such_action"], [1, "no_resource"], [2, "no_action"], [3, "other_key"]}
	other := {[entry.statement, entry.why] | some entry in iam.defects("d", "identity", null)} with input as documents
	other == {[0, "no_such_action"], [1, "no_resource"], [2, "no_action"]}
}
