package policies_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/policies"
)

// FuzzReadBaseline: a baseline is read or refused, and what is read is written
// and read again as it was.
func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(`{"version": 1, "findings": [{"fingerprint": "a", "rule": "IBL001", "resource": "r", "message": "m"}]}`))
	f.Add([]byte(`{"version": 2}`))
	f.Add([]byte(`{"version": 1} x`))
	f.Fuzz(func(t *testing.T, content []byte) {
		first, err := policies.ReadBaseline(content)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := first.Write(&out); err != nil {
			t.Fatal(err)
		}
		second, err := policies.ReadBaseline(out.Bytes())
		if err != nil {
			t.Fatalf("%v: %s", err, out.Bytes())
		}
		if diff := cmp.Diff(first.Findings, second.Findings, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("written and read again (-first +second):\n%s", diff)
		}
	})
}

// FuzzEvaluate takes one file of any dialect through the whole product: no rule
// fails at run time, and every finding has a place and a message.
func FuzzEvaluate(f *testing.F) {
	engine, err := policies.New(f.Context(), policies.Options{})
	if err != nil {
		f.Fatal(err)
	}
	names := []string{"main.tf", "template.yaml"}
	for _, pattern := range []string{"*_terraform_*/main.tf", "*_cloudformation_*/*.yaml"} {
		files, err := filepath.Glob("../rego/iblint/rules/*/testdata/" + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range files {
			if !fuzzing() && i%10 != 0 {
				continue // a run of the tests takes a few
			}
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content, filepath.Ext(file) == ".tf")
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, terraform bool) {
		name := names[1]
		if terraform {
			name = names[0]
		}
		result, _, err := loaders.Load(t.Context(), loaders.Options{Stdin: content, StdinName: name})
		if err != nil {
			t.Fatal(err)
		}
		findings, _, err := engine.Evaluate(t.Context(), judged(result))
		if err != nil {
			t.Fatal(err)
		}
		for i := range findings {
			if findings[i].Message == "" || findings[i].Range.Filename == "" || findings[i].Fingerprint == "" {
				t.Errorf("finding without message, place or fingerprint: %+v", findings[i])
			}
		}
	})
}

// fuzzing reports whether the test was started to fuzz.
func fuzzing() bool {
	fuzz := flag.Lookup("test.fuzz")
	return fuzz != nil && fuzz.Value.String() != ""
}
