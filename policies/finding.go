package policies

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// Verdict is what a rule says where it does not say that all is well.
type Verdict string

// The verdicts.
const (
	// Violation is a fault that is certain.
	Violation Verdict = "violation"
	// Unknown is a fault that a fact which is not known would decide.
	Unknown Verdict = "unknown"
)

// Finding is one result of a rule, as the JSON report has it.
type Finding struct {
	Rule        string         `json:"rule"`
	Name        string         `json:"name"`
	Verdict     Verdict        `json:"verdict"`
	Severity    Severity       `json:"severity"`
	Message     string         `json:"message"`
	Resource    Resource       `json:"resource"`
	Location    graph.Location `json:"location"`
	Related     []Related      `json:"related"`
	Job         *Job           `json:"job,omitempty"`
	Jobs        []Job          `json:"jobs,omitempty"`
	Missing     []string       `json:"missing,omitempty"`
	Prevents    []string       `json:"prevents"`
	Fix         string         `json:"fix,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Settle      string         `json:"settle,omitempty"`
	Fingerprint string         `json:"fingerprint"`
	Help        string         `json:"help"`

	// Property is the path of the property at fault, "" for the resource.
	Property string `json:"-"`
	// Range is Location with byte offsets, for snippets.
	Range hcl.Range `json:"-"`
	// Scopes are the blocks that the finding is about: the resource and the
	// calls that lead to it. Ignore comments in them apply.
	Scopes []hcl.Range `json:"-"`
	// Alternatives are the findings of several resources of which every outcome
	// of undecided conditions has one; they are ignored where all of them are.
	Alternatives []Finding `json:"-"`
	// Edits are changes of the templates that mend what the finding is about;
	// empty where it is not certain what to write.
	Edits []Edit `json:"-"`
}

// Resource names the resource that a finding is about.
type Resource struct {
	Address string        `json:"address"`
	Type    string        `json:"type"`
	Dialect graph.Dialect `json:"dialect"`
	// ID and Root are those of the graph.
	ID   string `json:"-"`
	Root string `json:"-"`
}

// Related is another place that matters for a finding.
type Related struct {
	Message  string         `json:"message"`
	Location graph.Location `json:"location,omitzero"`
	Range    hcl.Range      `json:"-"`
	// ID and Root are those of the resource, where the place is one of a resource.
	ID   string `json:"-"`
	Root string `json:"-"`
}

// Job is one delivery: an image that a pipeline builds, to one account in one
// Region. What is not known is left out.
type Job struct {
	SourceAccount string `json:"source_account,omitempty"`
	TargetAccount string `json:"target_account,omitempty"`
	Region        string `json:"region,omitempty"`
	// Pipeline is the address of the pipeline or image.
	Pipeline string `json:"pipeline,omitempty"`

	// PipelineID is the resource ID of the pipeline or image.
	PipelineID string `json:"-"`
}

// AllJobs returns the jobs of a finding, whether one or many.
func (f *Finding) AllJobs() []Job {
	if f.Job != nil {
		return []Job{*f.Job}
	}
	return f.Jobs
}

// roots are the roots of the resources that the finding is about.
func (f *Finding) roots() []string {
	out := []string{f.Resource.Root}
	for _, related := range f.Related {
		if related.Root != "" && !slices.Contains(out, related.Root) {
			out = append(out, related.Root)
		}
	}
	return out
}

func (f *Finding) setJobs(jobs []Job) {
	f.Job, f.Jobs = nil, nil
	slices.SortFunc(jobs, compareJobs)
	jobs = slices.CompactFunc(jobs, func(a, b Job) bool { return compareJobs(a, b) == 0 })
	switch len(jobs) {
	case 0:
	case 1:
		f.Job = &jobs[0]
	default:
		f.Jobs = jobs
	}
}

func compareJobs(a, b Job) int {
	return cmp.Or(
		cmp.Compare(a.Pipeline, b.Pipeline),
		cmp.Compare(a.PipelineID, b.PipelineID),
		cmp.Compare(a.Region, b.Region),
		cmp.Compare(a.TargetAccount, b.TargetAccount),
		cmp.Compare(a.SourceAccount, b.SourceAccount),
	)
}

// SortFindings orders findings by file, line, column and rule, and by what
// else tells them apart, so that the order is always the same.
func SortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int { return compareFindings(&a, &b) })
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(a.Location.File, b.Location.File),
		cmp.Compare(a.Location.Start.Line, b.Location.Start.Line),
		cmp.Compare(a.Location.Start.Column, b.Location.Start.Column),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Resource.ID, b.Resource.ID),
		cmp.Compare(a.Property, b.Property),
		cmp.Compare(b.Verdict, a.Verdict),
		cmp.Compare(a.Message, b.Message),
		slices.CompareFunc(a.AllJobs(), b.AllJobs(), compareJobs),
	)
}
