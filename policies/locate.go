package policies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// place turns what a rule returned into a finding with ranges.
func (a *atlas) place(rule Rule, r result) (Finding, error) {
	resource, ok := a.resources[r.resource]
	if !ok {
		return Finding{}, fmt.Errorf("rule %s names resource %q, which is not in the graph", rule.Slug, r.resource)
	}
	rng, via := a.where(resource, r.property)
	f := Finding{
		Rule: rule.ID, Name: rule.Name, Verdict: r.verdict,
		Severity: cmp.Or(r.severity, rule.Severity),
		Message:  a.names.Replace(r.message),
		Resource: Resource{
			Address: resource.Address, Type: resource.Type, Dialect: resource.Dialect,
			ID: resource.ID, Root: resource.Root,
		},
		Location: graph.NewLocation(rng), Range: rng, Property: r.property,
		Related: []Related{}, Missing: r.missing, Prevents: prevented(rule.Prevents, r.missing),
		Fix:    a.names.Replace(strings.Join(strings.Fields(cmp.Or(r.fix, rule.Remediation)), " ")),
		Reason: a.names.Replace(r.reason), Settle: a.names.Replace(r.settle),
		Help: rule.Help(), Scopes: scopes(resource),
	}
	for _, other := range r.related {
		related, err := a.related(other)
		if err != nil {
			return Finding{}, fmt.Errorf("rule %s: %w", rule.Slug, err)
		}
		f.addRelated(related)
	}
	for _, step := range slices.Concat(via, resource.Calls) {
		f.addRelated(newRelated(a.names.Replace(step.Message), step.Range))
	}
	f.setJobs(a.jobs(r.jobs))
	edits, err := a.edits(r.edits)
	if err != nil {
		return Finding{}, fmt.Errorf("rule %s: %w", rule.Slug, err)
	}
	f.Edits = edits
	return f, nil
}

// prevented are the errors that a finding foresees, of those of its rule. An error
// that says what role cannot be assumed is for findings that miss just that.
func prevented(texts, missing []string) []string {
	const assume = "sts:AssumeRole"
	out := []string{}
	for _, text := range texts {
		aboutRole := strings.Contains(text, assume)
		if len(missing) == 0 || aboutRole && slices.Contains(missing, assume) || !aboutRole && !slices.Equal(missing, []string{assume}) {
			out = append(out, text)
		}
	}
	if len(out) == 0 {
		return slices.Concat(out, texts)
	}
	return out
}

// where returns the range of a property, or of what encloses it, and the
// places that its value passed.
func (a *atlas) where(r *graph.Resource, property string) (hcl.Range, []graph.Via) {
	if property == "" {
		return r.Location, nil
	}
	value := a.value(r, property)
	if !value.HasRange() {
		return r.Location, value.Via()
	}
	return value.Range(), value.Via()
}

func (a *atlas) related(r relatedResult) (Related, error) {
	resource, ok := a.resources[r.resource]
	if !ok {
		return Related{}, fmt.Errorf("related resource %q is not in the graph", r.resource)
	}
	rng, _ := a.where(resource, r.property)
	out := newRelated(a.names.Replace(r.message), rng)
	out.ID, out.Root = resource.ID, resource.Root
	return out, nil
}

func newRelated(message string, rng hcl.Range) Related {
	r := Related{Message: message, Range: rng}
	if rng.Filename != "" {
		r.Location = graph.NewLocation(rng)
	}
	return r
}

// addRelated adds a place once.
func (f *Finding) addRelated(r Related) {
	same := func(other Related) bool { return other.Message == r.Message && other.Location == r.Location }
	if !slices.ContainsFunc(f.Related, same) {
		f.Related = append(f.Related, r)
	}
}

func scopes(r *graph.Resource) []hcl.Range {
	out := []hcl.Range{r.Location}
	for _, call := range r.Calls {
		out = append(out, call.Range)
	}
	return out
}

// jobs puts addresses and words in the place of IDs and stand-ins.
func (a *atlas) jobs(jobs []Job) []Job {
	out := make([]Job, 0, len(jobs))
	for _, job := range jobs {
		job.SourceAccount = a.names.Replace(job.SourceAccount)
		job.TargetAccount = a.names.Replace(job.TargetAccount)
		job.Region = a.names.Replace(job.Region)
		job.Pipeline = job.PipelineID
		if pipeline, ok := a.resources[job.PipelineID]; ok {
			job.Pipeline = pipeline.Address
		}
		out = append(out, job)
	}
	return out
}
