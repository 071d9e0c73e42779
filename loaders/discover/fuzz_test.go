package discover_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/iblint/iblint/loaders/discover"
	"github.com/iblint/iblint/loaders/internal/samples"
	"github.com/iblint/iblint/loaders/source"
)

// FuzzSearch looks at one file whose content may be anything: no panic, the
// same candidate as for standard input, and nothing outside of what is given.
func FuzzSearch(f *testing.F) {
	for _, file := range samples.Seeds(f, ".tf", ".yaml", ".json") {
		f.Add(samples.Content(f, file), uint8(len(file)))
	}
	f.Add([]byte("module \"m\" {\n  source = \"../../..//x\"\n}\n"), uint8(0))
	f.Add([]byte(`{"module": {"m": {"source": "./m"}}}`), uint8(1))
	names := []string{"main.tf", "main.tf.json", "template.yaml", "manifest.json", ".tf", "x.tofu", "terragrunt.hcl"}
	f.Fuzz(func(t *testing.T, content []byte, which uint8) {
		name := names[int(which)%len(names)]
		candidate, ok := discover.Content(name, content)
		if ok && (candidate.Kind == discover.KindInvalid || candidate.Path == "") {
			t.Errorf("candidate without kind or path: %+v", candidate)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := source.New([]string{dir}, 0)
		if err != nil {
			t.Fatal(err)
		}
		found, err := discover.Search(t.Context(), files, []string{dir})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Candidates) > 1 {
			t.Errorf("one file gives %d candidates", len(found.Candidates))
		}
	})
}
