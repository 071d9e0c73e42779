package graph_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

func line(n int) hcl.Range {
	return hcl.Range{Filename: "main.tf", Start: hcl.Pos{Line: n, Column: 1}, End: hcl.Pos{Line: n, Column: 9}}
}

// TestAllUnresolved lists every property that a missing fact leaves open, and
// no facts of the deployment.
func TestAllUnresolved(t *testing.T) {
	t.Parallel()
	unknown := func(name string) *graph.Unknown {
		return &graph.Unknown{ID: "var(.#" + name + ")", Reason: "variable " + name + " has no value", Range: line(1)}
	}
	key := graph.UnknownValue(unknown("key")).WithRange(line(7))
	name := graph.Text(graph.Part{Unknown: unknown("stage")}, graph.Part{Literal: "-"}, graph.Part{Unknown: unknown("stage")}, graph.Part{Unknown: unknown("team")})
	condition := &graph.Condition{ID: "c", Name: "var.prod", Reason: "variable prod has no value"}
	g := &graph.Graph{
		Unresolved: []graph.Unresolved{{Resource: ".#module.m", Reason: "module m is not on disk", Range: line(20)}},
		Resources: []*graph.Resource{
			{
				ID: ".#aws_imagebuilder_image_recipe.r", Location: line(3),
				Properties: &graph.ImageRecipe{
					Name: name.WithRange(line(4)), ParentImage: rootARN(),
					BlockDevices: []graph.BlockDevice{{KMSKey: key}},
				},
				Attributes: graph.Map(
					graph.Field{Name: "block_device_mapping", Value: graph.List(graph.Map(graph.Field{Name: "kms_key_id", Value: key}))},
					graph.Field{Name: "tags", Value: graph.Map(graph.Field{Name: "owner", Value: graph.UnknownValue(unknown("owner"))})},
				),
			},
			{
				ID: ".#null_resource.n", Location: line(12), Many: unknown("number"),
				Attributes: graph.Map(graph.Field{Name: "a", Value: graph.ChoiceValue(condition, graph.String("x"), graph.UnknownValue(unknown("y"))).WithRange(line(13))}),
			},
		},
	}
	var got []string
	for _, u := range g.AllUnresolved() {
		got = append(got, fmt.Sprintf("%d %s %s: %s", u.Range.Start.Line, u.Resource, u.Property, u.Reason))
	}
	want := []string{
		"7 .#aws_imagebuilder_image_recipe.r block_devices[0].kms_key: variable key has no value",
		"4 .#aws_imagebuilder_image_recipe.r name: variable stage has no value",
		"4 .#aws_imagebuilder_image_recipe.r name: variable team has no value",
		"1 .#aws_imagebuilder_image_recipe.r tags.owner: variable owner has no value",
		"20 .#module.m : module m is not on disk",
		"1 .#null_resource.n : variable number has no value",
		"13 .#null_resource.n a: condition var.prod is not decided: variable prod has no value",
		"1 .#null_resource.n a: variable y has no value",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
}
