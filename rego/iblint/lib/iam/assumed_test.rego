package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

# A role in a root whose account is not known, with a key in the same root.
_assumed(principals) := json.patch(
	object.union(test.key_input([test.allow(principals, ["kms:*"])]), test.role_input(_permit_all)),
	[
		{"op": "replace", "path": "/roles/role/account", "value": "{account-00000002}"},
		{"op": "replace", "path": "/keys/key/account", "value": "{account-00000002}"},
		{"op": "add", "path": "/documents/key policy", "value": test.document([test.allow(principals, ["kms:*"])])},
	],
)

_verdict_of(principals) := verdict if {
	actor := iam.target_role("role", "222222222222", "aws") with input as _assumed(principals)
	verdict := iam.key_policy_access(actor, "kms:Decrypt", "key").verdict with input as _assumed(principals)
}

test_stand_in_of_the_root_means_the_target_account if {
	_verdict_of(test.aws(["{account-00000002}"])) == "allowed_for_account"
	_verdict_of(test.aws(["arn:aws:iam::{account-00000002}:root"])) == "allowed_for_account"
	role := "arn:aws:iam::{account-00000002}:role/EC2ImageBuilderDistributionCrossAccountRole"
	_verdict_of(test.aws([role])) == "allowed"
	_verdict_of(test.aws([role, "arn:aws:iam::{account-00000002}:root"])) == "allowed"
}

test_target_account_stays_the_target_account if {
	_verdict_of(test.aws(["222222222222"])) == "allowed_for_account"
	_verdict_of(test.aws(["arn:aws:iam::{account-00000003}:root"])) == "unknown"
	_verdict_of(test.aws(["333333333333"])) == "none"
}

test_not_principal_with_the_stand_in if {
	spared := json.patch(_assumed(test.everybody), [{"op": "add", "path": "/documents/key policy/statements/-", "value": {
		"effect": "Deny", "actions": ["kms:*"], "resources": ["*"], "not_principals": test.aws([
			"arn:aws:iam::{account-00000002}:role/EC2ImageBuilderDistributionCrossAccountRole",
			"arn:aws:iam::{account-00000002}:root",
		]),
	}}])
	actor := iam.target_role("role", "222222222222", "aws") with input as spared
	iam.key_policy_access(actor, "kms:Decrypt", "key").verdict == "allowed" with input as spared
}

test_key_of_the_same_root_is_of_the_same_account if {
	given := _assumed(test.aws(["arn:aws:iam::{account-00000002}:root"]))
	actor := iam.target_role("role", "222222222222", "aws") with input as given
	iam.key_access(actor, "kms:Decrypt", "key").verdict == "allowed" with input as given
}

test_role_of_the_account_has_one_name if {
	actor := iam.target_role("role", "222222222222", "aws") with input as object.union(
		test.key_input([]),
		test.role_input([]),
	)
	not actor.stand_in
}
