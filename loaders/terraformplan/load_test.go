package terraformplan_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// load reads a file of the test data.
func load(t *testing.T, file string, o terraformplan.Options) *graph.Graph {
	t.Helper()
	files, err := source.New([]string{"testdata"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	o.Files = files
	g, diagnostics := terraformplan.Load(context.Background(), file, o)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	return g
}

// loadText reads a plan that is given as text.
func loadText(t *testing.T, text string, o terraformplan.Options) (*graph.Graph, hcl.Diagnostics) {
	t.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("plan.json", []byte(text))
	o.Files = files
	return terraformplan.Load(context.Background(), "plan.json", o)
}

// mustLoad reads a plan that is given as text and has no errors.
func mustLoad(t *testing.T, text string, o terraformplan.Options) *graph.Graph {
	t.Helper()
	g, diagnostics := loadText(t, text, o)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	return g
}

func resource(t *testing.T, g *graph.Graph, address string) *graph.Resource {
	t.Helper()
	for _, list := range [][]*graph.Resource{g.Resources, g.Data} {
		for _, r := range list {
			if r.Address == address {
				return r
			}
		}
	}
	t.Fatalf("no resource %s", address)
	return nil
}

// attribute is an attribute as JSON.
func attribute(t *testing.T, g *graph.Graph, address, path string) string {
	t.Helper()
	v, _ := graph.Lookup(resource(t, g, address).Attributes, path)
	return text(t, v)
}

func text(t *testing.T, v graph.Value) string {
	t.Helper()
	out, err := v.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestGolden compares whole graphs. The plans and the state were written by
// terraform show -json for the configurations beside them.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"images/plan.json", "images/state.json", "update/plan.json", "references/plan.json"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			g := load(t, "testdata/"+file, terraformplan.Options{})
			var out bytes.Buffer
			if err := g.WriteJSON(&out); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", strings.TrimSuffix(file, ".json")+".want.json")
			if os.Getenv("UPDATE") != "" {
				if err := os.WriteFile(golden, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Errorf("graph of %s (-want +got):\n%s", file, diff)
			}
		})
	}
}

