package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

test_false_conditions_of_key_policies if {
	statement := test.when(
		test.when(_to_target, "StringEquals", "kms:ViaService", ["imagebuilder.us-east-1.amazonaws.com"]),
		"StringEquals", "kms:CallerAccount", ["222222222222"],
	)
	found := iam.false_conditions(_target, "kms:Decrypt", "key") with input as _input([statement], _permit_all)
	found == {{
		"document": "key policy",
		"statement": 0,
		"operator": "StringEquals",
		"key": "kms:ViaService",
		"written": ["imagebuilder.us-east-1.amazonaws.com"],
		"carried": ["ec2.us-east-1.amazonaws.com"],
	}}
}

test_false_conditions_of_identity_policies if {
	statement := test.when(test.permit(["kms:*"], ["*"]), "Bool", "aws:MultiFactorAuthPresent", ["true"])
	found := iam.false_conditions(_target, "kms:Decrypt", "key") with input as _input([_to_target], [statement])
	[entry] := [e | some e in found]
	entry.document == "inline"
	entry.carried == []
}

test_conditions_that_are_not_the_reason if {
	every statement in [
		test.when(_owner, "StringEquals", "kms:ViaService", ["s3.us-east-1.amazonaws.com"]),
		test.when(object.union(_to_target, {"effect": "Deny"}), "StringEquals", "kms:ViaService", ["s3.us-east-1.amazonaws.com"]),
		test.when(_to_target, "StringEquals", "aws:PrincipalOrgID", ["o-1"]),
		test.when(_to_target, "StringEquals", "kms:ViaService", ["ec2.us-east-1.amazonaws.com"]),
		_to_target,
	] {
		found := iam.false_conditions(_target, "kms:Decrypt", "key") with input as _input([statement], [])
		found == set()
	}
}

test_denies if {
	bounded := json.patch(
		_input(
			[_to_target, test.deny(test.everybody, ["kms:*"])],
			[object.union(test.permit(["kms:Decrypt"], ["*"]), {"effect": "Deny"})],
		),
		[
			{"op": "add", "path": "/documents/limit", "value": test.document([
				{"effect": "Deny", "actions": ["kms:*"], "resources": ["*"]},
			])},
			{"op": "add", "path": "/roles/role/boundary", "value": {"name": "limit", "document": "limit"}},
		],
	)
	found := iam.denies(_target, "kms:Decrypt", "key") with input as bounded
	found == {
		{"document": "key policy", "statement": 1, "where": "key_policy"},
		{"document": "inline", "statement": 0, "where": "identity"},
		{"document": "limit", "statement": 0, "where": "boundary"},
	}
	none := iam.denies(_target, "kms:Decrypt", "key") with input as _input([_to_target], _permit_all)
	none == set()
}
