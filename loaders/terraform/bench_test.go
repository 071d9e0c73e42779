package terraform_test

import (
	"context"
	"os"
	"path"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// BenchmarkLoad evaluates public root modules; BenchmarkParse only parses the
// same files, which is the least that a loader can take.
func BenchmarkLoad(b *testing.B) {
	roots := corpusRoots(b)
	b.ReportAllocs()
	for b.Loop() {
		files, err := source.New([]string{shared(b, "corpus")}, 0)
		if err != nil {
			b.Fatal(err)
		}
		for _, dir := range roots {
			_, _ = terraform.Load(context.Background(), dir, terraform.Options{Files: files})
		}
	}
}

// BenchmarkParse parses the files that BenchmarkLoad reads, once a root.
func BenchmarkParse(b *testing.B) {
	files, err := source.New([]string{shared(b, "corpus")}, 0)
	if err != nil {
		b.Fatal(err)
	}
	contents := map[string][]byte{}
	var names []string
	for _, dir := range corpusRoots(b) {
		g, _ := terraform.Load(context.Background(), dir, terraform.Options{Files: files})
		for name, content := range g.Sources {
			if path.Ext(name) == ".tf" {
				names = append(names, name)
				contents[name] = content
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		for _, name := range names {
			_, _ = hclsyntax.ParseConfig(contents[name], name, hcl.InitialPos)
		}
	}
}

// BenchmarkExample evaluates one root module with a recipe, keys and a role in
// another account.
func BenchmarkExample(b *testing.B) {
	const dir = "../../examples/terraform/mended"
	if _, err := os.Stat(dir); err != nil {
		b.Skip(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		files, err := source.New([]string{dir}, 0)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = terraform.Load(context.Background(), dir, terraform.Options{Files: files})
	}
}
