package facts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

// maxAliasDepth bounds how deeply aliases may nest, which also ends an alias
// that contains itself.
const maxAliasDepth = 50

// reader reads YAML nodes and collects what is wrong with them.
type reader struct {
	places *places
	diags  hcl.Diagnostics
}

func (r *reader) errorf(n *yaml.Node, summary, format string, args ...any) {
	rng := r.places.of(n)
	r.diags = append(r.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...), Subject: &rng,
	})
}

// resolve follows aliases.
func (r *reader) resolve(n *yaml.Node) *yaml.Node {
	for depth := 0; n.Kind == yaml.AliasNode && n.Alias != nil; depth++ {
		if depth > maxAliasDepth {
			break
		}
		n = n.Alias
	}
	return n
}

// entry is one member of a mapping.
type entry struct {
	name  string
	key   *yaml.Node
	value *yaml.Node
}

// entries returns the members of a mapping. Members that are written twice
// are errors, and so are members that are not among known, unless known is
// nil. What names the mapping in messages.
func (r *reader) entries(n *yaml.Node, what string, known []string) []entry {
	n = r.resolve(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		r.errorf(n, "Wrong type", "%s must be a mapping of names to values, not %s.", what, describe(n))
		return nil
	}
	var out []entry
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := r.resolve(n.Content[i]), r.resolve(n.Content[i+1])
		switch {
		case key.Kind != yaml.ScalarNode:
			r.errorf(n.Content[i], "Wrong type", "A name in %s must be a string, not %s.", what, describe(key))
		case seen[key.Value] != nil:
			r.errorf(n.Content[i], "Duplicate key", "%q is written twice in %s, first on line %d.", key.Value, what, seen[key.Value].Line)
		case known != nil && !contains(known, key.Value):
			r.errorf(n.Content[i], "Unknown key", "%q is not a key of %s.%s", key.Value, what, suggest(key.Value, known))
		default:
			out = append(out, entry{key.Value, n.Content[i], value})
		}
		if key.Kind == yaml.ScalarNode && seen[key.Value] == nil {
			seen[key.Value] = n.Content[i]
		}
	}
	return out
}

// items returns the items of a list; a scalar is a list of one.
func (r *reader) items(n *yaml.Node, what string) []*yaml.Node {
	n = r.resolve(n)
	switch n.Kind {
	case yaml.SequenceNode:
		out := make([]*yaml.Node, len(n.Content))
		for i, item := range n.Content {
			out[i] = r.resolve(item)
		}
		return out
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil
		}
		return []*yaml.Node{n}
	default: // no list
	}
	r.errorf(n, "Wrong type", "%s must be a list, not %s.", what, describe(n))
	return nil
}

// str returns a string with its place, or absent after an error. Numbers count
// as the text that is written, so that an account number may stand unquoted.
func (r *reader) str(n *yaml.Node, what string) graph.Value {
	if n.Kind != yaml.ScalarNode || (n.Tag != "!!str" && n.Tag != "!!int" && n.Tag != "!!float") {
		r.errorf(n, "Wrong type", "%s must be a string, not %s.", what, describe(n))
		return graph.Absent()
	}
	return graph.String(n.Value).WithRange(r.places.of(n))
}

// matching returns a string that matches a pattern, or absent after an error.
func (r *reader) matching(n *yaml.Node, what string, pattern *regexp.Regexp, example string) graph.Value {
	v := r.str(n, what)
	if s, ok := v.AsString(); ok && !pattern.MatchString(s) {
		r.errorf(n, "Wrong value", "%q is no valid %s. It looks like %s.", s, what, example)
		return graph.Absent()
	}
	return v
}

// oneOf returns one of a few words, or absent after an error.
func (r *reader) oneOf(n *yaml.Node, what string, words ...string) graph.Value {
	v := r.str(n, what)
	if s, ok := v.AsString(); ok && !contains(words, s) {
		r.errorf(n, "Wrong value", "%s is one of %s, not %q.%s", what, strings.Join(words, ", "), s, suggest(s, words))
		return graph.Absent()
	}
	return v
}

// boolean returns a truth value, or absent after an error.
func (r *reader) boolean(n *yaml.Node, what string) graph.Value {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return graph.Bool(strings.EqualFold(n.Value, "true")).WithRange(r.places.of(n))
	}
	r.errorf(n, "Wrong type", "%s must be true or false, not %s.", what, describe(n))
	return graph.Absent()
}

// strs returns a list of strings; wrong items are left out after an error.
func (r *reader) strs(n *yaml.Node, what string) []graph.Value {
	out := []graph.Value{}
	for _, item := range r.items(n, what) {
		if v := r.str(item, "An item of "+what); !v.IsAbsent() {
			out = append(out, v)
		}
	}
	return out
}

func describe(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "nothing"
	case n.Tag == "!!bool":
		return "the truth value " + n.Value
	case n.Tag == "!!int", n.Tag == "!!float":
		return "the number " + n.Value
	}
	return fmt.Sprintf("%q", n.Value)
}

func contains(words []string, word string) bool {
	return slices.Contains(words, word)
}

// suggest names the nearest of the known words, or all of them when none is
// near.
func suggest(word string, known []string) string {
	best, distance := "", 4
	for _, k := range known {
		if d := levenshtein.Distance(strings.ToLower(word), k, nil); d < distance {
			best, distance = k, d
		}
	}
	if best == "" || distance >= len(word) {
		return " Known are: " + strings.Join(known, ", ") + "."
	}
	return fmt.Sprintf(" Did you mean %q?", best)
}
