package policies

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// module is one parsed Rego file.
type module struct {
	// file is the path that errors name.
	file   string
	source []byte
	parsed *ast.Module
	custom bool
	// folder is where the file lies, for the examples of a rule.
	folder fs.FS
}

// pkg is the path of the module's package without "data".
func (m *module) pkg() []string {
	var out []string
	for _, term := range m.parsed.Package.Path[1:] {
		if s, ok := term.Value.(ast.String); ok {
			out = append(out, string(s))
		}
	}
	return out
}

var resultRule = regexp.MustCompile(`(?m)^(deny|unknown)\b`)

// results reports which of the two results a module defines.
func (m *module) results() (denies, undecidable bool) {
	for _, found := range resultRule.FindAll(m.source, -1) {
		denies = denies || found[0] == 'd'
		undecidable = undecidable || found[0] == 'u'
	}
	return denies, undecidable
}

// rulePackages are the packages whose children are rules.
func rulePackages() [][2]string {
	return [][2]string{{"iblint", "rules"}, {"custom", "rules"}}
}

// slug is the name of the rule whose package the module is part of, or "".
func (m *module) slug() string {
	pkg := m.pkg()
	if len(pkg) != 3 || strings.HasSuffix(pkg[2], "_test") {
		return ""
	}
	if slices.Contains(rulePackages(), [2]string{pkg[0], pkg[1]}) {
		return pkg[2]
	}
	return ""
}

// parse reads one file as Rego v1. Annotations are processed on request: it
// costs, and only rules need it.
func parse(file string, source []byte, annotations bool) (*ast.Module, error) {
	parsed, err := ast.ParseModuleWithOpts(file, string(source), ast.ParserOptions{
		RegoVersion:       ast.RegoV1,
		ProcessAnnotation: annotations,
	})
	if err != nil {
		return nil, located(err)
	}
	if parsed == nil {
		return nil, fmt.Errorf("%s:1:1: the file holds no Rego", file)
	}
	return parsed, nil
}

// policyFile reports whether a file is a policy that judges: no test of one,
// and no builder of inputs for tests.
func policyFile(name string) bool {
	return untestedFile(name) && !strings.HasPrefix(name, "iblint/lib/test/")
}

// untestedFile reports whether a file is Rego and no test.
func untestedFile(name string) bool {
	return path.Ext(name) == ".rego" && !strings.HasSuffix(name, "_test.rego")
}

// ruleFile reports whether a built-in file is a rule.
func ruleFile(name string) bool { return policyFile(name) && !isLibrary(name) }

// anyFile reports whether a file is Rego, tests included.
func anyFile(name string) bool { return path.Ext(name) == ".rego" }

// cut is what is parsed of a file.
type cut func(source []byte) []byte

func whole(source []byte) []byte { return source }

var packageLine = regexp.MustCompile(`(?m)^package .*$`)

// header is a file up to its package, which is all that the catalogue needs.
func header(source []byte) []byte {
	if end := packageLine.FindIndex(source); end != nil {
		return source[:end[1]]
	}
	return source
}

// readModules parses the files of a file system that keep accepts. Prefix is
// put before the names of files in errors.
func readModules(files fs.FS, prefix string, keep func(name string) bool, cut cut) ([]*module, error) {
	var modules []*module
	var problems []error
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && (entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !keep(name) {
			return nil
		}
		m, err := readModule(files, name, path.Join(prefix, name), cut)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		modules = append(modules, m)
		return nil
	})
	return modules, errors.Join(append(problems, err)...)
}

func readModule(files fs.FS, name, file string, cut cut) (*module, error) {
	source, err := readRegular(files, name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	folder, err := fs.Sub(files, path.Dir(name))
	if err != nil {
		return nil, err
	}
	parsed, err := parse(file, cut(source), !isLibrary(name))
	if err != nil {
		return nil, err
	}
	return &module{file: file, source: source, parsed: parsed, folder: folder}, nil
}

// mostPolicy is the size of the largest policy that is read, in bytes.
const mostPolicy = 4 << 20

// readRegular reads a file, and nothing that might never end or never begin.
func readRegular(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return nil, withoutPath(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is not a regular file")
	case info.Size() > mostPolicy:
		return nil, fmt.Errorf("it is too large (%d bytes, the limit is %d)", info.Size(), mostPolicy)
	}
	content, err := fs.ReadFile(files, name)
	return content, withoutPath(err)
}

// withoutPath is what the system says of a file, without naming it.
func withoutPath(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// isLibrary reports whether a built-in file is no rule.
func isLibrary(name string) bool {
	return strings.HasPrefix(name, "iblint/lib/") || strings.HasPrefix(name, "iblint/main/")
}

// readCustom parses users' policies below files and folders. Every file that
// cannot be used is an error.
func readCustom(paths []string, keep func(string) bool) ([]*module, error) {
	var modules []*module
	var problems []error
	for _, name := range paths {
		found, err := readCustomPath(name, keep)
		problems = append(problems, err)
		modules = append(modules, found...)
	}
	for _, m := range modules {
		m.custom = true
		problems = append(problems, checkCustomPackage(m))
	}
	slices.SortStableFunc(modules, func(a, b *module) int { return cmp.Compare(a.file, b.file) })
	modules = slices.CompactFunc(modules, func(a, b *module) bool { return a.file == b.file })
	return modules, errors.Join(problems...)
}

func readCustomPath(name string, keep func(string) bool) ([]*module, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, errors.Unwrap(err))
	}
	slashed := filepath.ToSlash(filepath.Clean(name))
	if !info.IsDir() {
		m, err := readModule(os.DirFS(filepath.Dir(name)), filepath.Base(name), slashed, whole)
		if err != nil {
			return nil, err
		}
		return []*module{m}, nil
	}
	modules, err := readModules(os.DirFS(name), slashed, keep, whole)
	if err == nil && len(modules) == 0 {
		return nil, fmt.Errorf("policy folder %s holds no .rego file", slashed)
	}
	return modules, err
}

// checkCustomPackage refuses packages that would change what iblint's own do.
func checkCustomPackage(m *module) error {
	pkg := m.pkg()
	if pkg[0] != "iblint" || m.slug() != "" {
		return nil
	}
	return fmt.Errorf("%s: package %s belongs to iblint; name it custom.rules.<name>, or custom.<anything> for a library",
		place(m.parsed.Package.Location), strings.Join(pkg, "."))
}

// located turns OPA's errors into one error a line, each "file:line:column:
// message".
func located(err error) error {
	var list ast.Errors
	if !errors.As(err, &list) {
		return err
	}
	problems := make([]error, 0, len(list))
	for _, e := range list {
		problems = append(problems, fmt.Errorf("%s: %s", place(e.Location), e.Message))
	}
	return errors.Join(problems...)
}

func place(l *ast.Location) string {
	if l == nil {
		return "policy"
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Row, max(l.Col, 1))
}
