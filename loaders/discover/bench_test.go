package discover_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/discover"
	"github.com/iblint/iblint/loaders/source"
)

// BenchmarkSearch looks at 500 files of 4 KiB without Image Builder, ten in a
// folder.
func BenchmarkSearch(b *testing.B) {
	dir := b.TempDir()
	content := []byte(strings.Repeat("resource \"aws_s3_bucket\" \"b\" {\n  bucket = local.name\n}\n", 75))
	for i := range 500 {
		file := filepath.Join(dir, fmt.Sprintf("team%d/file%d.tf", i/10, i%10))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(500 * len(content)))
	b.ReportAllocs()
	for b.Loop() {
		files, err := source.New([]string{dir}, 0)
		if err != nil {
			b.Fatal(err)
		}
		found, err := discover.Search(b.Context(), files, []string{dir})
		if err != nil || found.Files != 500 {
			b.Fatalf("%d files, error %v", found.Files, err)
		}
	}
}
