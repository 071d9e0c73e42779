package cloudformation_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// templates lists the CloudFormation templates below a folder.
func templates(tb testing.TB, dir string) []string {
	tb.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".yaml", ".yml", ".json", ".template":
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if bytes.Contains(content, []byte("Resources")) && bytes.Contains(content, []byte("AWS::")) {
				out = append(out, path)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func loadFile(tb testing.TB, file string) (*graph.Graph, hcl.Diagnostics) {
	tb.Helper()
	files, err := source.New([]string{file}, 0)
	if err != nil {
		tb.Fatal(err)
	}
	return cloudformation.Load(tb.Context(), filepath.ToSlash(file), cloudformation.Options{Files: files})
}

// checkRanges reports values whose place is outside of their file.
func checkRanges(t *testing.T, g *graph.Graph) {
	t.Helper()
	var check func(address string, v graph.Value)
	check = func(address string, v graph.Value) {
		if v.HasRange() {
			checkRange(t, g, address, v.Range())
		} else {
			t.Errorf("%s: a value has no place: %v", address, v)
		}
		for _, item := range v.Items() {
			check(address, item)
		}
		for _, field := range v.Fields() {
			check(address+"."+field.Name, field.Value)
		}
	}
	for _, r := range g.Resources {
		checkRange(t, g, r.Address, r.Location)
		check(r.Address, r.Attributes)
	}
}

func checkRange(t *testing.T, g *graph.Graph, what string, rng hcl.Range) {
	t.Helper()
	content := g.Sources[rng.Filename]
	if rng.Start.Byte < 0 || rng.End.Byte > len(content) || rng.Start.Byte > rng.End.Byte || rng.Start.Line < 1 || rng.Start.Column < 1 {
		t.Errorf("%s: the place %v (%d-%d) is not in the file of %d bytes", what, rng, rng.Start.Byte, rng.End.Byte, len(content))
	}
}

func TestCorpusLoads(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{"corpus", filepath.Join("oracles", "cdk"), filepath.Join("domain", "golden")} {
		dir := shared(t, folder)
		found, resources, problems := 0, 0, map[string]int{}
		for _, file := range templates(t, dir) {
			found++
			g, diags := loadFile(t, file)
			checkRanges(t, g)
			resources += len(g.Resources)
			for _, d := range diags {
				problems[d.Summary]++
				relative := strings.TrimPrefix(d.Subject.String(), filepath.ToSlash(dir))
				t.Logf("%s: %s: %s", relative, d.Summary, d.Detail)
			}
		}
		t.Logf("%s: %d templates, %d resources, problems %v", folder, found, resources, problems)
		if found == 0 {
			t.Errorf("%s has no templates", folder)
		}
	}
}
