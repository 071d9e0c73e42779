// Package aws holds what the loader knows of the AWS provider: the arguments
// of its resource types, the shapes of their identifiers, and how policy
// documents are written.
package aws

import (
	_ "embed"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

//go:embed schema.txt
var schemaText string

// Schema is the body of a resource type or of a nested block.
type Schema struct {
	Attributes map[string]Attribute
	Blocks     map[string]Block
	// Order lists the attributes as the table does.
	Order []string
}

// Attribute is one argument.
type Attribute struct {
	Type     cty.Type
	Required bool
	// Computed attributes cannot be set.
	Computed bool
	// Null attributes are null where they are not written; the provider sets
	// no others.
	Null bool
}

// Block is a nested block.
type Block struct {
	Schema *Schema
	// Many is set when there may be more than one.
	Many bool
}

// Schemas finds the schema of a type. It is not safe for concurrent use.
type Schemas struct {
	lines  map[string]string
	parsed map[string]*Schema
}

// NewSchemas reads the table.
func NewSchemas() *Schemas {
	s := &Schemas{lines: map[string]string{}, parsed: map[string]*Schema{}}
	for line := range strings.SplitSeq(schemaText, "\n") {
		if name, rest, ok := strings.Cut(line, " "); ok && name != "#" {
			s.lines[name] = rest
		}
	}
	return s
}

// Find returns the schema of a resource type, or of a data source when the
// name begins with "data."; nil when the type is not in the table.
func (s *Schemas) Find(name string) *Schema {
	if schema, ok := s.parsed[name]; ok {
		return schema
	}
	var schema *Schema
	if line, ok := s.lines[name]; ok {
		schema, _ = parseBody(line)
	}
	s.parsed[name] = schema
	return schema
}

// parseBody reads items up to a closing brace, and returns what follows it.
func parseBody(text string) (*Schema, string) {
	schema := &Schema{Attributes: map[string]Attribute{}, Blocks: map[string]Block{}}
	for {
		text = strings.TrimLeft(text, " ")
		if text == "" {
			return schema, ""
		}
		if text[0] == '}' {
			return schema, text[1:]
		}
		end := strings.IndexAny(text, " {}")
		if end < 0 {
			end = len(text)
		}
		item := text[:end]
		text = text[end:]
		if strings.HasPrefix(text, "{") {
			name := strings.TrimSuffix(item, "*")
			var inner *Schema
			inner, text = parseBody(text[1:])
			schema.Blocks[name] = Block{Schema: inner, Many: name != item}
			continue
		}
		schema.add(item)
	}
}

func (s *Schema) add(item string) {
	name, kind, _ := strings.Cut(item, ":")
	a := Attribute{Type: attributeType(kind)}
	switch {
	case strings.HasSuffix(name, "!"):
		a.Required = true
	case strings.HasSuffix(name, "^"):
		a.Computed = true
	}
	name = strings.TrimRight(name, "!^")
	s.Attributes[name] = a
	s.Order = append(s.Order, name)
}

func attributeType(kind string) cty.Type {
	switch kind {
	case "n":
		return cty.Number
	case "b":
		return cty.Bool
	case "m":
		return cty.Map(cty.String)
	case "l":
		return cty.List(cty.String)
	case "ln":
		return cty.List(cty.Number)
	case "d":
		return cty.DynamicPseudoType
	}
	return cty.String
}
