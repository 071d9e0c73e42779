package cloudformation

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/graph"
)

// converter turns YAML nodes into nodes of the template.
type converter struct {
	text     *sourceText
	limits   Limits
	place    placer
	unknowns []*graph.Unknown
	json     bool
	// hidden is set when escapes were replaced for the parser.
	hidden    bool
	diags     hcl.Diagnostics
	opaque    []span
	converted map[*yaml.Node]*node
	open      map[*yaml.Node]bool
	stopped   bool
	jinja     bool
	anchored  bool
}

func (c *converter) start(n *yaml.Node) int { return c.text.Offset(n.Line, n.Column) }

func (c *converter) span(start, end int) hcl.Range {
	rng := c.text.Span(start, end)
	if c.place != nil {
		return c.place(rng)
	}
	return rng
}

// convert returns the node and the offset at which it ends.
func (c *converter) convert(n *yaml.Node, depth int) (*node, int) {
	start := c.start(n)
	if depth > c.limits.Depth {
		c.stop(start, "template is nested too deeply", "A value lies deeper than iblint follows; what is inside was not read.")
	}
	if c.stopped {
		return &node{kind: scalarNode, value: graph.Absent(), rng: c.span(start, start), size: 1}, start
	}
	if n.Kind == yaml.AliasNode {
		return c.alias(n, start)
	}
	if n.Anchor != "" {
		c.open[n], c.anchored = true, true
	}
	out, end := c.untagged(n, start, depth)
	out.rng = c.span(start, end)
	out = c.tagged(n, out)
	if n.Anchor != "" {
		delete(c.open, n)
		c.converted[n] = out
	}
	return out, end
}

func (c *converter) stop(offset int, summary, detail string) {
	if !c.stopped {
		c.report(c.text.Span(offset, offset), summary, detail)
	}
	c.stopped = true
}

func (c *converter) alias(n *yaml.Node, start int) (*node, int) {
	end := c.text.aliasEnd(n.Value, start)
	target := c.converted[n.Alias]
	if target == nil || c.open[n.Alias] {
		c.report(c.text.Span(start, end), "alias of itself",
			"The alias *"+n.Value+" stands inside the value that it repeats.")
		return &node{kind: scalarNode, value: graph.Absent(), rng: c.span(start, end), size: 1}, end
	}
	out := *target
	out.rng = c.span(start, end)
	c.count(start, out.size)
	return &out, end
}

// sum adds sizes without overflow.
func (c *converter) sum(a, b int) int { return min(a+b, c.limits.Nodes+1) }

// count stops the conversion when aliases expand to too much.
func (c *converter) count(offset, size int) {
	if size > c.limits.Nodes {
		c.stop(offset, "aliases expand to too much", "The YAML aliases of the file expand to more values than iblint reads.")
	}
}

func (c *converter) untagged(n *yaml.Node, start, depth int) (*node, int) {
	switch n.Kind {
	case yaml.MappingNode:
		return c.object(n, start, depth)
	case yaml.SequenceNode:
		return c.list(n, start, depth)
	default:
		return c.plain(n, start)
	}
}

// plain converts a scalar.
func (c *converter) plain(n *yaml.Node, start int) (*node, int) {
	end := c.text.scalarEnd(n, start)
	if strings.Contains(n.Value, "{{") && sceptrePattern.MatchString(n.Value) {
		c.foundJinja(start)
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		first := c.text.Position(start).Line
		c.opaque = append(c.opaque, span{first: first + 1, last: c.text.Position(end).Line})
	}
	raw := c.plainText(n.Value)
	return &node{kind: scalarNode, value: c.scalar(n).WithInner(c.inner(n, start, raw)), raw: raw, size: 1}, end
}

func (c *converter) list(n *yaml.Node, start, depth int) (*node, int) {
	out := &node{kind: listNode, size: 1, items: make([]*node, 0, len(n.Content))}
	last := start
	for _, item := range n.Content {
		child, end := c.convert(item, depth+1)
		out.items = append(out.items, child)
		out.size = c.sum(out.size, child.size)
		last = max(last, end)
	}
	c.count(start, out.size)
	return out, c.text.collectionEnd(start, last)
}

func (c *converter) object(n *yaml.Node, start, depth int) (*node, int) {
	out := &node{kind: objectNode, size: 1, entries: make([]entry, 0, len(n.Content)/2)}
	last := start
	seen := memberIndex{node: out}
	var merged []*node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		keyStart := c.start(key)
		keyEnd := c.keyEnd(key, keyStart)
		child, end := c.convert(n.Content[i+1], depth+1)
		last = max(last, end, keyEnd)
		out.size = c.sum(out.size, child.size)
		if key.Value == "<<" && key.Style == 0 {
			merged = append(merged, c.mergeSources(child)...)
			continue
		}
		e := entry{name: c.keyName(key, keyStart), nameRange: c.span(keyStart, keyEnd), value: child}
		if first := seen.find(e.name); first >= 0 {
			c.duplicate(e.name, e.nameRange, out.entries[first].nameRange)
			out.entries[first] = e
			continue
		}
		seen.add(e)
	}
	c.merge(merged, &seen)
	c.count(start, out.size)
	return out, c.text.collectionEnd(start, last)
}

