// Package yamltext says where a text stops being YAML.
package yamltext

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// maxSearched is the size, in bytes, up to which a text is parsed again to find
// the line of a fault.
const maxSearched = 1 << 20

var linePattern = regexp.MustCompile(`line (\d+): `)

// Fault is the line, from 1, at which a text stops being YAML, and what
// yaml.v3 says of it. Its error may name the line at which the value began in
// which the fault lies; parse is called with the beginning of the text, of
// growing length, to find the line with which the same fault comes up. Of JSON
// the beginning is never whole; there encoding/json says where the fault is.
func Fault(text []byte, err error, parse func(text []byte) error) (line int, message string) {
	if at, what, found := faultOfJSON(text); found {
		return at, what
	}
	line, message = told(err)
	if len(text) > maxSearched {
		return line, message
	}
	ends := lineEnds(text)
	found := sort.Search(len(ends), func(i int) bool {
		err := parse(text[:ends[i]])
		if err == nil {
			return false
		}
		_, other := told(err)
		return other == message
	})
	if found < len(ends) {
		line = found + 1
	}
	return line, message
}

func faultOfJSON(text []byte) (line int, message string, found bool) {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != '{' && trimmed[0] != '[' {
		return 0, "", false
	}
	syntax, found := errors.AsType[*json.SyntaxError](json.Unmarshal(text, new(json.RawMessage)))
	if !found {
		return 0, "", false
	}
	before := text[:min(int(max(syntax.Offset-1, 0)), len(text))]
	return 1 + bytes.Count(before, []byte{'\n'}), syntax.Error(), true
}

// told splits an error of yaml.v3 into line and message.
func told(err error) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	match := linePattern.FindStringSubmatch(message)
	if match == nil {
		return 1, message
	}
	line, err = strconv.Atoi(match[1])
	if err != nil {
		return 1, message
	}
	return max(line, 1), strings.Replace(message, match[0], "", 1)
}

// lineEnds are the offsets after each line.
func lineEnds(text []byte) []int {
	var ends []int
	for at := 0; at < len(text); {
		end := len(text)
		if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		ends = append(ends, end)
		at = end
	}
	return ends
}
