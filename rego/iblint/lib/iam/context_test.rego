package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test
import data.iblint.lib.value

_context(actor, action) := context if {
	context := iam.caller_context(actor, action, "key") with input as test.key_input([])
}

test_who_calls if {
	context := _context(_slr, "kms:Decrypt")
	context["kms:calleraccount"] == ["111111111111"]
	context["aws:principalaccount"] == ["111111111111"]
	context["aws:principalarn"] == [_slr.arn]
	context["aws:principaltype"] == ["AssumedRole"]
	_context(_target, "kms:Decrypt")["kms:calleraccount"] == ["222222222222"]
}

test_who_of_an_account_calls_is_not_known if {
	context := _context(_launchers, "kms:Decrypt")
	context["kms:calleraccount"] == ["222222222222"]
	value.text(context["aws:principalarn"][0]) == "arn:aws:iam::222222222222:…"
	not context["aws:multifactorauthpresent"]
}

test_through_which_service if {
	_context(_slr, "kms:Decrypt")["kms:viaservice"] == ["ec2.us-east-1.amazonaws.com"]
	two := object.union(_slr, {"regions": ["us-east-1", "eu-west-1"]})
	_context(two, "kms:Decrypt")["kms:viaservice"] == {"$one_of": [
		["ec2.us-east-1.amazonaws.com"],
		["ec2.eu-west-1.amazonaws.com"],
	]}
	_context(two, "kms:Decrypt")["aws:requestedregion"] == {"$either": [["us-east-1"], ["eu-west-1"]]}
	here := object.union(_slr, {"regions": ["us-east-1"]})
	iam.caller_context(here, "ec2:CopyImage", null)["aws:requestedregion"] == ["us-east-1"]
	not iam.caller_context(_slr, "ec2:CopyImage", null)["aws:requestedregion"]
	_context(iam.grant_creator("222222222222", "aws"), "kms:CreateGrant")["kms:viaservice"] == []
	value.is_unknown(_context(iam.service("a.amazonaws.com"), "kms:Decrypt")["kms:viaservice"])
}

test_through_which_service_in_an_unknown_region if {
	context := iam.caller_context(_slr, "kms:Decrypt", "key") with input as {"keys": {"key": {}}}
	value.text(context["kms:viaservice"][0]) == "ec2.….amazonaws.com"
}

test_grants_for_resources_of_aws if {
	_context(_slr, "kms:CreateGrant")["kms:grantisforawsresource"] == ["true"]
	_context(_slr, "kms:Decrypt")["kms:grantisforawsresource"] == []
	_context(iam.grant_creator("222222222222", "aws"), "kms:CreateGrant")["kms:grantisforawsresource"] == ["false"]
	value.is_unknown(_context(_slr, "kms:CreateGrant")["kms:grantoperations"][0])
	_context(_slr, "kms:Decrypt")["kms:grantoperations"] == []
}

test_encryption_context if {
	_context(_slr, "kms:ReEncryptFrom")["kms:encryptioncontextkeys"] == ["aws:ebs:id"]
	_context(_slr, "kms:DescribeKey")["kms:encryptioncontextkeys"] == []
	_context(_slr, "kms:CreateGrant")["kms:encryptioncontextkeys"] == {"$one_of": [[], ["aws:ebs:id"]]}
}

test_certainly_absent if {
	context := _context(_target, "kms:Decrypt")
	every key in [
		"aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceaccount", "aws:sourcearn",
		"aws:multifactorauthpresent", "sts:externalid",
	] {
		context[key] == []
	}
}

test_properties_of_the_key if {
	context := _context(_slr, "kms:Decrypt")
	context["kms:keyspec"] == ["SYMMETRIC_DEFAULT"]
	context["kms:keyusage"] == ["ENCRYPT_DECRYPT"]
	context["aws:resourceaccount"] == ["111111111111"]
	foreign := iam.caller_context(_slr, "kms:Decrypt", "key") with input as {"keys": {"key": {"key_spec": "RSA_2048"}}}
	foreign["kms:keyspec"] == ["RSA_2048"]
	value.is_unknown(foreign["kms:keyusage"])
	value.is_unknown(foreign["aws:resourceaccount"])
}

test_organization if {
	value.settle(_context(_slr, "kms:Decrypt")["aws:principalorgid"]) == "organization_id: ORGANIZATION"
	configured := object.union(test.key_input([]), {"settings": {"organization_id": "o-abc123example"}})
	context := iam.caller_context(_slr, "kms:Decrypt", "key") with input as configured
	context["aws:principalorgid"] == ["o-abc123example"]
	value.text(context["aws:principalorgpaths"][0]) == "o-abc123example/…"
}

test_other_calls if {
	context := iam.caller_context(iam.service("imagebuilder.amazonaws.com"), "sts:AssumeRole", null) with input as {}
	not context["kms:viaservice"]
	not context["aws:principalaccount"]
	context["aws:principalisawsservice"] == ["true"]
}

