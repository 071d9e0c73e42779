package iblint.lib.account_test

import data.iblint.lib.account
import data.iblint.lib.test

_source := "{account-00000001}"

test_same if {
	account.same("111111111111", "111111111111") == "yes"
	account.same(_source, _source) == "yes"
	account.same("111111111111", "222222222222") == "no"
}

test_stand_ins_may_be_anything if {
	account.same(_source, "111111111111") == "unknown"
	account.same("111111111111", _source) == "unknown"
	account.same(_source, "{account-00000002}") == "unknown"
	account.same(test.unknown, "111111111111") == "unknown"
	account.same(test.unknown, test.unknown) == "unknown"
}

test_kinds if {
	account.is_literal("111111111111")
	not account.is_literal("11111111111")
	not account.is_literal(_source)
	not account.is_literal(test.unknown)
	account.is_standin(_source)
	not account.is_standin("111111111111")
	not account.is_standin(test.unknown)
}

test_target_differs if {
	account.target_differs(_source, "222222222222")
	account.target_differs("111111111111", "222222222222")
	not account.target_differs("111111111111", "111111111111")
	not account.target_differs(_source, _source)
	not account.target_differs(_source, "{account-00000002}")
	not account.target_differs("111111111111", test.unknown)
}

_build := {
	"builds": [{"account": _source, "distribution": "d"}],
	"resources": {"d": {"properties": {"distributions": [
		{"ami": {"target_account_ids": ["222222222222", test.unknown]}},
		{"ami": {"launch_permission": {"user_ids": ["333333333333"]}}},
		{"ami": {"target_account_ids": test.unknown}},
	]}}},
}

test_source_is_none_of_its_targets if {
	account.compare(_source, "222222222222") == "no" with input as _build
	account.compare("333333333333", _source) == "no" with input as _build
	account.compare(_source, "444444444444") == "unknown" with input as _build
	account.compare("{account-00000002}", "222222222222") == "unknown" with input as _build
	account.compare(_source, _source) == "yes" with input as _build
}

test_targets_of_sources if {
	account.source_targets == {_source: {"222222222222", "333333333333"}} with input as _build
}