func TestIdentities(t *testing.T) {
	t.Parallel()
	g := load(t, "testdata/images/plan.json", terraformplan.Options{})
	id := "mrk-" + graph.StableHex("testdata/images/plan.json#aws_kms_key.images", 32)
	key := "arn:aws:kms:us-east-1:111111111111:key/" + id
	want := map[string]map[string]string{
		"aws_kms_key.images":                                 {"arn": key, "id": id, "key_id": id},
		"aws_kms_alias.images":                               {"arn": "arn:aws:kms:us-east-1:111111111111:alias/images", "id": "alias/images", "name": "alias/images", "target_key_arn": key},
		"aws_imagebuilder_image_recipe.server":               {"arn": "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/server/1.0.0", "id": "arn:aws:imagebuilder:us-east-1:111111111111:image-recipe/server/1.0.0"},
		`module.role["b"].aws_iam_role.this`:                 {"arn": "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole-b", "id": "EC2ImageBuilderDistributionCrossAccountRole-b", "name": "EC2ImageBuilderDistributionCrossAccountRole-b"},
		`module.role["b"].aws_iam_role_policy.more`:          {},
		`aws_kms_grant.scaling["east"]`:                      {},
		"aws_imagebuilder_distribution_configuration.server": {"arn": "arn:aws:imagebuilder:us-east-1:111111111111:distribution-configuration/server", "id": "arn:aws:imagebuilder:us-east-1:111111111111:distribution-configuration/server"},
	}
	for address, identity := range want {
		got := map[string]string{}
		for name, v := range resource(t, g, address).Identity {
			got[name], _ = v.AsString()
		}
		if diff := cmp.Diff(identity, got); diff != "" {
			t.Errorf("identity of %s (-want +got):\n%s", address, diff)
		}
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	plan := load(t, "testdata/images/plan.json", terraformplan.Options{})
	state := load(t, "testdata/images/state.json", terraformplan.Options{})
	for _, test := range []struct {
		g                                  *graph.Graph
		address, account, region, provider string
	}{
		{plan, "aws_kms_key.images", `"111111111111"`, `"us-east-1"`, "aws"},
		{plan, "aws_kms_replica_key.images_west", `"111111111111"`, `"us-west-2"`, "aws"},
		{plan, `module.role["a"].aws_iam_role.this`, `"222222222222"`, `"us-east-1"`, "aws.target"},
		{plan, `aws_kms_grant.scaling["west"]`, `"222222222222"`, `"us-east-1"`, "aws.target"},
		{state, "aws_kms_key.images", `"111111111111"`, `"us-east-1"`, "aws"},
		{state, `module.role["a"].aws_iam_role.this`, `"222222222222"`, "", "aws"},
		{state, `module.role["a"].aws_iam_role_policy.keys`, `"222222222222"`, "", "aws"},
		{
			state, `aws_kms_grant.scaling["west"]`,
			`{"$symbol":"account(testdata/images/state.json|aws_kms_grant.scaling[\"west\"])","$unknown":"the account of testdata/images/state.json|aws_kms_grant.scaling[\"west\"] is not known"}`,
			`"us-east-1"`, "aws",
		},
	} {
		r := resource(t, test.g, test.address)
		if test.region != "" && text(t, r.Region) != test.region || r.Provider != test.provider {
			t.Errorf("%s is at %s of %s, want %s of %s", test.address, text(t, r.Region), r.Provider, test.region, test.provider)
		}
		account := text(t, r.Account)
		if r.Account.Kind() == graph.KindText {
			account = text(t, graph.UnknownValue(r.Account.Unknown()))
		}
		if account != test.account {
			t.Errorf("%s is in account %s, want %s", test.address, account, test.account)
		}
	}
}

func TestDependencies(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string][]string{
		"testdata/images/plan.json": {
			"aws_kms_alias.images":            {"aws_kms_key.images"},
			"aws_kms_replica_key.images_west": {"aws_kms_key.images"},
			"aws_imagebuilder_image_pipeline.server": {
				"aws_imagebuilder_distribution_configuration.server", "aws_imagebuilder_image_recipe.server",
				"aws_imagebuilder_infrastructure_configuration.server", `module.role["a"].aws_iam_role.this`,
			},
		},
		"testdata/images/state.json": {"aws_kms_alias.images": {"aws_kms_key.images"}},
		"testdata/references/plan.json": {
			"terraform_data.i[1]":            {"terraform_data.c[0]", "terraform_data.c[1]"},
			`terraform_data.n["a"]`:          {`terraform_data.e["a"]`, "terraform_data.l"},
			`module.m["p"].terraform_data.x`: {"terraform_data.c[0]"},
			"terraform_data.a":               nil,
		},
	} {
		g := load(t, file, terraformplan.Options{})
		for address, names := range want {
			var got []string
			for _, id := range resource(t, g, address).DependsOn {
				got = append(got, strings.TrimPrefix(id, file+"#"))
			}
			if diff := cmp.Diff(names, got); diff != "" {
				t.Errorf("%s of %s depends on (-want +got):\n%s", address, file, diff)
			}
		}
	}
}

