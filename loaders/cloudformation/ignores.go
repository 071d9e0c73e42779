package cloudformation

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

var ignorePattern = regexp.MustCompile(`(?:^|\s)#+\s*iblint:ignore\b[ \t]*(.*)$`)

// ignores reads the comments and the metadata that suppress findings.
func (s *stack) ignores() {
	if s.doc.text != nil && s.reportedOnce("ignores\x00"+s.doc.text.File) {
		s.commentIgnores()
	}
	if n := s.doc.root.member("Metadata"); n != nil {
		s.metadataIgnores(n, s.doc.root.rng)
	}
	for _, name := range s.resourceNames {
		r := s.resources[name]
		if n := r.node.member("Metadata"); n != nil {
			s.metadataIgnores(n, r.rng)
		}
	}
}

// reportedOnce is true the first time that it is asked for a key.
func (r *run) reportedOnce(key string) bool {
	if r.reported[key] {
		return false
	}
	r.reported[key] = true
	return true
}

func (s *stack) commentIgnores() {
	if !bytes.Contains(s.doc.text.Content, []byte("iblint:ignore")) {
		return
	}
	line := 0
	for text := range bytes.Lines(s.doc.text.Content) {
		line++
		text = bytes.TrimRight(text, "\r\n")
		match := ignorePattern.FindSubmatchIndex(text)
		if match == nil || s.isOpaque(line) {
			continue
		}
		start := s.doc.text.Lines[line-1] + match[0] + bytes.IndexByte(text[match[0]:], '#')
		rng := s.doc.text.Span(start, s.doc.text.Lines[line-1]+len(text))
		ignore := parseIgnore(string(text[match[2]:match[3]]))
		own := len(bytes.TrimSpace(text[:match[0]])) == 0 && bytes.HasPrefix(bytes.TrimSpace(text), []byte("#"))
		ignore.Range, ignore.Scope = rng, s.ignoreScope(rng, own)
		s.graph.Ignores = append(s.graph.Ignores, ignore)
	}
}

func (s *stack) isOpaque(line int) bool {
	for _, block := range s.doc.opaque {
		if line >= block.first && line <= block.last {
			return true
		}
	}
	return false
}

// parseIgnore reads "IBL017,name reason until=2027-01-31".
func parseIgnore(text string) graph.Ignore {
	rules, reason, _ := strings.Cut(strings.TrimSpace(text), " ")
	out := graph.Ignore{}
	for rule := range strings.SplitSeq(rules, ",") {
		if rule = strings.TrimSpace(rule); rule != "" {
			out.Rules = append(out.Rules, rule)
		}
	}
	var words []string
	for word := range strings.FieldsSeq(reason) {
		if until, ok := strings.CutPrefix(word, "until="); ok {
			out.Until = until
			continue
		}
		words = append(words, word)
	}
	out.Reason = strings.Join(words, " ")
	return out
}

// ignoreScope is the block that a comment stands in or directly above: a
// resource, another part of a section, or a section.
func (s *stack) ignoreScope(rng hcl.Range, own bool) hcl.Range {
	line := rng.Start.Line
	next := line
	if own {
		next = s.nextLine(line)
	}
	scope := rng
	for _, section := range s.doc.root.entries {
		block := blockOf(section)
		if !within(block, line) && block.Start.Line != next {
			continue
		}
		scope = block
		if section.value.kind != objectNode {
			continue
		}
		for _, part := range section.value.entries {
			if inner := blockOf(part); within(inner, line) || inner.Start.Line == next {
				return joinRanges(inner, rng)
			}
		}
	}
	if scope.Start.Line < line && scope != rng {
		// A comment between the parts of a section covers its own line only.
		return rng
	}
	return joinRanges(scope, rng)
}

// nextLine is the first line after a comment that is no comment itself.
func (s *stack) nextLine(line int) int {
	for next := line + 1; next <= len(s.doc.text.Lines); next++ {
		start := s.doc.text.Lines[next-1]
		text := bytes.TrimSpace(s.doc.text.Content[start:s.doc.text.lineEnd(start)])
		if len(text) > 0 && text[0] != '#' {
			return next
		}
	}
	return line
}

func blockOf(e entry) hcl.Range {
	if e.nameRange.Filename != e.value.rng.Filename {
		return e.nameRange
	}
	return hcl.Range{Filename: e.nameRange.Filename, Start: e.nameRange.Start, End: e.value.rng.End}
}

func within(block hcl.Range, line int) bool {
	return line >= block.Start.Line && line <= block.End.Line
}

func joinRanges(a, b hcl.Range) hcl.Range {
	if b.Start.Byte < a.Start.Byte {
		a.Start = b.Start
	}
	if b.End.Byte > a.End.Byte {
		a.End = b.End
	}
	return a
}

// metadataIgnores reads Metadata: {iblint: {ignore: [{rule, reason, until}]}}.
func (s *stack) metadataIgnores(metadata *node, scope hcl.Range) {
	list := metadata.member("iblint").member("ignore")
	if list == nil {
		return
	}
	items := []*node{list}
	if list.kind == listNode {
		items = list.items
	}
	for _, item := range items {
		if !s.reportedOnce("ignore\x00" + item.rng.String()) {
			continue
		}
		rules, _ := item.member("rule").text()
		reason, _ := item.member("reason").text()
		ignore := parseIgnore(strings.ReplaceAll(rules, " ", "") + " " + reason)
		if until, ok := item.member("until").text(); ok {
			ignore.Until = until
		}
		ignore.Range, ignore.Scope = item.rng, scope
		s.graph.Ignores = append(s.graph.Ignores, ignore)
	}
}
