package functions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/expression"
	"github.com/iblint/iblint/loaders/terraform/internal/functions"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// noFiles reads nothing.
type noFiles struct{}

func (noFiles) Read(string) ([]byte, error)            { return nil, fs.ErrNotExist }
func (noFiles) Exists(string) (bool, error)            { return false, nil }
func (noFiles) Match(string, string) ([]string, error) { return nil, nil }

// bench evaluates expressions over the local values of a file.
type bench struct {
	table     *partial.Table
	evaluator *expression.Evaluator
	ctx       *hcl.EvalContext
}

func newBench(tb testing.TB, locals string) *bench {
	tb.Helper()
	table := partial.NewTable()
	b := &bench{table: table, evaluator: &expression.Evaluator{
		Table:   table,
		Snippet: func(r hcl.Range) string { return r.String() },
		Limits:  expression.Limits{Depth: 200, Text: 1 << 20, Items: 10000, Leaves: 100000},
	}}
	set := &functions.Set{Evaluator: b.evaluator, Files: noFiles{}}
	u := table.Value(cty.String, &partial.Origin{Unknown: &graph.Unknown{ID: "u", Reason: "u"}})
	b.ctx = &hcl.EvalContext{
		Variables: map[string]cty.Value{
			"local":          cty.EmptyObjectVal,
			"terraform_data": cty.ObjectVal(map[string]cty.Value{"u": cty.ObjectVal(map[string]cty.Value{"id": u})}),
		},
		Functions: set.Functions(),
	}
	source, err := os.ReadFile(locals)
	if err != nil {
		tb.Fatal(err)
	}
	file, diags := hclsyntax.ParseConfig(source, locals, hcl.InitialPos)
	if diags.HasErrors() {
		tb.Fatal(diags)
	}
	values := map[string]cty.Value{}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		tb.Fatalf("%s is no native syntax", locals)
	}
	for _, block := range body.Blocks {
		for name, attribute := range block.Body.Attributes {
			v, diags := b.eval(attribute.Expr)
			if diags.HasErrors() {
				tb.Fatal(diags)
			}
			values[name] = v
		}
	}
	b.ctx.Variables["local"] = cty.ObjectVal(values)
	return b
}

func (b *bench) eval(x hclsyntax.Expression) (cty.Value, hcl.Diagnostics) {
	wrapped, diags := b.evaluator.Wrap(x)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return wrapped.Value(b.ctx)
}

