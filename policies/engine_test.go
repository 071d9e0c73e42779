package policies_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func TestFindingIsTheContract(t *testing.T) {
	t.Parallel()
	w := recipeWorld("infra", []string{"222222222222"}, device{"/dev/xvda", graph.Bool(false), "k", 5})
	w.Graph.Resources[0].Calls = []graph.Via{{Message: "passed here by module call web", Range: line("root.tf", 9)}}
	findings, stats, err := testRules(t, policies.Options{}).Evaluate(t.Context(), []policies.World{w})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(findings, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/finding.json", append(got, '\n'))
	if diff := cmp.Diff(policies.Stats{Files: 1, Roots: 1, Resources: 1, Worlds: 1}, stats); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}

func TestUnknownIsInfo(t *testing.T) {
	t.Parallel()
	unknown := graph.UnknownValue(&graph.Unknown{ID: "var(infra#e)", Reason: "variable e has no value", Settle: "--var e=true"})
	w := recipeWorld("infra", nil, device{"/dev/xvda", unknown, "k", 5})
	for _, test := range []struct {
		fail bool
		want policies.Severity
	}{{false, policies.SeverityInfo}, {true, policies.SeverityError}} {
		e := testRules(t, policies.Options{FailOnUnknown: test.fail})
		findings, _, err := e.Evaluate(t.Context(), []policies.World{w})
		if err != nil {
			t.Fatal(err)
		}
		if len(findings) != 1 {
			t.Fatalf("%d findings, want 1", len(findings))
		}
		f := findings[0]
		got := []string{string(f.Verdict), string(f.Severity), f.Reason, f.Settle}
		want := []string{"unknown", string(test.want), "variable e has no value", "--var e=true"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("fail on unknown %v (-want +got):\n%s", test.fail, diff)
		}
	}
}

func TestChoiceOfRules(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options policies.Options
		want    string
		err     string
	}{
		"default":           {policies.Options{}, "IBL801 error, IBL802 warning", ""},
		"only by name":      {policies.Options{Only: []string{"off-by-default"}}, "IBL803 info", ""},
		"only by slug":      {policies.Options{Only: []string{"key_named_badly"}}, "IBL802 warning", ""},
		"skip":              {policies.Options{Skip: []string{"ibl801"}}, "IBL802 warning", ""},
		"setting turns off": {policies.Options{Settings: map[string]policies.Severity{"IBL802": "off"}}, "IBL801 error", ""},
		"setting turns on and changes": {
			policies.Options{Settings: map[string]policies.Severity{"IBL803": "warning", "IBL801": "info"}},
			"IBL801 info, IBL802 warning, IBL803 warning", "",
		},
		"only beats a setting": {
			policies.Options{Only: []string{"IBL801"}, Settings: map[string]policies.Severity{"IBL803": "error"}}, "IBL801 error", "",
		},
		"misspelt": {policies.Options{Skip: []string{"key-named-baldy"}}, "", "did you mean key-named-badly?"},
		"short":    {policies.Options{Only: []string{"IBL0801"}}, "", "did you mean IBL801?"},
		"far off":  {policies.Options{Only: []string{"xyzzy"}}, "", `no rule is called "xyzzy"`},
		"bad severity": {
			policies.Options{Settings: map[string]policies.Severity{"IBL801": "high"}}, "", "error, warning, info, off",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.options.Files = os.DirFS("testdata/rego")
			e, err := policies.New(t.Context(), test.options)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Fatalf("error %v, want one with %q", err, test.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, rule := range e.Enabled() {
				got = append(got, rule.ID+" "+string(rule.Severity))
			}
			if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
				t.Errorf("enabled (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCustomPolicies(t *testing.T) {
	t.Parallel()
	e := testRules(t, policies.Options{PolicyDirs: []string{"testdata/custom"}, Only: []string{"ACME001"}})
	findings, _, err := e.Evaluate(t.Context(), []policies.World{recipeWorld("infra", nil)})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].Rule != "ACME001" || findings[0].Location.Start.Line != 2 {
		t.Errorf("findings %+v, want one of ACME001 in line 2", findings)
	}
}

func TestCustomPoliciesSeeWhatIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const source = `# METADATA
# title: A bucket is public
# custom:
#   id: ACME002
#   severity: error
package custom.rules.public_bucket

deny contains finding if {
	some id, resource in input.written
	resource.type == "aws_s3_bucket"
	resource.attributes.acl == "public-read"

	finding := {"message": "the bucket is public", "resource": id, "property": "attributes.acl"}
}
`
	if err := os.WriteFile(dir+"/bucket.rego", []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	w := recipeWorld("infra", nil)
	w.Graph.Resources = append(w.Graph.Resources, &graph.Resource{
		ID: "infra#aws_s3_bucket.logs", Address: "aws_s3_bucket.logs", Type: "aws_s3_bucket", Root: "infra",
		Account: graph.Absent(), Region: graph.Absent(), Location: line("infra/main.tf", 50),
		Attributes: graph.Map(graph.Field{Name: "acl", Value: graph.String("public-read").WithRange(line("infra/main.tf", 52))}),
	})
	findings, _, err := testRules(t, policies.Options{PolicyDirs: []string{dir}}).Evaluate(t.Context(), []policies.World{w})
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 || findings[0].Rule != "ACME002" || findings[0].Location.Start.Line != 52 {
		t.Errorf("findings %+v, want one of ACME002 in line 52", findings)
	}
}

func TestBadCustomPolicies(t *testing.T) {
	t.Parallel()
	const head = "# METADATA\n# title: T\n# custom:\n#   id: ACME001\n#   severity: error\n"
	tests := map[string]struct{ source, want string }{
		"syntax":        {"package custom.rules.x\n\ndeny contains x if {\n", ":4:1: unexpected eof token"},
		"v0 syntax":     {head + "package custom.rules.x\n\ndeny[x] { x := 1 }\n", ":8:"},
		"unknown name":  {head + "package custom.rules.x\n\ndeny contains nothing\n", ":8:15: var nothing is unsafe"},
		"network":       {head + "package custom.rules.x\n\ndeny contains x if x := http.send({\"url\": \"https://example.com\"})\n", "undefined function http.send"},
		"clock":         {head + "package custom.rules.x\n\ndeny contains x if x := time.now_ns()\n", "undefined function time.now_ns"},
		"environment":   {head + "package custom.rules.x\n\ndeny contains x if x := opa.runtime()\n", "undefined function opa.runtime"},
		"chance":        {head + "package custom.rules.x\n\ndeny contains x if x := rand.intn(\"a\", 2)\n", "undefined function rand.intn"},
		"lookup":        {head + "package custom.rules.x\n\ndeny contains x if x := net.lookup_ip_addr(\"example.com\")\n", "undefined function net.lookup_ip_addr"},
		"no metadata":   {"package custom.rules.x\n\ndeny contains {}\n", ":1:1: the package has no METADATA"},
		"no id":         {"# METADATA\n# title: T\n# custom:\n#   severity: error\npackage custom.rules.x\n\ndeny contains {}\n", "custom.id is missing"},
		"ours":          {strings.Replace(head, "ACME001", "IBL999", 1) + "package custom.rules.x\n\ndeny contains {}\n", "iblint's own"},
		"unknown key":   {head + "#   sevrity: error\npackage custom.rules.x\n\ndeny contains {}\n", "custom.sevrity is not one of"},
		"bad severity":  {strings.Replace(head, "error", "high", 1) + "package custom.rules.x\n\ndeny contains {}\n", `custom.severity "high"`},
		"no result":     {head + "package custom.rules.x\n\nallow := true\n", "no rule \"deny\" or \"unknown\""},
		"our library":   {"package iblint.lib.iam\n\nallowed := true\n", "belongs to iblint"},
		"our rule":      {head + "package iblint.rules.key_named_badly\n\ndeny contains {}\n", "is a rule of iblint"},
		"empty":         {"", "empty module"},
		"comments only": {"# nothing\n", "empty module"},
		"strict unused": {head + "package custom.rules.x\n\ndeny contains {} if idle := 1\n", "assigned var idle unused"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/x.rego", []byte(test.source), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := policies.New(t.Context(), policies.Options{
				Files: os.DirFS("testdata/rego"), PolicyDirs: []string{dir},
			})
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), dir+"/x.rego:") {
				t.Errorf("error %v, want one in x.rego with %q", err, test.want)
			}
		})
	}
	if _, err := policies.LoadCatalog("testdata/absent"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent folder: error %v", err)
	}
	if _, err := policies.LoadCatalog(t.TempDir()); err == nil {
		t.Error("a folder without policies is no error")
	}
}

