package policies_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// A rule of users' own may give edits; one that cannot be read is an error, as
// any finding that cannot be read is.
func TestEditsAreRead(t *testing.T) {
	t.Parallel()
	const finding = `{"rule": "x", "verdict": "violation", "message": "m", "resource": "infra#aws_imagebuilder_image_recipe.web", "property": "", "edits": [%]}`
	for name, c := range map[string]struct{ edit, want string }{
		"kind":     {`{"kind": "rename", "resource": "r", "property": "p", "value": 1}`, `"rename" is none of replace, append and insert`},
		"name":     {`{"kind": "insert", "resource": "r", "property": "p", "value": true}`, "name: is missing"},
		"value":    {`{"kind": "append", "resource": "r", "property": "p"}`, "value: is missing"},
		"key":      {`{"kind": "append", "resource": "r", "property": "p", "value": [], "at": 1}`, "at: is not one of"},
		"resource": {`{"kind": "append", "resource": "nothing", "property": "p", "value": []}`, `resource "nothing", which is not in the graph`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engine, err := policies.New(t.Context(), policies.Options{Files: wrongResult(strings.Replace(finding, "%", c.edit, 1))})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = engine.Evaluate(t.Context(), []policies.World{recipeWorld("infra", nil)})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %q", err, c.want)
			}
		})
	}
}

// What is not known cannot be written: then nothing is.
func TestEditsWithoutStandIns(t *testing.T) {
	t.Parallel()
	const finding = `{"rule": "x", "verdict": "violation", "message": "m", "resource": ID, "property": "", "edits": [{
		"kind": "replace", "resource": ID, "property": "name", "value": "VALUE"}]}`
	for value, want := range map[string]int{"web": 1, "{account-00000000}": 0} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			w := recipeWorld("infra", nil)
			w.Names = map[string]string{"{account-00000000}": "the account of infra"}
			text := strings.NewReplacer("ID", `"`+w.Graph.Resources[0].ID+`"`, "VALUE", value).Replace(finding)
			engine, err := policies.New(t.Context(), policies.Options{Files: wrongResult(text)})
			if err != nil {
				t.Fatal(err)
			}
			findings, _, err := engine.Evaluate(t.Context(), []policies.World{w})
			if err != nil || len(findings) != 1 {
				t.Fatalf("%d findings, error %v", len(findings), err)
			}
			if diff := cmp.Diff(want, len(findings[0].Edits)); diff != "" {
				t.Errorf("edits (-want +got):\n%s", diff)
			}
		})
	}
}
