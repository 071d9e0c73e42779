package iblint.lib.wildcard

import data.iblint.lib.account

# METADATA
# scope: document
# description: |
#   Whether no text matches both, whatever the holes of the two stand for.
disjoint(pattern, text) if _ends_differ(pattern, text)

disjoint(pattern, text) if {
	not _is_open(pattern)
	not regex.match(expression(text), pattern)
}

disjoint(pattern, text) if {
	not _is_open(text)
	not regex.match(expression(pattern), text)
}

disjoint(pattern, text) if account.compare(pattern, text) == "no"

# Accounts and Regions hold no colon. So where pattern and text have the same
# number of colons, each colon of the one meets the same colon of the other, and
# the parts between them can be compared one by one.
disjoint(pattern, text) if {
	not contains(pattern, "{unknown}")
	not contains(text, "{unknown}")
	patterns := split(pattern, ":")
	count(patterns) > 1
	texts := split(text, ":")
	count(patterns) == count(texts)
	some i, part in patterns
	_part_disjoint(part, texts[i])
}

_part_disjoint(pattern, text) if _ends_differ(pattern, text)

_part_disjoint(pattern, text) if {
	not _is_open(pattern)
	not regex.match(expression(text), pattern)
}

_part_disjoint(pattern, text) if {
	not _is_open(text)
	not regex.match(expression(pattern), text)
}

_part_disjoint(pattern, text) if account.compare(pattern, text) == "no"

_is_open(x) if regex.match(`[*?]|\{(account-|region-|key-|unknown)`, x)

_ends_differ(a, b) if _conflict(_first(a), _first(b))

_ends_differ(a, b) if _conflict(strings.reverse(_last(a)), strings.reverse(_last(b)))

_conflict(a, b) if {
	not startswith(a, b)
	not startswith(b, a)
}

_pieces(x) := regex.split(`\*|\?|\{(account-|region-|key-|unknown)[^{}]*\}`, x)

_first(x) := _pieces(x)[0]

_last(x) := pieces[count(pieces) - 1] if pieces := _pieces(x)
