# METADATA
# title: Groups
# description: |
#   Puts together what has something in common, in one pass. A rule such as
#   `by[key] contains item` does the same in source, but OPA compares every result of
#   it with all that came before, which is too much for thousands of deliveries.
package iblint.lib.group

# METADATA
# description: The items of pairs [key, item], as a set for each key.
by_key(pairs) := {key: object.keys(items) |
	some key, items in object.union_n([{key: {item: true}} | some [key, item] in pairs])
}
