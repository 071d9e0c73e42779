package terraform

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// checker looks for references to what is not declared.
type checker struct {
	l *loader
	c *config
}

// context is what a reference may use where it stands.
type referenceContext struct {
	each, count, self bool
	// scoped allows data sources within check blocks.
	scoped    bool
	iterators []string
	// own is the key of the resource whose body it is, which may not refer to
	// itself.
	own string
}

// checkReferences reports references of a module to what it does not declare.
// Terraform refuses them whether they are evaluated or not.
func (l *loader) checkReferences(c *config) {
	k := &checker{l: l, c: c}
	plain := referenceContext{}
	for _, name := range sortedKeys(c.locals) {
		k.expr(c.locals[name].expr, plain)
	}
	for _, name := range sortedKeys(c.variables) {
		k.rules(c.variables[name].decl.rules, plain)
	}
	for _, name := range sortedKeys(c.outputs) {
		k.expr(c.outputs[name].value, plain)
		k.rules(c.outputs[name].conditions, plain)
		k.references(c.outputs[name].dependsOn)
	}
	k.rules(c.checks, referenceContext{scoped: true})
	k.refactorings()
	for _, name := range sortedKeys(c.providers) {
		p := c.providers[name]
		for _, x := range append([]*expr{p.region, p.allowed}, p.roles...) {
			k.expr(x, plain)
		}
	}
	for _, name := range sortedKeys(c.calls) {
		k.call(c.calls[name])
	}
	for _, key := range sortedKeys(c.resources) {
		k.resource(c.resources[key])
	}
}

func (k *checker) call(call *moduleCall) {
	k.expr(call.count, referenceContext{})
	k.expr(call.forEach, referenceContext{})
	inner := referenceContext{each: call.forEach != nil, count: call.count != nil}
	for _, name := range sortedKeys(call.arguments) {
		k.expr(call.arguments[name].expr, inner)
	}
	k.references(call.dependsOn)
}

func (k *checker) resource(r *resourceConfig) {
	k.expr(r.count, referenceContext{own: r.key()})
	k.expr(r.forEach, referenceContext{own: r.key()})
	inner := referenceContext{each: r.forEach != nil, count: r.count != nil, own: r.key()}
	k.body(r.body, inner)
	for _, rule := range r.rules {
		within := inner
		within.self = rule.post
		if rule.post {
			within.own = ""
		}
		k.expr(rule.condition, within)
		k.expr(rule.message, within)
	}
	k.references(r.dependsOn)
}

// references checks what depends_on names.
func (k *checker) references(list []hcl.Traversal) {
	for _, t := range list {
		k.reference(t, referenceContext{})
	}
}

func (k *checker) body(b *bodyConfig, ctx referenceContext) {
	for _, a := range b.attributes {
		k.expr(a.expr, ctx)
	}
	for _, block := range b.blocks {
		inner := ctx
		if block.forEach != nil {
			k.expr(block.forEach, ctx)
			inner.iterators = append(append([]string{}, ctx.iterators...), block.iterator)
		}
		k.body(block.body, inner)
	}
}

func (k *checker) rules(rules []*checkRule, ctx referenceContext) {
	for _, rule := range rules {
		k.expr(rule.condition, ctx)
		k.expr(rule.message, ctx)
	}
}

func (k *checker) expr(x *expr, ctx referenceContext) {
	if x == nil {
		return
	}
	for _, t := range x.refs {
		k.reference(t, ctx)
	}
	for _, c := range x.calls {
		k.function(c)
	}
}

// function reports a call of a function of a provider that the module does not
// require. Terraform looks at any other call when it evaluates it.
func (k *checker) function(c *hclsyntax.FunctionCallExpr) {
	rest, isProvider := strings.CutPrefix(c.Name, "provider::")
	if !isProvider {
		return
	}
	name, _, _ := strings.Cut(rest, "::")
	_, known := k.l.functions.Functions()[c.Name]
	if _, required := k.c.required[name]; !required || !known && name == "terraform" {
		k.l.problem(c.NameRange, "Unknown provider function", fmt.Sprintf("The function %q does not exist: the module requires no provider with the local name %q. Add it to required_providers.", c.Name, name))
	}
}

