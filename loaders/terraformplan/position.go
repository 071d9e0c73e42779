package terraformplan

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// maxDepth is the deepest nesting of JSON that is read.
const maxDepth = 500

func firstLine(file string) hcl.Range {
	start := hcl.Pos{Line: 1, Column: 1}
	return hcl.Range{Filename: file, Start: start, End: start}
}

// rangeAt is the character at an offset.
func rangeAt(file string, content []byte, offset int64) hcl.Range {
	at := min(max(int(offset), 0), len(content))
	start := advance(content, hcl.Pos{Line: 1, Column: 1}, at)
	end := start
	if at < len(content) && content[at] != '\n' {
		end.Column++
		_, size := utf8.DecodeRune(content[at:])
		end.Byte += size
	}
	return hcl.Range{Filename: file, Start: start, End: end}
}

// advance moves a position on to an offset.
func advance(content []byte, from hcl.Pos, offset int) hcl.Pos {
	passed := content[from.Byte:offset]
	if lines := bytes.Count(passed, []byte{'\n'}); lines > 0 {
		from.Line += lines
		from.Column = 1
		passed = passed[bytes.LastIndexByte(passed, '\n')+1:]
	}
	from.Column += utf8.RuneCount(passed)
	from.Byte = offset
	return from
}

// tooDeep finds the first bracket that is nested too deeply.
func tooDeep(content []byte) (offset int64, ok bool) {
	depth := 0
	for i := 0; i < len(content); i++ {
		switch content[i] {
		case '"':
			i = endOfString(content, i)
		case '{', '[':
			if depth++; depth > maxDepth {
				return int64(i), false
			}
		case '}', ']':
			depth--
		}
	}
	return 0, true
}

// endOfString is the offset of the quote that closes the string at start.
func endOfString(content []byte, start int) int {
	for i := start + 1; i < len(content); i++ {
		switch content[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(content)
}

// locate finds where the values of each resource begin: the range of the
// member "address", by address.
func locate(file string, content []byte) map[string]hcl.Range {
	found := map[string]hcl.Range{}
	s := scanner{content: content, pos: hcl.Pos{Line: 1, Column: 1}}
	for {
		start, end, text, ok := s.nextAddress()
		if !ok {
			return found
		}
		var value string
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			continue
		}
		if _, taken := found[value]; taken {
			continue
		}
		r := hcl.Range{Filename: file, Start: advance(content, s.pos, start)}
		r.End = advance(content, r.Start, end)
		s.pos = r.End
		found[value] = r
	}
}

// scanner passes over JSON text that is known to be valid.
type scanner struct {
	content []byte
	at      int
	depth   int
	section string
	pos     hcl.Pos
}

// nextAddress finds the next member "address" within the values of the plan or
// state.
func (s *scanner) nextAddress() (start, end int, value string, ok bool) {
	for ; s.at < len(s.content); s.at++ {
		switch s.content[s.at] {
		case '{', '[':
			s.depth++
		case '}', ']':
			s.depth--
		case '"':
			start = s.at
			s.at = endOfString(s.content, start)
			key := string(s.content[start+1 : min(s.at, len(s.content))])
			next, member := s.valueAfter()
			if !member {
				continue
			}
			if s.depth == 1 {
				s.section = key
				continue
			}
			if key != "address" || !s.inValues() || s.content[next] != '"' {
				continue
			}
			end = min(endOfString(s.content, next)+1, len(s.content))
			s.at = end
			return start, end, string(s.content[next:end]), true
		}
	}
	return 0, 0, "", false
}

func (s *scanner) inValues() bool {
	return s.section == "planned_values" || s.section == "values" || s.section == "prior_state"
}

// valueAfter is the offset of the value when the string before was the name of
// a member.
func (s *scanner) valueAfter() (int, bool) {
	i := skipSpace(s.content, s.at+1)
	if i >= len(s.content) || s.content[i] != ':' {
		return 0, false
	}
	i = skipSpace(s.content, i+1)
	return i, i < len(s.content)
}

func skipSpace(content []byte, i int) int {
	for i < len(content) && (content[i] == ' ' || content[i] == '\n' || content[i] == '\r' || content[i] == '\t') {
		i++
	}
	return i
}
