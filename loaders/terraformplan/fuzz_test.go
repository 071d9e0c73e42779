package terraformplan_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// FuzzLoad wants no panic, ranges inside of the file, and the same graph twice.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*/plan.json")
	if err != nil {
		f.Fatal(err)
	}
	seeds = append(seeds, "testdata/images/state.json")
	for _, seed := range seeds {
		content, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(planOf{argument: "kms_key_id", written: references("module.m.inner", "module.m"), more: child}.String()))
	f.Add([]byte(blocksPlan(`[{"a":1}]`, `[{"b":true}]`, `[{"a":{"constant_value":1}}]`)))
	f.Fuzz(func(t *testing.T, content []byte) {
		first, diagnostics := render(t, content)
		for _, d := range diagnostics {
			checkRange(t, content, *d.Subject)
		}
		if second, _ := render(t, content); first != second {
			t.Errorf("two readings differ:\n%s\n%s", first, second)
		}
	})
}

func render(t *testing.T, content []byte) (string, hcl.Diagnostics) {
	t.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("plan.json", content)
	g, diagnostics := terraformplan.Load(context.Background(), "plan.json", terraformplan.Options{Files: files})
	if g == nil {
		if !diagnostics.HasErrors() {
			t.Error("neither a graph nor an error")
		}
		return "", diagnostics
	}
	for _, list := range [][]*graph.Resource{g.Resources, g.Data} {
		for _, r := range list {
			checkRange(t, content, r.Location)
		}
	}
	var out bytes.Buffer
	if err := g.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.Resources {
		fmt.Fprintln(&out, r.ID, r.DependsOn, len(r.Identity))
	}
	return out.String(), diagnostics
}

func checkRange(t *testing.T, content []byte, r hcl.Range) {
	t.Helper()
	lines := bytes.Count(content, []byte{'\n'}) + 1
	if r.Start.Line < 1 || r.Start.Column < 1 || r.End.Line > lines || r.End.Byte > len(content) || r.End.Byte < r.Start.Byte {
		t.Errorf("range %v is outside of the file", r)
	}
}

// manyResources is a plan with n keys and n recipes that use them.
func manyResources(n int) string {
	var values, changes, written []string
	for i := range n {
		values = append(values, fmt.Sprintf(
			`{"address":"aws_kms_key.k%[1]d","mode":"managed","type":"aws_kms_key","name":"k%[1]d","values":{"description":"k","tags":null}},
{"address":"aws_imagebuilder_image_recipe.r%[1]d","mode":"managed","type":"aws_imagebuilder_image_recipe","name":"r%[1]d","values":{"name":"r%[1]d","version":"1.0.0","block_device_mapping":[{"device_name":"/dev/xvda","ebs":[{"encrypted":"true","kms_key_id":null}]}]}}`, i))
		changes = append(changes, fmt.Sprintf(
			`{"address":"aws_kms_key.k%[1]d","change":{"after_unknown":{"arn":true,"id":true,"key_id":true}}},
{"address":"aws_imagebuilder_image_recipe.r%[1]d","change":{"after_unknown":{"arn":true,"block_device_mapping":[{"ebs":[{"kms_key_id":true}]}]}}}`, i))
		written = append(written, fmt.Sprintf(
			`{"address":"aws_kms_key.k%[1]d","mode":"managed","type":"aws_kms_key","name":"k%[1]d","provider_config_key":"aws"},
{"address":"aws_imagebuilder_image_recipe.r%[1]d","mode":"managed","type":"aws_imagebuilder_image_recipe","name":"r%[1]d","provider_config_key":"aws",
 "expressions":{"block_device_mapping":[{"device_name":{"constant_value":"/dev/xvda"},"ebs":[{"encrypted":{"constant_value":true},"kms_key_id":{"references":["aws_kms_key.k%[1]d.arn","aws_kms_key.k%[1]d"]}}]}]}}`, i))
	}
	return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[` + strings.Join(values, ",\n") +
		`]}},"resource_changes":[` + strings.Join(changes, ",\n") +
		`],"configuration":{"root_module":{"resources":[` + strings.Join(written, ",\n") + `]}}}`
}

// countedResources is a plan with n keys of one block and n aliases of another.
func countedResources(n int) string {
	var values, changes []string
	for i := range n {
		values = append(values, fmt.Sprintf(
			`{"address":"aws_kms_key.k[%[1]d]","mode":"managed","type":"aws_kms_key","name":"k","index":%[1]d,"values":{}},
{"address":"aws_kms_alias.a[%[1]d]","mode":"managed","type":"aws_kms_alias","name":"a","index":%[1]d,"values":{"name":"alias/%[1]d"}}`, i))
		changes = append(changes, fmt.Sprintf(
			`{"address":"aws_kms_key.k[%[1]d]","change":{"after_unknown":{"arn":true}}},{"address":"aws_kms_alias.a[%[1]d]","change":{"after_unknown":{"target_key_arn":true}}}`, i))
	}
	return `{"format_version":"1.2","planned_values":{"root_module":{"resources":[` + strings.Join(values, ",\n") +
		`]}},"resource_changes":[` + strings.Join(changes, ",\n") +
		`],"configuration":{"root_module":{"resources":[
{"address":"aws_kms_key.k","mode":"managed","type":"aws_kms_key","name":"k","provider_config_key":"aws"},
{"address":"aws_kms_alias.a","mode":"managed","type":"aws_kms_alias","name":"a","provider_config_key":"aws","expressions":{"target_key_arn":{"references":["aws_kms_key.k","count.index"]}}}]}}}`
}

func BenchmarkLoad(b *testing.B) {
	for name, text := range map[string]string{"blocks": manyResources(500), "count": countedResources(5000)} {
		b.Run(name, func(b *testing.B) {
			files, err := source.New(nil, 0)
			if err != nil {
				b.Fatal(err)
			}
			files.Add("plan.json", []byte(text))
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if g, _ := terraformplan.Load(context.Background(), "plan.json", terraformplan.Options{Files: files}); g == nil {
					b.Fatal("no graph")
				}
			}
		})
	}
}

func TestManyInstances(t *testing.T) {
	t.Parallel()
	const n = 2000
	g := mustLoad(t, countedResources(n), terraformplan.Options{})
	total := 0
	for _, r := range g.Resources {
		total += len(r.DependsOn)
	}
	if total != n || len(g.Resources) != 2*n {
		t.Errorf("%d resources with %d dependencies, want %d with %d: one key an alias", len(g.Resources), total, 2*n, n)
	}
	for _, i := range []int{0, n - 1} {
		want := quoted(graph.StableUUID(fmt.Sprintf("plan.json#aws_kms_key.k[%d]", i)))
		if got := attribute(t, g, fmt.Sprintf("aws_kms_alias.a[%d]", i), "target_key_arn"); !strings.Contains(got, strings.Trim(want, `"`)) {
			t.Errorf("alias %d has the key %s", i, got)
		}
	}
}
