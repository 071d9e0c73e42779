package terraform

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// config is one module as written, overrides merged.
type config struct {
	dir       string
	variables map[string]*variable
	locals    map[string]*local
	outputs   map[string]*output
	// resources holds managed resources by "TYPE.NAME", data sources by
	// "data.TYPE.NAME" and ephemeral resources by "ephemeral.TYPE.NAME".
	resources map[string]*resourceConfig
	calls     map[string]*moduleCall
	// providers holds provider configurations by "NAME" or "NAME.ALIAS".
	providers map[string]*providerConfig
	// required holds the source of each required provider, by local name.
	required map[string]string
	// passed holds the provider configurations that a caller has to pass.
	passed  map[string]bool
	backend *syntax.Block
	// checks are the assertions of check blocks.
	checks []*checkRule
	// refactorings are the moved, removed and import blocks.
	refactorings []*refactoring
}

type variable struct {
	block *syntax.Block
	decl  *variableType
}

type local struct {
	attribute *syntax.Attribute
	expr      *expr
}

type output struct {
	block      *syntax.Block
	value      *expr
	valueRange hcl.Range
	sensitive  bool
	ephemeral  bool
	dependsOn  []hcl.Traversal
	conditions []*checkRule
}

// checkRule is a precondition, postcondition, validation or assertion.
type checkRule struct {
	condition *expr
	message   *expr
	block     *syntax.Block
	post      bool
}

// moduleCall is a module block.
type moduleCall struct {
	name      string
	block     *syntax.Block
	source    string
	sourceAt  hcl.Range
	arguments map[string]*argument
	count     *expr
	forEach   *expr
	providers map[string]string
	dependsOn []hcl.Traversal
}

type argument struct {
	attribute *syntax.Attribute
	expr      *expr
}

// config returns the module in a folder, or nil when there is none.
func (l *loader) config(dir string) *config {
	if c, ok := l.configs[dir]; ok {
		return c
	}
	l.configs[dir] = nil
	files, ok := l.readFolder(dir)
	if !ok {
		return nil
	}
	c := &config{
		dir: dir, variables: map[string]*variable{}, locals: map[string]*local{}, outputs: map[string]*output{},
		resources: map[string]*resourceConfig{}, calls: map[string]*moduleCall{}, providers: map[string]*providerConfig{},
		required: map[string]string{}, passed: map[string]bool{},
	}
	raw := l.mergeFiles(files)
	d := &decoder{l: l, c: c}
	// What the root needs holds in the modules that it calls too.
	outer := l.evaluator.ShortCircuit
	l.evaluator.ShortCircuit = outer || needsShortCircuit(raw)
	if dir != l.dir {
		defer func() { l.evaluator.ShortCircuit = outer }()
	}
	for _, block := range raw {
		d.top(block)
	}
	l.configs[dir] = c
	l.checkReferences(c)
	return c
}

// decoder makes a config of blocks.
type decoder struct {
	l *loader
	c *config
	// required is the first required_providers block.
	required *syntax.Block
}

// top decodes a block of a file.
func (d *decoder) top(b *syntax.Block) {
	switch b.Type {
	case "variable":
		d.c.variables[b.Labels[0]] = &variable{block: b, decl: d.l.decodeVariable(b)}
	case "locals":
		for _, a := range b.Body.Attributes {
			d.c.locals[a.Name] = &local{attribute: a, expr: d.l.wrap(a.Expr)}
		}
	case "output":
		d.output(b)
	case "resource":
		d.resource("", b)
	case "data", "ephemeral":
		d.resource(b.Type+".", b)
	case "module":
		d.module(b)
	case "provider":
		d.provider(b)
	case "terraform":
		d.settings(b)
	case "check":
		d.check(b)
	default:
		d.refactoring(b)
	}
}

func (d *decoder) output(b *syntax.Block) {
	o := &output{block: b, valueRange: b.Header}
	d.l.onlyArguments(b, []string{"value", "description", "sensitive", "ephemeral", "depends_on"}, []string{"precondition", "postcondition"})
	if a := b.Body.Attribute("value"); a != nil {
		o.value, o.valueRange = d.l.wrap(a.Expr), a.Expr.Range()
	} else {
		d.l.missingArgument(b, "value")
	}
	o.sensitive = d.l.literalBool(b.Body.Attribute("sensitive"))
	o.ephemeral = d.l.literalBool(b.Body.Attribute("ephemeral"))
	d.l.literalString(b.Body.Attribute("description"))
	if a := b.Body.Attribute("depends_on"); a != nil {
		o.dependsOn = d.l.traversals(a)
	}
	o.conditions = d.rules(b.Body, "precondition")
	d.c.outputs[b.Labels[0]] = o
}