# Each line: condition operator, key, values, verdict of the key policy for the
# target role's kms:Decrypt.
_conditions := [
	["StringEquals", "kms:CallerAccount", ["222222222222"], "allowed"],
	["StringEquals", "kms:CallerAccount", ["111111111111"], "none"],
	["StringLike", "aws:PrincipalArn", ["arn:aws:iam::222222222222:role/EC2ImageBuilder*"], "allowed"],
	["ArnEquals", "aws:PrincipalArn", ["arn:aws:iam::222222222222:role/other"], "none"],
	["StringEquals", "kms:ViaService", ["ec2.us-east-1.amazonaws.com"], "allowed"],
	["StringEquals", "kms:ViaService", ["imagebuilder.us-east-1.amazonaws.com"], "none"],
	["StringEquals", "aws:PrincipalOrgID", ["o-abc123example"], "unknown"],
	["StringEquals", "aws:PrincipalTag/team", ["images"], "unknown"],
	["StringEquals", "aws:SourceVpce", ["vpce-1"], "none"],
	["StringNotEquals", "aws:SourceVpce", ["vpce-1"], "allowed"],
	["StringLike", "kms:EncryptionContext:aws:ebs:id", ["*"], "allowed"],
	["StringLike", "kms:EncryptionContext:aws:ebs:id", ["snap-*"], "allowed"],
	["StringEquals", "kms:EncryptionContext:aws:ebs:id", ["vol-0123456789abcdef0"], "none"],
	["StringEquals", "kms:EncryptionContext:department", ["a"], "none"],
	["Bool", "kms:GrantIsForAWSResource", ["true"], "none"],
	["BoolIfExists", "kms:GrantIsForAWSResource", ["true"], "allowed"],
	["Bool", "aws:ViaAWSService", ["true"], "unknown"],
	["Bool", "aws:SecureTransport", ["true"], "allowed"],
	["StringEquals", "kms:CallerAccount", ["${aws:PrincipalAccount}"], "allowed"],
]

test_conditions_of_key_policies if {
	every line in _conditions {
		statement := test.when(test.allow(test.everybody, ["kms:*"]), line[0], line[1], line[2])
		result := iam.key_policy_access(_target, "kms:Decrypt", "key") with input as test.key_input([statement])
		result.verdict == line[3]
	}
}

test_reason_of_an_unknown_condition if {
	statement := test.when(test.allow(test.everybody, ["kms:*"]), "StringEquals", "aws:PrincipalOrgID", ["o-1"])
	result := iam.key_policy_access(_target, "kms:Decrypt", "key") with input as test.key_input([statement])
	result.unknown == [{
		"document": "key policy", "statement": 0, "element": "condition", "key": "aws:PrincipalOrgID",
		"reason": "the organization of the account is not configured", "settle": "organization_id: ORGANIZATION",
	}]
}

test_encryption_context_of_a_new_grant_is_not_known if {
	statement := test.when(
		test.allow(test.everybody, ["kms:*"]),
		"StringEquals", "kms:EncryptionContext:department", ["a"],
	)
	result := iam.key_policy_access(_target, "kms:CreateGrant", "key") with input as test.key_input([statement])
	result.verdict == "unknown"
}

test_either_region_of_a_copy_will_do if {
	actor := object.union(_target, {"regions": ["us-east-1", "eu-west-1"]})
	allow := test.when(test.allow(test.everybody, ["kms:*"]), "StringEquals", "kms:ViaService", ["ec2.eu-west-1.amazonaws.com"])
	allowed := iam.key_policy_access(actor, "kms:Decrypt", "key") with input as test.key_input([allow])
	allowed.verdict == "allowed"
	deny := test.when(test.deny(test.everybody, ["kms:*"]), "StringNotEquals", "kms:ViaService", ["ec2.us-east-1.amazonaws.com"])
	spared := iam.key_policy_access(actor, "kms:Decrypt", "key") with input as test.key_input([
		test.allow(test.everybody, ["kms:*"]),
		deny,
	])
	spared.verdict == "allowed"
}

test_keys_of_kms_are_absent_from_other_calls if {
	every name in ["kms:viaservice", "kms:calleraccount", "kms:keyspec"] {
		iam.actor_values(_slr, "sts:AssumeRole", null, name) == []
	}
	iam.actor_values(_slr, "sts:AssumeRole", null, "aws:principalaccount") == ["111111111111"]
}

test_what_kind_of_key if {
	keys := {"keys": {
		"key": {"resource": "key", "aliases": ["alias"]},
		"replica": {"resource": "replica"},
		"primary": {"resource": "primary"},
		"foreign": {},
	}}
	resources := {"resources": {
		"key": {"properties": {}},
		"replica": {"properties": {"primary_key": "arn:…"}},
		"primary": {"properties": {"multi_region": true}},
		"alias": {"properties": {"name": "alias/ami"}},
	}}
	several := object.union(keys, resources)
	values := {key: iam.caller_context(_slr, "kms:Decrypt", key) | some key, _ in keys.keys} with input as several
	values.key["kms:multiregion"] == ["false"]
	values.replica["kms:multiregion"] == ["true"]
	values.primary["kms:multiregion"] == [true]
	value.is_unknown(values.foreign["kms:multiregion"])
	values.key["kms:resourcealiases"] == ["alias/ami"]
	value.is_unknown(values.primary["kms:resourcealiases"])
}

test_tags_that_a_template_writes if {
	tagged := {
		"keys": {"key": {"resource": "key"}},
		"resources": {
			"key": {"properties": {"tags": {"Use": "ami"}}},
			"role": {"properties": {"tags": {"team": "images"}}},
		},
	}
	caller := object.union(_target, {"role": "role"})
	iam.actor_values(caller, "kms:Decrypt", "key", "aws:resourcetag/use") == ["ami"] with input as tagged
	iam.actor_values(caller, "kms:Decrypt", "key", "aws:principaltag/team") == ["images"] with input as tagged
	value.is_unknown(iam.actor_values(caller, "kms:Decrypt", "key", "aws:resourcetag/stage")) with input as tagged
	value.is_unknown(iam.actor_values(_slr, "kms:Decrypt", "key", "aws:principaltag/team")) with input as tagged
}
