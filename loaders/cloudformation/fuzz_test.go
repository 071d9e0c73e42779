package cloudformation_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/*/*.yaml", "testdata/*/*.json"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			content, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content)
		}
	}
	f.Add([]byte(prelude + "!Sub \"${U}-${Env}\"\n"))
	f.Add([]byte(parametersTemplate))
	f.Add([]byte("\uFEFFResources: {R: {Type: A::B::C, Properties: &p {<<: *p}}}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		first := loadBytes(t, content)
		second := loadBytes(t, content)
		if !bytes.Equal(first, second) {
			t.Error("two runs differ")
		}
	})
}

func loadBytes(t *testing.T, content []byte) []byte {
	t.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("template.yaml", content)
	g, diags := cloudformation.Load(t.Context(), "template.yaml", cloudformation.Options{
		Files: files, Limits: cloudformation.Limits{Nodes: 20_000, String: 1 << 16, Expansion: 1000},
	})
	for _, d := range diags {
		if d.Subject == nil || d.Summary == "" {
			t.Errorf("a diagnostic has no place or no text: %v", d)
		}
	}
	checkRanges(t, g)
	var b bytes.Buffer
	if err := g.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.Resources {
		for _, v := range r.Identity {
			_ = v.Key()
		}
		graph.Conditions(r.Attributes, func(c *graph.Condition) {
			if c.ID == "" || c.Reason == "" {
				t.Errorf("condition without ID or reason: %+v", c)
			}
		})
	}
	return b.Bytes()
}
