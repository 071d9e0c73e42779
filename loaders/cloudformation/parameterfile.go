package cloudformation

import (
	"maps"
	"path"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// givenParameters are the values from files, then those of the options.
func (r *run) givenParameters() parameterValues {
	out := parameterValues{}
	for _, file := range r.options.ParameterFiles {
		r.parameterFile(file, out)
	}
	for name, value := range r.options.Parameters {
		out[name] = graph.String(value)
	}
	maps.Copy(out, r.options.Values)
	return out
}

// parameterFile reads a file in one of the forms that AWS tools write: a list
// of ParameterKey and ParameterValue or of "NAME=VALUE", an object with
// Parameters, a plain object, or a samconfig.toml.
func (r *run) parameterFile(file string, out parameterValues) {
	content, err := r.read(file)
	rng := startOf(file)
	if err != nil {
		r.report(rng, "parameter file cannot be read", err.Error()+".")
		return
	}
	if path.Ext(file) == ".toml" {
		r.samConfig(file, content, out)
		return
	}
	d, diags := parse(file, content, r.limits, nil, nil)
	r.append(diags)
	switch {
	case d.root == nil:
	case d.root.kind == listNode:
		for _, item := range d.root.items {
			r.parameterItem(item, out)
		}
	case d.root.kind == objectNode:
		r.parameterObject(d.root, out)
	default:
		r.report(d.root.rng, "not a parameter file", "A parameter file is a list or an object.")
	}
}

func (r *run) parameterItem(n *node, out parameterValues) {
	if text, ok := n.text(); ok {
		if name, value, ok := strings.Cut(text, "="); ok {
			out[name] = graph.String(value).WithRange(n.rng)
		}
		return
	}
	name, ok := n.member("ParameterKey").text()
	value := n.member("ParameterValue")
	if !ok || value == nil {
		if previous := n.member("UsePreviousValue"); previous == nil {
			r.report(n.rng, "parameter without ParameterKey and ParameterValue", "The entry was left out.")
		}
		return
	}
	out[name] = scalarOrList(value)
}

func (r *run) parameterObject(n *node, out parameterValues) {
	inner := n.member("Parameters")
	switch {
	case inner != nil && inner.kind == objectNode:
		n = inner
	case inner != nil && inner.kind == listNode:
		for _, item := range inner.items {
			r.parameterItem(item, out)
		}
		return
	case n.member("default").member("deploy") != nil:
		r.samOverrides(n, out)
		return
	}
	for _, e := range n.entries {
		if e.value.kind != objectNode {
			out[e.name] = scalarOrList(e.value)
		}
	}
}

// samOverrides reads a samconfig.yaml.
func (r *run) samOverrides(n *node, out parameterValues) {
	overrides := n.member("default").member("deploy").member("parameters").member("parameter_overrides")
	switch {
	case overrides == nil:
	case overrides.kind == listNode:
		for _, item := range overrides.items {
			r.parameterItem(item, out)
		}
	case overrides.kind == objectNode:
		for _, e := range overrides.entries {
			out[e.name] = scalarOrList(e.value)
		}
	default:
		text, _ := overrides.text()
		for name, value := range parseOverrides(text) {
			out[name] = graph.String(value).WithRange(overrides.rng)
		}
	}
}

// scalarOrList is a value of a parameter file; lists are joined by commas.
func scalarOrList(n *node) graph.Value {
	if n.kind != listNode {
		return n.value.WithRange(n.rng)
	}
	items := make([]string, 0, len(n.items))
	for _, item := range n.items {
		text, _ := item.text()
		items = append(items, text)
	}
	return graph.String(strings.Join(items, ",")).WithRange(n.rng)
}

// samConfig reads parameter_overrides of the deploy command of the default
// environment.
func (r *run) samConfig(file string, content []byte, out parameterValues) {
	rng := startOf(file)
	var config map[string]map[string]struct {
		Parameters map[string]any `toml:"parameters"`
	}
	var loose map[string]any
	if offset, deep := deepTOML(content); deep {
		place := newSourceText(file, content, 0).Span(offset, offset)
		r.report(place, "not a samconfig file", "The file is nested deeper than iblint reads.")
		return
	}
	if err := toml.Unmarshal(content, &loose); err != nil {
		r.report(rng, "not valid TOML", err.Error()+".")
		return
	}
	delete(loose, "version")
	if text, err := toml.Marshal(loose); err != nil || toml.Unmarshal(text, &config) != nil {
		r.report(rng, "not a samconfig file", "The file has no table such as [default.deploy.parameters].")
		return
	}
	for _, command := range []string{"global", "deploy"} {
		place := overrideRange(file, content)
		for name, value := range overridesOf(config["default"][command].Parameters["parameter_overrides"]) {
			out[name] = graph.String(value).WithRange(place)
		}
	}
}

// mostTOML is how deeply tables and lists of TOML may be nested, and of how many
// words a key may consist: the parser takes a time that grows with the square.
const mostTOML = 200

// deepTOML finds where a text is nested too deeply.
func deepTOML(content []byte) (offset int, deep bool) {
	depth, dots, quoted := 0, 0, byte(0)
	for i, c := range content {
		switch {
		case c == '\n':
			dots, quoted = 0, 0
		case quoted != 0:
			if c == quoted && content[i-1] != '\\' {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '.':
			dots++
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
		if max(depth, dots) > mostTOML {
			return i, true
		}
	}
	return 0, false
}

func overridesOf(v any) map[string]string {
	out := map[string]string{}
	switch v := v.(type) {
	case string:
		return parseOverrides(v)
	case []any:
		for _, item := range v {
			if text, ok := item.(string); ok {
				maps.Copy(out, parseOverrides(text))
			}
		}
	case map[string]any:
		for name, value := range v {
			if text, ok := value.(string); ok {
				out[name] = text
			}
		}
	}
	return out
}

// overrideRange is the line of parameter_overrides.
func overrideRange(file string, content []byte) hcl.Range {
	t := newSourceText(file, content, 0)
	start := max(strings.Index(string(content), "parameter_overrides"), 0)
	return t.Span(start, t.lineEnd(start))
}

// parseOverrides reads NAME=VALUE words, with quotes around values that have
// blanks, and the form ParameterKey=NAME,ParameterValue=VALUE.
func parseOverrides(text string) map[string]string {
	out := map[string]string{}
	for _, word := range shellWords(text) {
		if rest, ok := strings.CutPrefix(word, "ParameterKey="); ok {
			name, value, _ := strings.Cut(rest, ",ParameterValue=")
			out[name] = value
			continue
		}
		if name, value, ok := strings.Cut(word, "="); ok {
			out[name] = value
		}
	}
	return out
}

func shellWords(text string) []string {
	var words []string
	var word strings.Builder
	quoteMark, inWord := byte(0), false
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			word.WriteByte(text[i])
			inWord = true
		case quoteMark != 0 && c == quoteMark:
			quoteMark = 0
		case quoteMark != 0:
			word.WriteByte(c)
		case c == '"' || c == '\'':
			quoteMark, inWord = c, true
		case isBlank(c):
			if inWord {
				words = append(words, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words
}
