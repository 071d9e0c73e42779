package functions

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/terraform/internal/expression"
)

// checkDecoded refuses text that would decode to a value which is nested too
// deeply or, by the aliases of YAML, holds too much: the decoders have no
// limits of their own.
func (s *Set) checkDecoded(name string, args []cty.Value) error {
	if !decodes(name) || len(args) != 1 {
		return nil
	}
	plain, _ := args[0].Unmark()
	if plain.IsNull() || !plain.IsKnown() || plain.Type() != cty.String {
		return nil
	}
	limits := s.Evaluator.Limits
	cost := shape{height: brackets(plain.AsString())}
	if strings.HasSuffix(name, "yamldecode") {
		var err error
		if cost, err = shapeOfYAML(plain.AsString()); err != nil {
			return err
		}
	}
	switch {
	case cost.height > limits.Depth:
		return expression.LimitError(fmt.Sprintf("the text is nested deeper than the %d levels that iblint evaluates", limits.Depth))
	case cost.size > limits.Leaves:
		return expression.LimitError(fmt.Sprintf("the text holds more than the %d values that iblint evaluates", limits.Leaves))
	}
	return nil
}

// decodes reports whether a function makes values of JSON or YAML text.
func decodes(name string) bool {
	name = strings.TrimPrefix(name, "core::")
	return name == "jsondecode" || name == "yamldecode"
}

// brackets is how deeply the brackets of a JSON text are nested.
func brackets(text string) int {
	depth, deepest := 0, 0
	inString := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && inString:
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}

// shape is how many values there are in one, and how deeply they are nested.
type shape struct{ size, height int }

// errAliases is the error of aliases that nobody can count.
var errAliases = errors.New("the aliases of the YAML text cannot be followed")

// shapeOfYAML is the shape of what a YAML text decodes to. What the parser does
// not read is left to the decoder, unless it may have aliases.
func shapeOfYAML(text string) (shape, error) {
	var document yaml.Node
	if err := parseYAML(text, &document); err != nil {
		switch {
		case strings.Contains(err.Error(), "exceeded max depth"):
			return shape{height: math.MaxInt}, nil
		case strings.Contains(text, "&") && strings.Contains(text, "*"):
			return shape{}, errAliases
		}
		return shape{height: brackets(text)}, nil
	}
	m := measure{known: map[*yaml.Node]shape{}, open: map[*yaml.Node]bool{}}
	return m.of(&document), m.err
}

// parseYAML turns a run-time error of the parser into an error of the text.
func parseYAML(text string, into *yaml.Node) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("yaml: %v", problem)
		}
	}()
	return yaml.Unmarshal([]byte(text), into)
}

// measure finds shapes, that of an anchor once.
type measure struct {
	known map[*yaml.Node]shape
	open  map[*yaml.Node]bool
	err   error
}

// mostValues keeps sizes from running over.
const mostValues = 1 << 40

func (m *measure) of(n *yaml.Node) shape {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if found, ok := m.known[n]; ok {
		return found
	}
	if m.open[n] {
		m.err = errAliases
		return shape{size: mostValues}
	}
	m.open[n] = true
	out := shape{size: 1}
	for _, child := range n.Content {
		inner := m.of(child)
		out.size = min(out.size+inner.size, mostValues)
		out.height = max(out.height, inner.height+1)
	}
	delete(m.open, n)
	if n.Anchor != "" {
		m.known[n] = out
	}
	return out
}
