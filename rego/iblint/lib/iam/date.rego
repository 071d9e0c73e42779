package iblint.lib.iam

# METADATA
# scope: document
# description: |
#   The seconds since 1970 of a date as IAM conditions write it: ISO 8601 from the
#   year alone to fractions of a second with a zone, or seconds as a number. Not
#   defined for anything else.
date_seconds(text) := to_number(text) if regex.match(`^[0-9]{5,18}$`, text)

date_seconds(text) := seconds if {
	[year, month, day, clock, zone] := _fields(text)
	month in numbers.range(1, 12)
	day in numbers.range(1, 31)
	seconds := ((_days(year, month, day) * 86400) + clock) - zone
}

_fields(text) := [to_number(found[1]), _number(found[3], 1), _number(found[5], 1), _clock(found), _zone(found[13])] if {
	[found] := regex.find_all_string_submatch_n(_iso, text, -1)
}

_iso := concat("", [
	`^([0-9]{4})(-([0-9]{2})(-([0-9]{2})`,
	`(T([0-9]{2}):([0-9]{2})(:([0-9]{2})(\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:?[0-9]{2}))?)?)?$`,
])

_clock(found) := seconds + _fraction(found[12]) if {
	seconds := ((_number(found[7], 0) * 3600) + (_number(found[8], 0) * 60)) + _number(found[10], 0)
}

_fraction("") := 0

_fraction(digits) := to_number(concat("", ["0.", digits])) if digits != ""

_number("", otherwise) := otherwise

_number(digits, _) := to_number(trim_left(digits, "0")) if trim_left(digits, "0") != ""

_number(digits, _) := 0 if {
	digits != ""
	trim_left(digits, "0") == ""
}

_zone(zone) := 0 if zone in {"", "Z"}

_zone(zone) := sign * ((_number(hours, 0) * 3600) + (_number(minutes, 0) * 60)) if {
	[[_, sign_text, hours, minutes]] := regex.find_all_string_submatch_n(`^([+-])([0-9]{2}):?([0-9]{2})$`, zone, -1)
	sign := {"+": 1, "-": -1}[sign_text]
}

# Days since 1970 in the Gregorian calendar, with years that begin in March so
# that the leap day is the last of its year.
_days(year, month, day) := (((shifted * 365) + leaps) + of_year) - 719468 if {
	shifted := year - {true: 1, false: 0}[month < 3]
	leaps := (floor(shifted / 4) - floor(shifted / 100)) + floor(shifted / 400)
	of_year := (floor(((153 * ((month + 9) % 12)) + 2) / 5) + day) - 1
}
