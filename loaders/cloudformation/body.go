package cloudformation

import (
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// parseBody reads a template that is a value.
func parseBody(body graph.Value, name string, limits Limits) (*document, hcl.Diagnostics) {
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
	text := encodeBody(body)
	d, diags := parse(rng.Filename, text.bytes, limits, text.placer(body, rng), text.unknowns)
	// Comments in the text are not at the places that it gives them.
	d.text = nil
	return d, diags
}

// placer converts places within the text of a template to places of the file in
// which it is written.
func (e encoded) placer(body graph.Value, whole hcl.Range) placer {
	if !body.HasInner() {
		return func(hcl.Range) hcl.Range { return whole }
	}
	return func(inner hcl.Range) hcl.Range { return body.Inner(e.known(inner.Start.Byte), e.known(inner.End.Byte)) }
}
