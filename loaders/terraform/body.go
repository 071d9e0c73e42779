package terraform

import (
	"fmt"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/terraform/internal/aws"
	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// bodyConfig is the body of a resource or of a nested block as written.
type bodyConfig struct {
	attributes []*argumentConfig
	blocks     []*blockConfig
}

type argumentConfig struct {
	name      string
	nameRange hcl.Range
	expr      *expr
}

// blockConfig is a nested block, or a dynamic block that makes such blocks.
type blockConfig struct {
	kind    string
	at      hcl.Range
	body    *bodyConfig
	schema  *aws.Schema
	forEach *expr
	// iterator is the name of the variable of a dynamic block.
	iterator string
}

// decodeBody reads a body. What the schema does not know is reported; without
// a schema everything is accepted as it is.
func (l *loader) decodeBody(body *syntax.Body, schema *aws.Schema) *bodyConfig {
	out := &bodyConfig{}
	for _, a := range body.Attributes {
		if blocks, ok := l.attributeBlocks(a, schema); ok {
			for _, b := range blocks {
				l.decodeBlock(out, b, schema)
			}
			continue
		}
		l.checkAttribute(a, schema)
		out.attributes = append(out.attributes, &argumentConfig{name: a.Name, nameRange: a.NameRange, expr: l.wrap(a.Expr)})
	}
	for _, b := range body.Blocks {
		l.decodeBlock(out, b, schema)
	}
	return out
}

// attributeBlocks makes blocks of what looks like an attribute in JSON.
func (l *loader) attributeBlocks(a *syntax.Attribute, schema *aws.Schema) ([]*syntax.Block, bool) {
	if !a.JSON {
		return nil, false
	}
	if a.Name == "dynamic" {
		return a.Blocks(1), true
	}
	if schema == nil {
		return nil, false
	}
	if _, ok := schema.Blocks[a.Name]; !ok {
		return nil, false
	}
	blocks := a.Blocks(0)
	items, isList := syntax.Items(a.Expr)
	return blocks, len(blocks) > 0 || isList && len(items) == 0
}

// checkAttribute reports an argument that a type does not have.
func (l *loader) checkAttribute(a *syntax.Attribute, schema *aws.Schema) {
	if schema == nil {
		return
	}
	known, ok := schema.Attributes[a.Name]
	switch {
	case ok && known.Computed:
		l.problem(a.NameRange, "Value for unconfigurable attribute", fmt.Sprintf("Can't configure a value for %q: its value will be decided automatically based on the result of applying this configuration.", a.Name))
	case ok:
	default:
		detail := fmt.Sprintf("An argument named %q is not expected here.", a.Name)
		if _, isBlock := schema.Blocks[a.Name]; isBlock {
			detail += fmt.Sprintf(" Did you mean to define a block of type %q? A block is written without an equals sign.", a.Name)
		} else if near := nearest(a.Name, schema.Order); near != "" {
			detail += fmt.Sprintf(" Did you mean %q?", near)
		}
		l.problem(a.NameRange, "Unsupported argument", detail)
	}
}

// decodeBlock reads one nested block.
func (l *loader) decodeBlock(out *bodyConfig, b *syntax.Block, schema *aws.Schema) {
	c := &blockConfig{kind: b.Type, at: b.Header}
	body := b.Body
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		c.kind, c.iterator = b.Labels[0], b.Labels[0]
		if body = l.decodeDynamic(c, b); body == nil {
			return
		}
	}
	if schema != nil {
		known, ok := schema.Blocks[c.kind]
		loose, isAttribute := schema.Attributes[c.kind]
		switch {
		case ok:
			c.schema = known.Schema
		case isAttribute && (loose.Type.HasDynamicTypes() || loose.Type.IsMapType()) && loose.Type.HasDynamicTypes():
		case c.kind == "timeouts":
		default:
			detail := fmt.Sprintf("Blocks of type %q are not expected here.", c.kind)
			if isAttribute {
				detail += fmt.Sprintf(" Did you mean to define argument %q? If so, use the equals sign to assign it a value.", c.kind)
			} else if near := nearest(c.kind, sortedKeys(schema.Blocks)); near != "" {
				detail += fmt.Sprintf(" Did you mean %q?", near)
			}
			l.problem(b.Header, "Unsupported block type", detail)
			return
		}
	}
	c.body = l.decodeBody(body, c.schema)
	out.blocks = append(out.blocks, c)
}

// decodeDynamic reads the arguments of a dynamic block and returns the body of
// its content.
func (l *loader) decodeDynamic(c *blockConfig, b *syntax.Block) *syntax.Body {
	l.onlyArguments(b, []string{"for_each", "iterator", "labels"}, []string{"content"})
	a := b.Body.Attribute("for_each")
	if a == nil {
		l.missingArgument(b, "for_each")
		return nil
	}
	c.forEach = l.wrap(a.Expr)
	if i := b.Body.Attribute("iterator"); i != nil {
		if name := hcl.ExprAsKeyword(i.Static()); name != "" {
			c.iterator = name
		} else {
			l.problem(i.Expr.Range(), "Invalid iterator name", "The name of a variable is expected here, without quotes.")
		}
	}
	contents := b.Body.BlocksOf("content")
	if len(contents) != 1 {
		l.problem(b.Header, "Invalid dynamic block", "A dynamic block must have exactly one nested content block, which says what the blocks that it makes hold.")
		return nil
	}
	return contents[0].Body
}

// nearest finds the name that was probably meant.
func nearest(name string, names []string) string {
	best, bestDistance := "", 3
	for _, candidate := range names {
		if d := levenshtein.Distance(name, candidate, nil); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	return best
}
