package iblint.lib.value_test

import data.iblint.lib.test
import data.iblint.lib.value

test_scalars_lists_and_objects_are_known if {
	every x in ["", "a", 0, false, [], [test.unknown], {"a": 1}] {
		value.is_known(x)
		not value.is_unknown(x)
	}
}

test_unknown_and_partly_known_are_unknown if {
	every x in [test.unknown, test.partly("a", "b")] {
		value.is_unknown(x)
		not value.is_known(x)
	}
}

test_false_is_not_absent if {
	not value.is_absent({"a": false}, "a")
	value.is_absent({"a": false}, "b")
}

test_state_of_a_property if {
	value.has_known({"a": 1}, "a")
	not value.has_known({"a": test.unknown}, "a")
	not value.has_known({}, "a")
	value.has_unknown({"a": test.unknown}, "a")
	not value.has_unknown({"a": 1}, "a")
	not value.has_unknown({}, "a")
}

test_truth_needs_to_be_known if {
	value.is_true(true)
	not value.is_true(false)
	not value.is_true(test.unknown)
	value.is_false(false)
	not value.is_false(true)
	not value.is_false(test.unknown)
}

test_difference_by_state if {
	value.differs("a", "b")
	not value.differs("a", "a")
	not value.differs(test.unknown, "a")
	value.may_differ("a", "b")
	not value.may_differ("a", "a")
	value.may_differ(test.unknown, "a")
}

test_reason_and_settle if {
	value.reason(test.unknown) == "variable x has no value"
	value.settle(test.unknown) == "--var x=…"
	value.settle({"$unknown": "a"}) == ""
}

test_items_by_state if {
	list := ["a", test.unknown, "b"]
	value.known_items(list) == ["a", "b"]
	value.unknown_items(list) == [test.unknown]
	value.known_items(test.unknown) == []
	value.unknown_items(test.unknown) == [test.unknown]
	value.unknown_items([]) == []
}

test_completeness if {
	value.is_complete([])
	value.is_complete(["a"])
	not value.is_complete(["a", test.unknown])
	not value.is_complete(test.unknown)
}

test_text_as_people_read_it if {
	value.text("a") == "a"
	value.text(5) == "5"
	value.text(true) == "true"
	value.text(test.unknown) == "…"
	value.text(test.partly("arn:", ":root")) == "arn:…:root"
}
