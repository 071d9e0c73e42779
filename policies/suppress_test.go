package policies_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func lines(file string, from, to int) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.Pos{Line: from, Column: 1}, End: hcl.Pos{Line: to, Column: 2}}
}

// twoFaults is the findings of a recipe whose devices are in lines 5 and 15.
func twoFaults(t *testing.T, e *policies.Engine) []policies.Finding {
	t.Helper()
	findings, _, err := e.Evaluate(t.Context(), []policies.World{recipeWorld("infra", []string{"222222222222"},
		device{"/dev/xvda", graph.Bool(false), "k", 5}, device{"/dev/xvdb", graph.Bool(false), "k", 15})})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 2 {
		t.Fatalf("%d findings, want 2", len(findings))
	}
	return findings
}

func TestSuppress(t *testing.T) {
	t.Parallel()
	ignore := func(from, to int, reason, until string, rules ...string) graph.Ignore {
		return graph.Ignore{
			Rules: rules, Reason: reason, Until: until,
			Range: line("infra/main.tf", from), Scope: lines("infra/main.tf", from, to),
		}
	}
	tests := map[string]struct {
		ignore     graph.Ignore
		suppressed int
		complaint  string
	}{
		"by ID, one property":    {ignore(5, 8, "why", "", "IBL801"), 1, ""},
		"by name, whole block":   {ignore(1, 40, "why", "", "device-not-encrypted"), 2, ""},
		"by slug, lower case ID": {ignore(15, 16, "why", "", "ibl802", "device_not_encrypted"), 1, ""},
		"not expired":            {ignore(1, 40, "why", "2026-11-24", "IBL801"), 2, ""},
		"expired":                {ignore(1, 40, "why", "2026-11-23", "IBL801"), 0, "iblint:ignore has expired"},
		"expired and elsewhere":  {ignore(50, 51, "why", "2026-11-23", "IBL801"), 0, "iblint:ignore matches nothing"},
		"other rule":             {ignore(1, 40, "why", "", "IBL802"), 0, "iblint:ignore matches nothing"},
		"rule that is off":       {ignore(1, 40, "why", "", "IBL803"), 0, ""},
		"other lines":            {ignore(8, 14, "why", "", "IBL801"), 0, "iblint:ignore matches nothing"},
		"no reason":              {ignore(1, 40, " ", "", "IBL801"), 0, "iblint:ignore gives no reason"},
		"no rule":                {ignore(1, 40, "why", ""), 0, "iblint:ignore names no rule"},
		"unknown rule":           {ignore(1, 40, "why", "", "IBL80l"), 0, "iblint:ignore names an unknown rule"},
		"module call": {
			graph.Ignore{Rules: []string{"IBL801"}, Reason: "why", Range: line("root.tf", 8), Scope: lines("root.tf", 9, 12)}, 2, "",
		},
	}
	e := testRules(t, policies.Options{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings := twoFaults(t, e)
			for i := range findings {
				findings[i].Scopes = append(findings[i].Scopes, line("root.tf", 9))
			}
			kept, suppressed, diags := e.Suppress(findings, policies.SuppressOptions{
				Ignores: []graph.Ignore{test.ignore}, Today: "2026-11-24",
			})
			var complaints []string
			for _, d := range diags {
				complaints = append(complaints, d.Summary)
			}
			if diff := cmp.Diff(test.complaint, strings.Join(complaints, ", ")); diff != "" {
				t.Errorf("complaints (-want +got):\n%s", diff)
			}
			if len(suppressed) != test.suppressed || len(kept)+len(suppressed) != 2 {
				t.Errorf("%d suppressed, %d kept; want %d suppressed of 2", len(suppressed), len(kept), test.suppressed)
			}
		})
	}
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	e := testRules(t, policies.Options{})
	findings := twoFaults(t, e)
	var file bytes.Buffer
	if err := policies.NewBaseline(findings[:1]).Write(&file); err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/baseline.json", file.Bytes())
	baseline, err := policies.ReadBaseline(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	kept, suppressed, diags := e.Suppress(findings, policies.SuppressOptions{Baseline: baseline})
	if len(kept) != 1 || len(suppressed) != 1 || len(diags) != 0 || suppressed[0].Kind != "external" {
		t.Errorf("kept %d, suppressed %d, diagnostics %v; want 1, 1 and none", len(kept), len(suppressed), diags)
	}
	if fixed := baseline.Fixed(findings[1:]); len(fixed) != 1 {
		t.Errorf("fixed %v, want one", fixed)
	}
	for _, bad := range []string{"", "{}", "[]", `{"version": 2}`, `{"version": 1, "findings": [{}]}`, `{"version": 1} x`} {
		if _, err := policies.ReadBaseline([]byte(bad)); err == nil {
			t.Errorf("baseline %q is no error", bad)
		}
	}
}

