// Package glob says which patterns of file names may be matched.
package glob

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// mostAlternatives is how many names the braces of a pattern may stand for: each
// is matched by itself.
const mostAlternatives = 1000

// Valid reports whether a pattern can be matched, and in a short time.
func Valid(pattern string) bool {
	return doublestar.ValidatePattern(pattern) && alternatives(pattern) <= mostAlternatives
}

// alternatives is at least the number of names that the braces of a pattern
// stand for, as far as that matters.
func alternatives(pattern string) int {
	product := 1
	for _, group := range strings.Split(pattern, "{")[1:] {
		product = min(product*(1+strings.Count(group, ",")), 2*mostAlternatives)
	}
	return product
}
