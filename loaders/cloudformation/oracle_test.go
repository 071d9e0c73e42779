package cloudformation_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// shared is a folder of expected results that lies beside the project.
func shared(tb testing.TB, parts ...string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the package")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("%s is not beside the project", filepath.Join(parts...))
	}
	return path
}

// load loads a template that is given as text.
func load(tb testing.TB, text string, o cloudformation.Options) (*graph.Graph, hcl.Diagnostics) {
	tb.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		tb.Fatal(err)
	}
	files.Add("template.yaml", []byte(text))
	o.Files = files
	return cloudformation.Load(tb.Context(), "template.yaml", o)
}

// find returns a resource by its logical ID.
func find(g *graph.Graph, logicalID string) *graph.Resource {
	for _, r := range g.Resources {
		if r.Address == "template.yaml#"+logicalID {
			return r
		}
	}
	return nil
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(content)))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// plain prints every scalar as a string, because CloudFormation does not keep
// the types of scalars.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			out[name] = plain(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item)
		}
		return out
	case bool:
		if v {
			return "true"
		}
		return "false"
	case json.Number:
		return v.String()
	}
	return v
}

func plainValue(t *testing.T, v graph.Value) any {
	t.Helper()
	text, err := v.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var out any
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return plain(out)
}

func TestResolverVote(t *testing.T) {
	t.Parallel()
	var oracle struct {
		Pseudo map[string]string
		Cases  []struct {
			ID, YAML   string
			Template   json.RawMessage
			Parameters map[string]any
			Imports    map[string]string
			Contested  string
			Expected   map[string]any
		}
	}
	readJSON(t, shared(t, "oracles", "cloudformation", "cases.json"), &oracle)
	agreed, contested := 0, 0
	for _, c := range oracle.Cases {
		if c.Contested != "" {
			contested++
			continue
		}
		for form, text := range map[string]string{"yaml": c.YAML, "json": string(c.Template)} {
			parameters := map[string]string{}
			maps.Copy(parameters, oracle.Pseudo)
			for name, value := range c.Parameters {
				parameters[name], _ = plain(value).(string)
			}
			g, diags := load(t, text, cloudformation.Options{Parameters: parameters, Imports: c.Imports})
			if diags.HasErrors() {
				t.Errorf("%s (%s): %v", c.ID, form, diags)
				continue
			}
			got := map[string]any{}
			for _, r := range g.Resources {
				id := strings.TrimPrefix(r.Address, "template.yaml#")
				got[id] = map[string]any{"type": r.Type, "properties": plainValue(t, r.Attributes)}
			}
			if diff := cmp.Diff(plain(c.Expected), any(got)); diff != "" {
				t.Errorf("%s (%s): resources differ (-want +got):\n%s", c.ID, form, diff)
				continue
			}
			agreed++
		}
	}
	t.Logf("cloudformation oracle cases.json: %d of %d forms agree, %d contested cases skipped", agreed, 2*(len(oracle.Cases)-contested), contested)
}

type recordedCase struct {
	ID, Kind, Needs string
	TemplateBody    string `json:"template_body"`
	Template        json.RawMessage
	Parameters      map[string]string
	Complete        bool
	Expected        map[string]json.RawMessage
}

func TestRecordedByService(t *testing.T) {
	t.Parallel()
	var oracle struct{ Cases []recordedCase }
	readJSON(t, shared(t, "oracles", "cloudformation", "aws-recorded.json"), &oracle)
	agreed, skipped := 0, 0
	for _, c := range oracle.Cases {
		if c.Needs != "" || isStale(c) {
			skipped++
			continue
		}
		if diff := compareRecorded(t, c); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
			continue
		}
		agreed++
	}
	t.Logf("cloudformation oracle aws-recorded.json: %d of %d cases agree, %d need a macro, a placeholder or the stack as it was before", agreed, len(oracle.Cases)-skipped, skipped)
}

// isStale reports the recording of an update in which a reference shows the
// value that the stack had before: the template does not have that value.
func isStale(c recordedCase) bool {
	return c.ID == "test_direct_attribute_value_change_with_dependent_addition#2" && strings.Contains(string(c.Template), "Fn::GetAtt")
}

// compareRecorded loads a recorded template and returns what differs.
func compareRecorded(t *testing.T, c recordedCase) string {
	t.Helper()
	parameters := map[string]string{
		"AWS::StackName": "<stack-name:1>", "AWS::Region": "<region>", "AWS::Partition": "<partition>", "AWS::AccountId": "111111111111",
	}
	text := c.TemplateBody
	if text == "" {
		text = string(c.Template)
	}
	if strings.Contains(text, "FindInMap") {
		parameters["AWS::Partition"] = "aws"
	}
	maps.Copy(parameters, c.Parameters)
	g, diags := load(t, text, cloudformation.Options{Parameters: parameters})
	if diags.HasErrors() {
		return diags.Error()
	}
	expected := c.Expected
	if resources, ok := expected["Resources"]; ok && c.Kind == "processed-template" {
		expected = map[string]json.RawMessage{}
		if err := json.Unmarshal(resources, &expected); err != nil {
			t.Fatal(err)
		}
	}
	for id, raw := range expected {
		if diff := compareRecordedResource(t, find(g, id), raw); diff != "" {
			return id + ": " + diff
		}
	}
	if c.Complete && len(g.Resources) != len(expected) {
		return cmp.Diff(len(expected), len(g.Resources))
	}
	return ""
}

func compareRecordedResource(t *testing.T, r *graph.Resource, raw json.RawMessage) string {
	t.Helper()
	var want map[string]any
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if want["action"] == "Remove" {
		if r != nil {
			return "is there, although it is removed"
		}
		return ""
	}
	if r == nil {
		return "is missing"
	}
	properties, ok := want["properties"]
	if !ok {
		properties = want["Properties"]
	}
	return diffKnown(plain(properties), plainValue(t, r.Attributes))
}

// diffKnown compares what the service knew before it applied the change set.
func diffKnown(want, got any) string {
	switch want := want.(type) {
	case string:
		if want == "{{changeSet:KNOWN_AFTER_APPLY}}" {
			return ""
		}
		if text, ok := got.(string); ok {
			want = strings.ReplaceAll(want, "<stack-name>", "<stack-name:1>")
			return cmp.Diff(want, text)
		}
	case map[string]any:
		if _, isFunction := want["Ref"]; isFunction && len(want) == 1 {
			return ""
		}
		if _, isFunction := want["Fn::GetAtt"]; isFunction && len(want) == 1 {
			return ""
		}
		if text, ok := got.(string); ok {
			// The recorder took JSON text for an object.
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				return cmp.Diff(any(want), got)
			}
		}
		object, _ := got.(map[string]any)
		for name, value := range want {
			if diff := diffKnown(value, object[name]); diff != "" {
				return name + ": " + diff
			}
		}
		if len(want) != len(object) {
			return cmp.Diff(want, object)
		}
		return ""
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			return cmp.Diff(any(want), got)
		}
		for i := range want {
			if diff := diffKnown(want[i], list[i]); diff != "" {
				return diff
			}
		}
		return ""
	}
	return cmp.Diff(want, got)
}
