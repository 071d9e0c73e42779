package facts_test

import (
	"encoding/json"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/loaders/facts"
)

// TestSchemaHasTheKeys: the schema lists what is read, no more and no less.
func TestSchemaHasTheKeys(t *testing.T) {
	t.Parallel()
	type node struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var schema struct {
		node
		Defs map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal(facts.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	schema.Defs[""] = schema.node
	for _, mapping := range []string{"", "accounts", "keys", "roles", "images", "devices"} {
		var got []string
		for name := range schema.Defs[mapping].Properties {
			got = append(got, name)
		}
		want := append([]string{}, facts.KeysOf(mapping)...)
		sort.Strings(got)
		sort.Strings(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q: %s", mapping, diff)
		}
	}
}

// TestSchemaAgrees: the schema accepts a configuration exactly when it is read
// without an error.
func TestSchemaAgrees(t *testing.T) {
	t.Parallel()
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(string(facts.Schema())))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range configurations() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var content any
			if err := yaml.Unmarshal([]byte(c.content), &content); err != nil {
				t.Skip("no YAML")
			}
			plain, err := json.Marshal(content)
			if err != nil {
				t.Skip("no JSON has such names")
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
			if err != nil {
				t.Fatal(err)
			}
			_, diags := facts.Parse(".iblint.yaml", []byte(c.content))
			if err := schema.Validate(value); (err != nil) != diags.HasErrors() && !c.beyondSchema {
				t.Errorf("schema: %v, reader: %v", err, diags)
			}
		})
	}
}
