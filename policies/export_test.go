package policies

import (
	"context"
	"errors"
	"io/fs"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"

	"github.com/iblint/iblint/policies/internal/snapshot"
)

// NewFromSnapshot makes an engine of a snapshot that was made of the files.
func NewFromSnapshot(files fs.FS, data string) (*Engine, error) {
	catalog, modules, ok := openSnapshot(files, data)
	if !ok {
		return nil, errors.New("the snapshot is not made of the files")
	}
	compiler, err := snapshot.Decode(modules, capabilities())
	if err != nil {
		return nil, err
	}
	e := &Engine{catalog: catalog}
	if err := e.choose(Options{}); err != nil {
		return nil, err
	}
	e.query, err = newQuery(&ruleSet{catalog: catalog, compiler: compiler}, entrypoint())
	return e, err
}

// RunTestsCovered runs tests and reports which lines they reach.
func RunTestsCovered(ctx context.Context, o TestOptions) (*TestReport, cover.Report, error) {
	tracer := cover.New()
	report, err := runTests(ctx, o, tracer)
	if err != nil {
		return nil, cover.Report{}, err
	}
	modules, err := testModules(o)
	parsed := map[string]*ast.Module{}
	for _, m := range modules {
		if untestedFile(m.file) {
			parsed[m.file] = m.parsed
		}
	}
	return report, tracer.Report(parsed), err
}
