package cloudformation

import (
	"context"
	"sort"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

// run is the loading of one template with everything that it brings along.
type run struct {
	options  Options
	limits   Limits
	graph    *graph.Graph
	diags    hcl.Diagnostics
	reported map[string]bool
	files    map[string]bool
	// expired is the error of the context, if it is done.
	expired func() error
	// spent counts evaluated values, against the limit of nodes.
	// text and items count what functions have made, declared the resources.
	spent    int
	text     int
	items    int
	declared int
	// truthLimit is how much may be spent until the condition that is being
	// evaluated is too large; 0 outside of conditions.
	truthLimit int
	// made counts what loops make, copies the stacks that were brought along.
	made   int
	copies int
	// atoms are the undecided equalities, by the value that is compared.
	atoms   map[string][]*atom
	domains map[string]*domain
}

func newRun(ctx context.Context, o Options) *run {
	return &run{
		options: o, limits: o.Limits.withDefaults(), graph: &graph.Graph{Sources: map[string][]byte{}},
		reported: map[string]bool{}, files: map[string]bool{}, expired: func() error { return context.Cause(ctx) },
		atoms: map[string][]*atom{}, domains: map[string]*domain{},
	}
}

// startOf is the first place of a file.
func startOf(file string) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.InitialPos, End: hcl.InitialPos}
}

// report adds an error, once for each place.
func (r *run) report(rng hcl.Range, summary, detail string) {
	key := summary + "\x00" + rng.String()
	if r.reported[key] {
		return
	}
	r.reported[key] = true
	r.diags = append(r.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: &rng})
}

// sortDiagnostics orders the diagnostics by place.
func (r *run) sortDiagnostics() {
	sort.SliceStable(r.diags, func(i, j int) bool {
		a, b := r.diags[i].Subject, r.diags[j].Subject
		switch {
		case a == nil || b == nil:
			return a == nil && b != nil
		case a.Filename != b.Filename:
			return a.Filename < b.Filename
		}
		return a.Start.Byte < b.Start.Byte
	})
}

func (r *run) append(diags hcl.Diagnostics) {
	for _, d := range diags {
		if d.Subject != nil {
			r.report(*d.Subject, d.Summary, d.Detail)
			continue
		}
		r.diags = append(r.diags, d)
	}
}

// unresolved notes something that a rule may miss, once.
func (r *run) unresolved(u graph.Unresolved) {
	key := "unresolved\x00" + u.Resource + "\x00" + u.Property + "\x00" + u.Reason
	if r.reported[key] {
		return
	}
	r.reported[key] = true
	r.graph.Unresolved = append(r.graph.Unresolved, u)
}

func (r *run) spend() { r.spent++ }

// exhausted reports whether the evaluation has cost too much or the time is
// over.
func (r *run) exhausted() bool {
	if r.spent > r.limits.Nodes || r.text > r.limits.String*64 || r.items > r.limits.Items*20 {
		r.report(startOf(r.options.Root), "template evaluates to too many values",
			"iblint stopped evaluating it; the rest is unknown.")
		return true
	}
	if r.spent%1024 == 0 && r.expired() != nil {
		r.report(startOf(r.options.Root), "evaluation was interrupted", "The rest of the template is unknown: "+r.expired().Error()+".")
		r.spent = r.limits.Nodes
		return true
	}
	return false
}

func (r *run) exhaustion() *graph.Unknown {
	return &graph.Unknown{ID: "limit(" + r.options.Root + ")", Reason: "the evaluation of " + r.options.Root + " was stopped at a limit"}
}

// lift applies a function to values that undecided conditions choose: for
// each combination of conditions there is one result.
func (r *run) lift(args []graph.Value, f func([]graph.Value) graph.Value) graph.Value {
	return r.liftAt(args, f, 0)
}

func (r *run) liftAt(args []graph.Value, f func([]graph.Value) graph.Value, depth int) graph.Value {
	condition := firstCondition(args)
	if condition == nil {
		return f(args)
	}
	if depth >= r.limits.Choices {
		return graph.UnknownValue(&graph.Unknown{
			Reason: "the value depends on too many undecided conditions, " + condition.Name + " among them",
			Settle: condition.Settle, Range: condition.Range,
		})
	}
	then := r.liftAt(resolveAll(args, condition.ID, true), f, depth+1)
	els := r.liftAt(resolveAll(args, condition.ID, false), f, depth+1)
	return graph.ChoiceValue(condition, then, els)
}

func resolveAll(args []graph.Value, id string, truth bool) []graph.Value {
	out := make([]graph.Value, len(args))
	for i, arg := range args {
		out[i] = graph.Resolve(arg, map[string]bool{id: truth})
	}
	return out
}

func firstCondition(args []graph.Value) *graph.Condition {
	var found *graph.Condition
	for _, arg := range args {
		graph.Conditions(arg, func(c *graph.Condition) {
			if found == nil {
				found = c
			}
		})
	}
	return found
}

// viaOf collects the places that values passed, without repetition.
func viaOf(values ...graph.Value) []graph.Via {
	const most = 8
	var out []graph.Via
	var collect func(v graph.Value, depth int)
	seen := map[graph.Via]bool{}
	collect = func(v graph.Value, depth int) {
		for _, via := range v.Via() {
			if !seen[via] && len(out) < most {
				seen[via] = true
				out = append(out, via)
			}
		}
		if depth > 3 || len(out) >= most {
			return
		}
		for _, item := range v.Items() {
			collect(item, depth+1)
		}
	}
	for _, v := range values {
		collect(v, 0)
	}
	return out
}
