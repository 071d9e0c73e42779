package iblint.lib.group_test

import data.iblint.lib.group

test_items_of_one_key_are_together if {
	pairs := {["a", 1], ["b", 2], ["a", 3]}
	group.by_key(pairs) == {"a": {1, 3}, "b": {2}}
}

test_keys_and_items_may_be_objects if {
	key := {"role": "r", "missing": ["kms:Decrypt"]}
	pairs := {[key, {"account": "1"}], [key, {"account": "2"}], [{"role": "s"}, {"account": "1"}]}
	group.by_key(pairs) == {key: {{"account": "1"}, {"account": "2"}}, {"role": "s"}: {{"account": "1"}}}
}

test_no_pairs_make_no_groups if group.by_key(set()) == {}
