package iblint.lib.iam_test

import data.iblint.lib.iam

test_all_of if {
	iam.all_of([]) == "yes"
	iam.all_of(["yes", "yes"]) == "yes"
	iam.all_of(["yes", "unknown"]) == "unknown"
	iam.all_of(["no", "unknown"]) == "no"
}

test_any_of if {
	iam.any_of(set()) == "no"
	iam.any_of({"no"}) == "no"
	iam.any_of({"no", "unknown"}) == "unknown"
	iam.any_of({"yes", "unknown", "no"}) == "yes"
}

test_negation if {
	iam.negation("yes") == "no"
	iam.negation("no") == "yes"
	iam.negation("unknown") == "unknown"
}
