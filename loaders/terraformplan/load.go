package terraformplan

import (
	"context"
	"path"

	"github.com/hashicorp/hcl/v2"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// Options say what is known beside the file.
type Options struct {
	Files *source.Files
	// Account and Region are what the configuration says of the default aws
	// provider; empty where it says nothing.
	Account, Region string
	// ProviderAccounts and ProviderRegions are what the configuration says of
	// providers by address in the root module, such as "aws.target".
	ProviderAccounts map[string]string
	ProviderRegions  map[string]string
	// Sources loads the root module in a folder with the plan's variables, as
	// decoded from JSON (numbers are json.Number). Nil when sources are not to
	// be used.
	Sources func(ctx context.Context, dir string, variables map[string]any) (*graph.Graph, hcl.Diagnostics)
}

// Load reads the JSON form of a plan or a state. The file is relative to the
// working directory. The graph is nil when the file cannot be read as either.
func Load(ctx context.Context, file string, o Options) (*graph.Graph, hcl.Diagnostics) {
	content, err := o.Files.Read(file)
	if err != nil {
		return nil, hcl.Diagnostics{problem("Cannot read the plan", err.Error()+"; the file was skipped.", firstLine(file))}
	}
	file = path.Clean(file)
	doc, diagnostics := parse(file, content)
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	l := &loader{
		file: file, options: o, doc: doc, scopes: map[string]*scope{},
		instances: map[string]*instance{}, blocks: map[string][]*instance{},
		meant: map[place]meaning{}, matches: maxMatches,
		configs: map[*tfjson.ConfigModule]map[string]*tfjson.ConfigResource{},
	}
	l.collect(locate(file, content))
	if err := context.Cause(ctx); err != nil {
		return nil, append(diagnostics, problem("Loading was stopped", err.Error(), firstLine(file)))
	}
	diagnostics = append(diagnostics, l.readSources(ctx)...)
	l.place()
	l.evaluate()
	return l.graph(), diagnostics
}

func problem(summary, detail string, at hcl.Range) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &at}
}

// loader is one call of Load.
type loader struct {
	file    string
	options Options
	doc     *document
	root    *scope
	// scopes are the module instances, by address.
	scopes map[string]*scope
	// order holds the resource instances as the plan lists them.
	order     []*instance
	instances map[string]*instance
	// blocks holds the instances of each resource block, by the address without
	// the instance key.
	blocks map[string][]*instance
	// configs holds the resource blocks of each module by address.
	configs map[*tfjson.ConfigModule]map[string]*tfjson.ConfigResource
	// meant holds what references mean.
	meant     map[place]meaning
	providers map[string]*provider
	// matches is how many more nested blocks may be compared.
	matches int
	sources *sources
}

// evaluate gives every instance its attributes and identity.
func (l *loader) evaluate() {
	if l.sources != nil {
		l.sources.rewrite = l.sources.rewriter(l.order)
	}
	for _, inst := range l.order {
		l.ensure(inst)
	}
}

func (l *loader) graph() *graph.Graph {
	main := l.provider(l.mainProvider())
	g := &graph.Graph{Files: []string{l.file}}
	g.Roots = []*graph.Root{{
		Path: l.file, Dialect: graph.Terraform, Account: main.account, Region: main.region,
		Outputs: l.outputs(), Backend: graph.Absent(),
	}}
	names := l.names()
	for _, inst := range l.order {
		inst.resource.DependsOn = l.dependencies(inst, names)
		if inst.managed() {
			g.Resources = append(g.Resources, inst.resource)
		} else {
			g.Data = append(g.Data, inst.resource)
		}
	}
	if l.sources != nil {
		l.sources.complete(g)
	}
	g.Sort()
	return g
}
