// Package loaders turns paths into linked graphs: it finds the templates,
// reads them side by side, ties them together and says which worlds they may
// become.
package loaders

import (
	"context"
	"path"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/discover"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/link"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// Options say what to read and what is known beside the templates. The zero
// value reads nothing.
type Options struct {
	// Paths are files and folders.
	Paths []string
	// Standard input, when it is read as a template, and the name it has.
	Stdin     []byte
	StdinName string
	// Overlay is text that is read in place of what files hold, by path.
	Overlay map[string][]byte
	// Assignments are --var and --var-file in their order.
	Assignments []terraform.Assignment
	// Environment holds TF_VAR_* variables; nil when they are not to be read.
	Environment map[string]string
	Workspace   string
	// Parameters are values of CloudFormation parameters and pseudo parameters.
	Parameters     map[string]string
	ParameterFiles []string
	// Imports are the values of exports of stacks that are not given.
	Imports map[string]string
	// Config is the configuration, or nil.
	Config *facts.Config
	// Complete says that nothing exists beside the given templates.
	Complete bool
	// All loads roots that no judgement can need, for the graph.
	All bool
	// Jobs is how many roots are read at once; 0 means one.
	Jobs int
	// Limits bound what reading may cost.
	Limits Limits
}

// namedFiles are the files of values that the command line and the
// configuration name: they may lie anywhere.
func (o Options) namedFiles() []string {
	names := append([]string{}, o.ParameterFiles...)
	for _, assignment := range o.Assignments {
		if assignment.File != "" {
			names = append(names, assignment.File)
		}
	}
	if o.Config != nil {
		names = append(names, o.Config.VarFilePaths()...)
	}
	return names
}

// Result is what was read.
type Result struct {
	// Graph holds everything, undecided conditions undecided.
	Graph *graph.Graph
	// Worlds are what rules judge: at least one.
	Worlds []World
	// Files is the number of files that were looked at, Templates the number
	// of roots, plans and templates among them.
	Files     int
	Templates int
	// Relevant is false when nothing in the templates has to do with Image
	// Builder: there is nothing to judge.
	Relevant bool
}

// Load reads the paths. A path that does not exist is an error; whatever is
// wrong inside is in the diagnostics, and the rest is there all the same.
func Load(ctx context.Context, o Options) (*Result, hcl.Diagnostics, error) {
	run := &run{options: o, guard: newGuard(o.Limits)}
	var err error
	if run.files, err = source.New(o.Paths, int64(o.Limits.FileSize)); err != nil {
		return nil, nil, err
	}
	for _, name := range o.namedFiles() {
		run.files.AllowFile(name)
	}
	for name, content := range o.Overlay {
		run.files.Add(name, content)
	}
	reading, stop := run.guard.all(ctx)
	defer stop()
	found, err := run.search(reading)
	if err != nil {
		return nil, nil, err
	}
	result := &Result{Files: found.Files, Templates: len(found.Candidates)}
	graphs := run.load(reading, run.selected(found.Candidates))
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	result.Graph = run.merge(reading, graphs)
	result.Worlds = worldsOf(result.Graph, link.Options{Config: o.Config, Complete: o.Complete})
	for _, world := range result.Worlds {
		result.Relevant = result.Relevant || link.Relevant(world.Graph)
	}
	result.Graph.Sources = run.files.Content()
	for _, world := range result.Worlds {
		world.Graph.Sources = result.Graph.Sources
	}
	return result, slices.Concat(untold(found.Diagnostics, run.diagnostics), run.diagnostics), nil
}

// untold is what the search for templates could not read, without the files of
// which a loader has said so.
func untold(searched, loaded hcl.Diagnostics) hcl.Diagnostics {
	told := map[string]bool{}
	for _, d := range loaded {
		if d.Subject != nil {
			told[d.Subject.Filename] = true
		}
	}
	return slices.DeleteFunc(searched, func(d *hcl.Diagnostic) bool { return told[d.Subject.Filename] })
}

// run is one call of Load.
type run struct {
	options     Options
	files       *source.Files
	diagnostics hcl.Diagnostics
	guard       *guard
	stacks      map[string][]cloudformation.Stack // by folder of the assembly
}

// search finds the candidates; standard input is one more.
func (r *run) search(ctx context.Context) (*discover.Result, error) {
	found, err := discover.Search(ctx, r.files, r.options.Paths)
	if err != nil {
		return nil, err
	}
	if r.options.Stdin == nil {
		return found, nil
	}
	r.files.Add(r.options.StdinName, r.options.Stdin)
	found.Files++
	candidate, ok := discover.Content(r.options.StdinName, r.options.Stdin)
	if ok {
		found.Candidates = append(found.Candidates, candidate)
	}
	return found, nil
}

// selected leaves out what no judgement can need. As soon as one root has to
// do with Image Builder, roots with keys, roles, settings or accounts count.
func (r *run) selected(candidates []discover.Candidate) []discover.Candidate {
	var needed discover.Words
	for _, c := range candidates {
		if c.Words&discover.ImageBuilder != 0 || c.Kind == discover.CloudAssembly {
			needed = discover.ImageBuilder | discover.Partner
		}
	}
	var out []discover.Candidate
	for _, c := range candidates {
		if r.options.All || c.Given || c.Words&needed != 0 || c.Kind == discover.CloudAssembly || r.configured(c.Path, needed) {
			out = append(out, c)
		}
	}
	return out
}

// configured reports whether the configuration places a root in an account:
// then the account is covered by it, whatever it holds.
func (r *run) configured(path string, needed discover.Words) bool {
	if r.options.Config == nil || needed == 0 {
		return false
	}
	_, ok := r.options.Config.RootAccount(path)
	return ok
}

// load reads the candidates side by side and returns their graphs in order.
func (r *run) load(ctx context.Context, candidates []discover.Candidate) []*graph.Graph {
	assembled := r.assemblies(candidates)
	jobs := make([]job, 0, len(candidates))
	for _, c := range candidates {
		if c.Kind != discover.Template || !assembled[c.Path] {
			jobs = append(jobs, r.jobs(c)...)
		}
	}
	graphs := make([]*graph.Graph, len(jobs))
	diagnostics := make([]hcl.Diagnostics, len(jobs))
	defer r.guard.watch()()
	tokens := make(chan struct{}, max(r.options.Jobs, 1))
	var wait sync.WaitGroup
	for i, job := range jobs {
		tokens <- struct{}{}
		wait.Go(func() {
			defer func() { <-tokens }()
			graphs[i], diagnostics[i] = r.guard.do(ctx, job, supply{})
		})
	}
	wait.Wait()
	r.resupply(ctx, jobs, graphs, diagnostics)
	for _, d := range diagnostics {
		r.diagnostics = append(r.diagnostics, d...)
	}
	return graphs
}

// merge makes one graph of all: templates that others contain are left out,
// the configuration's own resources are added, values cross from root to root.
func (r *run) merge(ctx context.Context, graphs []*graph.Graph) *graph.Graph {
	all := together(graphs)
	guarded, leave := r.guard.limited(ctx)
	r.expandStackSets(guarded, all)
	leave()
	if r.options.Config != nil {
		configured, diagnostics := r.options.Config.Resources(r.files)
		r.diagnostics = append(r.diagnostics, diagnostics...)
		all.Merge(configured)
	}
	substitute(all, r.options.Config)
	all.Sort()
	return all
}

// together is one graph of all that no other contains.
func together(graphs []*graph.Graph) *graph.Graph {
	all := &graph.Graph{}
	nested := nestedTemplates(graphs)
	for _, g := range graphs {
		if g == nil || len(g.Roots) == 1 && nested[g.Roots[0].Path] {
			continue
		}
		all.Merge(g)
	}
	return all
}

// nestedTemplates are the roots that another graph has read already: templates
// of nested stacks and of StackSets, and the sources beside a plan.
func nestedTemplates(graphs []*graph.Graph) map[string]bool {
	nested := map[string]bool{}
	for _, g := range graphs {
		if g == nil || len(g.Roots) == 0 {
			continue
		}
		root := g.Roots[0]
		isPlan := root.Dialect == graph.Terraform && path.Ext(root.Path) == ".json"
		for _, file := range g.Files {
			switch {
			case root.Dialect == graph.CloudFormation && file != root.Path:
				nested[file] = true
			case isPlan && file != root.Path && path.Dir(file) == path.Dir(root.Path):
				nested[path.Dir(file)] = true
			}
		}
	}
	return nested
}
