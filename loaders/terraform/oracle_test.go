package terraform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// shared is a folder of the shared test data, relative to this package; the
// test is skipped where it is absent.
func shared(tb testing.TB, name string) string {
	tb.Helper()
	folder := path.Join("../../../shared", name)
	if _, err := os.Stat(folder); err != nil {
		tb.Skipf("%s is not here: %v", name, err)
	}
	return folder
}

// testCase is how Terraform was run for a case.
type testCase struct {
	Vars      [][2]string       `json:"vars"`
	VarFiles  []string          `json:"var_files"`
	Env       map[string]string `json:"env"`
	Workspace string            `json:"workspace"`
}

// expectation is what Terraform answered.
type expectation struct {
	OK      bool `json:"ok"`
	Outputs map[string]struct {
		Value   any `json:"value"`
		Unknown any `json:"unknown"`
	} `json:"outputs"`
	Resources map[string]struct {
		Type    string         `json:"type"`
		After   map[string]any `json:"after"`
		Unknown map[string]any `json:"unknown"`
	} `json:"resources"`
	Data        map[string]map[string]any `json:"data"`
	Diagnostics []struct {
		Summary string `json:"summary"`
		Detail  string `json:"detail"`
		File    string `json:"file"`
		Line    int    `json:"line"`
	} `json:"diagnostics"`
}

func read(tb testing.TB, name string, into any) {
	tb.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
}

func load(tb testing.TB, dir string, o terraform.Options) (*graph.Graph, hcl.Diagnostics) {
	tb.Helper()
	files, err := source.New([]string{dir}, 0)
	if err != nil {
		tb.Fatal(err)
	}
	o.Files = files
	return terraform.Load(context.Background(), dir, o)
}

func (c testCase) options(dir string) terraform.Options {
	o := terraform.Options{Workspace: c.Workspace, Environment: c.Env, Complete: true}
	for _, file := range c.VarFiles {
		o.Assignments = append(o.Assignments, terraform.Assignment{File: path.Join(dir, file)})
	}
	for _, v := range c.Vars {
		o.Assignments = append(o.Assignments, terraform.Assignment{Name: v[0], Value: v[1]})
	}
	return o
}

// TestModulesAgreeWithTerraform loads the root modules that Terraform planned
// before, and compares outputs, resources and refusals.
func TestModulesAgreeWithTerraform(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"cases", "cases-aws"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			folder := shared(t, "oracles/terraform/"+kind)
			entries, err := os.ReadDir(folder)
			if err != nil {
				t.Fatal(err)
			}
			agree := 0
			for _, entry := range entries {
				if t.Run(entry.Name(), func(t *testing.T) { agreeWithTerraform(t, path.Join(folder, entry.Name()), kind == "cases-aws") }) {
					agree++
				}
			}
			t.Logf("%s: %d of %d root modules agree with Terraform", kind, agree, len(entries))
		})
	}
}

func agreeWithTerraform(t *testing.T, dir string, aws bool) {
	t.Helper()
	var c testCase
	var want expectation
	read(t, filepath.Join(dir, "case.json"), &c)
	read(t, filepath.Join(dir, "expected.json"), &want)
	o := c.options(dir)
	if aws {
		o.Account = "111111111111"
	}
	g, diags := load(t, dir, o)
	if !want.OK {
		checkRefusal(t, dir, g, diags, want)
		return
	}
	if diags.HasErrors() {
		t.Fatalf("refused: %v", diags.Errs())
	}
	outputs := g.Roots[0].Outputs
	if len(outputs) != len(want.Outputs) {
		t.Errorf("%d outputs, want %d", len(outputs), len(want.Outputs))
	}
	for name, w := range want.Outputs {
		if problem := compareValue(outputs[name], w.Value, w.Unknown); problem != "" {
			t.Errorf("output %s: %s", name, problem)
		}
	}
	resources := map[string]*graph.Resource{}
	for _, r := range append(append([]*graph.Resource{}, g.Resources...), g.Data...) {
		resources[r.Address] = r
	}
	for address, w := range want.Resources {
		r := resources[address]
		if r == nil {
			t.Errorf("no resource %s in %v", address, sortedAddresses(resources))
			continue
		}
		for name, value := range w.After {
			if problem := compareValue(r.Attributes.Field(name), value, w.Unknown[name]); problem != "" {
				t.Errorf("%s.%s: %s", address, name, problem)
			}
		}
	}
	for _, r := range g.Resources {
		if _, ok := want.Resources[r.Address]; !ok {
			t.Errorf("resource %s, which Terraform does not plan", r.Address)
		}
	}
}

