package policies_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	opa "github.com/open-policy-agent/opa/v1/rego"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/normalize"
	"github.com/iblint/iblint/rego"
)

// oracleCase is a key policy, a caller with its policies, and what others
// decided for each action.
type oracleCase struct {
	ID               string                 `json:"id"`
	Contested        []string               `json:"contested"`
	KeyAccount       string                 `json:"keyAccount"`
	ResourceARN      string                 `json:"resourceArn"`
	PrincipalARN     string                 `json:"principalArn"`
	PrincipalAccount string                 `json:"principalAccount"`
	IdentityPolicies []oraclePolicy         `json:"identityPolicies"`
	Context          map[string]any         `json:"context"`
	ContextByAction  map[string]contextKeys `json:"contextByAction"`
	KeyPolicy        json.RawMessage        `json:"keyPolicy"`
	Answers          map[string]string      `json:"answers"`
	KeyPolicyAnswers map[string]string      `json:"keyPolicyAnswers"`
}

type oraclePolicy struct {
	Policy json.RawMessage `json:"policy"`
}

type contextKeys map[string]any

// oracleQuery judges the actions of one case, in the words of the cases. They
// tell a Deny that names the caller from one that names its account.
const oracleQuery = `decisions = {action: [key, whole] |
	some action, request in input.requests
	policy := data.iblint.lib.iam.resource_policy("key", request, "key")
	identity := data.iblint.lib.iam.identity_policies(input.identities, request)
	verdict := data.iblint.lib.iam.decision(policy, identity, null, request).verdict
	whole := {
		"allowed": "Allowed", "denied": "ExplicitlyDenied", "not_granted": "ImplicitlyDenied", "unknown": "unknown",
	}[verdict]
	key := {
		"allowed": "Allowed", "allowed_for_account": "AllowedForAccount", "none": "ImplicitlyDenied",
		"denied": {"yes": "ExplicitlyDenied", "no": "DeniedForAccount"}[policy.denied_itself], "unknown": "unknown",
	}[policy.verdict]
}`

// TestIAMOracle compares decisions on key policies with those of two IAM
// simulators. IBLINT_IAM_CASES names more files with such cases.
func TestIAMOracle(t *testing.T) {
	t.Parallel()
	files := namedCases(t)
	sample := filepath.Join(project(t), "..", "shared", "oracles", "iam", "cases.jsonl.gz")
	if _, err := os.Stat(sample); err == nil {
		files = append([]string{sample}, files...)
	}
	if len(files) == 0 {
		t.Skip("no cases: ../shared/oracles/iam is not there and IBLINT_IAM_CASES names no file")
	}
	query := prepareLibrary(t, oracleQuery)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			cases := readCases(t, file)
			disagreements, decisions, contested := judgeCases(t, query, cases)
			for _, d := range disagreements[:min(len(disagreements), 30)] {
				t.Error(d)
			}
			t.Logf("iam oracle %s: %d of %d decisions agree, %d contested skipped",
				filepath.Base(file), decisions-len(disagreements), decisions, contested)
		})
	}
}

// namedCases are the files of IBLINT_IAM_CASES; relative ones are looked for here
// and below the project.
func namedCases(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, file := range filepath.SplitList(os.Getenv("IBLINT_IAM_CASES")) {
		if file == "" {
			continue
		}
		if _, err := os.Stat(file); err != nil && !filepath.IsAbs(file) {
			file = filepath.Join(project(t), file)
		}
		files = append(files, file)
	}
	return files
}

// BenchmarkIAMDecision measures one decision: key policy and identity policies
// for one action.
func BenchmarkIAMDecision(b *testing.B) {
	sample := filepath.Join(project(b), "..", "shared", "oracles", "iam", "cases.jsonl.gz")
	if _, err := os.Stat(sample); err != nil {
		b.Skip("../shared/oracles/iam is not there")
	}
	query := prepareLibrary(b, oracleQuery)
	cases := readCases(b, sample)[:200]
	inputs := make([]ast.Value, len(cases))
	decisions := 0
	for i := range cases {
		inputs[i] = caseInput(b, &cases[i])
		decisions += len(cases[i].Answers)
	}
	for b.Loop() {
		for _, input := range inputs {
			if _, err := query.Eval(b.Context(), opa.EvalParsedInput(input)); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*decisions), "µs/decision")
}

