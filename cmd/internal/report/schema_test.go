package report_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/iblint/iblint/cmd/internal/report"
)

// The JSON report is what its published schema says.
func TestJSONSchema(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile("../../../docs/schemas/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"testdata/golden/report.json", "testdata/golden/empty.json"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	var b bytes.Buffer
	if err := report.JSON(&b, &report.Report{Version: "0.1.0"}); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(map[string]any{"version": "0.1.0"}); err == nil {
		t.Error("the schema accepts a report without findings")
	}
}
