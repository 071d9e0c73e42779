package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_tr := "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole"

_session := "arn:aws:sts::222222222222:assumed-role/EC2ImageBuilderDistributionCrossAccountRole/s"

_use := {
	"principal_arn": _tr,
	"principal_account": "222222222222",
	"principal_session_arn": _session,
	"action": "kms:Decrypt",
	"resource": test.key_arn,
	"context": {},
	"context_complete": true,
}

_policy(statements, request) := result if {
	result := iam.resource_policy("d", request, "key") with input as {"documents": {"d": test.document(statements)}}
}

_of(principals) := _policy([test.allow(principals, ["kms:*"])], _use)

test_principals_let_the_caller_in if {
	every principals in [test.everybody, test.aws(["*"]), test.aws([_tr]), test.aws(["x", _tr]), test.aws([_session])] {
		_of(principals).verdict == "allowed"
	}
}

test_principals_let_the_account_in if {
	every identifier in ["222222222222", "arn:aws:iam::222222222222:root"] {
		result := _of(test.aws([identifier]))
		result.verdict == "allowed_for_account"
		result.lets_in == "yes"
		result.allow == [0]
	}
}

test_principals_of_others if {
	every principals in [
		test.aws(["111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:role/other"]),
		test.aws([lower(_tr)]),
		test.aws(["arn:aws-cn:iam::222222222222:root"]),
		test.aws(["arn:aws:iam::222222222222:role/*"]),
		test.services(["imagebuilder.amazonaws.com", "ec2.amazonaws.com"]),
		[{"type": "Federated", "identifier": "cognito-identity.amazonaws.com"}],
		[],
	] {
		result := _of(principals)
		result.verdict == "none"
		result.lets_in == "no"
	}
}

test_principals_that_are_not_known if {
	every principals in [
		test.unknown,
		test.aws([test.unknown]),
		test.aws([test.partly("arn:aws:iam::", ":root")]),
		test.aws(["{account-00000001}"]),
		test.aws(["arn:aws:iam::{account-00000001}:role/EC2ImageBuilderDistributionCrossAccountRole"]),
		test.aws(["AROAEXAMPLE1234567890"]),
	] {
		result := _of(principals)
		result.verdict == "unknown"
		result.lets_in == "unknown"
	}
}

test_reasons_of_unknown_principals if {
	_of(test.aws([test.unknown])).unknown == [{
		"document": "d", "statement": 0, "element": "principal",
		"reason": "variable x has no value", "settle": "--var x=…",
	}]
	_of(test.unknown).unknown[0].element == "principal"
	_of(test.aws(["{account-00000001}"])).unknown[0].reason == "the account of a root is not known"
}

test_unknown_principals_that_do_not_matter if {
	_of(test.aws([test.partly("arn:aws:iam::", ":role/other")])).verdict == "none"
	_of(test.aws([test.unknown, _tr])).verdict == "allowed"
	_of([{"type": "Service", "identifier": test.unknown}]).verdict == "none"
	result := _of(test.aws([test.unknown, "222222222222"]))
	result.verdict == "allowed_for_account"
	result.direct == "unknown"
}

test_callers_that_are_not_known if {
	request := object.union(_use, {
		"principal_arn": "arn:aws:iam::{account-00000001}:role/a",
		"principal_account": "{account-00000001}",
		"principal_session_arn": null,
	})
	statement := test.allow(test.aws(["111111111111"]), ["kms:*"])
	_policy([statement], request).verdict == "unknown"
	own := test.allow(test.aws(["arn:aws:iam::{account-00000001}:root"]), ["kms:*"])
	_policy([own], request).verdict == "allowed_for_account"
	itself := test.allow(test.aws(["arn:aws:iam::{account-00000001}:role/a"]), ["kms:*"])
	_policy([itself], request).verdict == "allowed"
	open := object.union(request, {"principal_arn": test.unknown, "principal_account": test.unknown})
	_policy([statement], open).verdict == "unknown"
}

test_unknown_session if {
	request := object.union(_use, {
		"principal_session_arn": test.partly("arn:aws:sts::222222222222:assumed-role/EC2ImageBuilderDistributionCrossAccountRole/", ""),
	})
	_policy([test.allow(test.aws([_session]), ["kms:*"])], request).verdict == "unknown"
	_policy([test.allow(test.aws(["111111111111"]), ["kms:*"])], request).verdict == "none"
	other := test.allow(test.aws(["arn:aws:sts::222222222222:assumed-role/other/s"]), ["kms:*"])
	_policy([other], request).verdict == "none"
}