func (b *bench) parse(tb testing.TB, source string) (cty.Value, hcl.Diagnostics) {
	tb.Helper()
	x, diags := hclsyntax.ParseExpression([]byte(source), "e", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return b.eval(x)
}

// shared is the folder of shared test data, or "" where it is absent.
func shared(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	folder := filepath.Join(dir, "..", "shared", "oracles", "terraform", "fuzz")
	if _, err := os.Stat(folder); err != nil {
		tb.Skipf("the expected results of Terraform are not here: %v", err)
	}
	return folder
}

type oracle struct {
	Expr    string          `json:"expr"`
	Value   json.RawMessage `json:"value"`
	Unknown any             `json:"unknown"`
	Error   bool            `json:"error"`
}

// TestExpressionsAgreeWithTerraform evaluates the expressions that Terraform
// evaluated before, and compares results and refusals.
func TestExpressionsAgreeWithTerraform(t *testing.T) {
	t.Parallel()
	folder := shared(t)
	files, err := filepath.Glob(filepath.Join(folder, "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		locals := filepath.Join(folder, "locals.tf")
		if strings.HasPrefix(filepath.Base(name), "unknown") {
			locals = filepath.Join(folder, "locals-unknown.tf")
		}
		b := newBench(t, locals)
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		total, more := 0, 0
		for line := range bytes.Lines(content) {
			var o oracle
			if err := json.Unmarshal(line, &o); err != nil {
				t.Fatal(err)
			}
			total++
			knows, problem := b.check(t, o)
			if problem != "" {
				t.Errorf("%s: %s\n  %s", filepath.Base(name), o.Expr, problem)
			}
			if knows {
				more++
			}
		}
		t.Logf("%s: %d expressions compared, in %d of them more is known than Terraform knows", filepath.Base(name), total, more)
	}
}

func (b *bench) check(t *testing.T, o oracle) (bool, string) {
	t.Helper()
	got, diags := b.parse(t, o.Expr)
	if o.Error {
		if !diags.HasErrors() {
			return false, "Terraform refuses it, here it is " + b.table.Key(got)
		}
		return false, ""
	}
	if diags.HasErrors() {
		return false, "refused: " + diags.Error()
	}
	var want any
	if err := json.Unmarshal(o.Value, &want); err != nil {
		t.Fatal(err)
	}
	return b.compare(got, want, o.Unknown)
}

// compare compares a value with what Terraform says: want, where unknown does
// not say that it is not known.
func (b *bench) compare(got cty.Value, want, unknown any) (bool, string) {
	if unknown == true {
		return b.table.Whole(got), ""
	}
	got, _ = got.Unmark()
	if !got.IsKnown() {
		return false, fmt.Sprintf("unknown, want %v", want)
	}
	switch u := unknown.(type) {
	case map[string]any:
		return b.compareFields(got, want, u)
	case []any:
		return b.compareItems(got, want, u)
	}
	if !b.table.Whole(got) {
		return false, fmt.Sprintf("partly unknown: %s, want %v", b.table.Key(got), want)
	}
	plain, _ := got.UnmarkDeep()
	raw, err := ctyjson.Marshal(plain, plain.Type())
	if err != nil {
		return false, err.Error()
	}
	var have any
	if err := json.Unmarshal(raw, &have); err != nil {
		return false, err.Error()
	}
	a, _ := json.Marshal(positive(have))
	w, _ := json.Marshal(positive(want))
	if string(a) != string(w) {
		return false, fmt.Sprintf("is %s, want %s", a, w)
	}
	return false, ""
}

func (b *bench) compareFields(got cty.Value, want any, unknown map[string]any) (bool, string) {
	fields, ok := want.(map[string]any)
	if !ok || !got.Type().IsObjectType() && !got.Type().IsMapType() {
		return false, fmt.Sprintf("is %s, want an object", b.table.Key(got))
	}
	names := map[string]bool{}
	for name := range fields {
		names[name] = true
	}
	for name, u := range unknown {
		if u == true {
			names[name] = true
		}
	}
	have := got.AsValueMap()
	if len(have) != len(names) {
		return false, fmt.Sprintf("is %s, want the fields %v", b.table.Key(got), names)
	}
	more := false
	for name := range names {
		v, ok := have[name]
		if !ok {
			return false, "lacks " + name
		}
		knows, problem := b.compare(v, fields[name], unknown[name])
		if problem != "" {
			return false, name + ": " + problem
		}
		more = more || knows
	}
	return more, ""
}

func (b *bench) compareItems(got cty.Value, want any, unknown []any) (bool, string) {
	items, ok := want.([]any)
	if !ok || !got.CanIterateElements() || got.LengthInt() != len(items) {
		return false, fmt.Sprintf("is %s, want %v", b.table.Key(got), want)
	}
	more := false
	for i, v := range got.AsValueSlice() {
		var u any
		if i < len(unknown) {
			u = unknown[i]
		}
		knows, problem := b.compare(v, items[i], u)
		if problem != "" {
			return false, fmt.Sprintf("[%d]: %s", i, problem)
		}
		more = more || knows
	}
	return more, ""
}

// positive makes -0 to 0, of which JSON knows only one.
func positive(v any) any {
	switch v := v.(type) {
	case float64:
		if v == 0 {
			return 0
		}
	case []any:
		for i := range v {
			v[i] = positive(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = positive(v[key])
		}
	}
	return v
}
