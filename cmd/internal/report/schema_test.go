package report_test

import (
	"bytes"
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
	for _, r := range []*report.Report{newReport(t), {Version: "0.1.0"}} {
		var b bytes.Buffer
		if err := report.JSON(&b, r); err != nil {
			t.Fatal(err)
		}
		value, err := jsonschema.UnmarshalJSON(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
	}
	if err := schema.Validate(map[string]any{"version": "0.1.0"}); err == nil {
		t.Error("the schema accepts a report without findings")
	}
}
