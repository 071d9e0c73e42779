package cloudformation_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// TestGolden compares the graph of each folder of testdata, with all places,
// with its want.json; UPDATE=1 rewrites it.
func TestGolden(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		name := filepath.Base(folder)
		if name == "fuzz" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, err := source.New([]string{folder}, 0)
			if err != nil {
				t.Fatal(err)
			}
			templates, err := filepath.Glob(filepath.Join(folder, "template.*"))
			if err != nil || len(templates) != 1 {
				t.Fatalf("%s must have one template", folder)
			}
			o := cloudformation.Options{Files: files}
			if parameters := filepath.Join(folder, "parameters.json"); exists(parameters) {
				o.ParameterFiles = []string{filepath.ToSlash(parameters)}
			}
			g, diags := cloudformation.Load(t.Context(), filepath.ToSlash(templates[0]), o)
			var got bytes.Buffer
			if err := g.WriteJSON(&got); err != nil {
				t.Fatal(err)
			}
			extra := map[string]any{"places": places(g), "ignores": g.Ignores, "files": g.Files}
			messages := []string{}
			for _, d := range diags {
				messages = append(messages, d.Subject.String()+": "+d.Summary)
			}
			extra["diagnostics"] = messages
			e := json.NewEncoder(&got)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(extra); err != nil {
				t.Fatal(err)
			}
			compareGolden(t, filepath.Join(folder, "want.json"), got.Bytes())
		})
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (UPDATE=1 writes it)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// places lists where each attribute stands and how it came there.
func places(g *graph.Graph) map[string]string {
	out := map[string]string{}
	var add func(path string, v graph.Value)
	add = func(path string, v graph.Value) {
		var text strings.Builder
		text.WriteString(v.Range().String())
		for _, via := range v.Via() {
			text.WriteString(" < " + via.Message + " " + via.Range.String())
		}
		out[path] = text.String()
		for i, item := range v.Items() {
			add(path+"["+strconv.Itoa(i)+"]", item)
		}
		for _, field := range v.Fields() {
			add(path+"."+field.Name, field.Value)
		}
	}
	for _, r := range g.Resources {
		add(r.Address, r.Attributes)
	}
	return out
}
