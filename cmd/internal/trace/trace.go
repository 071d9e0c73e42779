// Package trace follows every delivery of an image step by step: what Image
// Builder would do, and what the findings say about each step. It judges
// nothing itself.
package trace

import (
	"cmp"
	"slices"
	"strings"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Status says how a step ends.
type Status string

// The statuses.
const (
	OK      Status = "ok"
	Fails   Status = "fails"
	Unknown Status = "unknown"
)

// Kind is what a delivery does with the image.
type Kind string

// The kinds of deliveries.
const (
	// Copy gives an account an image of its own (target accounts).
	Copy Kind = "copy"
	// Launch lets somebody launch the image where it is (launch permission).
	Launch Kind = "launch"
	// Keep leaves the image in its own account.
	Keep Kind = "keep"
)

// Trace is every delivery of a run.
type Trace struct {
	Version    string     `json:"version"`
	Deliveries []Delivery `json:"jobs"`
	// Errors are the inputs that could not be read or evaluated.
	Errors []report.Problem `json:"errors"`
}

// Delivery is one image that goes to one recipient in one Region.
type Delivery struct {
	Pipeline string `json:"pipeline"`
	Kind     Kind   `json:"kind"`
	// SourceAccount and Region are words where they are not known.
	SourceAccount string `json:"source_account"`
	Recipient     string `json:"recipient,omitempty"`
	Region        string `json:"region"`
	Status        Status `json:"status"`
	Steps         []Step `json:"steps"`

	pipelineID string
	// account is the number or stand-in of the recipient's account, if it is
	// one; region that of the Region, "" when it is not known.
	account string
	region  string
	// deliversBy is the ID of the distribution configuration.
	deliversBy string
	// uses are the IDs of the pipeline and its configurations.
	uses []string
}

// Step is one thing that Image Builder, or whoever launches, does.
type Step struct {
	Name     policies.Step       `json:"step"`
	Text     string              `json:"text"`
	Status   Status              `json:"status"`
	Findings []*policies.Finding `json:"findings"`
	// Suppressed are the findings that were accepted, by an ignore comment or
	// the baseline.
	Suppressed []Accepted `json:"suppressed,omitempty"`
	// NotJudged are the rules that would judge the step but were turned off.
	NotJudged []string `json:"not_judged,omitempty"`
}

// Accepted is a finding that is not reported, and why.
type Accepted struct {
	*policies.Finding

	Justification string `json:"justification"`
}

// Build makes the trace of what was judged. Deliveries of all worlds stand in
// it once.
func Build(worlds []policies.World, r *report.Report) *Trace {
	t := &Trace{Version: r.Version, Deliveries: []Delivery{}, Errors: append([]report.Problem{}, r.Errors...)}
	seen := map[string]bool{}
	for i := range worlds {
		b := newBuilder(&worlds[i])
		for _, d := range b.deliveries() {
			key := strings.Join([]string{d.pipelineID, string(d.Kind), d.Recipient, d.Region}, "\x00")
			if !seen[key] {
				seen[key] = true
				t.Deliveries = append(t.Deliveries, d)
			}
		}
	}
	steps := map[string]policies.Step{}
	for _, rule := range r.Rules {
		steps[rule.ID] = rule.Step
	}
	for i := range t.Deliveries {
		t.Deliveries[i].judge(r, steps)
	}
	slices.SortStableFunc(t.Deliveries, func(a, b Delivery) int {
		return cmp.Or(cmp.Compare(a.pipelineID, b.pipelineID), cmp.Compare(a.Region, b.Region),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Recipient, b.Recipient))
	})
	return t
}

// Ways are the deliveries to somebody, for the picture of a report: one from a
// resource to a recipient, the worst of all Regions.
func (t *Trace) Ways() []report.Delivery {
	worst := map[report.Delivery]Status{}
	var out []report.Delivery
	for i := range t.Deliveries {
		d := &t.Deliveries[i]
		if d.Kind == Keep {
			continue
		}
		way := report.Delivery{From: d.deliversBy, Recipient: d.Recipient}
		if before, ok := worst[way]; ok {
			worst[way] = worse(before, d.Status)
			continue
		}
		worst[way] = d.Status
		out = append(out, way)
	}
	labels := map[Status]string{OK: "ok", Fails: string(policies.SeverityError), Unknown: string(policies.Unknown)}
	for i := range out {
		out[i].Label = labels[worst[out[i]]]
	}
	return out
}

