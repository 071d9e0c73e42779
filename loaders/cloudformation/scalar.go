package cloudformation

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

// scalar is what CloudFormation takes a scalar for. It reads YAML 1.1 without
// timestamps: yes and no are truth values, 1e3 and 0o17 are strings. What looks
// like a number but has a leading zero, as account numbers have, keeps its
// digits.
func (c *converter) scalar(n *yaml.Node) graph.Value {
	text := c.plainText(n.Value)
	if strings.Contains(text, openToken) {
		return decodeTokens(text, c.unknowns)
	}
	quoted := n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	if quoted || n.Tag == "!!str" && n.Style&yaml.TaggedStyle != 0 {
		return graph.String(text)
	}
	return plainScalar(text, c.json)
}

func plainScalar(text string, json bool) graph.Value {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return graph.Absent()
	case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON":
		return graph.Bool(true)
	case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF":
		return graph.Bool(false)
	}
	if c := text[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return graph.String(text)
	}
	if number, ok := plainNumber(text, json); ok {
		return graph.Number(number)
	}
	return graph.String(text)
}

var (
	integerPattern = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)
	// Hexadecimal, binary and grouped digits; a leading zero is no octal number
	// here, because account numbers have it.
	yamlIntegerPattern = regexp.MustCompile(`^-?(0x[0-9a-fA-F_]+|0b[01_]+|[1-9][0-9]*(_[0-9]+)+)$`)
	yamlFloatPattern   = regexp.MustCompile(`^[-+]?([0-9]*\.[0-9]+|[0-9]+\.)([eE][-+][0-9]+)?$`)
	jsonFloatPattern   = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	escapePattern      = regexp.MustCompile(`(\\\\)|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|(\\/)`)
)

// plainNumber returns a number as JSON writes it.
func plainNumber(text string, json bool) (string, bool) {
	switch {
	case integerPattern.MatchString(text):
		return text, true
	case yamlIntegerPattern.MatchString(text) && !json:
		n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
		return strconv.FormatInt(n, 10), err == nil
	case yamlFloatPattern.MatchString(text), json && jsonFloatPattern.MatchString(text):
		return floatText(text)
	}
	return "", false
}

// floatText prints a number with a fraction as the service does: as short as
// it can be, with one digit after the point at least.
func floatText(text string) (string, bool) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return "", false
	}
	out := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(out, ".") && !strings.ContainsAny(text, "eE") {
		out += ".0"
	}
	return out, true
}

// The YAML parser takes some JSON escapes for errors. While it reads, halves of
// characters are private characters, and the escaped slash is a bell.
const (
	surrogateFirst    = 0xD800
	surrogateLast     = 0xDFFF
	hiddenFirst       = 0xE000
	hiddenSlash       = '\a'
	hiddenSlashEscape = `\a`
)

// hideEscapes replaces the escapes of JSON that the YAML parser does not know,
// each by another of the same length: halves of characters, and the slash. It
// reports whether there are any.
func hideEscapes(content []byte) ([]byte, bool) {
	if !bytes.Contains(content, []byte(`\ud`)) && !bytes.Contains(content, []byte(`\uD`)) && !bytes.Contains(content, []byte(`\/`)) {
		return content, false
	}
	return escapePattern.ReplaceAllFunc(content, func(match []byte) []byte {
		if string(match) == `\/` {
			return []byte(hiddenSlashEscape)
		}
		if len(match) < 6 {
			return match
		}
		half, err := strconv.ParseUint(string(match[2:]), 16, 32)
		if err != nil {
			return match
		}
		return []byte(`\u` + strconv.FormatUint(half-surrogateFirst+hiddenFirst, 16))
	}), true
}

// plainText restores what hideEscapes hid.
func (c *converter) plainText(s string) string {
	if !c.hidden || !strings.ContainsFunc(s, isHidden) {
		return s
	}
	var units []uint16
	for _, r := range s {
		switch {
		case r == hiddenSlash:
			units = append(units, '/')
		case isHidden(r):
			units = append(units, uint16(r-hiddenFirst+surrogateFirst)) //nolint:gosec // in the range of surrogates
		default:
			units = utf16.AppendRune(units, r)
		}
	}
	return string(utf16.Decode(units))
}

func isHidden(r rune) bool {
	return r == hiddenSlash || r >= hiddenFirst && r <= hiddenFirst+surrogateLast-surrogateFirst
}
