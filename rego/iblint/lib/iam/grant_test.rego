package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_scaling := iam.auto_scaling("222222222222", "aws")

_granted(properties) := json.patch(test.key_input([_owner]), [
	{"op": "add", "path": "/keys/key/grants", "value": ["grant"]},
	{"op": "add", "path": "/resources/grant", "value": {"properties": properties}},
])

_grant := {"grantee_principal": _scaling.arn, "operations": ["Decrypt", "CreateGrant", "DescribeKey"]}

_by_grant(action, properties) := result if {
	result := iam.key_policy_access(_scaling, action, "key") with input as _granted(properties)
}

test_grant_is_enough if {
	result := _by_grant("kms:Decrypt", _grant)
	result.verdict == "allowed"
	result.grants == ["grant"]
	decided := iam.key_access(_scaling, "kms:Decrypt", "key") with input as _granted(_grant)
	decided.verdict == "allowed"
}

test_grant_of_other_operations if {
	_by_grant("kms:Encrypt", _grant).verdict == "none"
	_by_grant("kms:Encrypt", object.union(_grant, {"operations": [test.unknown]})).verdict == "unknown"
	_by_grant("kms:Encrypt", object.union(_grant, {"operations": test.unknown})).verdict == "unknown"
}

test_grant_for_others if {
	_by_grant("kms:Decrypt", object.union(_grant, {"grantee_principal": _target.arn})).verdict == "none"
	result := _by_grant("kms:Decrypt", object.union(_grant, {"grantee_principal": test.unknown}))
	result.verdict == "unknown"
	result.unknown == [{
		"document": "grant", "element": "grant",
		"reason": "variable x has no value", "settle": "--var x=…",
	}]
}

test_grant_constraints if {
	other := {"constraints": [{"encryption_context_equals": {"department": "a"}}]}
	_by_grant("kms:Decrypt", object.union(_grant, other)).verdict == "none"
	_by_grant("kms:DescribeKey", object.union(_grant, other)).verdict == "allowed"
	volume := {"constraints": [{"encryption_context_subset": {"aws:ebs:id": "vol-1"}}]}
	_by_grant("kms:Decrypt", object.union(_grant, volume)).verdict == "unknown"
	_by_grant("kms:Decrypt", object.union(_grant, {"constraints": test.unknown})).verdict == "unknown"
	_by_grant("kms:Decrypt", object.union(_grant, {"constraints": []})).verdict == "allowed"
}

test_grant_to_someone_of_a_launch_account if {
	deploy := object.union(_grant, {"grantee_principal": "arn:aws:iam::222222222222:role/deploy"})
	every grantee, verdict in {
		"arn:aws:iam::222222222222:role/deploy": "allowed",
		"arn:aws:iam::333333333333:role/deploy": "none",
		"deploy": "none",
		test.unknown: "unknown",
	} {
		granted := _granted(object.union(deploy, {"grantee_principal": grantee}))
		iam.key_policy_access(_launchers, "kms:CreateGrant", "key").verdict == verdict with input as granted
	}
}

test_grants_that_are_not_known if {
	open := json.patch(test.key_input([_owner]), [{"op": "add", "path": "/keys/key/grants_unknown", "value": test.unknown}])
	result := iam.key_policy_access(_scaling, "kms:Decrypt", "key") with input as open
	result.verdict == "unknown"
	result.unknown[0].reason == "variable x has no value"
	itself := json.patch(open, [{"op": "add", "path": "/documents/key policy/statements/-", "value": _to_target}])
	iam.key_policy_access(_scaling, "kms:Decrypt", "key").lets_in == "yes" with input as itself
}

test_deny_beats_a_grant if {
	denied := json.patch(_granted(_grant), [{
		"op": "add", "path": "/documents/key policy/statements/-",
		"value": test.deny(test.everybody, ["kms:Decrypt"]),
	}])
	iam.key_policy_access(_scaling, "kms:Decrypt", "key").verdict == "denied" with input as denied
	iam.key_access(_scaling, "kms:Decrypt", "key").verdict == "denied" with input as denied
}

test_services_have_no_grants if {
	result := iam.key_policy_access(iam.service("ec2.amazonaws.com"), "kms:Decrypt", "key") with input as _granted(_grant)
	result.verdict == "none"
}
