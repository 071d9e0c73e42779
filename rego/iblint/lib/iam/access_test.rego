package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_slr := iam.service_linked_role("111111111111", "aws")

_target := actor if actor := iam.target_role("role", "222222222222", "aws") with input as test.key_input([])

_launchers := iam.launch_account("222222222222", "aws")

_slr_policy := test.document([
	test.when(
		test.when(
			test.permit(
				["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKeyWithoutPlaintext"],
				["*"],
			),
			"StringLike", "kms:ViaService", ["ec2.*.amazonaws.com"],
		),
		"ForAllValues:StringEquals", "kms:EncryptionContextKeys", ["aws:ebs:id"],
	),
	test.when(test.permit(["kms:DescribeKey"], ["*"]), "StringLike", "kms:ViaService", ["ec2.*.amazonaws.com"]),
	test.when(
		test.when(test.permit(["kms:CreateGrant"], ["*"]), "StringLike", "kms:ViaService", ["ec2.*.amazonaws.com"]),
		"Bool", "kms:GrantIsForAWSResource", [true],
	),
	test.permit(["sts:AssumeRole"], ["arn:aws:iam::*:role/EC2ImageBuilderDistributionCrossAccountRole"]),
])

_owner := test.allow(test.aws(["arn:aws:iam::111111111111:root"]), ["kms:*"])

_to_target := test.allow(test.aws(["arn:aws:iam::222222222222:root"]), ["kms:*"])

_input(statements, own) := object.union_n([test.key_input(statements), role, {"documents": object.union_n([
	test.key_input(statements).documents,
	role.documents,
	{"aws|AWSServiceRoleForImageBuilder": _slr_policy},
])}]) if {
	role := test.role_input(own)
}

_permit_all := [test.permit(["kms:*"], ["*"])]

test_key_access_by_delegation if {
	every action in iam.distribution {
		iam.key_access(_slr, action, "key").verdict == "allowed" with input as _input([_owner], [])
		iam.key_access(_slr, action, "key").verdict == "not_granted" with input as _input([_to_target], [])
		iam.key_access(_target, action, "key").verdict == "allowed" with input as _input([_to_target], _permit_all)
		iam.key_access(_target, action, "key").verdict == "not_granted" with input as _input([_to_target], [])
		iam.key_access(_target, action, "key").verdict == "not_granted" with input as _input([_owner], _permit_all)
	}
}

test_key_policy_access_by_actor if {
	iam.key_policy_access(_slr, "kms:Decrypt", "key").verdict == "allowed_for_account" with input as _input([_owner], [])
	iam.key_policy_access(_target, "kms:Decrypt", "key").verdict == "none" with input as _input([_owner], [])
	itself := test.allow(test.aws([_slr.arn, _target.arn]), ["kms:*"])
	iam.key_policy_access(_slr, "kms:Decrypt", "key").verdict == "allowed" with input as _input([itself], [])
	iam.key_policy_access(_target, "kms:Decrypt", "key").verdict == "allowed" with input as _input([itself], [])
	session := test.allow(test.aws([_slr.session]), ["kms:*"])
	iam.key_policy_access(_slr, "kms:Decrypt", "key").verdict == "allowed" with input as _input([session], [])
}

test_launch_account_needs_someone if {
	every principals, verdict in {
		test.aws(["222222222222"]): "allowed_for_account",
		test.aws(["arn:aws:iam::222222222222:role/deploy"]): "allowed_for_account",
		test.aws([test.partly("arn:aws:iam::222222222222:role/", "")]): "allowed_for_account",
		test.everybody: "allowed",
		test.aws(["arn:aws:iam::333333333333:role/deploy"]): "none",
		test.aws([test.partly("arn:aws:iam::", ":role/deploy")]): "unknown",
		test.services(["ec2.amazonaws.com"]): "none",
	} {
		statements := [test.allow(principals, ["kms:*"])]
		iam.key_policy_access(_launchers, "kms:CreateGrant", "key").verdict == verdict with input as _input(statements, [])
	}
}

test_deny_for_someone_is_none_for_the_account if {
	one := [_to_target, test.deny(test.aws(["arn:aws:iam::222222222222:role/intern"]), ["kms:*"])]
	iam.key_policy_access(_launchers, "kms:CreateGrant", "key").verdict == "allowed_for_account" with input as _input(one, [])
	everyone := [_to_target, test.deny(test.aws(["222222222222"]), ["kms:*"])]
	iam.key_policy_access(_launchers, "kms:CreateGrant", "key").verdict == "denied" with input as _input(everyone, [])
}

test_key_access_of_launch_accounts_needs_the_key_policy_alone if {
	iam.key_access(_launchers, "kms:CreateGrant", "key").verdict == "allowed" with input as _input([_to_target], [])
	iam.identity_access(_launchers, "kms:CreateGrant", "key").verdict == "allow" with input as _input([_to_target], [])
}

test_key_without_known_policy if {
	keys := {"key": {"arn": test.key_arn, "account": "111111111111", "region": "us-east-1"}}
	result := iam.key_policy_access(_target, "kms:Decrypt", "key") with input as {"keys": keys, "documents": {}}
	result.verdict == "unknown"
	result.unknown[0].settle == `keys: {"key": {policy: policies/key.json}}`
	nothing := iam.key_access(_target, "kms:Decrypt", "key") with input as {"keys": {"key": {}}, "documents": {}}
	nothing.verdict == "unknown"
}

