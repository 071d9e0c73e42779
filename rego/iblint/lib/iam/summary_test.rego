package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_nothing_left_out := {"missing": [], "denied": [], "undecided": [], "unknown": []}

test_key_policy_summary if {
	use := test.allow(test.aws(["222222222222"]), ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"])
	grant := test.when(test.allow(test.aws(["222222222222"]), ["kms:CreateGrant"]), "Bool", "kms:GrantIsForAWSResource", ["true"])
	whole := iam.key_policy_summary(_target, iam.distribution, "key") with input as test.key_input([use, grant])
	whole == _nothing_left_out
	part := iam.key_policy_summary(_target, iam.distribution, "key") with input as test.key_input([use])
	part == object.union(_nothing_left_out, {"missing": ["kms:CreateGrant"]})
	deny := test.deny(test.everybody, ["kms:De*"])
	denied := iam.key_policy_summary(_target, iam.distribution, "key") with input as test.key_input([use, grant, deny])
	denied == object.union(_nothing_left_out, {"denied": ["kms:Decrypt", "kms:DescribeKey"]})
}

test_key_policy_summary_that_is_not_known if {
	use := test.when(test.allow(test.everybody, ["kms:*"]), "StringEquals", "aws:PrincipalOrgID", ["o-1"])
	summary := iam.key_policy_summary(_target, {"kms:Decrypt", "kms:CreateGrant"}, "key") with input as test.key_input([use])
	summary.undecided == ["kms:CreateGrant", "kms:Decrypt"]
	count(summary.unknown) == 1
	summary.missing == []
	open := iam.key_policy_summary(_target, {"kms:Decrypt"}, "key") with input as {"keys": {"key": {}}}
	open.undecided == ["kms:Decrypt"]
}

test_key_policy_summary_with_grants if {
	summary := iam.key_policy_summary(_scaling, {"kms:Decrypt", "kms:Encrypt"}, "key") with input as _granted(_grant)
	summary == object.union(_nothing_left_out, {"missing": ["kms:Encrypt"]})
}

test_identity_summary if {
	whole := iam.identity_summary(_target, iam.distribution, "key") with input as _input([], _permit_all)
	whole == _nothing_left_out
	part := iam.identity_summary(_target, iam.distribution, "key") with input as _input([], [test.permit(["kms:ReEncrypt", "kms:*D*"], ["*"])])
	part.missing == ["kms:CreateGrant", "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
}

test_identity_summary_that_is_not_known if {
	summary := iam.identity_summary(_target, iam.required, "key") with input as _input([], [test.permit(["kms:*"], test.unknown)])
	summary.undecided == sort(iam.required)
	summary.unknown[0].element == "resource"
}

test_identity_summary_of_launch_accounts if {
	summary := iam.identity_summary(_launchers, iam.launch, "key") with input as _input([], [])
	summary == _nothing_left_out
}

test_identity_summary_of_the_service_linked_role if {
	summary := iam.identity_summary(_slr, iam.distribution, "key") with input as _input([], [])
	summary == _nothing_left_out
}

test_boundary_summary if {
	iam.boundary_summary(_target, iam.required, "key") == _nothing_left_out with input as _input([], [])
	bounded := json.patch(_input([], []), [
		{"op": "add", "path": "/documents/limit", "value": test.document([test.permit(["kms:C*"], ["*"])])},
		{"op": "add", "path": "/roles/role/boundary", "value": {"name": "limit", "document": "limit"}},
	])
	summary := iam.boundary_summary(_target, {"kms:CreateGrant", "kms:Decrypt"}, "key") with input as bounded
	summary.missing == ["kms:Decrypt"]
}

test_operations_of_auto_scaling if {
	count(iam.auto_scaling_operations) == 8
	every operation in iam.auto_scaling_operations {
		lower(concat("", ["kms:", operation])) in iam.kms_actions
	}
}
