// Package graph is the model that every dialect ends in: resources with
// evaluated values, what they mean (kinds with normalized properties) and how
// they are tied together. It has no behaviour but ordering, lookup and the
// JSON form.
package graph

import (
	"maps"
	"sort"

	"github.com/hashicorp/hcl/v2"
)

// Dialect is the language that a resource was written in.
type Dialect string

// The dialects.
const (
	Terraform      Dialect = "terraform"
	CloudFormation Dialect = "cloudformation"
	// Configuration is .iblint.yaml and the facts that it names.
	Configuration Dialect = "configuration"
)

// Graph is everything that the given templates and the configuration say.
type Graph struct {
	Roots     []*Root
	Resources []*Resource
	// Data holds the data sources of Terraform that mean something to a rule.
	Data       []*Resource
	Edges      []Edge
	Unresolved []Unresolved
	Ignores    []Ignore
	// Conditions are named conditions that rest on others.
	Conditions []NamedCondition
	// Files are the paths of all files that were read, sorted.
	Files []string
	// Sources holds the bytes of the files, for snippets.
	Sources map[string][]byte
}

// Root is a Terraform root module or one CloudFormation template: what is
// deployed as one.
type Root struct {
	// Path is the folder of a root module or the file of a template, relative
	// to the working directory, with slashes.
	Path    string
	Dialect Dialect
	// Account and Region are those of the default provider or the stack; a
	// symbol where they are not known.
	Account Value
	Region  Value
	Outputs map[string]Value
	// Exports are the exported outputs of a stack, by export name.
	Exports []Export
	// Imports are the names of the exports of other stacks that a stack reads.
	Imports []string
	// Backend is the backend of a Terraform root: a map with "type" and the
	// settings that are known. It is absent otherwise.
	Backend Value
}

// Export is an output that a stack exports.
type Export struct {
	Name   Value
	Output string
}

// Resource is one resource instance.
type Resource struct {
	// ID is Root + "#" + Address for Terraform; for CloudFormation it is the
	// address, which begins with the file.
	ID      string
	Address string
	// Kind is empty for resources that iblint does not know.
	Kind    Kind
	Dialect Dialect
	Type    string
	Root    string
	Account Value
	Region  Value
	// Provider is Terraform's provider address within the root ("aws",
	// "aws.target"), empty otherwise.
	Provider string
	// Attributes is the resource as written, evaluated: a map.
	Attributes Value
	// Properties is a pointer to the struct of the kind (see kinds.go), or nil.
	Properties any
	Location   hcl.Range
	// Calls are the module calls or nested stacks that lead here, innermost
	// first.
	Calls []Via
	// Exists is true, or a choice of truth values where undecided conditions
	// decide whether there is such a resource. Left out, it is true.
	Exists Value
	// Many is set when one resource stands for an unknown number of instances.
	Many *Unknown
	// Identity lists the computed attributes that identify the resource, by
	// attribute name ("arn", "id", "key_id"): what a reference to it evaluates
	// to.
	Identity map[string]Value
	// DependsOn holds IDs of resources that are created earlier.
	DependsOn []string
}

// NamedCondition is a condition that the user named and that undecided
// conditions decide: its truth is a choice by those.
type NamedCondition struct {
	Root      string
	Condition *Condition
	Truth     Value
}

// Edge ties two resources.
type Edge struct {
	From     string
	To       string
	Label    string
	Property string
}

// Unresolved is something that could not be read and that a rule may miss.
type Unresolved struct {
	Resource string
	Property string
	Reason   string
	Settle   string
	Range    hcl.Range
}

// Ignore is a comment or metadata entry that suppresses findings.
type Ignore struct {
	// Rules are rule IDs or names; empty when the entry is malformed.
	Rules  []string
	Reason string
	// Until is a date YYYY-MM-DD after which the entry has no effect, or "".
	Until string
	// Range is the entry itself, Scope the lines that it covers.
	Range hcl.Range
	Scope hcl.Range
}

// Merge adds everything of another graph.
func (g *Graph) Merge(other *Graph) {
	g.Roots = append(g.Roots, other.Roots...)
	g.Resources = append(g.Resources, other.Resources...)
	g.Data = append(g.Data, other.Data...)
	g.Edges = append(g.Edges, other.Edges...)
	g.Unresolved = append(g.Unresolved, other.Unresolved...)
	g.Ignores = append(g.Ignores, other.Ignores...)
	g.Conditions = append(g.Conditions, other.Conditions...)
	g.Files = append(g.Files, other.Files...)
	if g.Sources == nil {
		g.Sources = map[string][]byte{}
	}
	maps.Copy(g.Sources, other.Sources)
}

// Sort orders everything, so that the same input gives the same bytes.
func (g *Graph) Sort() {
	sort.SliceStable(g.Roots, func(i, j int) bool { return g.Roots[i].Path < g.Roots[j].Path })
	byID := func(rs []*Resource) {
		sort.SliceStable(rs, func(i, j int) bool { return rs[i].ID < rs[j].ID })
	}
	byID(g.Resources)
	byID(g.Data)
	sort.SliceStable(g.Edges, func(i, j int) bool { return lessEdge(g.Edges[i], g.Edges[j]) })
	sortUnresolved(g.Unresolved)
	sort.Strings(g.Files)
}

func lessEdge(a, b Edge) bool {
	if a.From != b.From {
		return a.From < b.From
	}
	if a.Label != b.Label {
		return a.Label < b.Label
	}
	if a.Property != b.Property {
		return a.Property < b.Property
	}
	return a.To < b.To
}
