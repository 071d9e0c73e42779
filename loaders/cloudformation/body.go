package cloudformation

import (
	"bytes"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// parseBody reads a template that is a value. Content is the file in which
// the value stands, if it is at hand: places within a block scalar are then
// exact.
func parseBody(body graph.Value, name string, limits Limits, content []byte) (*document, hcl.Diagnostics) {
	rng := body.Range()
	if !body.HasRange() {
		rng = startOf(name)
	}
	if body.Kind() == graph.KindMap {
		return &document{root: nodeOf(body, rng)}, nil
	}
	if body.Parts() == nil || body.Kind() == graph.KindUnknown {
		return &document{}, hcl.Diagnostics{{
			Severity: hcl.DiagError, Summary: "template body is not a template",
			Detail: "The body of the template is neither a string nor an object.", Subject: &rng,
		}}
	}
	text, unknowns := encodeBody(body)
	d, diags := parse(rng.Filename, text, limits, blockPlacer(rng, content), unknowns)
	// Comments in the text are not at the places that it gives them.
	d.text = nil
	return d, diags
}

// blockPlacer converts places within a scalar that spans lines. Lines of a
// literal block scalar keep their order; in every other string only the place
// of the string itself is certain.
func blockPlacer(scalar hcl.Range, content []byte) placer {
	whole := func(hcl.Range) hcl.Range { return scalar }
	lines := bytes.Split(content, []byte("\n"))
	first := scalar.Start.Line - 1
	if first < 0 || first >= len(lines) || scalar.End.Line <= scalar.Start.Line {
		return whole
	}
	header := bytes.TrimRight(lines[first], " \t\r")
	if i := bytes.IndexByte(header, '#'); i > 0 && isBlank(header[i-1]) {
		header = bytes.TrimRight(header[:i], " \t")
	}
	header = bytes.TrimRight(header, "+-0123456789")
	if !bytes.HasSuffix(header, []byte("|")) {
		return whole
	}
	offsets := lineOffsets(lines)
	indent := blockIndent(lines[first+1 : min(scalar.End.Line, len(lines))])
	move := func(p hcl.Pos) hcl.Pos {
		line := min(first+p.Line, len(lines)-1)
		column := p.Column + indent
		return hcl.Pos{Line: line + 1, Column: column, Byte: min(offsets[line]+column-1, len(content))}
	}
	return func(inner hcl.Range) hcl.Range {
		return hcl.Range{Filename: scalar.Filename, Start: move(inner.Start), End: move(inner.End)}
	}
}

func lineOffsets(lines [][]byte) []int {
	offsets := make([]int, len(lines))
	for i := 1; i < len(lines); i++ {
		offsets[i] = offsets[i-1] + len(lines[i-1]) + 1
	}
	return offsets
}

func blockIndent(lines [][]byte) int {
	for _, line := range lines {
		if trimmed := bytes.TrimLeft(line, " "); len(bytes.TrimSpace(trimmed)) > 0 {
			return len(line) - len(trimmed)
		}
	}
	return 0
}
