package policies_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// project is the folder of go.mod.
func project(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			tb.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// golden compares with a file; UPDATE=1 in the environment rewrites it.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// testRules is an engine with the small rules of testdata.
func testRules(tb testing.TB, options policies.Options) *policies.Engine {
	tb.Helper()
	options.Files = os.DirFS("testdata/rego")
	e, err := policies.New(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func line(file string, n int) hcl.Range {
	return hcl.Range{Filename: file, Start: hcl.Pos{Line: n, Column: 3}, End: hcl.Pos{Line: n, Column: 20}}
}

// device is a block device with a range for each of its values.
type device struct {
	name      string
	encrypted graph.Value
	key       string
	line      int
}

// recipeWorld is a world with one recipe in main.tf.
func recipeWorld(root string, targets []string, devices ...device) policies.World {
	return namedRecipeWorld(root, "web", targets, devices...)
}

// namedRecipeWorld is recipeWorld with another recipe.
func namedRecipeWorld(root, name string, targets []string, devices ...device) policies.World {
	file := root + "/main.tf"
	recipe := &graph.ImageRecipe{Name: graph.String(name).WithRange(line(file, 2))}
	for _, d := range devices {
		recipe.BlockDevices = append(recipe.BlockDevices, graph.BlockDevice{
			DeviceName: graph.String(d.name).WithRange(line(file, d.line)),
			Encrypted:  d.encrypted.WithRange(line(file, d.line+1)),
			KMSKey:     graph.String(d.key).WithRange(line(file, d.line+2)),
		})
	}
	r := &graph.Resource{
		ID: root + "#aws_imagebuilder_image_recipe." + name, Address: "aws_imagebuilder_image_recipe." + name,
		Kind: graph.KindImageRecipe, Dialect: graph.Terraform, Type: "aws_imagebuilder_image_recipe", Root: root,
		Properties: recipe, Location: hcl.Range{
			Filename: file, Start: hcl.Pos{Line: 1, Column: 1}, End: hcl.Pos{Line: 40, Column: 2},
		},
	}
	accounts := make([]graph.Value, len(targets))
	for i, target := range targets {
		accounts[i] = graph.String(target)
	}
	return policies.World{
		Graph: &graph.Graph{
			Roots: []*graph.Root{{Path: root}}, Resources: []*graph.Resource{r}, Files: []string{file},
		},
		Input: graph.Map(
			graph.Field{Name: "by_kind", Value: graph.Map(
				graph.Field{Name: "image_recipe", Value: graph.List(graph.String(r.ID))})},
			graph.Field{Name: "targets", Value: graph.List(accounts...)},
			graph.Field{Name: "resources", Value: graph.Map(graph.Field{Name: r.ID, Value: graph.Map(
				graph.Field{Name: "account", Value: graph.String("{account-1}")},
				graph.Field{Name: "properties", Value: graph.PropertiesValue(recipe)})})},
		),
		Names: map[string]string{"{account-1}": "the account of " + root},
	}
}