test_boundary if {
	bounded := json.patch(_input([_to_target], _permit_all), [
		{"op": "add", "path": "/documents/limit", "value": test.document([test.permit(["ec2:*"], ["*"])])},
		{"op": "add", "path": "/roles/role/boundary", "value": {"name": "limit", "document": "limit"}},
	])
	iam.boundary_access(_target, "kms:Decrypt", "key").verdict == "none" with input as bounded
	iam.boundary_action(_target, "ec2:CopyImage", "*").verdict == "allow" with input as bounded
	iam.key_access(_target, "kms:Decrypt", "key").verdict == "not_granted" with input as bounded
	open := json.patch(bounded, [{"op": "replace", "path": "/roles/role/boundary/document", "value": test.unknown}])
	iam.boundary_access(_target, "kms:Decrypt", "key").verdict == "unknown" with input as open
	iam.boundary_access(_target, "kms:Decrypt", "key").verdict == "allow" with input as _input([], [])
}

test_identity_on_other_resources if {
	permits := [test.permit(["ec2:CreateTags"], ["arn:aws:ec2:*::image/*"])]
	image := test.partly("arn:aws:ec2:eu-west-1::image/", "")
	iam.identity_action(_target, "ec2:CreateTags", image).verdict == "allow" with input as _input([], permits)
	iam.identity_action(_target, "ec2:CreateTags", "*").verdict == "none" with input as _input([], permits)
	iam.identity_action(_target, "ec2:CopyImage", "*").verdict == "none" with input as _input([], permits)
}

test_trust if {
	iam.trust_access(_slr, "role").verdict == "allowed_for_account" with input as _input([], [])
	iam.trust_access(_target, "role").verdict == "none" with input as _input([], [])
	iam.assume_access(_slr, "role").verdict == "allowed" with input as _input([], [])
	every key in ["sts:ExternalId", "aws:SourceAccount", "aws:MultiFactorAuthPresent"] {
		conditional := json.patch(_input([], []), [{
			"op": "add", "path": "/documents/trust/statements/0/conditions",
			"value": [{"operator": "StringEquals", "key": key, "values": ["x"]}],
		}])
		iam.trust_access(_slr, "role").verdict == "none" with input as conditional
		found := iam.trust_false_conditions(_slr, "role") with input as conditional
		found == {{
			"document": "trust", "statement": 0, "operator": "StringEquals",
			"key": key, "written": ["x"], "carried": [],
		}}
	}
}

test_trust_of_services if {
	services := json.patch(_input([], []), [{
		"op": "replace", "path": "/documents/trust/statements/0/principals",
		"value": test.services(["imagebuilder.amazonaws.com"]),
	}])
	iam.trust_access(iam.service("imagebuilder.amazonaws.com"), "role").verdict == "allowed" with input as services
	iam.trust_access(iam.service("ec2.amazonaws.com"), "role").verdict == "none" with input as services
	iam.trust_access(_slr, "role").verdict == "none" with input as services
}

test_execution_roles if {
	known := _input([], _permit_all)
	actor := iam.execution_role("role") with input as known
	actor.account == "222222222222"
	actor.role == "role"
	iam.identity_access(actor, "kms:Decrypt", "key").verdict == "allow" with input as _input([], _permit_all)
	unnamed := iam.execution_role("role") with input as {"roles": {"role": {"policies": []}}}
	iam.key_policy_access(unnamed, "kms:Decrypt", "key").verdict == "unknown" with input as _input([_owner], [])
	iam.key_policy_access(unnamed, "kms:Decrypt", "key").verdict == "allowed" with input as _input([test.allow(test.everybody, ["kms:*"])], [])
}

test_roles_that_no_template_has if {
	actor := iam.target_role(null, "222222222222", "aws") with input as test.key_input([])
	result := iam.identity_access(actor, "kms:Decrypt", "key") with input as _input([], [])
	result.verdict == "unknown"
	result.unknown[0].settle == `roles: {"arn:aws:iam::ACCOUNT:role/NAME": {policies: [policies/role.json]}}`
}

test_attachments_that_are_not_known if {
	open := json.patch(_input([], []), [{"op": "add", "path": "/roles/role/policies_unknown", "value": [test.unknown]}])
	iam.identity_access(_target, "kms:Decrypt", "key").verdict == "unknown" with input as open
	enough := json.patch(_input([], _permit_all), [{"op": "add", "path": "/roles/role/policies_unknown", "value": [test.unknown]}])
	iam.identity_access(_target, "kms:Decrypt", "key").verdict == "allow" with input as enough
}

test_auto_scaling_has_no_permission_of_its_own if {
	actor := iam.auto_scaling("222222222222", "aws")
	iam.identity_access(actor, "kms:Decrypt", "key").verdict == "none" with input as _input([], [])
	published := json.patch(_input([], []), [{
		"op": "add", "path": "/documents/aws|AutoScalingServiceRolePolicy",
		"value": test.document([test.permit(["ec2:RunInstances"], ["*"])]),
	}])
	iam.identity_access(actor, "kms:Decrypt", "key").verdict == "none" with input as published
}
