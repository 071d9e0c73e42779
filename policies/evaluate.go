package policies

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/iblint/iblint/loaders/graph"
)

// Stats counts what was judged.
type Stats struct {
	Files     int
	Roots     int
	Resources int
	// Jobs are the deliveries that were judged: entries of distributions of
	// builds, for each target account or, without one, for the entry itself.
	Jobs   int
	Worlds int
}

// Evaluate judges all worlds of a graph and merges what the rules find. A
// finding that holds in some worlds only is unknown and names the conditions
// that decide. Findings are sorted. With an error that is ErrIncomplete the
// findings of the rules that did not fail are returned as well.
func (e *Engine) Evaluate(ctx context.Context, worlds []World) ([]Finding, Stats, error) {
	if len(worlds) == 0 {
		return []Finding{}, Stats{}, nil
	}
	if len(worlds) > maxWorlds {
		return nil, Stats{}, fmt.Errorf("%d worlds are more than %d", len(worlds), maxWorlds)
	}
	found := make([][]Finding, len(worlds))
	problems := make([]error, len(worlds))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for i := range worlds {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			found[i], problems[i] = e.judge(ctx, &worlds[i])
		})
	}
	group.Wait()
	err := joinOnce(problems)
	for _, problem := range problems {
		if problem != nil && !errors.Is(problem, ErrIncomplete) {
			return nil, Stats{}, err
		}
	}
	findings := merge(worlds, found)
	for i := range findings {
		findings[i].Severity = e.severity(&findings[i])
	}
	SortFindings(findings)
	findings = slices.CompactFunc(findings, func(a, b Finding) bool { return compareFindings(&a, &b) == 0 })
	setFingerprints(findings, worlds[0].Graph)
	return findings, count(worlds), err
}

// joinOnce joins the problems of all worlds, each once.
func joinOnce(problems []error) error {
	var out []error
	seen := map[string]bool{}
	for _, problem := range problems {
		if problem != nil && !seen[problem.Error()] {
			seen[problem.Error()] = true
			out = append(out, problem)
		}
	}
	return errors.Join(out...)
}

// judge evaluates one world.
func (e *Engine) judge(ctx context.Context, w *World) ([]Finding, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTimeout, context.Cause(ctx))
	}
	c := newConverter()
	input := w.Input
	if e.written {
		input = withWritten(input, w.Graph)
	}
	if e.edits {
		input = withEditsAsked(input)
	}
	raw, incomplete := e.query.findings(ctx, c.term(input).Value)
	if incomplete != nil && !errors.Is(incomplete, ErrIncomplete) {
		return nil, incomplete
	}
	a := newAtlas(w, c.secrets)
	findings := make([]Finding, 0, len(raw))
	for _, value := range raw {
		r, err := readResult(value)
		if err != nil {
			return nil, err
		}
		rule, on := e.enabled[r.slug]
		if !on {
			if !slices.ContainsFunc(e.catalog, func(rule Rule) bool { return rule.Slug == r.slug }) {
				return nil, fmt.Errorf("a finding names the rule %q, which does not exist", r.slug)
			}
			continue
		}
		f, err := a.place(rule, r)
		if err != nil {
			return nil, err
		}
		findings = append(findings, f)
	}
	SortFindings(findings)
	return findings, incomplete
}

// severity is that of the settings, or of the finding; an unknown is info
// unless unknowns count.
func (e *Engine) severity(f *Finding) Severity {
	severity := f.Severity
	if rule, err := e.catalog.Find(f.Rule); err == nil {
		if forced, ok := e.forced[rule.Slug]; ok {
			severity = forced
		}
	}
	if f.Verdict == Unknown && !e.unknowns {
		return SeverityInfo
	}
	return severity
}

func count(worlds []World) Stats {
	g := worlds[0].Graph
	s := Stats{Files: len(g.Files), Roots: len(g.Roots), Worlds: len(worlds)}
	for i := range worlds {
		s.Resources = max(s.Resources, len(worlds[i].Graph.Resources))
		s.Jobs = max(s.Jobs, countJobs(&worlds[i]))
	}
	return s
}

func countJobs(w *World) int {
	distributions := map[string]*graph.DistributionConfiguration{}
	for _, r := range w.Graph.Resources {
		if properties, ok := r.Properties.(*graph.DistributionConfiguration); ok {
			distributions[r.ID] = properties
		}
	}
	jobs := 0
	for _, build := range w.Input.Field("builds").Items() {
		id, _ := build.Field("distribution").AsString()
		configuration, ok := distributions[id]
		if !ok {
			continue
		}
		for _, entry := range configuration.Distributions {
			if entry.AMI != nil {
				jobs += max(1, len(entry.AMI.TargetAccountIDs.Items()))
			}
		}
	}
	return jobs
}
