package glob_test

import (
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/internal/glob"
)

func TestValid(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{
		"infra/**":                true,
		"{dev,prod}/{eu,us}-*/**": true,
		"{" + strings.Repeat("account,", 900) + "x}": true,
		"infra/[":                               false,
		strings.Repeat("{a*,a*,*a}", 200) + "b": false,
		strings.Repeat("{a,", 50) + "b" + strings.Repeat("}", 50): false,
		strings.Repeat("*a", 1000):                                true,
	} {
		if got := glob.Valid(pattern); got != want {
			t.Errorf("%.60s: %v, want %v", pattern, got, want)
		}
	}
}
