package terraformplan

import (
	"encoding/json"
	"strconv"
	"strings"
)

// step is one part of an address or a reference: a name, or an instance key in
// brackets.
type step struct {
	name string
	// key is a string or an int when the step is an index.
	key   any
	index bool
}

// parseSteps cuts an address or reference into its parts.
func parseSteps(text string) ([]step, bool) {
	var steps []step
	for text != "" {
		if text[0] == '[' {
			key, rest, ok := parseIndex(text)
			if !ok {
				return nil, false
			}
			steps = append(steps, step{key: key, index: true})
			text = strings.TrimPrefix(rest, ".")
			continue
		}
		end := strings.IndexAny(text, ".[")
		if end < 0 {
			end = len(text)
		}
		if end == 0 {
			return nil, false
		}
		steps = append(steps, step{name: text[:end]})
		text = strings.TrimPrefix(text[end:], ".")
	}
	return steps, len(steps) > 0
}

// parseIndex reads [0] or ["key"] at the beginning of a text.
func parseIndex(text string) (key any, rest string, ok bool) {
	if !strings.HasPrefix(text, `["`) {
		number, after, found := strings.Cut(text[1:], "]")
		n, err := strconv.Atoi(number)
		return n, after, found && err == nil
	}
	for i := 2; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			if !strings.HasPrefix(text[i:], `"]`) {
				return nil, "", false
			}
			return unquote(text[1 : i+1]), text[i+2:], true
		}
	}
	return nil, "", false
}

// unquote reads a quoted key, in which HCL also escapes the beginning of a
// template.
func unquote(quoted string) string {
	s, err := strconv.Unquote(quoted)
	if err != nil {
		s = strings.Trim(quoted, `"`)
	}
	return strings.NewReplacer("$${", "${", "%%{", "%{").Replace(s)
}

// keyText writes an instance key as addresses have it.
func keyText(key any) string {
	switch k := key.(type) {
	case int:
		return "[" + strconv.Itoa(k) + "]"
	case string:
		return "[" + quote(k) + "]"
	}
	return ""
}

func quote(s string) string {
	return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(strconv.Quote(s))
}

// instanceKey is the index of a resource as JSON has it, as a string, an int
// or nil.
func instanceKey(index any) any {
	switch v := index.(type) {
	case string:
		return v
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
	case float64:
		return int(v)
	}
	return nil
}

// join puts a name after a module address.
func join(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

// plainReferences are the references of an expression without those that only
// repeat the beginning of one before: Terraform lists a.b.c, then a.b.
func plainReferences(references []string) []string {
	var out []string
	last := ""
	for _, r := range references {
		if rest, ok := strings.CutPrefix(last, r); ok && rest != "" && (rest[0] == '.' || rest[0] == '[') {
			last = r
			continue
		}
		last = r
		out = append(out, r)
	}
	return out
}
