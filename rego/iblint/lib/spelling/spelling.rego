# METADATA
# title: Spelling
# description: How near one name is to another.
package iblint.lib.spelling

# METADATA
# description: |
#   Whether three insertions, deletions or replacements of a character, or fewer,
#   make one text of the other.
is_near(a, b) if {
	abs(count(a) - count(b)) <= 3
	x := split(a, "")
	y := split(b, "")
	none := {0: _run(x, y, 0, 0)}
	one := _one_more(x, y, none)
	two := _one_more(x, y, one)
	three := _one_more(x, y, two)
	some reach in [none, one, two, three]
	reach[count(y) - count(x)] == count(x)
}

# How far x can be read with one edit more, by diagonal: the difference between
# the places in y and in x (the algorithm of Landau and Vishkin).
_one_more(x, y, reach) := {diagonal: furthest |
	some diagonal in numbers.range(-3, 3)
	starts := [start |
		some step in [[diagonal, 1], [diagonal - 1, 0], [diagonal + 1, 1]]
		start := min([reach[step[0]] + step[1], count(x), count(y) - diagonal])
		start >= 0
		start + diagonal >= 0
	]
	count(starts) > 0
	start := max(starts)
	furthest := start + _run(x, y, start, start + diagonal)
}

# The number of equal characters from two places on.
_run(x, y, i, j) := min([k |
	some k in numbers.range(0, length)
	_differ(x, y, i + k, j + k)
]) if {
	length := min([count(x) - i, count(y) - j])
	length >= 0
} else := 0

_differ(x, y, i, j) if x[i] != y[j]

_differ(x, _, i, _) if i == count(x)

_differ(_, y, _, j) if j == count(y)