func TestPositions(t *testing.T) {
	t.Parallel()
	plan := "{\"format_version\":\"1.2\",\n \"planned_values\":{\"root_module\":{\"resources\":[\n" +
		"  {\"address\":\"x.ä\",\"mode\":\"managed\",\"type\":\"x\",\"name\":\"ä\",\"values\":{\"address\":\"x.b[\\\"k\\\"]\"}}, {\"address\":\"x.b[\\\"<\\\"]\",\"mode\":\"managed\",\"type\":\"x\",\"name\":\"b\",\"index\":\"<\"}\n]}}}"
	g := mustLoad(t, plan, terraformplan.Options{})
	var got []string
	for _, r := range g.Resources {
		got = append(got, r.Address+" "+r.Location.String())
	}
	sort.Strings(got)
	want := []string{`x.b["<"] plan.json:3,96-118`, "x.ä plan.json:3,4-19"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
}

func TestBrokenFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, summary, place string }{
		"empty":        {"", "Invalid plan JSON", "plan.json:1,1-1"},
		"no JSON":      {"{\n  \"format_version\": oops}", "Invalid plan JSON", "plan.json:2,21-22"},
		"cut off":      {"{\"format_version\":\"1.2\",\n\"planned_values\":{", "Invalid plan JSON", "plan.json:2,19-19"},
		"wrong type":   {"{\"format_version\":\"1.2\",\n\"resource_changes\":{}}", "Invalid plan JSON", "plan.json:2,20-21"},
		"text follows": {"{\"format_version\":\"1.2\"} x", "Invalid plan JSON", "plan.json:1,26-27"},
		"state file":   {`{"version":4,"resources":[]}`, "Not a plan or a state", "plan.json:1,1-1"},
		"wrong type in an expression": {
			"{\"format_version\":\"1.2\",\n\"configuration\":{\"root_module\":{\"outputs\":{\"o\":{\"expression\":{\"references\":5}}}}}}", "Invalid plan JSON", "plan.json:1,1-2",
		},
		"wrong type in the configuration": {"{\"format_version\":\"1.2\",\n\"configuration\":{\"root_module\":5}}", "Invalid plan JSON", "plan.json:2,32-33"},
		"list":                            {`[]`, "Invalid plan JSON", "plan.json:1,1-2"},
		"log":                             {"{\"@level\":\"info\"}\n{\"@level\":\"info\"}\n", "The file is a log, not a plan", "plan.json:1,1-1"},
		"next major":                      {`{"format_version":"2.0"}`, "Unsupported plan format", "plan.json:1,1-1"},
		"UTF-16":                          {"\xff\xfe{\x00}\x00", "The plan is not UTF-8", "plan.json:1,1-1"},
		"nested too deep":                 {`{"format_version":"1.2","values":` + strings.Repeat("[", 600) + strings.Repeat("]", 600) + "}", "The plan is nested too deeply", "plan.json:1,533-534"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, diagnostics := loadText(t, test.text, terraformplan.Options{})
			if g != nil || len(diagnostics) != 1 {
				t.Fatalf("graph %v, diagnostics %v", g, diagnostics)
			}
			if diagnostics[0].Summary != test.summary || diagnostics[0].Subject.String() != test.place {
				t.Errorf("got %q at %s, want %q at %s", diagnostics[0].Summary, diagnostics[0].Subject, test.summary, test.place)
			}
		})
	}
}

func TestLenientFormats(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"byte order mark": "\xef\xbb\xbf" + `{"format_version":"1.2","planned_values":{}}`,
		"newer minor":     `{"format_version":"1.99","planned_values":{},"something_new":[1]}`,
		"old":             `{"format_version":"0.1","planned_values":{"root_module":{}}}`,
		"empty state":     `{"format_version":"1.0"}`,
		"no changes":      `{"format_version":"1.2","configuration":{"root_module":{}}}`,
		"nulls":           `{"format_version":"1.2","planned_values":{"root_module":{"resources":[null],"child_modules":[null]},"outputs":{"x":null}},"resource_changes":[null],"variables":{"v":null},"configuration":{"provider_config":{"aws":null},"root_module":{"resources":[null],"module_calls":{"m":null}}}}`,
	} {
		if g, diagnostics := loadText(t, text, terraformplan.Options{}); g == nil || diagnostics.HasErrors() || len(g.Roots) != 1 {
			t.Errorf("%s: %v", name, diagnostics)
		}
	}
	for _, text := range []string{
		`{"format_version":"1.2","planned_values":{},"errored":true}`, `{"format_version":"1.2","planned_values":{},"complete":false}`,
	} {
		g, diagnostics := loadText(t, text, terraformplan.Options{})
		if g == nil || len(diagnostics) != 1 || diagnostics[0].Severity != hcl.DiagWarning {
			t.Errorf("%s: %v, want a warning", text, diagnostics)
		}
	}
}

func TestSensitive(t *testing.T) {
	t.Parallel()
	g := load(t, "testdata/references/plan.json", terraformplan.Options{})
	input := resource(t, g, "terraform_data.i[0]").Attributes.Field("input")
	if !input.Field("w").Sensitive() || input.Field("q").Sensitive() {
		t.Errorf("w is sensitive: %v, q is: %v; want only w", input.Field("w").Sensitive(), input.Field("q").Sensitive())
	}
	if !g.Roots[0].Outputs["s"].Sensitive() || g.Roots[0].Outputs["o"].Sensitive() {
		t.Error("of the outputs only s is sensitive")
	}
}

func TestVariablesReachTheSourcesAsJSON(t *testing.T) {
	t.Parallel()
	var got map[string]any
	o := terraformplan.Options{Sources: func(_ context.Context, dir string, variables map[string]any) (*graph.Graph, hcl.Diagnostics) {
		if dir != "testdata/images" {
			t.Errorf("sources are looked for in %s", dir)
		}
		got = variables
		return nil, nil
	}}
	load(t, "testdata/images/plan.json", o)
	want := map[string]any{"target_account": "222222222222", "use_key": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if _, err := json.Marshal(got); err != nil {
		t.Error(err)
	}
}