test_deny if {
	denied := _policy([test.allow(test.aws([_tr]), ["kms:*"]), test.deny(test.aws([_tr]), ["kms:De*"])], _use)
	denied.verdict == "denied"
	denied.denied_itself == "yes"
	denied.deny == [1]
	account := _policy([test.deny(test.aws(["222222222222"]), ["kms:*"])], _use)
	account.verdict == "denied"
	account.denied_itself == "no"
	open := _policy([test.allow(test.aws([_tr]), ["kms:*"]), test.deny(test.unknown, ["kms:*"])], _use)
	open.verdict == "unknown"
}

test_not_principal_in_deny if {
	every identifiers, verdict in {
		["333333333333"]: "denied",
		[_tr, "222222222222"]: "allowed",
		[_session, "arn:aws:iam::222222222222:root"]: "allowed",
		["222222222222"]: "allowed",
		[_tr]: "unknown",
		[test.unknown]: "unknown",
	} {
		statement := {
			"effect": "Deny", "actions": ["kms:*"], "resources": ["*"],
			"not_principals": test.aws(identifiers),
		}
		_policy([test.allow(test.aws([_tr]), ["kms:*"]), statement], _use).verdict == verdict
	}
}

test_not_principal_that_is_not_known if {
	statement := {"effect": "Deny", "actions": ["kms:*"], "resources": ["*"], "not_principals": test.unknown}
	_policy([test.allow(test.aws([_tr]), ["kms:*"]), statement], _use).verdict == "unknown"
}

test_not_principal_with_unknown_effect if {
	statement := {"effect": test.unknown, "actions": ["kms:*"], "resources": ["*"], "not_principals": test.aws([_tr])}
	_policy([test.allow(test.aws([_tr]), ["kms:*"]), statement], _use).verdict == "unknown"
}

test_not_principal_in_allow if {
	statement := {"effect": "Allow", "actions": ["kms:*"], "resources": ["*"], "not_principals": test.aws(["333333333333"])}
	_policy([statement], _use).verdict == "allowed"
}

test_statements_without_resource_or_action_have_no_effect if {
	statement := test.allow(test.everybody, ["kms:*"])
	_policy([object.remove(statement, ["resources"])], _use).verdict == "none"
	_policy([object.remove(statement, ["actions"])], _use).verdict == "none"
}

test_other_keys_as_resource if {
	statement := object.union(test.allow(test.everybody, ["kms:*"]), {"resources": ["arn:aws:kms:us-east-1:111111111111:key/2"]})
	_policy([statement], _use).verdict == "none"
}

test_policies_that_are_not_known if {
	result := iam.resource_policy(test.unknown, _use, "key") with input as {"documents": {}}
	result.verdict == "unknown"
	result.document == ""
	result.unknown[0].settle == "--var x=…"
	named := iam.resource_policy("d", _use, "key") with input as {"documents": {"d": test.unknown}}
	named.document == "d"
	named.lets_in == "unknown"
}

test_policies_with_unknown_statements if {
	document := object.union(test.document([test.allow(test.aws([_tr]), ["kms:Encrypt"])]), {"incomplete": test.unknown})
	result := iam.resource_policy("d", _use, "key") with input as {"documents": {"d": document}}
	result.verdict == "unknown"
	result.unknown[0].element == "document"
	encrypt := iam.resource_policy("d", object.union(_use, {"action": "kms:Encrypt"}), "key") with input as {"documents": {"d": document}}
	encrypt.verdict == "allowed"
}

test_services if {
	request := {
		"service": "imagebuilder.amazonaws.com", "action": "sts:AssumeRole", "resource": null,
		"context": {}, "context_complete": true,
	}
	documents := {"documents": {"d": test.document([test.trust(test.services(["imagebuilder.amazonaws.com"]))])}}
	iam.resource_policy("d", request, "trust").verdict == "allowed" with input as documents
	other := object.union(request, {"service": "ec2.amazonaws.com"})
	iam.resource_policy("d", other, "trust").verdict == "none" with input as documents
}
