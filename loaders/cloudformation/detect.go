package cloudformation

import (
	"bytes"
)

// Detect reports whether content looks like a CloudFormation or SAM template,
// in YAML or JSON: an object with the section Resources at its top, in which
// types are named. It does not parse.
func Detect(content []byte) bool {
	content = bytes.TrimPrefix(content, []byte("\xEF\xBB\xBF"))
	if !bytes.Contains(content, []byte("Resources")) || !bytes.Contains(content, []byte("::")) {
		return false
	}
	if isJSON(content) || bytes.HasPrefix(bytes.TrimLeft(content, " \t\r\n"), []byte("{")) {
		return hasTopMember(content)
	}
	return hasTopKey(content)
}

// hasTopMember looks for "Resources" among the members of the outermost
// object.
func hasTopMember(content []byte) bool {
	depth := 0
	for i := 0; i < len(content); i++ {
		switch content[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := stringEnd(content, i)
			if depth == 1 && string(content[i:min(end, len(content))]) == `"Resources"` && isMember(content[end:]) {
				return true
			}
			i = end - 1
		}
	}
	return flowKey(content)
}

func stringEnd(content []byte, start int) int {
	for i := start + 1; i < len(content); i++ {
		switch content[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(content)
}

func isMember(rest []byte) bool {
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return len(rest) > 0 && rest[0] == ':'
}

// flowKey finds the unquoted key of a YAML object in braces.
func flowKey(content []byte) bool {
	trimmed := bytes.TrimLeft(content, " \t\r\n")
	i := bytes.Index(trimmed, []byte("Resources:"))
	return len(trimmed) > 0 && trimmed[0] == '{' && i > 0 && bytes.IndexByte([]byte("{, \t\n"), trimmed[i-1]) >= 0
}

// hasTopKey looks for the key Resources at the indentation of the first key.
func hasTopKey(content []byte) bool {
	indent := -1
	for line := range bytes.Lines(content) {
		trimmed := bytes.TrimLeft(line, " ")
		if indent < 0 {
			if isFiller(trimmed) {
				continue
			}
			indent = len(line) - len(trimmed)
		}
		if len(line)-len(trimmed) != indent {
			continue
		}
		for _, key := range []string{"Resources", `"Resources"`, "'Resources'"} {
			if rest, ok := bytes.CutPrefix(trimmed, []byte(key)); ok && isMember(rest) {
				return true
			}
		}
	}
	return false
}

// isFiller reports lines before the first key: blank ones, comments,
// directives, document marks and statements of Jinja.
func isFiller(line []byte) bool {
	line = bytes.TrimRight(line, " \t\r\n")
	return len(line) == 0 || line[0] == '#' || line[0] == '%' || bytes.HasPrefix(line, []byte("---")) || bytes.HasPrefix(line, []byte("{%")) || bytes.HasPrefix(line, []byte("{#"))
}