// prepareLibrary compiles the library alone and prepares a query over it.
func prepareLibrary(tb testing.TB, query string) opa.PreparedEvalQuery {
	tb.Helper()
	options := []func(*opa.Rego){opa.Query(query), opa.StrictBuiltinErrors(true)}
	err := fs.WalkDir(rego.Files(), "iblint/lib", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".rego" || strings.HasSuffix(name, "_test.rego") {
			return err
		}
		source, err := fs.ReadFile(rego.Files(), name)
		options = append(options, opa.Module(name, string(source)))
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	prepared, err := opa.New(options...).PrepareForEval(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return prepared
}

// readCases reads JSON lines, plain or gzipped.
func readCases(tb testing.TB, file string) []oracleCase {
	tb.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var reader io.Reader = bytes.NewReader(content)
	if bytes.HasPrefix(content, []byte{0x1f, 0x8b}) {
		if reader, err = gzip.NewReader(reader); err != nil {
			tb.Fatal(err)
		}
	}
	var cases []oracleCase
	decoder := json.NewDecoder(bufio.NewReader(reader))
	for {
		var c oracleCase
		err := decoder.Decode(&c)
		if errors.Is(err, io.EOF) {
			return cases
		}
		if err != nil {
			tb.Fatalf("%s: case %d: %v", file, len(cases)+1, err)
		}
		cases = append(cases, c)
	}
}

// judgeCases decides all cases that are not contested, several at a time.
func judgeCases(t *testing.T, query opa.PreparedEvalQuery, cases []oracleCase) (disagreements []string, decisions, contested int) {
	t.Helper()
	found := make([][]string, len(cases))
	work := make(chan int)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range work {
				found[i] = judgeCase(t, query, &cases[i])
			}
		})
	}
	for i := range cases {
		if len(cases[i].Contested) > 0 {
			contested++
			continue
		}
		decisions += len(cases[i].Answers) + len(cases[i].KeyPolicyAnswers)
		work <- i
	}
	close(work)
	group.Wait()
	return slices.Concat(found...), decisions, contested
}

func judgeCase(t *testing.T, query opa.PreparedEvalQuery, c *oracleCase) []string {
	t.Helper()
	results, err := query.Eval(t.Context(), opa.EvalParsedInput(caseInput(t, c)))
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", c.ID, err)}
	}
	if len(results) != 1 {
		return []string{fmt.Sprintf("%s: %d results", c.ID, len(results))}
	}
	decisions, ok := results[0].Bindings["decisions"].(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: the result is a %T", c.ID, results[0].Bindings["decisions"])}
	}
	return slices.Concat(
		compareAnswers(c.ID, "key policy", c.KeyPolicyAnswers, decisions, 0),
		compareAnswers(c.ID, "decision", c.Answers, decisions, 1))
}

func compareAnswers(id, what string, want map[string]string, decisions map[string]any, column int) []string {
	var out []string
	for _, action := range slices.Sorted(maps.Keys(want)) {
		var got any
		if pair, ok := decisions[action].([]any); ok {
			got = pair[column]
		}
		if got != want[action] {
			out = append(out, fmt.Sprintf("%s: %s: %s: want %s, got %v", id, what, action, want[action], got))
		}
	}
	return out
}

// caseInput is a case as the library's input: documents and one request for
// each action.
func caseInput(tb testing.TB, c *oracleCase) ast.Value {
	tb.Helper()
	documents := map[string]any{"key": document(tb, c.KeyPolicy)}
	identities := []string{}
	for i, policy := range c.IdentityPolicies {
		name := fmt.Sprintf("identity %d", i)
		identities = append(identities, name)
		documents[name] = document(tb, policy.Policy)
	}
	requests := map[string]any{}
	for action := range c.Answers {
		requests[action] = map[string]any{
			"principal_arn": c.PrincipalARN, "principal_account": c.PrincipalAccount,
			"action": "kms:" + action, "resource": c.ResourceARN, "resource_account": c.KeyAccount,
			"context":          requestContext(c.Context, c.ContextByAction["kms:"+action]),
			"context_complete": true,
		}
	}
	text, err := json.Marshal(map[string]any{
		"documents": documents, "identities": identities, "requests": requests,
	})
	if err != nil {
		tb.Fatal(err)
	}
	value, err := ast.ValueFromReader(bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	return value
}

func requestContext(contexts ...map[string]any) map[string]any {
	out := map[string]any{}
	for _, keys := range contexts {
		for key, value := range keys {
			if _, isList := value.([]any); !isList {
				value = []any{value}
			}
			out[strings.ToLower(key)] = value
		}
	}
	return out
}

func document(tb testing.TB, policy json.RawMessage) json.RawMessage {
	tb.Helper()
	text, err := normalize.Document(graph.String(string(policy))).Value().MarshalJSON()
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
