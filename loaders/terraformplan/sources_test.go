package terraformplan_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraformplan"
)

const beside = "testdata/beside"

func line(n int) hcl.Range {
	return hcl.Range{Filename: beside + "/main.tf", Start: hcl.Pos{Line: n, Column: 3}, End: hcl.Pos{Line: n, Column: 30}}
}

func accountPart() graph.Part {
	return graph.Part{Unknown: graph.NewSymbol(graph.SymbolAccount, beside)}
}

func literal(s string) graph.Part { return graph.Part{Literal: s} }

func sourceKey(name string) graph.Value {
	return graph.Text(literal("arn:aws:kms:eu-west-1:"), accountPart(), literal(":key/"+graph.StableUUID(beside+"#aws_kms_key."+name)))
}

func sourceResource(address, resourceType string, attributes graph.Value, identity map[string]graph.Value) *graph.Resource {
	return &graph.Resource{
		ID: beside + "#" + address, Address: address, Type: resourceType, Root: beside, Dialect: graph.Terraform,
		Account: graph.Text(accountPart()), Region: graph.String("eu-west-1"), Attributes: attributes, Identity: identity,
		Location: line(11),
	}
}

// fromSources is what evaluating main.tf gives: it knows neither the account
// nor what exists.
func fromSources() *graph.Graph {
	roleName := &graph.Unknown{ID: "attribute(" + beside + "#aws_iam_role.builder#name)", Reason: "the name is generated"}
	roleARN := graph.Text(literal("arn:aws:iam::"), accountPart(), literal(":role/"), graph.Part{Unknown: roleName})
	policy := graph.Text(append(append(append(
		[]graph.Part{literal(`{"Principal":{"AWS":["arn:aws:iam::`), accountPart(), literal(`:root","`)},
		roleARN.Parts()...), literal(`"]},"By":"`)), graph.Part{Unknown: &graph.Unknown{ID: "attribute(" + beside + "#aws_kms_key.old#description)"}}, literal(`"}`))...)
	resources := append(append([]graph.Part{literal(`{"Resource":["`)}, sourceKey("old").Parts()...), literal(`","`))
	resources = append(append(resources, sourceKey("new").Parts()...), literal(`"]}`))
	key := func(name string) map[string]graph.Value {
		id := graph.String(graph.StableUUID(beside + "#aws_kms_key." + name))
		return map[string]graph.Value{"arn": sourceKey(name), "id": id, "key_id": id}
	}
	field := func(name string, v graph.Value, n int) graph.Value {
		return graph.Map(graph.Field{Name: name, Value: v.WithRange(line(n))})
	}
	return &graph.Graph{
		Roots: []*graph.Root{{Path: beside, Outputs: map[string]graph.Value{"key": graph.List(sourceKey("old"), sourceKey("new"))}}},
		Files: []string{beside + "/main.tf"},
		Resources: []*graph.Resource{
			sourceResource("aws_kms_key.old", "aws_kms_key", field("description", graph.String("exists"), 12), key("old")),
			sourceResource("aws_kms_key.new", "aws_kms_key", field("policy", policy, 16), key("new")),
			sourceResource("aws_iam_role.builder", "aws_iam_role", field("assume_role_policy", graph.String("{}"), 28), map[string]graph.Value{"arn": roleARN}),
			sourceResource("aws_iam_policy.keys", "aws_iam_policy", field("policy", graph.Text(resources...), 33), nil),
		},
		Ignores: []graph.Ignore{{Rules: []string{"IBL001"}, Reason: "test", Range: line(3)}},
	}
}

func hook(g *graph.Graph) terraformplan.Options {
	return terraformplan.Options{Sources: func(context.Context, string, map[string]any) (*graph.Graph, hcl.Diagnostics) {
		return g, nil
	}}
}

func TestSourcesBesideThePlan(t *testing.T) {
	t.Parallel()
	g := load(t, beside+"/plan.json", hook(fromSources()))
	old := "arn:aws:kms:eu-west-1:111111111111:key/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
	made, _ := resource(t, g, "aws_kms_key.new").Identity["arn"].AsString()
	if want := `"{\"Resource\":[\"` + old + `\",\"` + made + `\"]}"`; attribute(t, g, "aws_iam_policy.keys", "policy") != want {
		t.Errorf("policy = %s, want %s", attribute(t, g, "aws_iam_policy.keys", "policy"), want)
	}
	if diff := cmp.Diff(`["`+old+`","`+made+`"]`, text(t, g.Roots[0].Outputs["key"])); diff != "" {
		t.Errorf("output key (-want +got):\n%s", diff)
	}
	policy, _ := graph.Lookup(resource(t, g, "aws_kms_key.new").Attributes, "policy")
	name := policy.Parts()[1].Unknown
	want := []graph.Part{
		literal(`{"Principal":{"AWS":["arn:aws:iam::111111111111:root","arn:aws:iam::111111111111:role/`),
		{Unknown: name},
		literal(`"]},"By":"exists"}`),
	}
	if diff := cmp.Diff(want, policy.Parts()); diff != "" {
		t.Errorf("parts of the policy (-want +got):\n%s", diff)
	}
	if name.ID != "attribute(testdata/beside/plan.json#aws_iam_role.builder#name)" {
		t.Errorf("the generated name has ID %s", name.ID)
	}
	if policy.Range() != line(16) || resource(t, g, "aws_kms_key.new").Location != line(11) {
		t.Errorf("policy at %v, resource at %v; want the places in the sources", policy.Range(), resource(t, g, "aws_kms_key.new").Location)
	}
	if v, _ := graph.Lookup(resource(t, g, "aws_kms_key.old").Attributes, "description"); v.Range() != line(12) {
		t.Errorf("a known value is at %v, want the place in the sources", v.Range())
	}
	if len(g.Ignores) != 1 || len(g.Files) != 2 {
		t.Errorf("ignores %v, files %v; want those of the sources too", g.Ignores, g.Files)
	}
}

func TestSourcesThatDoNotMatch(t *testing.T) {
	t.Parallel()
	other := fromSources()
	other.Resources = other.Resources[1:]
	o := hook(other)
	g := load(t, beside+"/plan.json", o)
	want := `{"$unknown":"policy is known after apply; it rests on aws_kms_key.old.arn, aws_kms_key.new.arn"}`
	if got := attribute(t, g, "aws_iam_policy.keys", "policy"); got != want {
		t.Errorf("policy = %s, want %s", got, want)
	}
	policy, _ := graph.Lookup(resource(t, g, "aws_iam_policy.keys").Attributes, "policy")
	if u := policy.Unknown(); u.ID != "attribute(testdata/beside/plan.json#aws_iam_policy.keys#policy)" || u.Settle == "" {
		t.Errorf("unknown %+v", u)
	}
	counted := fromSources()
	counted.Resources[3].Address = "aws_iam_policy.keys[0]"
	if r := resource(t, load(t, beside+"/plan.json", hook(counted)), "aws_iam_policy.keys"); r.Location != line(11) {
		t.Errorf("the resource is at %v, want the place of its block", r.Location)
	}
	for _, g := range []*graph.Graph{nil, {}, {Roots: []*graph.Root{{Path: beside}}}} {
		load(t, beside+"/plan.json", hook(g))
	}
}
