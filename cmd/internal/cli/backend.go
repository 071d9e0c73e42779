package cli

import (
	"context"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// loadRequest is what the command line says about the input.
type loadRequest struct {
	paths      []string
	stdin      []byte
	environ    []string
	evaluation *evaluation
	// all reads also what no judgement can need.
	all bool
	// overlay is text that is read in the place of what files hold.
	overlay map[string][]byte
}

// loaded is what was read.
type loaded struct {
	graph *graph.Graph
	// worlds makes what the rules judge.
	worlds func() []policies.World
	// files and templates count what was looked at and what was a template.
	files     int
	templates int
	// relevant is false where there is nothing to judge: no Image Builder, and
	// no rules of users' own.
	relevant bool
	// configFile is the configuration that applies, "" for none; rules and
	// failOn are what it says.
	configFile string
	rules      map[string]policies.Severity
	failOn     string
}

// loadFunc reads templates and configuration. The error is one of the
// configuration; what is wrong with templates is in the diagnostics.
type loadFunc func(ctx context.Context, request loadRequest) (*loaded, hcl.Diagnostics, error)

// judgeRequest is what the command line and the configuration say about the
// rules.
type judgeRequest struct {
	options  policies.Options
	suppress policies.SuppressOptions
}

// verdicts is what the rules said.
type verdicts struct {
	findings   []policies.Finding
	suppressed []policies.Suppressed
	stats      policies.Stats
	// remarks are about ignore comments.
	remarks hcl.Diagnostics
	// incomplete is why some rules could not judge; nil where all have.
	incomplete error
	catalog    policies.Catalog
	// leftOut are the rules that were turned off.
	leftOut policies.Catalog
}

// judgeFunc judges what was read.
type judgeFunc func(ctx context.Context, in *loaded, request judgeRequest) (*verdicts, error)
