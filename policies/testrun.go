package policies

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/iblint/iblint/rego"
)

// Why not OPA's own package for tests?
//
// It brings 90 packages that nothing else here needs, and two milliseconds to
// the start of every run, also of those that test nothing.

// TestOptions say which tests run.
type TestOptions struct {
	// PolicyDirs are files and folders with users' Rego and its tests.
	PolicyDirs []string
	// Run is a regular expression for "package.test_name"; empty runs all.
	Run string
	// Timeout ends a single test; 0 means ten seconds.
	Timeout time.Duration
	// Files replaces the built-in rules; nil means those of package rego, which
	// have no tests in them.
	Files fs.FS
}

// TestResult is the outcome of one test.
type TestResult struct {
	// Package is "custom.rules.x_test", Name "test_denied".
	Package string
	Name    string
	// Location is "file:line:column" of the test.
	Location string
	Passed   bool
	// Problem says why a test did not pass.
	Problem string
	// Output is what the test printed.
	Output   string
	Duration time.Duration
}

// TestReport is the outcome of a run.
type TestReport struct {
	// Results are sorted by package and name.
	Results []TestResult
}

// Failed counts the tests that did not pass.
func (r *TestReport) Failed() int {
	failed := 0
	for _, result := range r.Results {
		if !result.Passed {
			failed++
		}
	}
	return failed
}

// RunTests runs the tests of policies: rules named test_… in files named
// …_test.rego. The compiler is the one that lint uses, except that tests may
// print.
func RunTests(ctx context.Context, o TestOptions) (*TestReport, error) {
	return runTests(ctx, o, nil)
}

func runTests(ctx context.Context, o TestOptions, tracer topdown.QueryTracer) (*TestReport, error) {
	wanted, err := regexp.Compile(o.Run)
	if err != nil {
		return nil, fmt.Errorf("which tests: %w", err)
	}
	modules, err := testModules(o)
	if err != nil {
		return nil, err
	}
	compiler := newCompiler("print", "internal.print").WithEnablePrintStatements(true)
	if compiler.Compile(parsedModules(modules)); compiler.Failed() {
		return nil, located(compiler.Errors)
	}
	var tests []*ast.Rule
	for _, rule := range testsOf(compiler) {
		if wanted.MatchString(testPackage(rule) + "." + testName(rule)) {
			tests = append(tests, rule)
		}
	}
	report := &TestReport{Results: make([]TestResult, len(tests))}
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i, rule := range tests {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			limited, cancel := context.WithTimeout(ctx, cmp.Or(o.Timeout, 10*time.Second))
			defer cancel()
			report.Results[i] = runTest(limited, compiler, rule, tracer)
		})
	}
	group.Wait()
	return report, ctx.Err()
}

func testModules(o TestOptions) ([]*module, error) {
	files, keep := o.Files, anyFile
	if files == nil {
		files, keep = rego.Files(), untestedFile
	}
	modules, err := readModules(files, "rego", keep, whole)
	if err != nil {
		return nil, err
	}
	custom, err := readCustom(o.PolicyDirs, anyFile)
	if err != nil {
		return nil, err
	}
	modules = append(modules, custom...)
	_, err = newCatalog(modules)
	return modules, err
}

// testsOf lists the tests of the compiled modules, by package and name.
func testsOf(c *ast.Compiler) []*ast.Rule {
	var tests []*ast.Rule
	for file, module := range c.Modules {
		if !strings.HasSuffix(file, "_test.rego") { // elsewhere "test_" begins the name of a helper
			continue
		}
		for _, rule := range module.Rules {
			if strings.HasPrefix(testName(rule), "test_") {
				tests = append(tests, rule)
			}
		}
	}
	slices.SortFunc(tests, func(a, b *ast.Rule) int {
		return cmp.Or(
			cmp.Compare(testPackage(a), testPackage(b)), cmp.Compare(testName(a), testName(b)),
			cmp.Compare(place(a.Location), place(b.Location)),
		)
	})
	return tests
}

func testPackage(r *ast.Rule) string {
	return strings.TrimPrefix(r.Module.Package.Path.String(), "data.")
}

func testName(r *ast.Rule) string { return r.Head.Ref().String() }

func runTest(ctx context.Context, c *ast.Compiler, rule *ast.Rule, tracer topdown.QueryTracer) TestResult {
	result := TestResult{Package: testPackage(rule), Name: testName(rule), Location: place(rule.Location)}
	ref := rule.Module.Package.Path.Extend(rule.Head.Ref())
	switch {
	case rule.Head.DocKind() != ast.CompleteDoc || len(rule.Head.Args) > 0:
		result.Problem = result.Location + ": a test has no key and no arguments"
		return result
	case len(c.GetRulesExact(ref)) > 1:
		result.Problem = result.Location + ": there are several tests of this name in the package"
		return result
	}
	var printed bytes.Buffer
	start := time.Now() //nolint:forbidigo // how long a test took is printed for people only
	passed, err := isTrue(ctx, c, ref, &printed, tracer)
	result.Passed, result.Output = passed && err == nil, printed.String()
	result.Duration = time.Since(start)
	switch {
	case topdown.IsCancel(err):
		result.Problem = result.Location + ": the test takes too long"
	case err != nil:
		result.Problem = evaluationError(err).Error()
	case !passed:
		result.Problem = notTrue(ctx, c, ref, rule.Location)
	}
	return result
}

// isTrue evaluates a rule; what is not defined is not true.
func isTrue(
	ctx context.Context, c *ast.Compiler, ref ast.Ref, printed *bytes.Buffer, tracer topdown.QueryTracer,
) (bool, error) {
	rules := &ruleSet{compiler: c}
	q, err := newQuery(rules, ref)
	if err != nil {
		return false, err
	}
	passed := false
	var failures []topdown.Error
	err = q.run(ctx, func(query *topdown.Query) *topdown.Query {
		if tracer != nil {
			query = query.WithQueryTracer(tracer)
		}
		return query.WithPrintHook(topdown.NewPrintHook(printed)).WithBuiltinErrorList(&failures)
	}, func(values []ast.Value) error {
		passed = len(values) == 1 && ast.Boolean(true).Compare(values[0]) == 0
		return nil
	})
	return passed, errors.Join(err, builtinFailure(failures))
}

// builtinFailure is the first failure of a builtin in a rule. There it would
// end a run of lint; in a helper of a test it makes an expression undefined.
func builtinFailure(failures []topdown.Error) error {
	for i := range failures {
		if at := failures[i].Location; at == nil || !strings.HasSuffix(at.File, "_test.rego") {
			return &failures[i]
		}
	}
	return nil
}

// notTrue runs a test once more, traced, to find the expression that was not
// true. Tracing every test would cost much memory.
func notTrue(ctx context.Context, c *ast.Compiler, ref ast.Ref, test *ast.Location) string {
	trace := topdown.NewBufferTracer()
	if _, err := isTrue(ctx, c, ref, &bytes.Buffer{}, trace); err != nil {
		return evaluationError(err).Error()
	}
	for _, event := range slices.Backward(*trace) {
		if event.Op == topdown.FailOp && event.Location != nil && event.Location.File == test.File {
			return place(event.Location) + ": not true: " + string(event.Location.Text)
		}
	}
	return place(test) + ": the test is not true"
}
