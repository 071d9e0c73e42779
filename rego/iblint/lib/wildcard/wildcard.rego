# METADATA
# title: Wildcards
# description: |
#   Matches texts against the patterns of IAM, in which `*` is any text and `?`
#   any character. The answers are "yes", "no" and "unknown", because pattern and
#   text may have holes: stand-ins for accounts and Regions, or unknown parts.
package iblint.lib.wildcard

# METADATA
# description: Whether the text matches the pattern.
match(pattern, text) := "yes" if {
	pattern == "*"
} else := _plain_match(pattern, text) if {
	_is_plain(pattern)
	_is_plain(text)
} else := _holed_match(spelled(pattern), spelled(text))

# METADATA
# description: Whether two texts are equal; wildcards are characters like others.
same(a, b) := _plain_equal(a, b) if {
	_is_plain(a)
	_is_plain(b)
} else := _holed_equal(spelled(a), spelled(b))

# METADATA
# scope: document
# description: Whether a text without holes matches a pattern without holes.
matches(pattern, text) if pattern == text

matches(pattern, text) if {
	not contains(pattern, "?")
	[prefix, suffix] = split(pattern, "*")
	startswith(text, prefix)
	endswith(text, suffix)
	count(text) >= count(prefix) + count(suffix)
}

matches(pattern, text) if {
	_needs_regex(pattern)
	regex.match(expression(pattern), text)
}

# METADATA
# description: |
#   The text as a string: what is not known of it is the hole "{unknown}".
spelled(x) := x if {
	is_string(x)
} else := concat("", [_spelled_part(part) | some part in x["$parts"]]) if {
	x["$parts"]
} else := "{unknown}"

# METADATA
# description: Whether a part of the string is not known.
has_hole(x) if {
	contains(x, "{")
	regex.match(`\{(account-|region-|key-|unknown)[^{}]*\}`, x)
}

# METADATA
# description: |
#   The regular expression for a pattern: wildcards and holes match what they can
#   stand for.
expression(pattern) := concat("", ["(?s)^", replaced, "$"]) if {
	quoted := regex.replace(pattern, `[.+*?()|\[\]{}^$\\]`, `\$0`)
	keys := regex.replace(quoted, `\\\{key-[^{}]*\\\}`, `[A-Za-z0-9-]+`)
	regions := regex.replace(keys, `\\\{region-[^{}]*\\\}`, `[a-z0-9-]+`)
	accounts := regex.replace(regions, `\\\{account-[^{}]*\\\}`, `[0-9]{12}`)
	open := replace(replace(replace(accounts, `\{unknown\}`, `.*`), `\*`, `.*`), `\?`, `.`)
	replaced := replace(replace(open, "\uE000", `\*`), "\uE001", `\?`)
}

# METADATA
# description: |
#   The text as a pattern that matches nothing else: its asterisks and question
#   marks are no wildcards.
literal(text) := replace(replace(text, "*", "\uE000"), "?", "\uE001")

_is_plain(x) if {
	is_string(x)
	not has_hole(x)
}

_plain_match(pattern, text) := "yes" if {
	matches(pattern, text)
} else := "no"

_plain_equal(a, b) := "yes" if {
	a == b
} else := "yes" if {
	literal(a) == literal(b)
} else := "no"

_needs_regex(pattern) if contains(pattern, "?")

_needs_regex(pattern) if strings.count(pattern, "*") > 1

_needs_regex(pattern) if regex.match(`[\x{E000}\x{E001}]`, pattern)

_spelled_part(part) := part if {
	is_string(part)
} else := "{unknown}"

# A hole of the text is one opaque word: where a `*` swallows it, or the pattern
# has the same stand-in, the match holds for whatever the hole stands for.
_holed_match(pattern, text) := "yes" if {
	not contains(pattern, "{unknown}")
	not contains(pattern, "?")
	matches(pattern, text)
} else := "no" if {
	disjoint(pattern, text)
} else := "unknown"

_holed_equal(a, b) := "yes" if {
	a == b
	not contains(a, "{unknown}")
} else := "no" if {
	disjoint(literal(a), literal(b))
} else := "unknown"
