package report

import (
	"slices"
	"strings"

	"github.com/iblint/iblint/policies"
)

// Places of a finding that people are shown: of those with the same words, and
// in all. A key that a thousand recipes use is not a thousand times as wrong.
const (
	maxAlike  = 4
	maxPlaces = 20
)

// relatedPlaces are the related places of a finding that are shown, and the
// number of those that are left out.
func relatedPlaces(f *policies.Finding) (shown []policies.Related, left int) {
	alike := map[string]int{}
	for _, place := range f.Related {
		if alike[place.Message]++; alike[place.Message] > maxAlike || len(shown) == maxPlaces {
			left++
			continue
		}
		shown = append(shown, place)
	}
	return shown, left
}

// worstFirst are the indexes of the findings by how much they matter.
func worstFirst(findings []policies.Finding) []int {
	order := make([]int, len(findings))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return weight(&findings[a]) - weight(&findings[b]) })
	return order
}

// weight orders findings by how much they matter: the smaller, the more.
func weight(f *policies.Finding) int {
	switch {
	case f.Severity.AtLeast(policies.SeverityError):
		return 0
	case f.Severity.AtLeast(policies.SeverityWarning):
		return 1
	case f.Verdict == policies.Violation:
		return 2
	}
	return 3
}

// Fit puts together the parts that fit into a number of bytes, and counts those
// left out. Who comes first in the order gets room first; the parts stay as they
// follow each other.
func Fit(parts []string, order []int, room int) (text string, left int) {
	kept := make([]string, len(parts))
	for _, i := range order {
		if len(parts[i]) > room {
			left++
			continue
		}
		kept[i], room = parts[i], room-len(parts[i])
	}
	return strings.Join(kept, ""), left
}
