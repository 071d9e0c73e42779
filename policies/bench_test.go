package policies_test

import (
	"fmt"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// manyRecipes is a world of n recipes with four devices each, one of them at
// fault.
func manyRecipes(n int) policies.World {
	g := &graph.Graph{Roots: []*graph.Root{{Path: "infra"}}}
	ids := make([]graph.Value, 0, n)
	resources := make([]graph.Field, 0, n)
	for i := range n {
		recipe := &graph.ImageRecipe{Name: graph.String(fmt.Sprintf("web-%d", i))}
		for d := range 4 {
			recipe.BlockDevices = append(recipe.BlockDevices, graph.BlockDevice{
				DeviceName: graph.String(fmt.Sprintf("/dev/xvd%c", 'a'+d)).WithRange(line("infra/main.tf", 20*i+d)),
				Encrypted:  graph.Bool(d > 0).WithRange(line("infra/main.tf", 20*i+d)),
				KMSKey:     graph.String("arn:aws:kms:eu-west-1:111111111111:key/1"),
			})
		}
		address := fmt.Sprintf("aws_imagebuilder_image_recipe.web%d", i)
		r := &graph.Resource{
			ID: "infra#" + address, Address: address, Kind: graph.KindImageRecipe, Dialect: graph.Terraform,
			Type: "aws_imagebuilder_image_recipe", Root: "infra", Properties: recipe, Location: line("infra/main.tf", 20*i),
		}
		g.Resources = append(g.Resources, r)
		ids = append(ids, graph.String(r.ID))
		resources = append(resources, graph.Field{Name: r.ID, Value: graph.Map(
			graph.Field{Name: "account", Value: graph.String("111111111111")},
			graph.Field{Name: "properties", Value: graph.PropertiesValue(recipe)})})
	}
	return policies.World{Graph: g, Input: graph.Map(
		graph.Field{Name: "by_kind", Value: graph.Map(graph.Field{Name: "image_recipe", Value: graph.List(ids...)})},
		graph.Field{Name: "targets", Value: graph.List(graph.String("222222222222"), graph.String("333333333333"))},
		graph.Field{Name: "resources", Value: graph.Map(resources...)},
	)}
}

func BenchmarkCatalog(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policies.LoadCatalog(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policies.New(b.Context(), policies.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEvaluate judges small rules on large inputs: mostly the engine's
// own work, conversion of the input and making of findings.
func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("recipes=%d", n), func(b *testing.B) {
			e := testRules(b, policies.Options{})
			worlds := []policies.World{manyRecipes(n)}
			b.ReportAllocs()
			for b.Loop() {
				findings, _, err := e.Evaluate(b.Context(), worlds)
				if err != nil || len(findings) != n {
					b.Fatalf("%d findings, error %v", len(findings), err)
				}
			}
		})
	}
}