// rules decodes the condition blocks of one type.
func (d *decoder) rules(body *syntax.Body, kinds ...string) []*checkRule {
	var out []*checkRule
	for _, kind := range kinds {
		for _, b := range body.BlocksOf(kind) {
			rule := &checkRule{block: b, post: kind == "postcondition"}
			a := b.Body.Attribute("condition")
			if a == nil {
				d.l.missingArgument(b, "condition")
				continue
			}
			rule.condition = d.l.wrap(a.Expr)
			if len(rule.condition.refs) == 0 {
				d.l.problem(a.Expr.Range(), "Invalid "+kind+" expression", "The condition expression must refer to at least one object from elsewhere in the configuration, or else its result would not be checking anything.")
			}
			if a := b.Body.Attribute("error_message"); a != nil {
				rule.message = d.l.wrap(a.Expr)
			} else {
				d.l.missingArgument(b, "error_message")
			}
			out = append(out, rule)
		}
	}
	return out
}

func (d *decoder) module(b *syntax.Block) {
	call := &moduleCall{name: b.Labels[0], block: b, arguments: map[string]*argument{}, providers: map[string]string{}, sourceAt: b.Header}
	if !hclsyntax.ValidIdentifier(call.name) {
		d.l.problem(b.LabelRanges[0], "Invalid module instance name", "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.")
	}
	for _, a := range b.Body.Attributes {
		switch a.Name {
		case "source":
			call.source, call.sourceAt = d.l.literalString(a), a.Expr.Range()
		case "version":
		case "count":
			call.count = d.l.wrap(a.Expr)
		case "for_each":
			call.forEach = d.l.wrap(a.Expr)
		case "depends_on":
			call.dependsOn = d.l.traversals(a)
		case "providers":
			d.passedProviders(call, a)
		default:
			call.arguments[a.Name] = &argument{attribute: a, expr: d.l.wrap(a.Expr)}
		}
	}
	if call.count != nil && call.forEach != nil {
		d.l.problem(b.Body.Attribute("for_each").Range, `Invalid combination of "count" and "for_each"`, `The "count" and "for_each" meta-arguments are mutually-exclusive, only one should be used.`)
		call.count = nil
	}
	if b.Body.Attribute("source") == nil {
		d.l.missingArgument(b, "source")
	}
	d.l.versionConstraint(b.Body.Attribute("version"))
	if a := b.Body.Attribute("version"); a != nil && isLocal(call.source) {
		d.l.problem(a.Range, "Invalid registry module source address", fmt.Sprintf("The module %q is a folder of this configuration, so it has no versions: remove the argument version.", call.name))
	}
	for _, inner := range b.Body.Blocks {
		if inner.Type != "providers" {
			d.l.problem(inner.TypeRange, "Unsupported block type", fmt.Sprintf("Blocks of type %q are not expected here.", inner.Type))
		}
	}
	d.c.calls[call.name] = call
}

func (d *decoder) passedProviders(call *moduleCall, a *syntax.Attribute) {
	fields, ok := syntax.Fields(a.Expr)
	if !ok {
		d.l.problem(a.Expr.Range(), "Invalid providers argument", "A map of provider configurations is expected here: {aws = aws.target}.")
		return
	}
	for _, field := range fields {
		inner, ok1 := providerName(d.l.keyExpression(field.KeyExpr, a.JSON))
		outer, ok2 := providerName(syntax.Static(field.ValueExpr, a.JSON))
		if !ok1 || !ok2 {
			d.l.problem(field.ValueExpr.Range(), "Invalid provider reference", "The name of a provider configuration is expected here, such as aws or aws.target.")
			continue
		}
		call.providers[inner] = outer
	}
}

// keyExpression is the expression of a key that is a name and not a value.
func (l *loader) keyExpression(x hclsyntax.Expression, isJSON bool) hclsyntax.Expression {
	if key, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		return syntax.Static(key.Wrapped, isJSON)
	}
	return x
}

// providerName reads the address of a provider configuration: NAME or
// NAME.ALIAS.
func providerName(x hclsyntax.Expression) (string, bool) {
	traversal, diags := hcl.AbsTraversalForExpr(x)
	if diags.HasErrors() || len(traversal) > 2 {
		return "", false
	}
	name := traversal.RootName()
	if len(traversal) == 2 {
		step, ok := traversal[1].(hcl.TraverseAttr)
		if !ok {
			return "", false
		}
		name += "." + step.Name
	}
	return name, true
}

