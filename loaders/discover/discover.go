// Package discover finds what there is to lint: Terraform root modules, plan
// files and CloudFormation templates. It looks at the text of files and parses
// nothing.
package discover

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/internal/gitignore"
	"github.com/iblint/iblint/loaders/source"
)

// Kind is what a candidate is.
type Kind uint8

// The kinds of candidates.
const (
	KindInvalid Kind = iota
	// TerraformModule is a folder with Terraform files.
	TerraformModule
	// PlanFile is the output of terraform show -json.
	PlanFile
	// Template is a CloudFormation template.
	Template
	// CloudAssembly is the folder of a cdk.out manifest.
	CloudAssembly
)

// Candidate is one thing that may be loaded.
type Candidate struct {
	Kind Kind
	// Path is the folder of a module or an assembly, or the file.
	Path string
	// Given is true when the user named this very path.
	Given bool
	// Words says what the text mentions.
	Words Words
	// Modules are the folders of local modules that a module calls.
	Modules []string
	// Files is the number of files, Bytes their size.
	Files int
	Bytes int64
	// Terragrunt is true for a folder with terragrunt.hcl.
	Terragrunt bool
}

// Result is what a search found.
type Result struct {
	// Candidates are sorted by path; Terraform modules that another candidate
	// calls, and that the user did not name, are left out.
	Candidates []Candidate
	// Files is the number of files that were looked at.
	Files int
	// Diagnostics name folders and files that could not be read.
	Diagnostics hcl.Diagnostics
}

// Search looks at the given paths. A path that does not exist is an error; all
// other trouble is a diagnostic.
func Search(ctx context.Context, files *source.Files, paths []string) (*Result, error) {
	s := &search{
		files: files, result: &Result{}, modules: map[string]*Candidate{}, seen: map[string]bool{},
		assemblies: map[string]bool{}, call: sync.OnceValue(sourceArgument), finder: newFinder(),
	}
	for _, p := range paths {
		if err := s.path(ctx, path.Clean(strings.ReplaceAll(p, "\\", "/"))); err != nil {
			return nil, err
		}
	}
	s.finish()
	return s.result, context.Cause(ctx)
}

type search struct {
	files      *source.Files
	result     *Result
	modules    map[string]*Candidate
	seen       map[string]bool
	assemblies map[string]bool
	call       func() *regexp.Regexp
	// named is the file that the user named by itself and that is looked at.
	named  string
	finder *finder
}

func (s *search) path(ctx context.Context, name string) error {
	info, err := s.files.Stat(name)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
		s.trouble(name, err)
		return nil
	}
	switch {
	case info.IsDir():
	case isTerraform(path.Base(name)):
		s.moduleOf(name)
		return nil
	default:
		s.named = name
		s.file(name, true)
		return nil
	}
	return s.folder(ctx, name, ".", nil)
}

// moduleOf looks at the whole module that a Terraform file belongs to: one file
// of a module means nothing by itself.
func (s *search) moduleOf(name string) {
	dir := path.Dir(name)
	entries, err := s.files.ReadDir(dir)
	if err != nil {
		s.trouble(dir, err)
		return
	}
	for _, entry := range entries {
		if isTerraform(entry.Name()) {
			s.file(path.Join(dir, entry.Name()), true)
		}
	}
}

// folder searches a folder below top, by its path from there. Ignore files
// count from the top on, which is searched even if one above excludes it.
func (s *search) folder(ctx context.Context, top, relative string, above *gitignore.Folder) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	dir := path.Join(top, relative)
	if s.seen[dir] {
		return nil
	}
	s.seen[dir] = true
	entries, err := s.files.ReadDir(dir)
	if err != nil {
		s.trouble(dir, err)
		return nil
	}
	ignores := s.ignores(dir, relative, entries, above)
	var subfolders []string
	for _, entry := range entries {
		within := path.Join(relative, entry.Name())
		isDir := entry.IsDir()
		if skipped(entry.Name(), isDir) || ignores.Ignored(within, isDir) {
			continue
		}
		switch {
		case isDir:
			subfolders = append(subfolders, within)
		case entry.Type().IsRegular() || entry.Type()&fs.ModeSymlink != 0 || isTerraform(entry.Name()):
			s.file(path.Join(top, within), relative == ".")
		}
	}
	for _, sub := range subfolders {
		if err := s.folder(ctx, top, sub, ignores); err != nil {
			return err
		}
	}
	return nil
}

// ignores are the patterns that hold for the entries of a folder.
func (s *search) ignores(dir, relative string, entries []fs.DirEntry, above *gitignore.Folder) *gitignore.Folder {
	const file = ".gitignore"
	if !slices.ContainsFunc(entries, func(entry fs.DirEntry) bool { return entry.Name() == file }) {
		return above
	}
	if relative == "." {
		relative = ""
	}
	ignores := above
	// One that cannot be read ignores nothing.
	_ = s.files.Look(path.Join(dir, file), func(content []byte) {
		ignores = above.Child(relative, gitignore.Parse(content))
	})
	return ignores
}

// skipped names folders that hold copies and metadata, never sources.
func skipped(name string, isDir bool) bool {
	if !isDir {
		return false
	}
	switch name {
	case ".git", ".terraform", "node_modules", ".terragrunt-cache", ".aws-sam":
		return true
	}
	return false
}

func (s *search) trouble(name string, err error) {
	s.result.Diagnostics = append(s.result.Diagnostics, &hcl.Diagnostic{
		Severity: hcl.DiagError,
		Summary:  "Cannot read " + name,
		Detail:   err.Error() + ". It was skipped; everything else was still judged.",
		Subject:  &hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos},
	})
}

// finish drops modules that others call and sorts what is left.
func (s *search) finish() {
	called := map[string]bool{}
	for _, module := range s.modules {
		for _, folder := range module.Modules {
			if folder != module.Path {
				called[folder] = true
			}
		}
	}
	for folder, module := range s.modules {
		if called[folder] && !module.Given {
			continue
		}
		module.Words |= s.wordsOfCalls(module, map[string]bool{folder: true})
		s.result.Candidates = append(s.result.Candidates, *module)
	}
	sort.Slice(s.result.Candidates, func(i, j int) bool {
		a, b := s.result.Candidates[i], s.result.Candidates[j]
		return a.Path < b.Path || a.Path == b.Path && a.Kind < b.Kind
	})
}

// wordsOfCalls is what the modules mention that a module calls, directly or
// not. Modules outside of the searched folders are looked at now.
func (s *search) wordsOfCalls(module *Candidate, visited map[string]bool) Words {
	var words Words
	for _, folder := range module.Modules {
		if visited[folder] {
			continue
		}
		visited[folder] = true
		called, ok := s.modules[folder]
		if !ok {
			called = s.outside(folder)
		}
		words |= called.Words | s.wordsOfCalls(called, visited)
	}
	return words
}

func (s *search) outside(folder string) *Candidate {
	module := &Candidate{Kind: TerraformModule, Path: folder}
	entries, err := s.files.ReadDir(folder)
	if err != nil {
		return module
	}
	for _, entry := range entries {
		if isTerraform(entry.Name()) {
			s.terraformFile(module, path.Join(folder, entry.Name()))
		}
	}
	return module
}
