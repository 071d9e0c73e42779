package cloudformation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/yamltext"
)

// document is one parsed file.
type document struct {
	root *node
	text *sourceText
	// opaque are the lines of block scalars, in which # is no comment.
	opaque []span
	// anchored is set when the text has anchors, which only the tools that
	// prepare templates know.
	anchored bool
}

// span is a range of lines, both ends included.
type span struct{ first, last int }

// placer converts a place within a template that is a string into a place of
// the file that holds the string. Nil leaves it as it is.
type placer func(hcl.Range) hcl.Range

// parse reads YAML or JSON. Of several documents the first with resources
// counts. The unknowns stand for the tokens that encodeBody made.
func parse(file string, content []byte, limits Limits, place placer, unknowns []*graph.Unknown) (*document, hcl.Diagnostics) {
	c := &converter{
		limits: limits, place: place, unknowns: unknowns,
		converted: map[*yaml.Node]*node{}, open: map[*yaml.Node]bool{},
	}
	shift := 0
	if rest, ok := bytes.CutPrefix(content, []byte("\xEF\xBB\xBF")); ok {
		content, shift = rest, 3
	}
	if c.json = isJSON(content); c.json {
		content, c.hidden = hideEscapes(content)
	}
	c.text = newSourceText(file, content, shift)
	roots, err := decodeAll(content)
	if err != nil {
		c.syntaxError(err)
		return &document{text: c.text}, c.diags
	}
	d := &document{text: c.text}
	if root := c.choose(roots); root != nil {
		d.root, _ = c.convert(root, 0)
	}
	if c.jinja {
		d.root = nil
	}
	d.opaque, d.anchored = c.opaque, c.anchored
	return d, c.diags
}

func isJSON(content []byte) bool {
	trimmed := bytes.TrimLeft(content, " \t\r\n")
	return len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[')
}

// decodeAll parses every document of a file. The parser is not ours: should it
// give up with a run-time error on hostile text, that is an error of the text.
func decodeAll(content []byte) (roots []*yaml.Node, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("yaml: %v", problem)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var n yaml.Node
		switch err := decoder.Decode(&n); {
		case errors.Is(err, io.EOF):
			return roots, nil
		case err != nil:
			return roots, err
		}
		if len(n.Content) > 0 {
			roots = append(roots, n.Content[0])
		}
	}
}

// choose picks the document that is the template.
func (c *converter) choose(roots []*yaml.Node) *yaml.Node {
	var chosen *yaml.Node
	for _, root := range roots {
		switch {
		case !hasKey(root, "Resources"):
		case chosen == nil:
			chosen = root
		default:
			c.report(c.text.Span(c.start(root), c.start(root)), "second template in one file",
				"CloudFormation reads one YAML document; iblint judges the first. Put each template into a file of its own.")
			return chosen
		}
	}
	if chosen == nil && len(roots) > 0 {
		return roots[0]
	}
	return chosen
}

func hasKey(n *yaml.Node, key string) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

func (c *converter) report(rng hcl.Range, summary, detail string) {
	if c.place != nil {
		rng = c.place(rng)
	}
	c.diags = append(c.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &rng,
	})
}

var (
	// sceptrePattern finds the variables that Sceptre puts into a template.
	sceptrePattern = regexp.MustCompile(`\{\{-?\s*sceptre_user_data\b`)
	jinjaPattern   = regexp.MustCompile(`(?m)(^[ \t]*\{%)|((?::|-)[ \t]+\{\{)|(^[ \t]*\{\{)`)
)

// syntaxError reports that the text is no YAML, or names the template
// language that made it so.
func (c *converter) syntaxError(err error) {
	line, message := yamltext.Fault(c.text.Content, err, func(text []byte) error {
		_, err := decodeAll(text)
		return err
	})
	line = min(line, len(c.text.Lines))
	start := c.text.Lines[line-1]
	end := start + len(bytes.TrimRight(c.text.Content[start:c.text.lineEnd(start)], "\r"))
	if offset, found := jinja(c.text.Content); found {
		c.foundJinja(offset)
		return
	}
	c.report(c.text.Span(start, end), "not valid YAML or JSON",
		"The file could not be parsed, so nothing in it was judged: "+message+".")
}

// foundJinja reports, once, that the file is no template yet.
func (c *converter) foundJinja(offset int) {
	if c.jinja {
		return
	}
	c.jinja = true
	c.report(c.text.Span(offset, offset+2), "Jinja templates are not supported",
		"The file is a template of a template (Jinja, as Sceptre and others use it), which iblint does not render; nothing in it was judged. "+
			"Give iblint the rendered CloudFormation template.")
}

// jinja finds a Jinja statement, or an expression where a YAML value would
// begin. Image Builder's own {{ imagebuilder:buildDate }} within a string is
// neither.
func jinja(content []byte) (offset int, found bool) {
	match := jinjaPattern.FindIndex(content)
	if match == nil {
		return 0, false
	}
	return match[1] - 2, true
}
