package policies_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
)

// terraformCase is what Terraform itself planned for a root module.
type terraformCase struct {
	OK        bool              `json:"ok"`
	Variables map[string]any    `json:"variables"`
	Data      map[string]object `json:"data"`
	Resources map[string]struct {
		Type      string `json:"type"`
		After     any    `json:"after"`
		Unknown   any    `json:"unknown"`
		Sensitive any    `json:"sensitive"`
	} `json:"resources"`
}

// TestPlansOfTerraform: what Terraform planned gives the findings that the
// files give.
func TestPlansOfTerraform(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	folders, err := filepath.Glob(filepath.Join(shared(t, "oracles/terraform/cases-aws"), "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile(filepath.Join(folder, "expected.json"))
			if err != nil {
				t.Fatal(err)
			}
			var planned terraformCase
			decoder := json.NewDecoder(bytes.NewReader(content))
			decoder.UseNumber()
			if err := decoder.Decode(&planned); err != nil {
				t.Fatal(err)
			}
			if !planned.OK {
				t.Skip("Terraform refuses the module")
			}
			compareOracle(t, engine, folder, planned)
		})
	}
}

// compareOracle compares the findings of the files with those of the plan
// beside them. What Terraform reads from the stand-in for AWS, iblint is told.
func compareOracle(t *testing.T, engine *policies.Engine, folder string, c terraformCase) {
	t.Helper()
	var instances []planned
	for address, values := range c.Data {
		kind := strings.SplitN(address[strings.LastIndex(address, "data."):], ".", 3)[1]
		instances = append(instances, planned{addressed(address, kind), values, object{}, object{}})
	}
	for address, r := range c.Resources {
		instances = append(instances, planned{addressed(address, r.Type), r.After, r.Unknown, r.Sensitive})
	}
	all := func(string) bool { return true }
	sources, beside := copyOf(t, folder, all), copyOf(t, folder, all)
	var values strings.Builder
	root := planConfig(t, folder)
	for name, value := range c.Variables {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		values.WriteString(name + " = " + string(text) + "\n")
		root.given[name] = object{"value": value}
	}
	for _, dir := range []string{sources, beside} {
		writeText(t, filepath.Join(dir, "terraform.tfvars"), values.String())
		writeText(t, filepath.Join(dir, ".iblint.yaml"), "version: 1\naccounts: {\"111111111111\": {providers: [aws]}}\n")
	}
	writePlan(t, beside, root.plan(t, instances))
	want := withPlaces(lint(t, engine, sources), sources)
	if diff := cmp.Diff(want, withPlaces(lint(t, engine, beside), beside)); diff != "" {
		t.Errorf("the plan beside the sources finds something else (-HCL +plan):\n%s", diff)
	}
	t.Logf("%d findings", len(want))
}