// settings decodes a terraform block.
func (d *decoder) settings(b *syntax.Block) {
	d.l.onlyArguments(b, []string{"required_version", "experiments", "language"}, []string{"backend", "cloud", "required_providers", "provider_meta", "encryption"})
	d.l.versionConstraint(b.Body.Attribute("required_version"))
	for _, inner := range d.backends(b) {
		if d.c.backend != nil && !isOverride(path.Base(inner.Header.Filename)) {
			d.l.problem(inner.Header, "Duplicate backend configuration", fmt.Sprintf("A module may have only one backend configuration. One was already declared at %s.", d.c.backend.Header))
		}
		d.c.backend = inner
	}
	for _, required := range b.Body.BlocksOf("required_providers") {
		if d.required != nil && !isOverride(path.Base(required.Header.Filename)) {
			d.l.problem(required.Header, "Duplicate required providers configuration", fmt.Sprintf("A module may have only one required providers configuration. It was already declared at %s.", d.required.Header))
		}
		d.required = required
		for _, a := range required.Body.Attributes {
			d.requiredProvider(a)
		}
	}
}

// backends lists the backend and cloud blocks of a terraform block.
func (d *decoder) backends(b *syntax.Block) []*syntax.Block {
	if !b.Body.JSON {
		return append(b.Body.BlocksOf("backend"), b.Body.BlocksOf("cloud")...)
	}
	if a := b.Body.Attribute("backend"); a != nil {
		return a.Blocks(1)
	}
	return nil
}

func (d *decoder) requiredProvider(a *syntax.Attribute) {
	d.c.required[a.Name] = "hashicorp/" + a.Name
	fields, ok := syntax.Fields(a.Expr)
	if !ok {
		return
	}
	for _, field := range fields {
		switch keyName(field.KeyExpr) {
		case "source":
			if v, diags := field.ValueExpr.Value(nil); !diags.HasErrors() {
				if text, ok := plainText(v); ok {
					d.c.required[a.Name] = strings.TrimPrefix(text, "registry.terraform.io/")
				}
			}
		case "configuration_aliases":
			items, _ := syntax.Items(field.ValueExpr)
			for _, item := range items {
				if name, ok := providerName(syntax.Static(item, a.JSON)); ok {
					d.c.passed[name] = true
				}
			}
		}
	}
}

// keyName is the name of a literal key.
func keyName(x hclsyntax.Expression) string {
	if key, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		if name := hcl.ExprAsKeyword(key.Wrapped); name != "" {
			return name
		}
		x = key.Wrapped
	}
	v, diags := x.Value(nil)
	if diags.HasErrors() {
		return ""
	}
	text, _ := plainText(v)
	return text
}

// check decodes a check block, whose data source counts only inside of it.
func (d *decoder) check(b *syntax.Block) {
	if len(b.Body.BlocksOf("assert")) == 0 {
		d.l.problem(b.Header, "Zero assert blocks", "Check blocks must have at least one assert block.")
	}
	d.c.checks = append(d.c.checks, d.rules(b.Body, "assert")...)
	for _, inner := range b.Body.Blocks {
		if inner.Type == "data" && len(inner.Labels) == 2 {
			d.resource("data.", inner).scoped = true
		}
	}
}

// missingArgument reports an argument that has to be there.
func (l *loader) missingArgument(b *syntax.Block, name string) {
	l.problem(b.Header, "Missing required argument", fmt.Sprintf("The argument %q is required, but no definition was found.", name))
}

// onlyArguments reports arguments and blocks that a block does not accept.
func (l *loader) onlyArguments(b *syntax.Block, attributes, blocks []string) {
	for _, a := range b.Body.Attributes {
		if !contains(attributes, a.Name) && (!b.Body.JSON || !contains(blocks, a.Name)) {
			l.problem(a.NameRange, "Unsupported argument", fmt.Sprintf("An argument named %q is not expected here. Expected are %s.", a.Name, listing(attributes)))
		}
	}
	for _, inner := range b.Body.Blocks {
		if !contains(blocks, inner.Type) {
			l.problem(inner.TypeRange, "Unsupported block type", fmt.Sprintf("Blocks of type %q are not expected here.", inner.Type))
		}
	}
}

func contains(names []string, name string) bool {
	return slices.Contains(names, name)
}

func listing(names []string) string {
	sorted := append([]string{}, names...)
	sort.Strings(sorted)
	return strings.Join(sorted, ", ")
}

// sortedKeys lists the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for key := range m {
		out = append(out, key)
	}
	sort.Strings(out)
	return out
}
