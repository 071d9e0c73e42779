package policies_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"
)

// answersQuery gives all answers on the actions of one case.
const answersQuery = `decisions = {action: answers |
	some action, request in input.requests
	policy := data.iblint.lib.iam.resource_policy("key", request, "key")
	identity := data.iblint.lib.iam.identity_policies(input.identities, request)
	verdict := {"allowed": "yes", "denied": "no", "not_granted": "no", "unknown": "unknown"}[
		data.iblint.lib.iam.decision(policy, identity, null, request).verdict
	]
	entered := data.iblint.lib.iam.any_of([policy.direct, policy.account])
	answers := [policy.direct, entered, policy.denied, policy.lets_in, identity.granted, verdict]
}`

// TestIAMUnknown takes knowledge away from the cases of the oracle, one element
// of a document or of a request at a time: the decision must stay or become
// unknown, never turn into another one.
func TestIAMUnknown(t *testing.T) {
	t.Parallel()
	sample := filepath.Join(project(t), "..", "shared", "oracles", "iam", "cases.jsonl.gz")
	if _, err := os.Stat(sample); err != nil {
		t.Skip("../shared/oracles/iam is not there")
	}
	query := prepareLibrary(t, answersQuery)
	cases := readCases(t, sample)
	stride := 500
	if os.Getenv("IBLINT_IAM_UNKNOWN") != "" {
		stride = 1
	}
	tried, unknown := 0, 0
	for i := 0; i < len(cases); i += stride {
		whole := caseInput(t, &cases[i])
		want := oracleDecisions(t, query, whole)
		for _, path := range knownPaths(t, whole) {
			got := oracleDecisions(t, query, forget(t, whole, path))
			tried++
			for action := range want {
				if turned(want[action], got[action]) {
					t.Errorf("%s: %s: without %v: want %v or unknown, got %v", cases[i].ID, action, path, want[action], got[action])
				}
				if slices.Contains(got[action], "unknown") {
					unknown++
				}
			}
		}
	}
	t.Logf("%d elements forgotten, %d decisions became unknown", tried, unknown)
}

func oracleDecisions(t *testing.T, query opa.PreparedEvalQuery, input ast.Value) map[string][]string {
	t.Helper()
	results, err := query.Eval(t.Context(), opa.EvalParsedInput(input))
	if err != nil || len(results) != 1 {
		t.Fatalf("%d results: %v", len(results), err)
	}
	text, err := json.Marshal(results[0].Bindings["decisions"])
	if err != nil {
		t.Fatal(err)
	}
	var out map[string][]string
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// knownPaths lists what can be forgotten: elements of statements, their items,
// and values of the context. Types, keys and operators are always known.
func knownPaths(t *testing.T, input ast.Value) []ast.Ref {
	t.Helper()
	var paths []ast.Ref
	var walk func(path ast.Ref, v ast.Value)
	walk = func(path ast.Ref, v ast.Value) {
		switch v := v.(type) {
		case ast.Object:
			v.Foreach(func(key, value *ast.Term) { walk(path.Append(key), value.Value) })
		case *ast.Array:
			if canForget(path) {
				paths = append(paths, slices.Clone(path))
			}
			for i := range v.Len() {
				walk(path.Append(ast.IntNumberTerm(i)), v.Elem(i).Value)
			}
		default:
			if canForget(path) {
				paths = append(paths, slices.Clone(path))
			}
		}
	}
	walk(ast.Ref{}, input)
	return paths
}

func canForget(path ast.Ref) bool {
	text := path.String()
	if strings.Contains(text, "context_complete") {
		return false
	}
	for _, end := range []string{`"sid"`, `"type"`, `"key"`, `"operator"`, `"statements"`, `"conditions"`, `"version"`} {
		if path[len(path)-1].String() == end {
			return false
		}
	}
	inStatement := len(path) > 4 && path[0].String() == `"documents"`
	// The other actions carry less and the same.
	inContext := len(path) > 3 && path[1].String() == `"CreateGrant"` && path[2].String() == `"context"`
	return inStatement || inContext
}

// forget is the input with an unknown in place of what the path leads to.
func forget(t *testing.T, input ast.Value, path ast.Ref) ast.Value {
	t.Helper()
	var replace func(v ast.Value, path ast.Ref) ast.Value
	replace = func(v ast.Value, path ast.Ref) ast.Value {
		if len(path) == 0 {
			return ast.NewObject(ast.Item(ast.StringTerm("$unknown"), ast.StringTerm("forgotten")))
		}
		switch v := v.(type) {
		case ast.Object:
			out := ast.NewObject()
			v.Foreach(func(key, value *ast.Term) {
				if key.Equal(path[0]) {
					value = ast.NewTerm(replace(value.Value, path[1:]))
				}
				out.Insert(key, value)
			})
			return out
		case *ast.Array:
			terms := make([]*ast.Term, v.Len())
			for i := range terms {
				terms[i] = v.Elem(i)
				if ast.IntNumberTerm(i).Equal(path[0]) {
					terms[i] = ast.NewTerm(replace(terms[i].Value, path[1:]))
				}
			}
			return ast.NewArray(terms...)
		default:
			t.Fatalf("no path into %v", v)
			return nil
		}
	}
	return replace(input, path)
}

// TestIAMStandIns takes the number of an account away wherever it stands.
func TestIAMStandIns(t *testing.T) {
	t.Parallel()
	sample := filepath.Join(project(t), "..", "shared", "oracles", "iam", "cases.jsonl.gz")
	if _, err := os.Stat(sample); err != nil {
		t.Skip("../shared/oracles/iam is not there")
	}
	query := prepareLibrary(t, answersQuery)
	cases := readCases(t, sample)
	for i := 0; i < len(cases); i += 100 {
		whole := caseInput(t, &cases[i])
		want := oracleDecisions(t, query, whole)
		for _, account := range []string{"111111111111", "222222222222"} {
			text := strings.ReplaceAll(whole.String(), account, "{account-00000001}")
			input, err := ast.ValueFromReader(bytes.NewReader([]byte(text)))
			if err != nil {
				t.Fatal(err)
			}
			got := oracleDecisions(t, query, input)
			for action := range want {
				if turned(want[action], got[action]) {
					t.Errorf("%s: %s: without %s: want %v or unknown, got %v", cases[i].ID, action, account, want[action], got[action])
				}
			}
		}
	}
}

// turned reports whether an answer is another one and not unknown.
func turned(want, got []string) bool {
	if len(want) != len(got) {
		return true
	}
	for i := range want {
		if got[i] != want[i] && got[i] != "unknown" {
			return true
		}
	}
	return false
}
