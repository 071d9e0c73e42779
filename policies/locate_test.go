package policies_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// located evaluates a rule that names one property of a recipe.
func located(t *testing.T, w policies.World, property string) policies.Finding {
	t.Helper()
	e, err := policies.New(t.Context(), policies.Options{Files: wrongResult(
		`{"rule": "x", "verdict": "violation", "message": "m {account-1}",
			"resource": "` + w.Graph.Resources[0].ID + `", "property": "` + property + `",
			"fix": "ask\n  {account-1}"}`)})
	if err != nil {
		t.Fatal(err)
	}
	findings, _, err := e.Evaluate(t.Context(), []policies.World{w})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 {
		t.Fatalf("%d findings, want 1", len(findings))
	}
	return findings[0]
}

func TestPlaceOfAProperty(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		property string
		line     int
	}{
		"resource":             {"", 1},
		"property":             {"name", 2},
		"item":                 {"block_devices[0].kms_key", 7},
		"absent in an item":    {"block_devices[0].snapshot", 30},
		"item that is missing": {"block_devices[4].kms_key", 1},
		"no such property":     {"nonsense", 1},
		"as written":           {"attributes.user_data.size", 9},
		"written, not listed":  {"user_data.size", 9},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := recipeWorld("infra", nil, device{"/dev/xvda", graph.Bool(true), "k", 5})
			r := w.Graph.Resources[0]
			recipe, ok := r.Properties.(*graph.ImageRecipe)
			if !ok {
				t.Fatal("no recipe")
			}
			recipe.BlockDevices[0].Self = graph.Map().WithRange(line("infra/main.tf", 30))
			r.Attributes = graph.Map(graph.Field{Name: "user_data", Value: graph.Map(
				graph.Field{Name: "size", Value: graph.Number("8").WithRange(line("infra/main.tf", 9))})})
			if got := located(t, w, test.property).Location.Start.Line; got != test.line {
				t.Errorf("%s is placed in line %d, want %d", test.property, got, test.line)
			}
		})
	}
}

func TestRelatedPlacesOfAValue(t *testing.T) {
	t.Parallel()
	w := recipeWorld("infra", nil)
	recipe, ok := w.Graph.Resources[0].Properties.(*graph.ImageRecipe)
	if !ok {
		t.Fatal("no recipe")
	}
	via := graph.Via{Message: "set by {account-1}", Range: line("infra/terraform.tfvars", 3)}
	recipe.Name = recipe.Name.WithVia(via, via)
	w.Graph.Resources[0].Calls = []graph.Via{{Message: "called", Range: hcl.Range{}}}
	f := located(t, w, "name")
	got := []string{}
	for _, related := range f.Related {
		got = append(got, related.Message+" "+related.Location.File)
	}
	if diff := cmp.Diff([]string{"set by the account of infra infra/terraform.tfvars", "called "}, got); diff != "" {
		t.Errorf("related (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"m the account of infra", "ask the account of infra"}, []string{f.Message, f.Fix}); diff != "" {
		t.Errorf("texts (-want +got):\n%s", diff)
	}
}

func TestSensitiveValuesAreNotPrinted(t *testing.T) {
	t.Parallel()
	w := recipeWorld("infra", nil, device{"/dev/xvda", graph.Bool(true), "bad-and-secret", 5})
	w.Input = graph.Map(append(w.Input.Fields(),
		graph.Field{Name: "secret", Value: graph.String("bad-and-secret").WithSensitive()})...)
	findings, _, err := testRules(t, policies.Options{}).Evaluate(t.Context(), []policies.World{w})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || strings.Contains(findings[0].Message, "bad-and-secret") {
		t.Errorf("findings %+v, want one that does not print the value", findings)
	}
}
