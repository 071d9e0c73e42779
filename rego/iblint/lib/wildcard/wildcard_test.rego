package iblint.lib.wildcard_test

import data.iblint.lib.test
import data.iblint.lib.wildcard

_key := "arn:aws:kms:us-east-1:{account-00000001}:key/1"

_answers := {
	["*", "anything"]: "yes",
	["a", "a"]: "yes",
	["a", "A"]: "no",
	["a*", "abc"]: "yes",
	["*c", "abc"]: "yes",
	["a*c", "abc"]: "yes",
	["ab*bc", "abc"]: "no",
	["a?c", "abc"]: "yes",
	["a?c", "ac"]: "no",
	["*b*", "abc"]: "yes",
	["*x*", "abc"]: "no",
	["a.c*d*", "abcd"]: "no",
	["a[b]*(c)*", "a[b]x(c)y"]: "yes",
	["arn:aws:kms:*", "arn:aws:kms:us-east-1:111111111111:key/1"]: "yes",
	["arn:aws:kms:*:key/*", "arn:aws:kms:us-east-1:111111111111:key/1"]: "yes",
	["${aws:username}", "a"]: "no",
	["a\uE000c", "a*c"]: "yes",
	["a\uE000c", "abc"]: "no",
	["a\uE001*", "a?c"]: "yes",
}

test_texts_without_holes if {
	every pair, answer in _answers {
		wildcard.match(pair[0], pair[1]) == answer
	}
}

test_stand_ins_in_the_text if {
	wildcard.match("*", _key) == "yes"
	wildcard.match(_key, _key) == "yes"
	wildcard.match("arn:aws:kms:*:*:key/*", _key) == "yes"
	wildcard.match("arn:aws:kms:us-east-1:111111111111:key/1", _key) == "unknown"
	wildcard.match("arn:aws:kms:us-east-1:111111111111:key/2", _key) == "no"
	wildcard.match("arn:aws:kms:eu-west-1:*:key/*", _key) == "no"
	wildcard.match("arn:aws:kms:*:111111111111:key/*", _key) == "unknown"
	wildcard.match("arn:aws:kms:us-east-1:111*:key/1", _key) == "unknown"
	wildcard.match("arn:aws:kms:us-east-1:????????????:key/1", _key) == "unknown"
	wildcard.match("arn:aws:kms:*:111111111111:alias/*", _key) == "no"
	wildcard.match("arn:aws:kms:us-east-1:short:key/1", _key) == "no"
	wildcard.match("ec2.*.amazonaws.com", "ec2.{region-00000001}.amazonaws.com") == "yes"
	wildcard.match("imagebuilder.*.amazonaws.com", "ec2.{region-00000001}.amazonaws.com") == "no"
}

test_stand_ins_in_the_pattern if {
	wildcard.match("arn:aws:iam::{account-00000001}:root", "arn:aws:iam::111111111111:root") == "unknown"
	wildcard.match("arn:aws:iam::{account-00000001}:root", "arn:aws:iam::{account-00000002}:root") == "unknown"
	wildcard.match("arn:aws:iam::{account-00000001}:role/a", "arn:aws:iam::111111111111:role/b") == "no"
	wildcard.match("{account-00000001}", "111111111111") == "unknown"
	wildcard.match("{account-00000001}", "not an account") == "no"
}

test_source_account_is_none_of_its_targets if {
	build := {
		"builds": [{"account": "{account-00000001}", "distribution": "d"}],
		"resources": {"d": {"properties": {"distributions": [{"ami": {"target_account_ids": ["222222222222"]}}]}}},
	}
	wildcard.match("arn:aws:kms:*:222222222222:key/*", _key) == "no" with input as build
	wildcard.match("arn:aws:kms:*:111111111111:key/*", _key) == "unknown" with input as build
	wildcard.same("222222222222", "{account-00000001}") == "no" with input as build
}

test_unknown_parts if {
	wildcard.match("*", test.unknown) == "yes"
	wildcard.match("a*", test.unknown) == "unknown"
	wildcard.match(test.unknown, "a") == "unknown"
	wildcard.match(test.partly("arn:aws:iam::", ":root"), "arn:aws:iam::111111111111:root") == "unknown"
	wildcard.match(test.partly("arn:aws:iam::", ":role/a"), "arn:aws:iam::111111111111:role/b") == "no"
	wildcard.match("arn:aws:iam::*:role/a", test.partly("arn:aws:iam::", ":role/b")) == "no"
	wildcard.match("arn:aws:iam::*:role/a", test.partly("arn:aws:iam::", ":role/a")) == "yes"
	wildcard.match(test.partly("a", "b"), test.partly("a", "b")) == "unknown"
}

test_same_takes_wildcards_literally if {
	wildcard.same("a*", "a*") == "yes"
	wildcard.same("a*", "ab") == "no"
	wildcard.same("ec2.*.amazonaws.com", "ec2.{region-00000001}.amazonaws.com") == "no"
	wildcard.same("ec2.us-east-1.amazonaws.com", "ec2.{region-00000001}.amazonaws.com") == "unknown"
	wildcard.same("a\uE000", "a*") == "yes"
	wildcard.same(test.unknown, "a") == "unknown"
	wildcard.same(_key, _key) == "yes"
	wildcard.same(test.partly("a", ""), "b") == "no"
}
