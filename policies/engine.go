package policies

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/iblint/iblint/rego"
)

// entrypoint is the rule whose value is every finding.
const entrypoint = "data.iblint.main.findings"

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
	// Files replaces the built-in rules; nil means those of package rego.
	Files fs.FS
}

// Engine is the compiled rules. It is safe for concurrent use.
type Engine struct {
	catalog  Catalog
	enabled  map[string]Rule
	forced   map[string]Severity
	unknowns bool
	query    opa.PreparedEvalQuery
}

// New compiles the rules. It needs nothing of the templates and may run while
// they are read. Errors in policies are located and complete: one a line.
func New(ctx context.Context, options Options) (*Engine, error) {
	files := options.Files
	if files == nil {
		files = rego.Files()
	}
	modules, err := readModules(files, "rego", policyFile, whole)
	if err != nil {
		return nil, err
	}
	custom, err := readCustom(options.PolicyDirs, policyFile)
	if err != nil {
		return nil, err
	}
	modules = append(modules, custom...)
	e := &Engine{unknowns: options.FailOnUnknown}
	if e.catalog, err = newCatalog(modules); err != nil {
		return nil, err
	}
	if err := e.choose(options); err != nil {
		return nil, err
	}
	compiler, err := compile(modules)
	if err != nil {
		return nil, err
	}
	e.query, err = opa.New(
		opa.Compiler(compiler),
		opa.Query(findingsQuery(custom)),
		opa.StrictBuiltinErrors(true),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, located(err)
	}
	return e, nil
}

// findingsQuery asks for the findings of the built-in entry point and, where
// there are users' rules in packages of their own, for theirs.
func findingsQuery(custom []*module) string {
	own := slices.ContainsFunc(custom, func(m *module) bool { return m.slug() != "" && m.pkg()[0] == "custom" })
	if !own {
		return "findings = " + entrypoint
	}
	return "findings = " + entrypoint + ` | {f |
		some slug
		some name, verdict in {"deny": "violation", "unknown": "unknown"}
		some found in data.custom.rules[slug][name]
		f := object.union(found, {"rule": slug, "verdict": verdict})
	}`
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
	parsed := make(map[string]*ast.Module, len(modules))
	for _, m := range modules {
		parsed[m.file] = m.parsed
	}
	compiler := newCompiler()
	if compiler.Compile(parsed); compiler.Failed() {
		return nil, located(compiler.Errors)
	}
	return compiler, nil
}

// choose works out which rules are on, and their severities.
func (e *Engine) choose(options Options) error {
	var problems []error
	find := func(what, name string) Rule {
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
		on[find("only", name).Slug] = true
	}
	for _, name := range options.Skip {
		on[find("skip", name).Slug] = false
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

// ErrTimeout is the error of an evaluation that the context ended.
var ErrTimeout = errors.New("the evaluation of the rules was stopped")

// eval returns what the rules say about one input.
func (e *Engine) eval(ctx context.Context, input ast.Value) ([]any, error) {
	results, err := e.query.Eval(ctx, opa.EvalParsedInput(input))
	if err != nil {
		if topdown.IsCancel(err) || ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
		}
		return nil, evaluationError(err)
	}
	if len(results) == 0 {
		return nil, fmt.Errorf("%s is undefined", entrypoint)
	}
	found, ok := results[0].Bindings["findings"].([]any)
	if !ok {
		return nil, fmt.Errorf("%s is no set", entrypoint)
	}
	return found, nil
}

// evaluationError puts the place of a runtime error first.
func evaluationError(err error) error {
	var e *topdown.Error
	if errors.As(err, &e) && e.Location != nil {
		return fmt.Errorf("%s: %s", place(e.Location), e.Message)
	}
	return err
}