// wrongResult makes a rule that returns one finding.
func wrongResult(finding string) fstest.MapFS {
	const main = "package iblint.main\n\nfindings contains f if some f in data.iblint.rules.x.deny\n"
	const rule = `# METADATA
# title: T
# description: D
# related_resources: [{ref: "https://example.com"}]
# custom: {id: IBL001, severity: error, category: c, remediation: r, since: 0.1.0}
package iblint.rules.x

deny contains `
	return fstest.MapFS{
		"iblint/main/main.rego":   {Data: []byte(main)},
		"iblint/rules/x/x.rego":   {Data: []byte(rule + finding + "\n")},
		"iblint/rules/x/ignored":  {Data: []byte("no rego")},
		"iblint/rules/x/x_t.json": {Data: []byte("{}")},
	}
}

func TestWrongResultsAreErrors(t *testing.T) {
	t.Parallel()
	const good = `{"rule": "x", "verdict": "violation", "message": "m", "resource": "infra#aws_imagebuilder_image_recipe.web"`
	tests := map[string]struct{ finding, want string }{
		"good":             {good + "}", ""},
		"unknown key":      {good + `, "at": 1}`, "wrong at: is not one of"},
		"no message":       {`{"rule": "x", "verdict": "violation", "resource": "r"}`, "wrong message: is missing"},
		"bad verdict":      {`{"rule": "x", "verdict": "maybe", "message": "m", "resource": "r"}`, "wrong verdict"},
		"bad severity":     {good + `, "severity": "high"}`, "wrong severity"},
		"no object":        {`"text"`, "is no object"},
		"other resource":   {`{"rule": "x", "verdict": "violation", "message": "m", "resource": "r"}`, `resource "r", which is not in the graph`},
		"other rule":       {`{"rule": "y", "verdict": "violation", "message": "m", "resource": "r"}`, `rule "y", which does not exist`},
		"bad job":          {good + `, "jobs": [{"account": "1"}]}`, "wrong jobs[0].account"},
		"bad related":      {good + `, "related": [{"message": "m"}]}`, "wrong related[0].resource"},
		"related nowhere":  {good + `, "related": [{"message": "m", "resource": "r"}]}`, `related resource "r" is not in the graph`},
		"missing no list":  {good + `, "missing": "kms:Decrypt"}`, "wrong missing"},
		"message is a map": {strings.Replace(good, `"m"`, `{"a": 1}`, 1) + "}", "wrong message"},
		"builtin error":    {`to_number("a")`, "rego/iblint/rules/x/x.rego:8:15: to_number"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := policies.New(t.Context(), policies.Options{Files: wrongResult(test.finding)})
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = e.Evaluate(t.Context(), []policies.World{recipeWorld("infra", nil)})
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one with %q", err, test.want)
			}
		})
	}
}

