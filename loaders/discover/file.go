package discover

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/iblint/iblint/loaders/source"
)

// sourceArgument finds the local sources of module calls in HCL text.
func sourceArgument() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^\s*source\s*=\s*"(\.{1,2}/[^"]*)"`)
}

func isTerraform(name string) bool {
	for _, suffix := range []string{".tf", ".tf.json", ".tofu", ".tofu.json"} {
		if strings.HasSuffix(name, suffix) && !strings.HasPrefix(name, ".") {
			return true
		}
	}
	return false
}

func isData(name string) bool {
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json", ".template":
		return true
	}
	return false
}

// file looks at one file; given is true when the user named it or its folder.
func (s *search) file(name string, given bool) {
	base := path.Base(name)
	switch {
	case isTerraform(base):
		s.terraformFile(s.module(path.Dir(name), given), name)
	case base == "terragrunt.hcl":
		s.module(path.Dir(name), false).Terragrunt = true
	case isData(base), s.named == name:
		s.dataFile(name, given)
	}
}

func (s *search) module(dir string, given bool) *Candidate {
	m, ok := s.modules[dir]
	if !ok {
		m = &Candidate{Kind: TerraformModule, Path: dir}
		s.modules[dir] = m
	}
	m.Given = m.Given || given
	return m
}

func (s *search) terraformFile(module *Candidate, name string) {
	err := s.files.Look(name, func(content []byte) { s.terraformText(module, name, content) })
	if err != nil {
		s.trouble(name, err)
	}
}

func (s *search) terraformText(module *Candidate, name string, content []byte) {
	s.result.Files++
	module.Files++
	module.Bytes += int64(len(content))
	module.Words |= s.finder.words(content)
	if strings.HasSuffix(name, ".json") {
		module.Modules = append(module.Modules, jsonCalls(module.Path, content)...)
		return
	}
	if !bytes.Contains(content, []byte("module")) {
		return
	}
	for _, match := range s.call().FindAllSubmatch(content, -1) {
		module.Modules = append(module.Modules, localModule(module.Path, string(match[1])))
	}
}

func localModule(dir, source string) string {
	source, _, _ = strings.Cut(source, "?")
	return path.Join(dir, strings.ReplaceAll(source, "//", "/"))
}

func jsonCalls(dir string, content []byte) []string {
	var file struct {
		Module map[string]json.RawMessage `json:"module"`
	}
	if json.Unmarshal(content, &file) != nil {
		return nil
	}
	var calls []string
	for _, raw := range file.Module {
		var call struct {
			Source string `json:"source"`
		}
		if json.Unmarshal(raw, &call) == nil && strings.HasPrefix(call.Source, ".") {
			calls = append(calls, localModule(dir, call.Source))
		}
	}
	return calls
}

// sectionPattern finds the sections that only templates have, where they begin
// a line or the file.
func sectionPattern() *regexp.Regexp {
	return regexp.MustCompile(`(?m)^(?:[ \t]*\{?[ \t]*")?(?:Resources|AWSTemplateFormatVersion)["']?[ \t]*:`)
}

// namedKind is the kind of a text that the user named: with a section of a
// template it is one, whatever is wrong with the rest. Then the reader says
// what.
func namedKind(content []byte) Kind {
	if sectionPattern().Match(content) {
		return Template
	}
	return KindInvalid
}

// errNoJSON is the error of a file that the user named and that nothing can be
// said of: a plan that was cut off, or one in another encoding.
var errNoJSON = errors.New("it is not valid JSON")

// dataFile decides what a YAML or JSON file is by the words that every such
// file must have.
func (s *search) dataFile(name string, given bool) {
	err := s.files.Look(name, func(content []byte) { s.dataText(name, content, given) })
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist): // a link to nothing, or gone by now
	case !given && errors.Is(err, source.ErrTooLarge): // for a template
	default:
		s.trouble(name, err)
	}
}

func (s *search) dataText(name string, content []byte, given bool) {
	s.result.Files++
	kind := dataKind(path.Base(name), content)
	if s.named == name && (kind == KindInvalid || !isData(name)) {
		kind = namedKind(content)
	}
	if kind == KindInvalid {
		if s.named == name && path.Ext(name) == ".json" && !json.Valid(content) {
			s.trouble(name, errNoJSON)
		}
		return
	}
	candidate := Candidate{
		Kind: kind, Path: name, Given: given, Words: s.finder.words(content), Files: 1, Bytes: int64(len(content)),
	}
	if kind == CloudAssembly {
		candidate.Path = path.Dir(name)
		if s.assemblies[candidate.Path] {
			return
		}
		s.assemblies[candidate.Path] = true
	}
	s.result.Candidates = append(s.result.Candidates, candidate)
}

func dataKind(base string, content []byte) Kind {
	switch {
	case base == "manifest.json" && bytes.Contains(content, []byte(`"aws:cloudformation:stack"`)):
		return CloudAssembly
	case bytes.Contains(content, []byte(`"format_version"`)) && bytes.Contains(content, []byte(`"terraform_version"`)):
		return PlanFile
	case bytes.Contains(content, []byte("Resources")) && bytes.Contains(content, []byte("Type")) &&
		(bytes.Contains(content, []byte("AWS::")) || bytes.Contains(content, []byte("Custom::"))):
		return Template
	}
	return KindInvalid
}

// Content decides what a text that has no file is, by its name and its words:
// standard input. It is false for what is no template.
func Content(name string, content []byte) (Candidate, bool) {
	c := Candidate{Path: name, Given: true, Words: newFinder().words(content), Files: 1, Bytes: int64(len(content))}
	if isTerraform(path.Base(name)) {
		c.Kind, c.Path = TerraformModule, path.Dir(name)
		return c, true
	}
	c.Kind = dataKind(path.Base(name), content)
	if c.Kind == KindInvalid {
		c.Kind = namedKind(content)
	}
	return c, c.Kind == Template || c.Kind == PlanFile
}
