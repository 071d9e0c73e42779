package policies

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/iblint/iblint/rego"
)

// TestOptions say which tests run.
type TestOptions struct {
	// PolicyDirs are files and folders with users' Rego and its tests.
	PolicyDirs []string
	// Run is a regular expression for "package.test_name"; empty runs all.
	Run string
	// Cover asks for the coverage. It makes the run several times slower.
	Cover bool
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
	Skipped  bool
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
	// Coverage is by file, where it was asked for, without the tests.
	Coverage map[string]FileCoverage
}

// FileCoverage counts the lines of a file that hold Rego.
type FileCoverage struct {
	Covered    int
	NotCovered int
	// Missed are the lines that no test reaches.
	Missed []int
}

// Failed counts the tests that did not pass.
func (r *TestReport) Failed() int {
	failed := 0
	for _, result := range r.Results {
		if !result.Passed && !result.Skipped {
			failed++
		}
	}
	return failed
}

// RunTests runs the tests of policies with the compiler that lint uses, except
// that tests may print.
func RunTests(ctx context.Context, o TestOptions) (*TestReport, error) {
	modules, err := testModules(o)
	if err != nil {
		return nil, err
	}
	parsed := make(map[string]*ast.Module, len(modules))
	for _, m := range modules {
		parsed[m.file] = m.parsed
	}
	tracer := cover.New()
	results, err := runTests(ctx, parsed, o, func(r *tester.Runner) {
		if o.Cover {
			r.SetCoverageQueryTracer(tracer).SetCoverageRuns(nil)
		}
	})
	if err != nil {
		return nil, err
	}
	report := &TestReport{Results: results}
	if o.Cover {
		report.Coverage = coverage(tracer.Report(parsed))
	}
	if report.Failed() > 0 {
		err = report.locate(ctx, parsed, o)
	}
	return report, errors.Join(err, ctx.Err())
}

func runTests(
	ctx context.Context, parsed map[string]*ast.Module, o TestOptions, configure func(*tester.Runner),
) ([]TestResult, error) {
	runner := tester.NewRunner().
		SetCompiler(newCompiler("print", "internal.print").WithEnablePrintStatements(true)).
		SetModules(parsed).
		RaiseBuiltinErrors(true).
		CapturePrintOutput(true).
		SetTimeout(cmp.Or(o.Timeout, 10*time.Second)).
		Filter(o.Run)
	configure(runner)
	found, err := runner.RunTests(ctx, nil)
	if err != nil {
		return nil, located(err)
	}
	var results []TestResult
	for result := range found {
		if strings.HasSuffix(result.Location.File, "_test.rego") { // elsewhere "test_" is the name of a helper
			results = append(results, newTestResult(result))
		}
	}
	slices.SortFunc(results, func(a, b TestResult) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Location, b.Location))
	})
	return results, nil
}

// locate runs the tests that failed once more, traced, to find the expression
// that was not true. Tracing all of them would cost much memory.
func (r *TestReport) locate(ctx context.Context, parsed map[string]*ast.Module, o TestOptions) error {
	var names []string
	for _, result := range r.Results {
		if !result.Passed && !result.Skipped {
			names = append(names, regexp.QuoteMeta("data."+result.Package+"."+result.Name))
		}
	}
	o.Run = "^(" + strings.Join(names, "|") + ")$"
	again, err := runTests(ctx, parsed, o, func(runner *tester.Runner) { runner.EnableTracing(true) })
	if err != nil {
		return err
	}
	for _, result := range again {
		for i := range r.Results {
			if old := &r.Results[i]; old.Package == result.Package && old.Name == result.Name {
				old.Problem = result.Problem
			}
		}
	}
	return nil
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

func newTestResult(r *tester.Result) TestResult {
	out := TestResult{
		Package: strings.TrimPrefix(r.Package, "data."), Name: r.Name, Location: place(r.Location),
		Passed: r.Pass(), Skipped: r.Skip, Output: string(r.Output), Duration: r.Duration,
	}
	switch {
	case r.Error != nil:
		out.Problem = evaluationError(r.Error).Error()
	case r.Fail:
		out.Problem = "the test is not true"
		if at := failedAt(r); at != nil {
			out.Problem = place(at) + ": not true: " + string(at.Text)
		}
	}
	return out
}

// failedAt is the last expression in the file of a test that was not true.
func failedAt(r *tester.Result) *ast.Location {
	for _, event := range slices.Backward(r.Trace) {
		if event.Op == topdown.FailOp && event.Location != nil && event.Location.File == r.Location.File {
			return event.Location
		}
	}
	return nil
}

func coverage(report cover.Report) map[string]FileCoverage {
	out := map[string]FileCoverage{}
	for file, r := range report.Files {
		if strings.HasSuffix(file, "_test.rego") {
			continue
		}
		c := FileCoverage{}
		for _, covered := range r.Covered {
			c.Covered += covered.End.Row - covered.Start.Row + 1
		}
		for _, missed := range r.NotCovered {
			for row := missed.Start.Row; row <= missed.End.Row; row++ {
				c.Missed = append(c.Missed, row)
			}
		}
		slices.Sort(c.Missed)
		c.Missed = slices.Compact(c.Missed)
		c.NotCovered = len(c.Missed)
		out[file] = c
	}
	return out
}
