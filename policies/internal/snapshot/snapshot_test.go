package snapshot_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/iblint/iblint/policies/internal/snapshot"
)

const library = `package lib

double(x) := x * 2 if x < 10

else := x

pairs[name] contains value if {
	some name, values in input.lists
	some value in values
}

default level := "low"

level := "high" if count(input.lists) > 1
`

const entry = `package main

import data.lib

result contains {"name": name, "sum": sum, "n": null, "t": true, "f": 1.5} if {
	some name, values in input.lists
	doubled := [lib.double(v) | some v in values]
	sum := sum_of(doubled)
	every v in values {
		v > 0
	}
	not name in {"hidden", "secret"}
}

result contains text if {
	squares := {k: square | some k, v in input.numbers; square := v * v}
	distinct := {v | some v in squares}
	some k
	squares[k] > 3
	text := $"{k} of {count(distinct)} {lib.level} {count(lib.pairs.a)}"
}

sum_of(list) := sum(list)

replaced := x if {
	x := lib.level with input as {"lists": {}}
}
`

func compile(t *testing.T) *ast.Compiler {
	t.Helper()
	modules := map[string]*ast.Module{}
	for name, source := range map[string]string{"lib.rego": library, "main.rego": entry} {
		module, err := ast.ParseModuleWithOpts(name, source, ast.ParserOptions{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		modules[name] = module
	}
	c := ast.NewCompiler().WithStrict(true)
	if c.Compile(modules); c.Failed() {
		t.Fatal(c.Errors)
	}
	return c
}

// evaluate returns data.main.result and the number of index hits of the run.
func evaluate(t *testing.T, c *ast.Compiler, input string) string {
	t.Helper()
	store := inmem.New()
	txn, err := store.NewTransaction(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	query := ast.MustParseBody("x = data.main.result; y = data.main.replaced")
	var out string
	err = topdown.NewQuery(query).WithCompiler(c).WithStore(store).WithTransaction(txn).
		WithInput(ast.MustParseTerm(input)).WithStrictBuiltinErrors(true).
		Iter(t.Context(), func(result topdown.QueryResult) error {
			out = result[ast.Var("x")].String() + result[ast.Var("y")].String()
			return nil
		})
	if err != nil {
		return err.Error()
	}
	return out
}

func TestSnapshotEvaluatesAlike(t *testing.T) {
	t.Parallel()
	original := compile(t)
	data, err := snapshot.Encode(original)
	if err != nil {
		t.Fatal(err)
	}
	restored, err := snapshot.Decode(string(data), ast.CapabilitiesForThisVersion())
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{
		`{}`,
		`{"lists": {"a": [1, 2, 30], "b": [0], "hidden": [4]}, "numbers": {"p": 1, "q": 2, "r": 3}}`,
		`{"lists": {"a": ["text"]}, "numbers": {"p": "text"}}`,
	} {
		if diff := cmp.Diff(evaluate(t, original, input), evaluate(t, restored, input)); diff != "" {
			t.Errorf("input %s (-original +restored):\n%s", input, diff)
		}
	}
}

func TestSnapshotIsStable(t *testing.T) {
	t.Parallel()
	first, err := snapshot.Encode(compile(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := snapshot.Encode(compile(t))
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(second) {
		t.Error("two snapshots of the same modules differ")
	}
	restored, err := snapshot.Decode(string(first), ast.CapabilitiesForThisVersion())
	if err != nil {
		t.Fatal(err)
	}
	third, err := snapshot.Encode(restored)
	if err != nil {
		t.Fatal(err)
	}
	if string(first) != string(third) {
		t.Error("the snapshot of a snapshot differs")
	}
}

func TestBrokenSnapshots(t *testing.T) {
	t.Parallel()
	data, err := snapshot.Encode(compile(t))
	if err != nil {
		t.Fatal(err)
	}
	for length := range data {
		if _, err := snapshot.Decode(string(data[:length]), ast.CapabilitiesForThisVersion()); !errors.Is(err, snapshot.ErrBroken) {
			t.Fatalf("cut to %d bytes: error %v, want ErrBroken", length, err)
		}
	}
	if _, err := snapshot.Decode(string(data)+"x", ast.CapabilitiesForThisVersion()); !errors.Is(err, snapshot.ErrBroken) {
		t.Errorf("with a byte more: error %v, want ErrBroken", err)
	}
}