// judge puts the findings to the steps of their rules. What was accepted or
// not judged leaves a step unknown that nothing else decides.
func (d *Delivery) judge(r *report.Report, steps map[string]policies.Step) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if d.concerns(f) {
			step := d.step(steps[f.Rule], f.Property)
			step.Findings = append(step.Findings, f)
			step.Status = worse(step.Status, statusOf(f))
		}
	}
	for i := range r.Suppressed {
		f := &r.Suppressed[i].Finding
		if d.concerns(f) {
			step := d.step(steps[f.Rule], f.Property)
			step.Suppressed = append(step.Suppressed, Accepted{f, r.Suppressed[i].Justification})
			step.leaveOpen(statusOf(f) != OK)
		}
	}
	for _, rule := range r.LeftOut {
		step := d.step(rule.Step, "")
		step.NotJudged = append(step.NotJudged, rule.ID)
		step.leaveOpen(rule.Severity == policies.SeverityError)
	}
	d.Status = OK
	for _, step := range d.Steps {
		d.Status = worse(d.Status, step.Status)
	}
}

// leaveOpen makes a step unknown where something that could stop it was not
// looked at.
func (s *Step) leaveOpen(stops bool) {
	if stops {
		s.Status = worse(s.Status, Unknown)
	}
}

// step returns the step of a rule, or the nearest one before it that the
// delivery has. Rules about policies of any kind have none: the place of the
// finding tells it.
func (d *Delivery) step(name policies.Step, property string) *Step {
	if name == "" {
		name = d.stepAt(property)
	}
	for order := policies.Steps(); ; name = before(order, name) {
		if i := slices.IndexFunc(d.Steps, func(s Step) bool { return s.Name == name }); i >= 0 || name == "" {
			return &d.Steps[max(i, 0)]
		}
	}
}

// stepAt is the step that a policy at the property is needed for.
func (d *Delivery) stepAt(property string) policies.Step {
	switch {
	case strings.HasPrefix(property, "assume_role_policy"):
		return policies.StepAssume
	case d.Kind == Launch:
		return policies.StepLaunch
	}
	return policies.StepCopy
}

// before is the step before another, "" before the first.
func before(order []policies.Step, name policies.Step) policies.Step {
	if i := slices.Index(order, name); i > 0 {
		return order[i-1]
	}
	return ""
}

// statusOf is what a finding makes of its step. Warnings and remarks do not
// stop a delivery.
func statusOf(f *policies.Finding) Status {
	switch {
	case f.Verdict == policies.Unknown:
		return Unknown
	case f.Severity == policies.SeverityError:
		return Fails
	}
	return OK
}

// weight orders statuses: the worse, the smaller.
func (s Status) weight() int { return slices.Index([]Status{Fails, Unknown, OK}, s) }

func worse(a, b Status) Status {
	if b.weight() < a.weight() {
		return b
	}
	return a
}

// concerns reports whether a finding is about the delivery: one of its jobs
// is, or, without jobs, its resource is one of those that deliver.
func (d *Delivery) concerns(f *policies.Finding) bool {
	jobs := f.AllJobs()
	if len(jobs) == 0 {
		return slices.Contains(d.uses, f.Resource.ID)
	}
	return slices.ContainsFunc(jobs, func(j policies.Job) bool { return d.is(&j) })
}

// is reports whether the delivery is the job, or may be where the job does not
// say.
func (d *Delivery) is(j *policies.Job) bool {
	return (j.PipelineID == "" || j.PipelineID == d.pipelineID) &&
		(j.Region == "" || d.region == "" || j.Region == d.region || j.Region == d.Region) &&
		(j.TargetAccount == "" || j.TargetAccount == d.account || j.TargetAccount == d.Recipient)
}

// builder reads one world.
type builder struct {
	world *policies.World
	byID  map[string]*graph.Resource
}

func newBuilder(w *policies.World) *builder {
	b := &builder{world: w, byID: make(map[string]*graph.Resource, len(w.Graph.Resources))}
	for _, r := range w.Graph.Resources {
		b.byID[r.ID] = r
	}
	return b
}

