package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// refactoring is a moved, removed or import block: it makes nothing, but
// Terraform refuses one that contradicts the configuration.
type refactoring struct {
	block    *syntax.Block
	from, to address
	// id and forEach are arguments of import.
	id, forEach *expr
}

// address is what a refactoring names, without instance keys.
type address struct {
	// module is the path of the module, resource "TYPE.NAME" within it or "".
	module, resource string
	isData           bool
	// indexed is set where an instance key is written.
	indexed bool
	text    string
	at      hcl.Range
}

// refactoring decodes a block and reports what is wrong with it alone.
func (d *decoder) refactoring(b *syntax.Block) {
	r := &refactoring{block: b}
	required := []string{"from"}
	switch b.Type {
	case "moved":
		required = []string{"from", "to"}
		d.l.onlyArguments(b, required, nil)
	case "removed":
		d.l.onlyArguments(b, required, []string{"lifecycle", "provisioner", "connection"})
	case "import":
		required = []string{"to"}
		d.l.onlyArguments(b, []string{"to", "id", "identity", "provider", "for_each"}, nil)
		r.id, r.forEach = d.argument(b, "id"), d.argument(b, "for_each")
		if r.id == nil && b.Body.Attribute("identity") == nil {
			d.l.missingArgument(b, "id")
		}
	}
	complete := true
	for _, name := range required {
		a := b.Body.Attribute(name)
		if a == nil {
			d.l.missingArgument(b, name)
			complete = false
			continue
		}
		named, ok := d.address(a, b.Type == "import")
		complete = complete && ok
		if name == "from" {
			r.from = named
		} else {
			r.to = named
		}
	}
	if complete {
		d.c.refactorings = append(d.c.refactorings, r)
	}
}

// argument is an argument of a block, or nil.
func (d *decoder) argument(b *syntax.Block, name string) *expr {
	if a := b.Body.Attribute(name); a != nil {
		return d.l.wrap(a.Expr)
	}
	return nil
}

// address reads an address. Its instance keys are constant but in import.
func (d *decoder) address(a *syntax.Attribute, computed bool) (address, bool) {
	x := a.Static()
	out := address{at: a.Expr.Range(), text: d.l.snippet(a.Expr.Range())}
	if _, diags := hcl.AbsTraversalForExpr(x); diags.HasErrors() && !computed {
		d.l.problem(out.at, "Invalid expression", "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.")
		return out, false
	}
	names, ok := out.steps(x)
	for ok && len(names) >= 2 && names[0] == "module" {
		out.module += "." + strings.Join(names[:2], ".")
		names = names[2:]
	}
	if len(names) == 3 && names[0] == "data" {
		out.isData, names = true, names[1:]
	}
	out.resource = strings.Join(names, ".")
	if !ok || len(names) != 2 && (len(names) != 0 || out.module == "") {
		d.l.problem(out.at, "Invalid address", "The address of a resource or a module is expected here, such as aws_kms_key.ami or module.images.")
		return out, false
	}
	return out, true
}

// steps lists the names in an address.
func (s *address) steps(x hcl.Expression) ([]string, bool) {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return s.names(x.Traversal)
	case *hclsyntax.RelativeTraversalExpr:
		before, ok := s.steps(x.Source)
		after, ok2 := s.names(x.Traversal)
		return append(before, after...), ok && ok2
	case *hclsyntax.IndexExpr:
		s.indexed = true
		return s.steps(x.Collection)
	}
	return nil, false
}

func (s *address) names(t hcl.Traversal) ([]string, bool) {
	var out []string
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out = append(out, step.Name)
		case hcl.TraverseAttr:
			out = append(out, step.Name)
		case hcl.TraverseIndex:
			s.indexed = true
		default:
			return nil, false
		}
	}
	return out, true
}

// same reports whether two addresses name one block.
func (s *address) same(other address) bool {
	return s.module == other.module && s.resource == other.resource && s.isData == other.isData
}

// declared reports whether a resource of this module is written. Resources of
// other modules are taken to be.
func (k *checker) declared(a address) bool {
	return a.module != "" || k.c.resources[a.resource] != nil
}

// refactorings compares refactorings with what is declared, and with each
// other.
func (k *checker) refactorings() {
	moves := map[string]*refactoring{}
	imports := map[string]*refactoring{}
	for _, r := range k.c.refactorings {
		switch r.block.Type {
		case "moved":
			k.moved(r)
			k.twice(moves, r, r.from, "Ambiguous move statements", "was already moved")
		case "removed":
			k.removed(r)
		case "import":
			k.imported(r)
			if r.forEach == nil {
				k.twice(imports, r, r.to, fmt.Sprintf("Duplicate import configuration for %q", r.to.text), "was already imported")
			}
		}
	}
}

// twice reports the second block that says something of one thing.
func (k *checker) twice(seen map[string]*refactoring, r *refactoring, of address, summary, what string) {
	if first := seen[of.text]; first != nil {
		k.l.problem(r.block.Header, summary, fmt.Sprintf("%s %s by the block at %s.", of.text, what, first.block.Header))
		return
	}
	seen[of.text] = r
}

func (k *checker) moved(r *refactoring) {
	switch {
	case (r.from.resource == "") != (r.to.resource == ""):
		k.l.problem(r.block.Header, `Invalid "moved" addresses`, `The "from" and "to" addresses must either both refer to resources or both refer to modules.`)
	case r.from.text == r.to.text:
		k.l.problem(r.block.Header, "Redundant move statement", fmt.Sprintf("This statement declares a move from %s to the same address, which is the same as not declaring this move at all.", r.from.text))
	case r.from.resource != "" && r.from.module == "" && !r.from.indexed && !r.from.same(r.to) && k.declared(r.from):
		k.l.problem(r.block.Header, "Moved object still exists", fmt.Sprintf("This statement declares a move from %s, but that resource is still declared.", r.from.text))
	}
}

func (k *checker) removed(r *refactoring) {
	switch {
	case r.from.isData:
		k.l.problem(r.from.at, "Data source address not allowed", "Data sources are never destroyed, so they are not valid targets of removed blocks.")
	case r.from.indexed:
		k.l.problem(r.from.at, "Resource instance keys not allowed", "The address must be that of a resource or a module, without the key of an instance.")
	case r.from.resource != "" && r.from.module == "" && k.declared(r.from):
		k.l.problem(k.c.resources[r.from.resource].block.Header, "Removed resource still exists", fmt.Sprintf("This statement declares that %s was removed, but it is still declared.", r.from.text))
	}
}

func (k *checker) imported(r *refactoring) {
	ctx := referenceContext{}
	k.expr(r.forEach, ctx)
	ctx.each = r.forEach != nil
	k.expr(r.id, ctx)
	switch {
	case k.c.dir != k.l.dir:
		k.l.problem(r.block.Header, "Invalid import configuration", "Import blocks are only allowed in the root module.")
	case r.to.resource == "" || r.to.isData:
		k.l.problem(r.to.at, "Invalid import address", "The address of a managed resource is expected here.")
	case !k.declared(r.to):
		k.l.problem(r.to.at, "Configuration for import target does not exist", fmt.Sprintf("The configuration for the given import target %s does not exist.", r.to.text))
	}
}

// evaluateImports evaluates the IDs that are imported.
func (m *module) evaluateImports() {
	for _, r := range m.cfg.refactorings {
		if r.id == nil || r.forEach != nil {
			continue
		}
		if v := m.scope(instance{}).eval(r.id); v.IsNull() {
			m.l.problem(r.id.Range(), "Invalid import id argument", "The import ID cannot be null.")
		}
	}
}
