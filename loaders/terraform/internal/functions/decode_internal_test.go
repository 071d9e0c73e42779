package functions

import (
	"fmt"
	"strings"
	"testing"
)

func TestShapeOfYAML(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a: &a [" + strings.Repeat("x, ", 8) + "x]\n")
	for c := 'b'; c < 'z'; c++ {
		fmt.Fprintf(&bomb, "%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	for name, test := range map[string]struct {
		text    string
		size    int
		height  int
		refused bool
	}{
		"a word":              {text: "x", size: 2, height: 1},
		"a list":              {text: "[a, [b]]", size: 5, height: 3},
		"an alias":            {text: "a: &a [x, y]\nb: *a\n", size: 10, height: 3},
		"nested":              {text: strings.Repeat("[", 900) + strings.Repeat("]", 900), size: 901, height: 900},
		"aliases of aliases":  {text: bomb.String(), size: mostValues, height: 27},
		"an alias of itself":  {text: "a: &a [*a]\n", refused: true},
		"aliases, not closed": {text: "a: &a [x]\nb: [*a\n", refused: true},
		"not closed":          {text: "[[[a", height: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := shapeOfYAML(test.text)
			if (err != nil) != test.refused {
				t.Fatalf("error = %v", err)
			}
			if want := (shape{test.size, test.height}); !test.refused && got != want {
				t.Errorf("shape = %+v, want %+v", got, want)
			}
		})
	}
}

func TestBrackets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{"a": [1, {"b": 2}]}`: 3, `"[[[["`: 0, `["\"[[", [1]]`: 2, `[][][]`: 1, ``: 0, `"\`: 0,
	} {
		if got := brackets(text); got != want {
			t.Errorf("brackets(%q) = %d, want %d", text, got, want)
		}
	}
}