func (b *builder) deliveries() []Delivery {
	var out []Delivery
	for _, build := range b.world.Input.Field("builds").Items() {
		out = append(out, b.ofBuild(build)...)
	}
	return out
}

func (b *builder) ofBuild(build graph.Value) []Delivery {
	id := plain(build.Field("id"))
	distribution := plain(build.Field("distribution"))
	base := Delivery{
		Pipeline: b.address(id), pipelineID: id, SourceAccount: b.words(build.Field("account")),
		deliversBy: distribution, uses: []string{id, distribution, plain(build.Field("recipe"))},
	}
	base.Steps = []Step{{Name: policies.StepBuild, Text: b.buildText(build), Status: OK}}
	r := b.byID[distribution]
	if r == nil {
		return []Delivery{base.keep(b.words(build.Field("region")))}
	}
	properties, ok := r.Properties.(*graph.DistributionConfiguration)
	if !ok {
		return nil
	}
	var out []Delivery
	for i := range properties.Distributions {
		out = append(out, b.ofEntry(base, build, distribution, i, &properties.Distributions[i])...)
	}
	return out
}

// keep is the delivery of an image that stays where it is.
func (d *Delivery) keep(region string) Delivery {
	kept := *d
	kept.Kind, kept.Region = Keep, region
	return kept
}

func (b *builder) ofEntry(base Delivery, build graph.Value, distribution string, index int, entry *graph.Distribution) []Delivery {
	base.region = plain(entry.Region)
	base.Region = cmp.Or(b.words(entry.Region), b.words(build.Field("region")))
	e := entryText{b, build, distribution, index, base.Region}
	if entry.AMI == nil {
		return nil
	}
	var out []Delivery
	for _, item := range listed(entry.AMI.TargetAccountIDs) {
		if account := b.words(item); account != base.SourceAccount {
			out = append(out, base.to(Copy, account, plain(item), e.copySteps(account)))
		}
	}
	for _, recipient := range b.launchers(entry.AMI.LaunchPermission) {
		out = append(out, base.to(Launch, recipient.words, recipient.account, e.launchSteps(recipient.words)))
	}
	if len(out) == 0 {
		kept := base.keep(base.Region)
		kept.Steps = append(slices.Clone(base.Steps), e.regionCopy()...)
		out = append(out, kept)
	}
	return out
}

func (d *Delivery) to(kind Kind, recipient, account string, steps []Step) Delivery {
	out := *d
	out.Kind, out.Recipient, out.account = kind, recipient, account
	out.Steps = append(slices.Clone(d.Steps), steps...)
	return out
}

type launcher struct{ words, account string }

// launchers are those whom a launch permission names.
func (b *builder) launchers(p *graph.LaunchPermission) []launcher {
	if p == nil {
		return nil
	}
	var out []launcher
	for _, item := range listed(p.UserIDs) {
		out = append(out, launcher{b.words(item), plain(item)})
	}
	for _, list := range []graph.Value{p.UserGroups, p.OrganizationARNs, p.OrganizationalUnitARNs} {
		for _, item := range listed(list) {
			text := b.words(item)
			if text == "all" {
				text = "everyone"
			}
			out = append(out, launcher{words: text})
		}
	}
	return out
}

// listed are the items of a list; a list that is not known is one item.
func listed(v graph.Value) []graph.Value {
	if v.IsUnknown() {
		return []graph.Value{v}
	}
	return v.Items()
}

func (b *builder) address(id string) string {
	if r := b.byID[id]; r != nil {
		return r.Address
	}
	return id
}

// words are a value as people read it: stand-ins by their names, what is not
// known by the reason.
func (b *builder) words(v graph.Value) string {
	if s, ok := v.AsString(); ok {
		return cmp.Or(b.world.Names[s], s)
	}
	u := v.Unknown()
	switch {
	case u == nil:
		return ""
	case u.Symbol == graph.SymbolNone:
		return "not known (" + u.Reason + ")"
	}
	_, deployment, _ := strings.Cut(strings.TrimSuffix(u.ID, ")"), "(")
	return "the " + symbolWord(u.Symbol) + " of " + deployment
}

func symbolWord(s graph.Symbol) string {
	if s == graph.SymbolRegion {
		return "Region"
	}
	return string(s)
}

func plain(v graph.Value) string {
	s, _ := v.AsString()
	return s
}
