package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// labelCounts are the block types of a file with the number of their labels.
func labelCounts() map[string]int {
	return map[string]int{
		"terraform": 0, "variable": 1, "output": 1, "locals": 0, "provider": 1, "module": 1, "resource": 2, "data": 2,
		"ephemeral": 2, "moved": 0, "removed": 0, "import": 0, "check": 1,
	}
}

// merger collects the blocks of a module and lays overrides over them.
type merger struct {
	l      *loader
	blocks []*syntax.Block
	// index finds the block that an identity names.
	index map[string]*syntax.Block
}

// mergeFiles lists the blocks of all files of a module, with overrides applied
// in the order of the files.
func (l *loader) mergeFiles(files []configFile) []*syntax.Block {
	m := &merger{l: l, index: map[string]*syntax.Block{}}
	for _, override := range []bool{false, true} {
		for _, file := range files {
			if file.override == override {
				m.file(file)
			}
		}
	}
	return m.blocks
}

func (m *merger) file(file configFile) {
	counts := labelCounts()
	for _, a := range file.body.Attributes {
		if a.JSON && a.Name == "//" {
			continue
		}
		m.l.problem(a.NameRange, "Unsupported argument", fmt.Sprintf("An argument named %q is not expected here. At the top of a file only blocks are.", a.Name))
	}
	for _, b := range file.body.Blocks {
		want, ok := counts[b.Type]
		if !ok {
			m.l.problem(b.TypeRange, "Unsupported block type", fmt.Sprintf("Blocks of type %q are not expected here. Terraform knows variable, locals, output, resource, data, ephemeral, module, provider, terraform, check, moved, import and removed.", b.Type))
			continue
		}
		if !m.labels(b, want) {
			continue
		}
		if file.override {
			m.override(b)
			continue
		}
		m.add(b)
	}
}

// labels checks the number of labels of a block, and that they are names.
func (m *merger) labels(b *syntax.Block, want int) bool {
	if len(b.Labels) < want {
		m.l.problem(b.Header, "Missing name for "+b.Type, fmt.Sprintf("A %s block must have %d label(s), for example: %s. The block was left out.", b.Type, want, example(b.Type)))
		return false
	}
	if len(b.Labels) > want {
		m.l.problem(b.LabelRanges[want], "Extraneous label for "+b.Type, fmt.Sprintf("Only %d labels are expected for %s blocks. The block was left out.", want, b.Type))
		return false
	}
	for i, label := range b.Labels {
		if !hclsyntax.ValidIdentifier(label) {
			m.l.problem(b.LabelRanges[i], "Invalid name", fmt.Sprintf("%q is no valid name: a name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes. The block was left out.", label))
			return false
		}
	}
	return true
}

func example(kind string) string {
	switch kind {
	case "resource", "data", "ephemeral":
		return kind + ` "aws_kms_key" "this" {}`
	}
	return kind + ` "name" {}`
}

// identity names what a block declares; "" for blocks that add up.
func identity(b *syntax.Block) string {
	switch b.Type {
	case "locals", "terraform", "moved", "removed", "import":
		return ""
	case "provider":
		alias := ""
		if a := b.Body.Attribute("alias"); a != nil {
			if v, diags := a.Expr.Value(nil); !diags.HasErrors() {
				alias, _ = plainText(v)
			}
		}
		return "provider " + b.Labels[0] + "." + alias
	}
	return strings.Join(append([]string{b.Type}, b.Labels...), " ")
}

func (m *merger) add(b *syntax.Block) {
	if b.Type == "locals" {
		m.addLocals(b)
		return
	}
	if id := identity(b); id != "" {
		if first, ok := m.index[id]; ok {
			m.l.problem(b.Header, "Duplicate "+b.Type, fmt.Sprintf("%s was already declared at %s. Names must be unique within a module.", describe(b), first.Header))
			return
		}
		m.index[id] = b
	}
	m.blocks = append(m.blocks, b)
}

func describe(b *syntax.Block) string {
	switch len(b.Labels) {
	case 0:
		return "A " + b.Type + " block"
	case 1:
		return fmt.Sprintf("A %s named %q", b.Type, b.Labels[0])
	}
	return fmt.Sprintf("A %s %s named %q", b.Labels[0], b.Type, b.Labels[1])
}

func (m *merger) addLocals(b *syntax.Block) {
	for _, inner := range b.Body.Blocks {
		m.l.problem(inner.TypeRange, "Unexpected block", fmt.Sprintf("Blocks are not allowed here: a local value is an argument, %s = {…}.", inner.Type))
	}
	kept := *b
	body := *b.Body
	body.Attributes = nil
	kept.Body = &body
	for _, a := range b.Body.Attributes {
		id := "local " + a.Name
		if first, ok := m.index[id]; ok {
			m.l.problem(a.NameRange, "Duplicate local value definition", fmt.Sprintf("A local value named %q was already defined at %s. Local value names must be unique within a module.", a.Name, first.Body.Range))
			continue
		}
		m.index[id] = &syntax.Block{Type: "locals", Body: &syntax.Body{Attributes: []*syntax.Attribute{a}, Range: a.NameRange}}
		body.Attributes = append(body.Attributes, a)
	}
	m.blocks = append(m.blocks, &kept)
}

// override lays a block of an override file over the one that it names.
func (m *merger) override(b *syntax.Block) {
	if b.Type == "locals" {
		m.overrideLocals(b)
		return
	}
	id := identity(b)
	if b.Type == "terraform" {
		m.blocks = append(m.blocks, b)
		return
	}
	base, ok := m.index[id]
	if id == "" || !ok && b.Type != "provider" {
		m.l.problem(b.Header, "Missing base "+b.Type+" to override", describe(b)+" is declared in an override file, but nowhere else. Override files only change what other files declare.")
		return
	}
	if !ok {
		m.add(b)
		return
	}
	overlay(base.Body, b.Body)
}

func (m *merger) overrideLocals(b *syntax.Block) {
	for _, a := range b.Body.Attributes {
		base, ok := m.index["local "+a.Name]
		if !ok {
			m.l.problem(a.NameRange, "Missing base local value definition to override", fmt.Sprintf("There is no local value named %q. An override file can only override a local value that was already defined in a primary configuration file.", a.Name))
			continue
		}
		*base.Body.Attributes[0] = *a
	}
}

// overlay replaces arguments one by one, and nested blocks by type. Within
// lifecycle, arguments are replaced one by one too.
func overlay(base, over *syntax.Body) {
	for _, a := range over.Attributes {
		if old := base.Attribute(a.Name); old != nil {
			*old = *a
			continue
		}
		base.Attributes = append(base.Attributes, a)
	}
	replaced := map[string]bool{}
	for _, b := range over.Blocks {
		replaced[blockName(b)] = true
	}
	var kept []*syntax.Block
	for _, b := range base.Blocks {
		switch {
		case !replaced[blockName(b)]:
			kept = append(kept, b)
		case b.Type == "lifecycle":
			for _, o := range over.BlocksOf("lifecycle") {
				overlay(b.Body, o.Body)
			}
			kept = append(kept, b)
		}
	}
	for _, b := range over.Blocks {
		if b.Type != "lifecycle" || !hasBlock(kept, "lifecycle") {
			kept = append(kept, b)
		}
	}
	base.Blocks = kept
}

func hasBlock(blocks []*syntax.Block, kind string) bool {
	for _, b := range blocks {
		if b.Type == kind {
			return true
		}
	}
	return false
}

// blockName is the type that a block makes; a dynamic block makes another.
func blockName(b *syntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}
