package trace

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/iblint/iblint/policies"
)

// JSON writes the trace for programs. A finding of many deliveries stands in
// each of them with what concerns that one: its job, and the places that are
// not those of other deliveries.
func JSON(w io.Writer, t *Trace) error {
	delivering := map[string]bool{}
	for i := range t.Deliveries {
		for _, id := range t.Deliveries[i].uses {
			delivering[id] = true
		}
	}
	out := *t
	out.Deliveries = make([]Delivery, len(t.Deliveries))
	for i := range t.Deliveries {
		out.Deliveries[i] = t.Deliveries[i].narrowed(delivering)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(&out)
}

// narrowed is the delivery with findings that speak of it alone. The resources
// of all deliveries are given.
func (d *Delivery) narrowed(delivering map[string]bool) Delivery {
	narrow := func(f *policies.Finding) *policies.Finding {
		out := *f
		out.Jobs = slices.DeleteFunc(slices.Clone(f.Jobs), func(j policies.Job) bool { return !d.is(&j) })
		if len(out.Jobs) == 1 {
			out.Job, out.Jobs = &out.Jobs[0], nil
		}
		out.Related = slices.DeleteFunc(slices.Clone(f.Related), func(r policies.Related) bool {
			return delivering[r.ID] && !slices.Contains(d.uses, r.ID)
		})
		return &out
	}
	out := *d
	out.Steps = slices.Clone(d.Steps)
	for i := range out.Steps {
		step := &out.Steps[i]
		findings := make([]*policies.Finding, len(step.Findings))
		for j, f := range step.Findings {
			findings[j] = narrow(f)
		}
		step.Findings = findings
		step.Suppressed = slices.Clone(step.Suppressed)
		for j := range step.Suppressed {
			step.Suppressed[j].Finding = narrow(step.Suppressed[j].Finding)
		}
	}
	return out
}