// checkRefusal accepts an error with a place, and the two cases in which a
// linter may go on.
func checkRefusal(t *testing.T, dir string, g *graph.Graph, diags hcl.Diagnostics, want expectation) {
	t.Helper()
	if diags.HasErrors() {
		for _, d := range diags {
			if d.Severity == hcl.DiagError && (d.Subject == nil || d.Subject.Filename == "") {
				t.Errorf("error without a place: %s", d.Error())
			}
		}
		w := want.Diagnostics[0]
		if w.File == "" {
			return
		}
		for _, d := range diags {
			if d.Severity == hcl.DiagError && strings.HasSuffix(d.Subject.Filename, w.File) && d.Subject.Start.Line <= w.Line && w.Line <= d.Subject.End.Line {
				return
			}
		}
		t.Errorf("refused elsewhere: %v, want %s:%d %s", diags, w.File, w.Line, w.Summary)
		return
	}
	for _, d := range want.Diagnostics {
		if strings.Contains(d.Detail, "cannot be determined until apply") {
			for _, r := range append(append([]*graph.Resource{}, g.Resources...), g.Data...) {
				if r.Many != nil {
					return
				}
			}
			// More is known here than Terraform knows: identities are derived.
			return
		}
	}
	t.Errorf("%s: accepted, want %v", dir, want.Diagnostics)
}

func sortedAddresses(m map[string]*graph.Resource) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

// compareValue compares a value with Terraform's. What Terraform does not know
// may be known here. Empty strings and lists count as null.
func compareValue(got graph.Value, want, unknown any) string {
	if unknown == true {
		return ""
	}
	if isNothing(want) && (isNothing(plain(got)) || got.IsAbsent()) {
		return ""
	}
	switch w := want.(type) {
	case map[string]any:
		return compareMap(got, w, unknown)
	case []any:
		return compareList(got, w, unknown)
	}
	if got.IsUnknown() && got.Unknown().Reason == "the folder that terraform runs in is not known" {
		// Terraform ran in another folder than the one that the case lies in.
		return ""
	}
	if got.IsUnknown() {
		return fmt.Sprintf("not known (%s), want %v", got.Unknown().Reason, want)
	}
	if text, ok := want.(string); ok {
		var a, b any
		if have, known := got.AsString(); known && json.Unmarshal([]byte(text), &a) == nil && json.Unmarshal([]byte(have), &b) == nil {
			got, want = graph.String(canonical(b)), canonical(a)
		}
	}
	have, _ := got.AsString()
	// The stand-in provider finds a key with zeroes for every alias.
	want = strings.ReplaceAll(scalar(want), strings.Repeat("0", 8)+"-0000-0000-0000-"+strings.Repeat("0", 12), "KEY")
	if strings.Contains(scalar(want), "KEY") {
		have = uuid.ReplaceAllString(have, "KEY")
	}
	if have != scalar(want) {
		return fmt.Sprintf("is %q, want %q", have, scalar(want))
	}
	return ""
}

func compareMap(got graph.Value, want map[string]any, unknown any) string {
	if got.Kind() != graph.KindMap {
		return fmt.Sprintf("is %v, want a map", plain(got))
	}
	unknowns, _ := unknown.(map[string]any)
	for name, w := range want {
		if problem := compareValue(got.Field(name), w, unknowns[name]); problem != "" {
			return name + ": " + problem
		}
	}
	for _, field := range got.Fields() {
		_, ok := want[field.Name]
		if !ok && unknowns[field.Name] == nil && !field.Value.IsAbsent() {
			return "has also " + field.Name
		}
	}
	return ""
}

// compareList compares lists without order.
func compareList(got graph.Value, want []any, unknown any) string {
	if got.Kind() != graph.KindList {
		return fmt.Sprintf("is %v, want a list", plain(got))
	}
	got = withoutOracle(got)
	if len(got.Items()) != len(want) {
		return fmt.Sprintf("has %d items, want %d: %v, want %v", len(got.Items()), len(want), plain(got), want)
	}
	unknowns, _ := unknown.([]any)
	used := make([]bool, len(want))
	for _, item := range got.Items() {
		found := false
		problem := ""
		for i, w := range want {
			var u any
			if i < len(unknowns) {
				u = unknowns[i]
			}
			if used[i] {
				continue
			}
			if problem = compareValue(item, w, u); problem == "" {
				used[i], found = true, true
				break
			}
		}
		if !found {
			return fmt.Sprintf("item %v: %s", plain(item), problem)
		}
	}
	return ""
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// withoutOracle leaves out the files that were put into the folder of a case
// after Terraform had run there.
func withoutOracle(list graph.Value) graph.Value {
	var items []graph.Value
	for _, item := range list.Items() {
		if name, _ := item.AsString(); name != "case.json" && name != "expected.json" {
			items = append(items, item)
		}
	}
	return graph.List(items...)
}

func isNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func plain(v graph.Value) any {
	raw, err := v.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	var out any
	_ = json.Unmarshal(raw, &out)
	return out
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	}
	raw, _ := json.Marshal(v)
	return string(raw)
}

// canonical is JSON with sorted lists.
func canonical(v any) string {
	raw, _ := json.Marshal(sortLists(v))
	return string(raw)
}

func sortLists(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = sortLists(v[key])
		}
	case []any:
		for i := range v {
			v[i] = sortLists(v[i])
		}
		sort.Slice(v, func(i, j int) bool { return canonical(v[i]) < canonical(v[j]) })
	}
	return v
}
