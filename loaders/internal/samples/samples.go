// Package samples finds real inputs for tests: the examples of the project, the
// examples of the rules, and the public templates that are kept beside it.
package samples

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Project is the folder of go.mod.
func Project(tb testing.TB) string {
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

// Corpus is the folder of public templates, "" where it is not there.
func Corpus(tb testing.TB) string {
	tb.Helper()
	dir := filepath.Join(Project(tb), "..", "shared", "corpus")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// Files lists the files whose names end in one of the suffixes: of the examples, of the
// rules, and of the corpus where it is there.
func Files(tb testing.TB, suffixes ...string) []string {
	tb.Helper()
	project := Project(tb)
	folders := []string{filepath.Join(project, "examples"), filepath.Join(project, "rego")}
	if corpus := Corpus(tb); corpus != "" {
		folders = append(folders, corpus)
	}
	var out []string
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() && hasSuffix(name, suffixes) {
				out = append(out, name)
			}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

func hasSuffix(name string, suffixes []string) bool {
	return slices.ContainsFunc(suffixes, func(suffix string) bool { return strings.HasSuffix(name, suffix) })
}

// plainRun is the part of the seeds that a run of the tests takes.
const plainRun = 25

// largestSeed is the size up to which a file is worth changing byte by byte.
const largestSeed = 4 << 10

// Seeds are the files to seed a fuzz target with: all that are not large when
// it is fuzzed, a few of them in a run of the tests.
func Seeds(f *testing.F, suffixes ...string) []string {
	f.Helper()
	files := Files(f, suffixes...)
	step := plainRun
	if Fuzzing() {
		step = 1
	}
	var seeds []string
	for i := 0; i < len(files); i += step {
		if info, err := os.Stat(files[i]); err == nil && info.Size() <= largestSeed {
			seeds = append(seeds, files[i])
		}
	}
	return seeds
}

// Fuzzing reports whether the test was started to fuzz.
func Fuzzing() bool {
	fuzz := flag.Lookup("test.fuzz")
	return fuzz != nil && fuzz.Value.String() != ""
}

// Content reads a file of the test's inputs.
func Content(tb testing.TB, name string) []byte {
	tb.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	return content
}
