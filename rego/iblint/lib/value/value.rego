# METADATA
# title: States of values
# description: |
#   A value of the input is known, unknown (an object with the key $unknown) or
#   absent (not there). Rules ask here, never with `not x`, which also holds for
#   what nobody knows.
package iblint.lib.value

# METADATA
# description: Whether the value is unknown or partly unknown.
is_unknown(x) if _ = x["$unknown"]

# METADATA
# description: Whether the value itself is known; its items and fields may not be.
is_known(x) if not is_unknown(x)

# METADATA
# description: Whether the object has no such property.
is_absent(owner, property) if not _has(owner, property)

# METADATA
# description: Whether the object has the property and it is known.
has_known(owner, property) if is_known(owner[property])

# METADATA
# description: Whether the object has the property and it is not known.
has_unknown(owner, property) if is_unknown(owner[property])

# METADATA
# description: Whether the value is known and true.
is_true(x) if {
	is_boolean(x)
	x != false
}

# METADATA
# description: Whether the value is known and false.
is_false(x) if {
	is_boolean(x)
	not x
}

# METADATA
# description: Whether the value is known and another one.
differs(x, other) if {
	is_known(x)
	x != other
}

# METADATA
# description: Whether the value is unknown or another one.
may_differ(x, other) if x != other

# METADATA
# description: Why the value is not known.
reason(x) := x["$unknown"]

# METADATA
# description: What would supply the missing fact; empty when nothing is on record.
settle(x) := found if {
	found := x["$settle"]
} else := ""

# METADATA
# description: The known items of a list; none when the list is unknown.
known_items(list) := [item | some item in list; is_known(item)] if {
	is_array(list)
} else := []

# METADATA
# description: |
#   The unknown items of a list, or the list itself when nothing of it is known.
unknown_items(list) := [list] if {
	is_unknown(list)
} else := [item | some item in list; is_unknown(item)] if {
	is_array(list)
} else := []

# METADATA
# description: Whether the list and each of its items is known.
is_complete(list) if {
	is_array(list)
	unknown_items(list) == []
}

# METADATA
# scope: document
# description: |
#   The value as people read it: the parts that are not known are shown as "…".
text(x) := x if is_string(x)

text(x) := format_int(x, 10) if is_number(x)

text(x) := sprintf("%v", [x]) if is_boolean(x)

text(x) := concat("", [_part(part) | some part in parts]) if parts := x["$parts"]

text(x) := "…" if {
	is_unknown(x)
	not x["$parts"]
}

_part(part) := part if is_string(part)

_part(part) := "…" if is_unknown(part)

_has(owner, property) if property in object.keys(owner)
