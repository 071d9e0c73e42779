package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/policies"
)

// reusing makes the rules ready at the first request and lets them judge what
// was read, then and later. The requests have the same options.
func reusing() judgeFunc {
	var engine *policies.Engine
	return func(ctx context.Context, in *loaded, request judgeRequest) (*verdicts, error) {
		if !in.relevant {
			return nothingToJudge(in, request.options)
		}
		if engine == nil {
			var err error
			if engine, err = policies.New(context.WithoutCancel(ctx), request.options); err != nil {
				return nil, usageErrorf("%w", err)
			}
		}
		return judgeWith(ctx, engine, in, request)
	}
}

// judgeWith lets rules judge what was read. Where one fails, or a limit stops
// them, what is known by then counts.
func judgeWith(ctx context.Context, engine *policies.Engine, in *loaded, request judgeRequest) (*verdicts, error) {
	findings, stats, err := engine.Evaluate(ctx, in.worlds())
	limited := errors.Is(err, errJudging) || errors.Is(err, loaders.ErrMemory)
	if err != nil && !limited && !errors.Is(err, policies.ErrIncomplete) {
		return nil, &exitError{status: ExitInput, err: fmt.Errorf("the rules could not be evaluated: %w", err)}
	}
	if limited {
		stats = readStats(in)
	}
	out := &verdicts{stats: stats, incomplete: err, catalog: engine.Catalog(), leftOut: engine.LeftOut()}
	out.findings, out.suppressed, out.remarks = engine.Suppress(findings, request.suppress)
	if err != nil {
		out.remarks = nil // what an ignore comment is for may not have been judged
	}
	return out, nil
}

// nothingToJudge is the answer where nothing has to do with Image Builder:
// the rules are not compiled for it, but their names are checked all the same.
func nothingToJudge(in *loaded, options policies.Options) (*verdicts, error) {
	catalog, err := policies.LoadCatalog()
	if err != nil {
		return nil, err
	}
	named := []struct {
		what  string
		names []string
	}{
		{"--only", options.Only}, {"--skip", options.Skip}, {"rules", slices.Sorted(maps.Keys(options.Settings))},
	}
	for _, n := range named {
		for _, name := range n.names {
			if _, err := catalog.Find(name); err != nil {
				return nil, usageErrorf("%s: %w", n.what, err)
			}
		}
	}
	return &verdicts{stats: readStats(in), catalog: catalog}, nil
}

// readStats counts what was read and not judged.
func readStats(in *loaded) policies.Stats {
	return policies.Stats{Files: len(in.graph.Files), Roots: len(in.graph.Roots), Resources: len(in.graph.Resources)}
}

// judging returns what judges.
func (c *Command) judging() judgeFunc {
	if c.judge != nil {
		return c.judge
	}
	return reusing()
}

// loader returns what reads templates.
func (c *Command) loader() loadFunc {
	if c.load != nil {
		return c.load
	}
	return c.loadTemplates
}