// TestFailingRule shows that a rule that fails at run time is an error, and that
// the others are heard all the same.
func TestFailingRule(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const source = `# METADATA
# title: T
# custom: {id: ACME001, severity: error}
package custom.rules.failing

deny contains {"message": "m", "resource": id, "property": ""} if {
	some id in input.by_kind.image_recipe
	to_number(id) == 1
}
`
	if err := os.WriteFile(dir+"/failing.rego", []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	e := testRules(t, policies.Options{PolicyDirs: []string{dir}})
	w := recipeWorld("infra", nil, device{"/dev/xvda", graph.Bool(false), "k", 5})
	findings, _, err := e.Evaluate(t.Context(), []policies.World{w, w})
	if want := dir + "/failing.rego:8:2: to_number"; !errors.Is(err, policies.ErrIncomplete) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want ErrIncomplete at %s", err, want)
	}
	if len(findings) != 1 || findings[0].Rule != "IBL801" {
		t.Errorf("findings %+v, want the one of IBL801", findings)
	}
}

func TestEndlessPolicyIsStopped(t *testing.T) {
	t.Parallel()
	e, err := policies.New(t.Context(), policies.Options{Files: wrongResult(
		`x if { some i in numbers.range(1, 100000); some j in numbers.range(1, 100000); i * j == -1; x := {} }`)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, _, err = e.Evaluate(ctx, []policies.World{recipeWorld("infra", nil)})
	if !errors.Is(err, policies.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v, want ErrTimeout", err)
	}
}
