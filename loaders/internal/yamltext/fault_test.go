package yamltext_test

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/internal/yamltext"
)

func TestFault(t *testing.T) {
	t.Parallel()
	parse := func(text []byte) error { return yaml.Unmarshal(text, &yaml.Node{}) }
	for _, c := range []struct {
		name, text string
		line       int
	}{
		{"less indented", "a:\n  b:\n    c: 1\n   d: 2\ne: 3\n", 4},
		{"tab", "a:\n  b: 1\n\tc: 2\n", 3},
		{"open list", "a: 1\nb: [1, 2\nc: 3\n", 2},
		{"open list at the end", "a: 1\nb: [1, 2\n", 2},
		{"open quote", "a: 1\nb: \"x\nc: 3\n", 2},
		{"two colons", "a: 1\nb: c: d\ne: 1\n", 2},
		{"anchor of nothing", "a: 1\nb: *c\nd: 1\n", 2},
		{"JSON", "{\n\"a\": 1,\n\"b\": 2\n\"c\": 3\n}\n", 4},
		{"JSON that ends", "{\n\"a\": 1,\n\"b\": [2\n", 3},
		{"without line end", "a:\n  b: 1\n c: 2", 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := parse([]byte(c.text))
			if err == nil {
				t.Fatal("the text is YAML")
			}
			line, message := yamltext.Fault([]byte(c.text), err, parse)
			if line != c.line || message == "" || strings.Contains(message, "line ") {
				t.Errorf("line %d: %s; want line %d", line, message, c.line)
			}
		})
	}
}
