package policies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/iblint/iblint/rego"
)

// Options say which rules judge and how their findings count. The zero value
// is the built-in rules as their annotations have them.
type Options struct {
	// PolicyDirs are files and folders with users' own Rego.
	PolicyDirs []string
	// Settings are severities, or SeverityOff, by rule ID or name. Naming a
	// rule that is off by default turns it on.
	Settings map[string]Severity
	// Only and Skip are rule IDs or names. A rule in Only is on even if its
	// default or the settings turn it off.
	Only []string
	Skip []string
	// FailOnUnknown gives unknown findings the severity of their rule instead
	// of info.
	FailOnUnknown bool
	// Edits asks for the edits of findings, which cost time.
	Edits bool
	// Files replaces the built-in rules; nil means those of package rego.
	Files fs.FS
}

// Engine is the compiled rules. It is safe for concurrent use.
type Engine struct {
	catalog  Catalog
	enabled  map[string]Rule
	forced   map[string]Severity
	unknowns bool
	// written is true when users' rules want resources as they are written.
	written bool
	edits   bool
	query   *query
}

// New makes the rules ready. It needs nothing of the templates and may run
// while they are read. Errors in policies are located and complete: one a line.
func New(ctx context.Context, options Options) (*Engine, error) {
	var rules *ruleSet
	var err error
	switch {
	case options.Files != nil:
		rules, err = compileRules(options.Files, options.PolicyDirs)
	case len(options.PolicyDirs) > 0:
		rules, err = compileRules(rego.Files(), options.PolicyDirs)
	default:
		rules, err = builtinRules(rego.Files())
	}
	if err != nil {
		return nil, err
	}
	e := &Engine{catalog: rules.catalog, unknowns: options.FailOnUnknown, written: len(options.PolicyDirs) > 0, edits: options.Edits}
	if err := e.choose(options); err != nil {
		return nil, err
	}
	if e.query, err = newQuery(rules, rules.entrypoints()...); err != nil {
		return nil, err
	}
	return e, ctx.Err()
}

// newCompiler makes the one kind of compiler that rules meet. Tests may call
// further builtins.
func newCompiler(further ...string) *ast.Compiler {
	return ast.NewCompiler().
		WithCapabilities(capabilities(further...)).
		WithDefaultRegoVersion(ast.RegoV1).
		WithStrict(true).
		SetErrorLimit(50)
}

func compile(modules []*module) (*ast.Compiler, error) {
	compiler := newCompiler()
	if compiler.Compile(parsedModules(modules)); compiler.Failed() {
		return nil, located(compiler.Errors)
	}
	return compiler, nil
}

func parsedModules(modules []*module) map[string]*ast.Module {
	parsed := make(map[string]*ast.Module, len(modules))
	for _, m := range modules {
		parsed[m.file] = m.parsed
	}
	return parsed
}

// mostProblems is how many names that are wrong are told.
const mostProblems = 20

// choose works out which rules are on, and their severities.
func (e *Engine) choose(options Options) error {
	var problems []error
	find := func(what, name string) Rule {
		if len(problems) > mostProblems {
			return Rule{}
		}
		rule, err := e.catalog.Find(name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", what, err))
		}
		return rule
	}
	on := map[string]bool{}
	e.forced = map[string]Severity{}
	for _, rule := range e.catalog {
		on[rule.Slug] = rule.Default && len(options.Only) == 0
	}
	for _, name := range slices.Sorted(maps.Keys(options.Settings)) {
		rule, severity := find("rules", name), options.Settings[name]
		if severity == SeverityOff {
			on[rule.Slug] = false
			continue
		}
		if _, err := ParseSeverity(string(severity)); err != nil {
			problems = append(problems, fmt.Errorf("rules: %s: %w", name, err))
		}
		on[rule.Slug] = len(options.Only) == 0
		e.forced[rule.Slug] = severity
	}
	for _, name := range options.Only {
		on[find("--only", name).Slug] = true
	}
	for _, name := range options.Skip {
		on[find("--skip", name).Slug] = false
	}
	e.enabled = map[string]Rule{}
	for _, rule := range e.catalog {
		if on[rule.Slug] {
			e.enabled[rule.Slug] = rule
		}
	}
	return errors.Join(problems...)
}

// Catalog returns every rule, also those that are off.
func (e *Engine) Catalog() Catalog { return e.catalog }

// LeftOut returns the rules that would judge if nobody had turned them off.
func (e *Engine) LeftOut() Catalog {
	var out Catalog
	for _, rule := range e.catalog {
		if _, on := e.enabled[rule.Slug]; rule.Default && !on {
			out = append(out, rule)
		}
	}
	return out
}

// Enabled returns the rules that are on, with the severities of the settings.
func (e *Engine) Enabled() Catalog {
	var out Catalog
	for _, rule := range e.catalog {
		if _, ok := e.enabled[rule.Slug]; !ok {
			continue
		}
		if severity, ok := e.forced[rule.Slug]; ok {
			rule.Severity = severity
		}
		out = append(out, rule)
	}
	return out
}
