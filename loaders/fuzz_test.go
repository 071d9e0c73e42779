package loaders_test

import (
	"bytes"
	"testing"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/internal/samples"
)

// FuzzLoad takes one file of any dialect through every stage before the rules:
// no panic, every error has a place, and two runs give the same.
func FuzzLoad(f *testing.F) {
	for _, file := range samples.Seeds(f, ".tf", ".yaml", ".json") {
		f.Add(samples.Content(f, file), uint8(len(file)))
	}
	names := []string{"main.tf", "template.yaml", "main.tf.json", "plan.json"}
	f.Fuzz(func(t *testing.T, content []byte, which uint8) {
		name := names[int(which)%len(names)]
		if first, second := loadOne(t, name, content), loadOne(t, name, content); !bytes.Equal(first, second) {
			t.Errorf("two runs differ:\n%s\n%s", first, second)
		}
	})
}

// loadOne loads one text and returns everything that rules would see of it.
func loadOne(t *testing.T, name string, content []byte) []byte {
	t.Helper()
	result, diags, err := loaders.Load(t.Context(), loaders.Options{Stdin: content, StdinName: name, All: true})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := result.Graph.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for _, world := range result.Worlds {
		input, err := world.Model.Input().MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		out.Write(input)
	}
	for _, d := range diags {
		if d.Subject == nil || d.Subject.Filename == "" {
			t.Errorf("%s has no place", d)
		}
		out.WriteString(d.Error() + "\n")
	}
	return out.Bytes()
}