func TestFingerprints(t *testing.T) {
	t.Parallel()
	e := testRules(t, policies.Options{})
	prints := func(w policies.World) []string {
		findings, _, err := e.Evaluate(t.Context(), []policies.World{w})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, f := range findings {
			out = append(out, f.Fingerprint)
		}
		return out
	}
	bad := graph.Bool(false)
	base := prints(recipeWorld("infra", []string{"222222222222"}, device{"a", bad, "k", 5}))
	two := recipeWorld("infra", []string{"222222222222"}, device{"a", bad, "k", 5})
	other := *two.Graph.Resources[0]
	other.ID, other.Root = "prod#"+other.Address, "prod"
	two.Graph.Resources = append(two.Graph.Resources, &other)
	tests := map[string]struct {
		world policies.World
		same  bool
	}{
		"moved lines":       {recipeWorld("infra", []string{"222222222222"}, device{"a", bad, "k", 20}), true},
		"moved folder":      {recipeWorld("x/infra", []string{"222222222222"}, device{"a", bad, "k", 5}), true},
		"other index":       {recipeWorld("infra", []string{"222222222222"}, device{"b", graph.Bool(true), "k", 2}, device{"a", bad, "k", 5}), true},
		"other target":      {recipeWorld("infra", []string{"333333333333"}, device{"a", bad, "k", 5}), false},
		"two roots have it": {two, false},
	}
	for name, test := range tests {
		got := prints(test.world)
		if same := cmp.Equal(base, got); same != test.same {
			t.Errorf("%s: fingerprints %v and %v, same should be %v", name, base, got, test.same)
		}
	}
	both := prints(recipeWorld("infra", nil, device{"a", bad, "k", 5}, device{"b", bad, "k", 9}))
	if len(both) != 2 || both[0] == both[1] {
		t.Errorf("fingerprints of two devices %v, want two different ones", both)
	}
}

func TestSummaryAndThreshold(t *testing.T) {
	t.Parallel()
	violation := func(s policies.Severity) policies.Finding {
		return policies.Finding{Verdict: policies.Violation, Severity: s}
	}
	unknown := policies.Finding{Verdict: policies.Unknown, Severity: policies.SeverityInfo}
	all := []policies.Finding{violation("error"), violation("warning"), violation("info"), unknown}
	got := policies.Summarize(all, policies.Stats{Files: 3, Roots: 2, Resources: 9, Jobs: 4}, 5)
	want := policies.Summary{
		Files: 3, Roots: 2, Resources: 9, Jobs: 4, Errors: 1, Warnings: 1, Unknowns: 1, Suppressed: 5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
	tests := []struct {
		finding   policies.Finding
		threshold string
		want      bool
	}{
		{all[0], "error", true},
		{all[0], "never", false},
		{all[1], "error", false},
		{all[1], "warning", true},
		{all[2], "warning", false},
		{unknown, "warning", false},
		{unknown, "unknown", true},
		{all[2], "unknown", true},
	}
	for _, test := range tests {
		if got := policies.Fails([]policies.Finding{test.finding}, test.threshold); got != test.want {
			t.Errorf("%s %s with --fail-on %s: %v", test.finding.Severity, test.finding.Verdict, test.threshold, got)
		}
	}
}

// TestSuppressAlternatives ignores one, and both, of two resources of which
// every outcome of a condition has one.
func TestSuppressAlternatives(t *testing.T) {
	t.Parallel()
	e := testRules(t, policies.Options{})
	plain := func(name string, at int) policies.World {
		return namedRecipeWorld("infra", name, []string{"222222222222"}, device{"/dev/xvda", graph.Bool(false), "k", at})
	}
	findings, _, err := e.Evaluate(t.Context(), []policies.World{decided(plain("web", 5), "+A"), decided(plain("db", 15), "-A")})
	if err != nil || len(findings) != 1 {
		t.Fatalf("findings are %v, %v", findings, err)
	}
	at := func(n int) graph.Ignore {
		return graph.Ignore{Rules: []string{"IBL801"}, Reason: "why", Range: line("infra/main.tf", n), Scope: lines("infra/main.tf", n, n+2)}
	}
	for want, ignores := range [][]graph.Ignore{{at(5)}, {at(5), at(15)}} {
		_, suppressed, diags := e.Suppress(findings, policies.SuppressOptions{Ignores: ignores})
		if len(suppressed) != want || len(diags) != 0 {
			t.Errorf("%d ignores suppress %d findings, %v", len(ignores), len(suppressed), diags)
		}
	}
}
