package fix

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// maxLine is the width up to which a list stays on one line.
const maxLine = 100

// render writes a tree; the lines after the first begin with the indent. Where
// wide is set objects take a line for each member.
func render(value any, s syntax, indent string, wide bool) (string, error) {
	var text string
	switch s {
	case hclExpression, hclBody:
		out, err := renderHCL(value, wide)
		if err != nil {
			return "", err
		}
		text = out
	case yamlBlock:
		if object, ok := value.(ordered); ok {
			return indented(renderBlock(object), indent), nil
		}
		text = renderFlow(value, yamlFlow, false)
	default:
		text = renderFlow(value, s, wide && s != yamlFlow)
	}
	return indented(text, indent), nil
}

// indented puts the indent before every line but the first and empty ones.
func indented(text, indent string) string {
	lines := strings.Split(text, "\n")
	for i := 1; i < len(lines); i++ {
		if lines[i] = strings.TrimRight(lines[i], " "); lines[i] != "" {
			lines[i] = indent + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

// renderHCL writes an expression as terraform fmt would.
func renderHCL(value any, wide bool) (string, error) {
	formatted := string(hclwrite.Format([]byte("v = " + expressionText(value, wide) + "\n")))
	text, ok := strings.CutPrefix(strings.TrimSpace(formatted), "v = ")
	if !ok {
		return "", fmt.Errorf("%q: %w", formatted, errUnwritable)
	}
	return text, nil
}

func expressionText(value any, wide bool) string {
	switch value := value.(type) {
	case raw:
		return string(value)
	case string:
		return string(hclwrite.TokensForValue(cty.StringVal(value)).Bytes())
	case bool:
		return strconv.FormatBool(value)
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = expressionText(item, false)
		}
		return bracketed(items)
	case ordered:
		members := make([]string, len(value))
		for i, e := range value {
			members[i] = e.name + " = " + expressionText(e.value, false)
		}
		if wide {
			return "{\n  " + strings.Join(members, "\n  ") + "\n}"
		}
		return "{ " + strings.Join(members, ", ") + " }"
	}
	return ""
}

// bracketed is a list on one line, or on several where one is too long.
func bracketed(items []string) string {
	line := "[" + strings.Join(items, ", ") + "]"
	if len(line) <= maxLine {
		return line
	}
	return "[\n  " + strings.Join(items, ",\n  ") + ",\n]"
}

// renderFlow writes JSON or YAML in brackets.
func renderFlow(value any, s syntax, wide bool) string {
	switch value := value.(type) {
	case raw:
		return string(value)
	case string:
		if s == yamlFlow {
			return yamlText(value)
		}
		return jsonString(value)
	case bool:
		return strconv.FormatBool(value)
	case []any:
		items := make([]string, len(value))
		for i, item := range value {
			items[i] = renderFlow(item, s, false)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case ordered:
		members := make([]string, len(value))
		for i, e := range value {
			members[i] = nameIn(e.name, s) + ": " + renderFlow(e.value, s, false)
		}
		if wide {
			return "{\n  " + strings.Join(members, ",\n  ") + "\n}"
		}
		return "{" + strings.Join(members, ", ") + "}"
	}
	return ""
}

func nameIn(name string, s syntax) string {
	if s == yamlFlow {
		return name
	}
	return jsonString(name)
}

func jsonString(s string) string {
	out, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(out)
}

// renderBlock writes an object as YAML by indentation.
func renderBlock(value ordered) string {
	lines := make([]string, 0, len(value))
	for _, e := range value {
		switch member := e.value.(type) {
		case []any:
			lines = append(lines, e.name+":")
			for _, item := range member {
				lines = append(lines, "  - "+renderFlow(item, yamlFlow, false))
			}
		case ordered:
			lines = append(lines, e.name+":", "  "+indented(renderBlock(member), "  "))
		default:
			lines = append(lines, e.name+": "+renderFlow(member, yamlFlow, false))
		}
	}
	return strings.Join(lines, "\n")
}

// statementBlock writes a statement as a block of aws_iam_policy_document.
func statementBlock(value ordered) string {
	var arguments, blocks strings.Builder
	for _, e := range value {
		switch e.name {
		case "Principal":
			principal, _ := e.value.(ordered)
			for _, one := range principal {
				fmt.Fprintf(&blocks, "\n  principals {\n    type = %s\n    identifiers = %s\n  }\n",
					expressionText(one.name, false), expressionText(many(one.value), false))
			}
		case "Action", "Resource":
			fmt.Fprintf(&arguments, "  %ss = %s\n", strings.ToLower(e.name), expressionText(many(e.value), false))
		default:
			if e.value != "Allow" { // the default
				fmt.Fprintf(&arguments, "  %s = %s\n", strings.ToLower(e.name), expressionText(e.value, false))
			}
		}
	}
	return string(hclwrite.Format([]byte("statement {\n" + arguments.String() + blocks.String() + "}")))
}

func many(value any) []any {
	if items, ok := value.([]any); ok {
		return items
	}
	return []any{value}
}
