package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

_statement := test.permit(["kms:Decrypt"], ["*"])

_condition(statement, request) := _judged(test.document([statement]), request)

_judged(document, request) := answer if {
	answer := iam.condition_answer("d", 0, "kms:Decrypt", iam.request_carrier("d", request)) with input as {
		"documents": {"d": document},
	}
}

_request(context, complete) := {"context": context, "context_complete": complete, "resource": "*"}

test_no_condition_holds if _condition(_statement, _request({}, true)) == "yes"

test_all_tests_must_hold if {
	statement := test.when(test.when(_statement, "StringEquals", "a:b", ["1"]), "StringEquals", "a:C", ["2"])
	_condition(statement, _request({"a:b": ["1"], "a:c": ["2"]}, true)) == "yes"
	_condition(statement, _request({"a:b": ["1"], "a:c": ["3"]}, true)) == "no"
	_condition(statement, _request({"a:b": ["1"]}, false)) == "unknown"
	_condition(statement, _request({"a:b": ["2"]}, false)) == "no"
	_condition(statement, _request({"a:b": ["1"]}, true)) == "no"
}

test_unreadable_condition_is_unknown if {
	statement := object.union(_statement, {"undecided": test.unknown})
	_condition(statement, _request({}, true)) == "unknown"
}

test_one_of_several_values if {
	statement := test.when(_statement, "StringEquals", "a:b", ["1"])
	several := _request({"a:b": {"$one_of": [["1"], ["2"]]}}, true)
	_condition(statement, several) == "yes"
	_condition(object.union(statement, {"effect": "Deny"}), several) == "no"
	_condition(object.union(statement, {"effect": test.unknown}), several) == "unknown"
	_condition(object.union(statement, {"effect": test.unknown}), _request({"a:b": ["1"]}, true)) == "yes"
}

test_either_of_several_values if {
	either := _request({"a:b": {"$either": [["1"], ["2"]]}}, true)
	one := test.when(_statement, "StringEquals", "a:b", ["1"])
	both := test.when(_statement, "StringEquals", "a:b", ["1", "2"])
	every effect in ["Allow", "Deny"] {
		_condition(object.union(one, {"effect": effect}), either) == "unknown"
		_condition(object.union(both, {"effect": effect}), either) == "yes"
	}
	_condition(test.when(_statement, "StringEquals", "a:b", ["3"]), either) == "no"
}

test_variables if {
	statement := test.when(_statement, "StringLike", "a:b", ["x/${aws:PrincipalAccount}/*"])
	_condition(statement, _request({"a:b": ["x/1/y"], "aws:principalaccount": ["1"]}, true)) == "yes"
	_condition(statement, _request({"a:b": ["x/2/y"], "aws:principalaccount": ["1"]}, true)) == "no"
	_condition(statement, _request({"a:b": ["x//y"]}, true)) == "no"
	_condition(statement, _request({"a:b": ["x/2/y"]}, false)) == "unknown"
	_condition(statement, _request({"a:b": ["z/2/y"]}, false)) == "no"
	_condition(statement, _request({"a:b": ["x/2/y"], "aws:principalaccount": {"$one_of": [["1"], ["2"]]}}, true)) == "unknown"
}

test_variables_with_default_and_escapes if {
	defaulted := test.when(_statement, "StringEquals", "a:b", ["${aws:PrincipalTag/team, 'none'}"])
	_condition(defaulted, _request({"a:b": ["none"]}, true)) == "yes"
	_condition(defaulted, _request({"a:b": ["x"], "aws:principaltag/team": ["x"]}, true)) == "yes"
	escaped := test.when(_statement, "StringLike", "a:b", ["${*}${?}${$}*"])
	_condition(escaped, _request({"a:b": ["*?$x"]}, true)) == "yes"
	_condition(escaped, _request({"a:b": ["ab$x"]}, true)) == "no"
}

test_variables_in_values_are_no_patterns if {
	statement := test.when(_statement, "StringLike", "a:b", ["${aws:PrincipalTag/team}"])
	_condition(statement, _request({"a:b": ["xy"], "aws:principaltag/team": ["x*"]}, true)) == "no"
	_condition(statement, _request({"a:b": ["x*"], "aws:principaltag/team": ["x*"]}, true)) == "yes"
}

test_variables_need_the_current_language if {
	statement := test.when(_statement, "StringEquals", "a:b", ["${aws:PrincipalAccount}"])
	request := _request({"a:b": ["1"], "aws:principalaccount": ["1"]}, true)
	every document in [{"version": "2008-10-17", "statements": [statement]}, {"statements": [statement]}] {
		_judged(document, request) == "no"
	}
}

test_unknown_language_is_the_current_one if {
	statement := test.when(_statement, "StringEquals", "a:b", ["${aws:PrincipalAccount}"])
	request := _request({"a:b": ["1"], "aws:principalaccount": ["1"]}, true)
	document := {"version": test.unknown, "statements": [statement]}
	_judged(document, request) == "yes"
}
