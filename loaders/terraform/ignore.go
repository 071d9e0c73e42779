package terraform

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/graph"
)

const ignoreWord = "iblint:ignore"

// findIgnores collects the comments that suppress findings. Files without the
// word are not read a second time.
func (l *loader) findIgnores(content []byte, name string, body *hclsyntax.Body) {
	if !strings.Contains(string(content), ignoreWord) {
		return
	}
	tokens, _ := hclsyntax.LexConfig(content, name, hcl.InitialPos)
	for _, token := range tokens {
		if token.Type != hclsyntax.TokenComment {
			continue
		}
		for i, line := range strings.Split(string(token.Bytes), "\n") {
			_, text, ok := strings.Cut(line, ignoreWord)
			if !ok {
				continue
			}
			r := token.Range
			r.Start.Line += i
			if i > 0 {
				r.Start.Column = 1
			}
			r.End = r.Start
			r.End.Column += len(strings.TrimRight(line, "\r"))
			ignore := parseIgnore(strings.TrimSuffix(strings.TrimSpace(text), "*/"))
			ignore.Range = r
			ignore.Scope = scopeOf(body, r)
			l.graph.Ignores = append(l.graph.Ignores, ignore)
		}
	}
}

// parseIgnore reads "RULE,RULE reason until=YYYY-MM-DD".
func parseIgnore(text string) graph.Ignore {
	var out graph.Ignore
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return out
	}
	for rule := range strings.SplitSeq(fields[0], ",") {
		if rule != "" {
			out.Rules = append(out.Rules, rule)
		}
	}
	var words []string
	for _, word := range fields[1:] {
		if date, ok := strings.CutPrefix(word, "until="); ok {
			out.Until = date
			continue
		}
		words = append(words, word)
	}
	out.Reason = strings.Join(words, " ")
	return out
}

// scopeOf is what a comment covers: the innermost block that it stands in, or
// the block or argument that begins on its line or on the next one with code.
func scopeOf(body *hclsyntax.Body, at hcl.Range) hcl.Range {
	line := at.Start.Line
	for _, b := range body.Blocks {
		r := b.Range()
		switch {
		case r.Start.Line <= line && line <= r.End.Line:
			if r.Start.Line == line {
				return r
			}
			return innerScope(b, r, at)
		case followsComment(body, at, r):
			return r
		}
	}
	for _, a := range body.Attributes {
		if a.SrcRange.Start.Line <= line && line <= a.SrcRange.End.Line || followsComment(body, at, a.SrcRange) {
			return a.SrcRange
		}
	}
	return at
}

// innerScope narrows the scope down to a nested block or argument, if the
// comment stands above or beside one.
func innerScope(b *hclsyntax.Block, whole, at hcl.Range) hcl.Range {
	if inner := scopeOf(b.Body, at); inner != at {
		return inner
	}
	return whole
}

// followsComment reports whether a block or argument is the next one below a
// comment.
func followsComment(body *hclsyntax.Body, at, r hcl.Range) bool {
	if r.Start.Line <= at.Start.Line {
		return false
	}
	for _, b := range body.Blocks {
		if first := b.Range().Start.Line; first > at.Start.Line && first < r.Start.Line {
			return false
		}
	}
	for _, a := range body.Attributes {
		if first := a.SrcRange.Start.Line; first > at.Start.Line && first < r.Start.Line {
			return false
		}
	}
	return r.Start.Line-at.Start.Line <= 20
}