func (c *converter) duplicate(name string, second, first hcl.Range) {
	c.diags = append(c.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "key " + quote(name) + " is given twice",
		Detail:  "The first is at " + place(first) + ". YAML and JSON allow a key once; iblint reads the last one.",
		Subject: &second, Context: &second,
	})
}

func (c *converter) keyEnd(key *yaml.Node, start int) int {
	switch key.Kind {
	case yaml.ScalarNode:
		return c.text.scalarEnd(key, start)
	case yaml.AliasNode:
		return c.text.aliasEnd(key.Value, start)
	default:
		return start
	}
}

func (c *converter) keyName(key *yaml.Node, start int) string {
	if key.Kind == yaml.AliasNode && key.Alias != nil {
		key = key.Alias
	}
	if key.Kind != yaml.ScalarNode {
		if start > 0 && c.text.At(start) == '{' && c.text.At(start-1) == '{' {
			c.foundJinja(start - 1)
			return ""
		}
		c.report(c.text.Span(start, start), "key is not a string", "A key must be a string.")
		return ""
	}
	name := c.plainText(key.Value)
	if strings.Contains(name, openToken) {
		return displayTokens(name, c.unknowns)
	}
	return name
}

// mergeSources are the objects that a merge key names.
func (c *converter) mergeSources(n *node) []*node {
	switch n.kind {
	case objectNode:
		return []*node{n}
	case listNode:
		var out []*node
		for _, item := range n.items {
			out = append(out, c.mergeSources(item)...)
		}
		return out
	case scalarNode:
	}
	c.diags = append(c.diags, &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "merge key without an object",
		Detail: "The merge key << takes an object or a list of objects.", Subject: &n.rng,
	})
	return nil
}

// merge adds the members that the object does not have itself; of several
// sources the first wins.
func (c *converter) merge(sources []*node, seen *memberIndex) {
	for _, source := range sources {
		for _, e := range source.entries {
			if seen.find(e.name) < 0 {
				seen.add(e)
			}
		}
	}
}

// memberIndex finds members of an object that is being filled.
type memberIndex struct {
	node   *node
	byName map[string]int
}

// fewMembers is the number of members up to which looking at each is faster
// than an index.
const fewMembers = 12

func (x *memberIndex) find(name string) int {
	if x.byName != nil {
		if i, ok := x.byName[name]; ok {
			return i
		}
		return -1
	}
	for i := range x.node.entries {
		if x.node.entries[i].name == name {
			return i
		}
	}
	return -1
}

func (x *memberIndex) add(e entry) {
	x.node.entries = append(x.node.entries, e)
	if x.byName == nil && len(x.node.entries) <= fewMembers {
		return
	}
	if x.byName == nil {
		x.byName = make(map[string]int, 2*fewMembers)
		for i := range x.node.entries {
			x.byName[x.node.entries[i].name] = i
		}
		return
	}
	x.byName[e.name] = len(x.node.entries) - 1
}

// tagged gives a value with a short tag its function.
func (c *converter) tagged(n *yaml.Node, out *node) *node {
	if n.Style&yaml.TaggedStyle == 0 && !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return out
	}
	name, ok := strings.CutPrefix(n.Tag, "!")
	if !ok || name == "" || strings.HasPrefix(n.Tag, "tag:yaml.org") {
		return out
	}
	if out.kind == scalarNode && !out.value.IsUnknown() && out.value.Kind() != graph.KindString {
		// What a tag stands at is text, whatever it looks like.
		out.value = graph.String(c.plainText(n.Value))
	}
	if name == "Ref" || name == "Condition" {
		return wrap(name, out, out.rng)
	}
	if !isFunction("Fn::" + name) {
		rng := out.rng
		c.diags = append(c.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "unknown tag !" + name,
			Detail:  unknownTagDetail(name),
			Subject: &rng,
		})
		unknown := &graph.Unknown{ID: "tag(" + place(rng) + ")", Reason: "the tag !" + name + " is not one of CloudFormation's", Range: rng}
		return &node{kind: scalarNode, value: graph.UnknownValue(unknown), rng: rng, size: 1}
	}
	return wrap("Fn::"+name, out, out.rng)
}

func unknownTagDetail(name string) string {
	if strings.HasPrefix(name, "stack_") || name == "file" || name == "environment_variable" || name == "rcmd" {
		return "The tag belongs to Sceptre, which iblint does not support; the value is unknown. Give iblint the rendered template."
	}
	return "CloudFormation has no function of this name; the value is unknown."
}
