package cli

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest returns the candidate that a misspelt word is most likely meant to
// be, or "".
func nearest(word string, candidates []string) string {
	word = strings.ToLower(word)
	best, distance := "", max(1, (len(word)+1)/3)+1
	for _, candidate := range candidates {
		lower := strings.ToLower(candidate)
		d := typingDistance(word, lower)
		if len(word) >= 3 && strings.HasPrefix(lower, word) {
			d = min(d, 1)
		}
		if d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

// typingDistance counts the slips between two words: letters that are missing,
// wrong or too many, and one pair that changed places.
func typingDistance(word, candidate string) int {
	best := levenshtein.ComputeDistance(word, candidate)
	for i := 0; i+1 < len(word); i++ {
		swapped := word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:]
		best = min(best, 1+levenshtein.ComputeDistance(swapped, candidate))
	}
	return best
}

// suggestion is "; did you mean X?" or nothing.
func suggestion(word string, candidates []string) string {
	if near := nearest(word, candidates); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
