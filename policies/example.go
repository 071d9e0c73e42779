package policies

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// ExampleKind says what a rule makes of an example.
type ExampleKind string

// The kinds of examples, as their folders begin.
const (
	Failing     ExampleKind = "fail"
	Passing     ExampleKind = "pass"
	Undecidable ExampleKind = "unknown"
)

// Example is one configuration that shows a rule at work.
type Example struct {
	Kind    ExampleKind
	Dialect graph.Dialect
	// Name is that of the folder: "fail_terraform_named_key".
	Name string
	// Files are those that the example consists of, sorted by name.
	Files []ExampleFile
	// Want is what iblint prints: one line a finding,
	// "file:line:column: ID: message".
	Want string
}

// ExampleFile is one file of an example.
type ExampleFile struct {
	Name    string
	Content string
}

// wantFile holds the findings of an example.
const wantFile = "want.txt"

// Examples reads the examples beside a rule, sorted by dialect, kind and name.
func (r Rule) Examples() ([]Example, error) {
	if r.folder == nil {
		return nil, nil
	}
	entries, err := fs.ReadDir(r.folder, "testdata")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []Example
	for _, entry := range entries {
		example, err := readExample(r.folder, entry)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", r.ID, err)
		}
		out = append(out, example)
	}
	slices.SortStableFunc(out, func(a, b Example) int {
		return slices.Compare(a.order(), b.order())
	})
	return out, nil
}

// order sorts Terraform before CloudFormation and failing examples before
// passing ones.
func (e Example) order() []int {
	dialects := []graph.Dialect{graph.Terraform, graph.CloudFormation}
	kinds := []ExampleKind{Failing, Passing, Undecidable}
	return []int{slices.Index(dialects, e.Dialect), slices.Index(kinds, e.Kind)}
}

func readExample(folder fs.FS, entry fs.DirEntry) (Example, error) {
	kind, rest, _ := strings.Cut(entry.Name(), "_")
	dialect, what, ok := strings.Cut(rest, "_")
	e := Example{Kind: ExampleKind(kind), Dialect: graph.Dialect(dialect), Name: entry.Name()}
	if !ok || what == "" || !entry.IsDir() || slices.Min(e.order()) < 0 {
		return Example{}, fmt.Errorf(
			"testdata/%s is no folder named {fail,pass,unknown}_{terraform,cloudformation}_<what>", entry.Name())
	}
	root := path.Join("testdata", entry.Name())
	err := fs.WalkDir(folder, root, func(name string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, root+"/")
		if name == wantFile {
			e.Want = string(content)
			return nil
		}
		e.Files = append(e.Files, ExampleFile{Name: name, Content: string(content)})
		return nil
	})
	return e, err
}