// reference reports a reference to something that is not there.
func (k *checker) reference(t hcl.Traversal, ctx referenceContext) {
	root := t.RootName()
	r := t.SourceRange()
	if contains(ctx.iterators, root) {
		return
	}
	if len(t) == 1 {
		k.alone(root, r, ctx)
		return
	}
	if _, isIndex := t[1].(hcl.TraverseIndex); isIndex && root != "self" {
		k.l.problem(r, "Invalid reference", fmt.Sprintf("The name of an attribute must follow %q, behind a dot.", root))
		return
	}
	name, _ := attributeName(t, 1)
	switch root {
	case "var":
		k.known(k.c.variables[name] != nil, r, "Reference to undeclared input variable", "An input variable with the name %q has not been declared.", name, func() []string { return sortedKeys(k.c.variables) })
	case "local":
		k.known(k.c.locals[name] != nil, r, "Reference to undeclared local value", "A local value with the name %q has not been declared.", name, func() []string { return sortedKeys(k.c.locals) })
	case "module":
		k.known(k.c.calls[name] != nil, r, "Reference to undeclared module", "No module call named %q is declared in this module.", name, func() []string { return sortedKeys(k.c.calls) })
	case "each", "count", "self":
		k.repetition(root, name, r, ctx)
	case "path":
		k.known(name == "module" || name == "root" || name == "cwd", r, `Invalid "path" attribute`, "The \"path\" object does not have an attribute named %q.", name, func() []string { return []string{"cwd", "module", "root"} })
	case "terraform":
		k.known(name == "workspace" || name == "applying", r, `Invalid "terraform" attribute`, "The \"terraform\" object does not have an attribute named %q.", name, func() []string { return []string{"workspace"} })
	case "data", "ephemeral":
		label, ok := attributeName(t, 2)
		if !ok {
			k.l.problem(r, "Invalid reference", fmt.Sprintf("The %q object must be followed by two attribute names: the type and the name.", root))
			return
		}
		k.object(root+"."+name+"."+label, r, ctx)
	case managed:
		if label, ok := attributeName(t, 2); ok {
			k.object(name+"."+label, r, ctx)
			k.attribute(name+"."+label, t[3:])
		}
	default:
		k.object(root+"."+name, r, ctx)
		k.attribute(root+"."+name, t[2:])
	}
}

// attribute reports an attribute that a resource cannot have, whether the
// reference is evaluated or not.
func (k *checker) attribute(key string, rest hcl.Traversal) {
	resource := k.c.resources[key]
	if resource == nil || resource.kind != dataResource {
		return
	}
	if len(rest) > 0 && (resource.count != nil || resource.forEach != nil) {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return
	}
	step, ok := rest[0].(hcl.TraverseAttr)
	if _, known := resource.schema.Attributes[step.Name]; ok && !known {
		k.l.problem(step.SrcRange, "Unsupported attribute", fmt.Sprintf("This object has no argument, nested block, or exported attribute named %q.", step.Name))
	}
}

// alone reports a name without attribute.
func (k *checker) alone(root string, r hcl.Range, ctx referenceContext) {
	switch root {
	case "each", "count", "self":
		k.repetition(root, "", r, ctx)
	default:
		k.l.problem(r, "Invalid reference", fmt.Sprintf("A reference to a resource type must be followed by at least one attribute access, specifying the resource name: %q is none. Text is written in quotes.", root))
	}
}

// known reports a name that is not known; the names are needed only then.
func (k *checker) known(ok bool, r hcl.Range, summary, format, name string, names func() []string) {
	if ok {
		return
	}
	detail := fmt.Sprintf(format, name)
	if near := nearest(name, names()); near != "" {
		detail += fmt.Sprintf(" Did you mean %q?", near)
	}
	k.l.problem(r, summary, detail)
}

func (k *checker) repetition(root, name string, r hcl.Range, ctx referenceContext) {
	switch {
	case root == "each" && !ctx.each:
		k.l.problem(r, `Reference to "each" in context without for_each`, `The "each" object can be used only in "module" or "resource" blocks, and only when the "for_each" argument is set.`)
	case root == "each" && name != "key" && name != "value":
		k.l.problem(r, `Invalid "each" attribute`, `The "each" object has only the attributes "key" and "value".`)
	case root == "count" && !ctx.count:
		k.l.problem(r, `Reference to "count" in non-counted context`, `The "count" object can only be used in "module", "resource", and "data" blocks, and only when the "count" argument is set.`)
	case root == "count" && name != "index":
		k.l.problem(r, `Invalid "count" attribute`, `The "count" object has only the attribute "index".`)
	case root == "self" && !ctx.self:
		k.l.problem(r, `Invalid "self" reference`, `The "self" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.`)
	}
}

// object reports a resource that is not declared, or one that refers to itself.
func (k *checker) object(key string, r hcl.Range, ctx referenceContext) {
	if key == ctx.own {
		k.l.problem(r, "Self-referential block", fmt.Sprintf("Configuration for %s may not refer to itself.", key))
		return
	}
	if resource := k.c.resources[key]; resource != nil {
		if resource.scoped && !ctx.scoped {
			k.l.problem(r, "Reference to scoped resource", key+" is declared within a check block and is not available outside of it.")
		}
		return
	}
	what := "A managed resource"
	short := key
	if rest, ok := strings.CutPrefix(key, "data."); ok {
		what, short = "A data resource", rest
	}
	detail := fmt.Sprintf("%s %q has not been declared in this module.", what, short)
	if near := nearest(key, sortedKeys(k.c.resources)); near != "" {
		detail += fmt.Sprintf(" Did you mean %s?", near)
	}
	if !hclsyntax.ValidIdentifier(strings.SplitN(short, ".", 2)[0]) {
		return
	}
	k.l.problem(r, "Reference to undeclared resource", detail)
}
