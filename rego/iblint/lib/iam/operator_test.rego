package iblint.lib.iam_test

import data.iblint.lib.iam
import data.iblint.lib.test

# Each line: operator, values of the policy, values of the request, answer.
_comparisons := [
	["StringEquals", ["a", "b"], ["b"], "yes"],
	["StringEquals", ["a"], ["A"], "no"],
	["StringEquals", ["a*"], ["ab"], "no"],
	["stringequals", ["a"], ["a"], "yes"],
	["StringEquals", ["a"], [], "no"],
	["StringEqualsIfExists", ["a"], [], "yes"],
	["StringEqualsIfExists", ["a"], ["b"], "no"],
	["StringNotEquals", ["a", "b"], ["b"], "no"],
	["StringNotEquals", ["a", "b"], ["c"], "yes"],
	["StringNotEquals", ["a"], [], "yes"],
	["StringEqualsIgnoreCase", ["O-A1"], ["o-a1"], "yes"],
	["StringNotEqualsIgnoreCase", ["O-A1"], ["o-a1"], "no"],
	["StringLike", ["ec2.*.amazonaws.com"], ["ec2.eu-west-1.amazonaws.com"], "yes"],
	["StringLike", ["e?2*"], ["ec2."], "yes"],
	["StringNotLike", ["ec2.*"], ["s3.x"], "yes"],
	["StringNotLike", ["ec2.*"], ["ec2.x"], "no"],
	["NumericEquals", ["5"], ["5.0"], "yes"],
	["NumericEquals", [5], ["5"], "yes"],
	["NumericNotEquals", ["5"], ["6"], "yes"],
	["NumericLessThan", ["10"], ["9"], "yes"],
	["NumericLessThan", ["10"], ["10"], "no"],
	["NumericLessThanEquals", ["10"], ["10"], "yes"],
	["NumericGreaterThan", ["10"], ["11"], "yes"],
	["NumericGreaterThanEquals", ["10"], ["9"], "no"],
	["NumericEquals", ["five"], ["5"], "no"],
	["DateLessThan", ["2030-01-01T00:00:00Z"], ["2026-06-01T00:00:00Z"], "yes"],
	["DateGreaterThan", ["2030-01-01T00:00:00Z"], ["2026-06-01T00:00:00Z"], "no"],
	["DateEquals", ["2026-06-01T02:00:00+02:00"], ["2026-06-01"], "yes"],
	["DateNotEquals", ["2026-06-01"], ["2026-06-01"], "no"],
	["DateLessThanEquals", ["1780272000"], ["2026-06-01"], "yes"],
	["DateGreaterThanEquals", ["2026"], ["2026-01-01"], "yes"],
	["DateEquals", ["yesterday"], ["2026-06-01"], "no"],
	["Bool", ["true"], ["true"], "yes"],
	["Bool", [true], ["true"], "yes"],
	["Bool", ["True"], ["true"], "yes"],
	["Bool", ["false"], ["true"], "no"],
	["Bool", ["true"], [], "no"],
	["BoolIfExists", ["true"], [], "yes"],
	["BinaryEquals", ["QmluYXJ5"], ["QmluYXJ5"], "yes"],
	["BinaryEquals", ["QmluYXJ5"], ["qmluYXJ5"], "no"],
	["IpAddress", ["10.0.0.0/8"], ["10.1.2.3"], "yes"],
	["IpAddress", ["10.1.2.3"], ["10.1.2.3"], "yes"],
	["IpAddress", ["203.0.113.0/24"], ["10.1.2.3"], "no"],
	["IpAddress", ["2001:db8::/32"], ["2001:db8::1"], "yes"],
	["IpAddress", ["somewhere"], ["10.1.2.3"], "no"],
	["NotIpAddress", ["203.0.113.0/24"], ["10.1.2.3"], "yes"],
	["NotIpAddress", ["203.0.113.0/24"], [], "yes"],
	["ArnEquals", ["arn:aws:iam::111111111111:role/*"], ["arn:aws:iam::111111111111:role/a/b"], "yes"],
	["ArnLike", ["arn:aws:iam::*:role/a"], ["arn:aws:iam::111111111111:role/a"], "yes"],
	["ArnLike", ["arn:aws:iam::*"], ["arn:aws:iam::111111111111:role/a"], "no"],
	["ArnLike", ["arn:aws:logs:eu-west-1:1:*"], ["arn:aws:logs:eu-west-1:1:log-group:a"], "yes"],
	["ArnLike", ["*"], ["arn:aws:iam::111111111111:role/a"], "yes"],
	["ArnLike", ["arn:aws:iam::1:role/a"], ["no arn"], "no"],
	["ArnNotLike", ["arn:aws:iam::*:role/a"], ["arn:aws:iam::111111111111:role/b"], "yes"],
	["ArnNotEquals", ["arn:aws:iam::*:role/a"], ["arn:aws:iam::111111111111:role/a"], "no"],
	["Null", ["true"], [], "yes"],
	["Null", [true], ["a"], "no"],
	["Null", ["false"], ["a", "b"], "yes"],
	["Null", ["false"], [], "no"],
	["ForAllValues:StringEquals", ["a", "b"], ["a"], "yes"],
	["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], "no"],
	["ForAllValues:StringEquals", ["a"], [], "yes"],
	["ForAnyValue:StringEquals", ["a"], ["b", "a"], "yes"],
	["ForAnyValue:StringEquals", ["a"], ["b"], "no"],
	["ForAnyValue:StringEquals", ["a"], [], "no"],
	["ForAnyValue:StringEqualsIfExists", ["a"], [], "yes"],
	["ForAnyValue:StringNotEquals", ["a"], ["a", "b"], "yes"],
	["ForAllValues:StringNotEquals", ["a"], ["a", "b"], "no"],
	["foranyvalue:stringlike", ["o-1/*"], ["o-1/r-1/"], "yes"],
	["StringEquals", ["a"], ["a", "b"], "yes"],
	["StringNotEquals", ["a"], ["a", "b"], "no"],
	["StringEquals", [], ["a"], "no"],
	["StringNotEquals", [], ["a"], "yes"],
	["StringEqual", ["a"], ["a"], "no"],
	["NullIfExists", ["true"], [], "no"],
]

test_comparisons if {
	every line in _comparisons {
		iam.operator_answer(line[0], line[1], line[2]) == line[3]
	}
}

# The same for what is not known of the policy or the request.
_open_comparisons := [
	["StringEquals", ["a"], [test.unknown], "unknown"],
	["StringEquals", [test.unknown], ["a"], "unknown"],
	["StringEquals", test.unknown, ["a"], "unknown"],
	["StringEquals", test.unknown, [], "no"],
	["StringEquals", [test.unknown, "a"], ["a"], "yes"],
	["StringNotEquals", [test.unknown, "a"], ["a"], "no"],
	["StringNotEquals", ["a"], [test.unknown], "unknown"],
	["StringEquals", ["a"], test.unknown, "unknown"],
	["StringLike", ["*"], [test.unknown], "yes"],
	["StringLike", ["o-1/*"], [test.partly("o-1/", "")], "yes"],
	["StringLike", ["o-2/*"], [test.partly("o-1/", "")], "no"],
	["ForAnyValue:StringLike", ["o-1/r-1/*"], [test.partly("o-1/", "")], "unknown"],
	["NumericLessThan", ["5"], [test.unknown], "unknown"],
	["DateLessThan", [test.unknown], ["2026-01-01"], "unknown"],
	["IpAddress", ["10.0.0.0/8"], [test.unknown], "unknown"],
	["Bool", [test.unknown], ["true"], "unknown"],
	["ArnLike", [test.unknown], ["arn:aws:iam::111111111111:role/a"], "unknown"],
	["ArnLike", [test.partly("arn:aws:iam::", ":role/a")], ["arn:aws:iam::111111111111:role/b"], "no"],
	["ArnLike", [test.partly("arn:aws:iam::", ":role/a")], ["arn:aws:iam::111111111111:role/a"], "unknown"],
	["Null", test.unknown, [], "unknown"],
	["Null", ["true"], test.unknown, "unknown"],
	["Null", ["true"], [test.unknown], "no"],
	["ForAllValues:StringEquals", ["a"], ["a", test.unknown], "unknown"],
	["ForAllValues:StringEquals", ["a"], ["b", test.unknown], "no"],
	["ForAnyValue:StringEquals", ["a"], ["a", test.unknown], "yes"],
	["StringEquals", ["111111111111"], ["{account-00000001}"], "unknown"],
	["StringEquals", ["{account-00000001}"], ["{account-00000001}"], "yes"],
]

test_open_comparisons if {
	every line in _open_comparisons {
		iam.operator_answer(line[0], line[1], line[2]) == line[3]
	}
}

test_parts_of_operators if {
	iam.operator("ForAnyValue:StringNotLikeIfExists") == {
		"set": "any",
		"if_exists": true,
		"comparison": "pattern",
		"negated": true,
	}
	iam.operator("arnequals") == {"set": "none", "if_exists": false, "comparison": "arn", "negated": false}
	not iam.operator("Equals")
}
