package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_call := {
	"action": "kms:Decrypt",
	"resource": test.key_arn,
	"context": {},
	"context_complete": true,
}

_identity(statements) := result if {
	result := iam.identity_policy("d", _call) with input as {"documents": {"d": test.document(statements)}}
}

_verdict(statement) := _identity([statement]).verdict

test_actions if {
	every actions in [["*"], ["kms:*"], ["KMS:decrypt"], ["kms:De*"], ["kms:?ecrypt"], ["kms:Encrypt", "kms:Decrypt"]] {
		_verdict(test.permit(actions, ["*"])) == "allow"
	}
	every actions in [["kms:Encrypt"], ["kms:ReEncrypt"], ["ec2:*"], ["Decrypt"], []] {
		_verdict(test.permit(actions, ["*"])) == "none"
	}
}

test_not_action if {
	_verdict({"effect": "Allow", "not_actions": ["iam:*"], "resources": ["*"]}) == "allow"
	_verdict({"effect": "Allow", "not_actions": ["kms:*"], "resources": ["*"]}) == "none"
	_verdict({"effect": "Allow", "not_actions": [test.unknown], "resources": ["*"]}) == "unknown"
}

test_resources if {
	every resource in [test.key_arn, "arn:aws:kms:*", "arn:aws:kms:*:111111111111:*", "arn:aws:kms:*:*:key/*"] {
		_verdict(test.permit(["kms:*"], [resource])) == "allow"
	}
	every resource in [
		"arn:aws:kms:us-east-1:111111111111:alias/ami",
		"arn:aws:kms:us-east-1:111111111111:key/ffffffff-12ab-34cd-56ef-1234567890ab",
		"arn:aws:kms:eu-west-1:*:key/*",
		"arn:aws-cn:kms:*",
	] {
		_verdict(test.permit(["kms:*"], [resource])) == "none"
	}
}

test_not_resource if {
	_verdict({"effect": "Allow", "actions": ["kms:*"], "not_resources": ["arn:aws:s3:::*"]}) == "allow"
	_verdict({"effect": "Allow", "actions": ["kms:*"], "not_resources": [test.key_arn]}) == "none"
}

test_resource_variables if {
	statement := test.permit(["kms:*"], ["arn:aws:kms:*:${aws:PrincipalAccount}:key/*"])
	inverse := {"effect": "Allow", "actions": ["kms:*"], "not_resources": ["arn:aws:kms:*:${aws:PrincipalAccount}:key/*"]}
	own := object.union(_call, {"context": {"aws:principalaccount": ["111111111111"]}})
	other := object.union(_call, {"context": {"aws:principalaccount": ["222222222222"]}})
	documents := {"documents": {"d": test.document([statement]), "n": test.document([inverse])}}
	iam.identity_policy("d", own).verdict == "allow" with input as documents
	iam.identity_policy("d", other).verdict == "none" with input as documents
	iam.identity_policy("n", own).verdict == "none" with input as documents
	iam.identity_policy("n", other).verdict == "allow" with input as documents
}

test_missing_elements_have_no_effect if {
	_verdict({"effect": "Allow", "actions": ["kms:*"]}) == "none"
	_verdict({"effect": "Allow", "resources": ["*"]}) == "none"
}

test_deny_wins if {
	result := _identity([
		test.permit(["kms:*"], ["*"]),
		object.union(test.permit(["kms:Decrypt"], ["*"]), {"effect": "Deny"}),
	])
	result.verdict == "deny"
	result.granted == "no"
	result.allow == [{"document": "d", "statement": 0}]
	result.deny == [{"document": "d", "statement": 1}]
}

test_unknown_elements if {
	every statement in [
		test.permit(test.unknown, ["*"]),
		test.permit(["iam:*", test.unknown], ["*"]),
		test.permit(["kms:*"], test.unknown),
		test.permit(["kms:*"], [test.partly("arn:aws:kms:", "")]),
		object.union(test.permit(["kms:*"], ["*"]), {"effect": test.unknown}),
		object.union(test.permit(["kms:*"], ["*"]), {"undecided": test.unknown}),
	] {
		result := _identity([statement])
		result.verdict == "unknown"
		count(result.unknown) > 0
		every entry in result.unknown {
			entry.document == "d"
			entry.statement == 0
			entry.reason == "variable x has no value"
		}
	}
}

test_unknown_elements_that_do_not_matter if {
	_verdict(test.permit([test.partly("iam:", "")], ["*"])) == "none"
	_verdict(test.permit(["kms:*", test.unknown], ["*"])) == "allow"
	_verdict(test.permit(["iam:*"], test.unknown)) == "none"
	_identity([test.permit(["kms:*"], ["*"]), test.permit(test.unknown, ["*"])]).verdict == "allow"
}

test_unknown_deny_matters if {
	statement := object.union(test.permit(["kms:*"], test.unknown), {"effect": "Deny"})
	result := _identity([test.permit(["kms:*"], ["*"]), statement])
	result.verdict == "unknown"
	result.denied == "unknown"
	_verdict(statement) == "none"
}

test_unknown_documents if {
	known := {"documents": {"d": test.document([test.permit(["kms:*"], ["*"])]), "u": test.unknown}}
	iam.identity_policy(test.unknown, _call).verdict == "unknown" with input as known
	iam.identity_policy("u", _call).verdict == "unknown" with input as known
	iam.identity_policies(["u", "d"], _call).verdict == "allow" with input as known
	entry := {
		"document": "u", "element": "document",
		"reason": "variable x has no value", "settle": "--var x=…",
	}
	iam.identity_policy("u", _call).unknown == [entry] with input as known
}

test_incomplete_documents if {
	incomplete := {"documents": {
		"d": object.union(test.document([test.permit(["iam:*"], ["*"])]), {"incomplete": test.unknown}),
		"e": object.union(test.document([test.permit(["kms:*"], ["*"])]), {"incomplete": test.unknown}),
	}}
	iam.identity_policy("d", _call).verdict == "unknown" with input as incomplete
	iam.identity_policy("e", _call).verdict == "allow" with input as incomplete
}

test_invalid_documents_grant_nothing if {
	iam.identity_policy("d", _call).verdict == "none" with input as {"documents": {"d": {"invalid": "no JSON"}}}
}

test_unknown_resource if {
	call := object.union(_call, {"resource": test.partly("arn:aws:kms:us-east-1:", ":key/1")})
	documents := {"documents": {
		"all": test.document([test.permit(["kms:*"], ["*"])]),
		"one": test.document([test.permit(["kms:*"], [test.key_arn])]),
		"alias": test.document([test.permit(["kms:*"], ["arn:aws:kms:us-east-1:111111111111:alias/a"])]),
	}}
	iam.identity_policy("all", call).verdict == "allow" with input as documents
	iam.identity_policy("one", call).verdict == "none" with input as documents
	iam.identity_policy("alias", call).verdict == "none" with input as documents
	open := object.union(_call, {"resource": test.unknown})
	iam.identity_policy("one", open).verdict == "unknown" with input as documents
}

test_effect_that_is_no_word_of_the_language_grants_nothing if {
	_verdict(object.union(test.permit(["kms:*"], ["*"]), {"effect": "allow"})) == "none"
}
