// Package terraform evaluates Terraform root modules the way Terraform itself
// does before it plans, and returns their resources with evaluated attributes.
// Values that nobody can know before apply stay unknown, but what is known
// around them is kept.
package terraform

import (
	"context"
	"path"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// Assignment is one --var or --var-file of the command line.
type Assignment struct {
	// Name and Value are those of a --var.
	Name, Value string
	// File is the path of a --var-file, relative to the working directory.
	File string
}

// Options says how a root module is evaluated. The zero value but for Files is
// the default.
type Options struct {
	Files *source.Files
	// Assignments are in the order of the command line.
	Assignments []Assignment
	// Environment holds the TF_VAR_* variables, with that prefix; nil when they
	// are not to be read.
	Environment map[string]string
	// Workspace is the name of the workspace; "" is the default one.
	Workspace string
	// Complete makes a required variable without a value an error.
	Complete bool
	// Account and Region are what the configuration says of the default aws
	// provider; "" is nothing.
	Account, Region string
	// ProviderAccounts and ProviderRegions are what the configuration says of
	// provider addresses of the root ("aws.target").
	ProviderAccounts, ProviderRegions map[string]string
	// Bound are variables of the root that another root supplies. They stay
	// unknown, whatever their default is, for the reason given.
	Bound map[string]*graph.Unknown
	// Values are those of bound variables, as far as they are known.
	Values map[string]graph.Value
	// States are the outputs of the roots whose state is read, by the ID of the
	// data source.
	States map[string]map[string]graph.Value
	Limits Limits
}

// Load evaluates the root module in a folder. The folder is relative to the
// working directory, with slashes.
func Load(ctx context.Context, dir string, o Options) (*graph.Graph, hcl.Diagnostics) {
	l := newLoader(ctx, path.Clean(dir), o)
	l.run() //nolint:contextcheck // the loader holds the context
	l.graph.Sort()
	return l.graph, l.diags
}

// LocalModuleCalls lists the folders of the local modules that a module calls
// directly. It reads no more of the files than it must.
func LocalModuleCalls(files *source.Files, dir string) ([]string, error) {
	return localModuleCalls(files, path.Clean(dir))
}
