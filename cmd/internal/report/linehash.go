package report

import (
	"strconv"
	"unicode/utf16"
)

// The parameters of the line hash that GitHub code scanning uses to follow an
// alert when lines move.
const (
	lineHashLength = 100
	lineHashFactor = 37
	lineHashEnd    = 0xffff
)

// lineHashes returns the code-scanning hash of every line of a file, the first
// at index 0: a polynomial over the 100 UTF-16 units from the start of the
// line on, without spaces and tabs, and a count that tells equal ones apart.
func lineHashes(source []byte) []string {
	units, starts := lineHashUnits(string(source))
	seen := map[uint64]int{}
	hashes := make([]string, len(starts))
	for i, start := range starts {
		var hash uint64
		for offset := range lineHashLength {
			hash *= lineHashFactor
			if at := start + offset; at < len(units) {
				hash += uint64(units[at])
			}
		}
		seen[hash]++
		hashes[i] = strconv.FormatUint(hash, 16) + ":" + strconv.Itoa(seen[hash])
	}
	return hashes
}

// lineHashUnits returns the units that count, every line break as one line
// feed and the end of the file as a unit of its own, and where lines start.
func lineHashUnits(text string) (units []uint16, starts []int) {
	lineStart, afterReturn := true, false
	for _, unit := range append(utf16.Encode([]rune(text)), lineHashEnd) {
		isReturn := unit == '\r'
		skip := unit == ' ' || unit == '\t' || (unit == '\n' && afterReturn)
		afterReturn = isReturn
		if skip {
			continue
		}
		if isReturn {
			unit = '\n'
		}
		if lineStart {
			starts = append(starts, len(units))
		}
		lineStart = unit == '\n'
		units = append(units, unit)
	}
	return units, starts
}
