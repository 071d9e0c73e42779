package policies

import (
	_ "embed" // the snapshot
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc64"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/version"

	"github.com/iblint/iblint/policies/internal/snapshot"
	"github.com/iblint/iblint/rego"
)

// Why is there a snapshot of the rules?
//
// Compiling the rules takes many times as long as judging a small template.
// The snapshot holds what the compiler makes of them, and the catalogue. It is
// used only if it was made of exactly the sources that the program carries, by
// the same version of OPA: where anything differs, and where users bring rules
// of their own, the sources are compiled.

//go:embed rules.snapshot
var rulesSnapshot string

// ruleSet is what an engine needs of the rules.
type ruleSet struct {
	catalog  Catalog
	compiler *ast.Compiler
	// own is true when there are users' rules in packages of their own.
	own bool
}

// entrypoints are the rules that give the findings.
func (r *ruleSet) entrypoints() []ast.Ref {
	if r.own {
		return []ast.Ref{entrypoint(), customEntrypoint()}
	}
	return []ast.Ref{entrypoint()}
}

// builtinRules reads the snapshot, or compiles the sources.
func builtinRules(files fs.FS) (*ruleSet, error) {
	catalog, modules, ok := openSnapshot(files, rulesSnapshot)
	if !ok {
		return compileRules(files, nil)
	}
	compiler, err := snapshot.Decode(modules, capabilities())
	if err != nil {
		return nil, err
	}
	return &ruleSet{catalog: catalog, compiler: compiler}, nil
}

// compileRules compiles built-in rules with users' own.
func compileRules(files fs.FS, policyDirs []string) (*ruleSet, error) {
	modules, err := readModules(files, "rego", policyFile, whole)
	if err != nil {
		return nil, err
	}
	custom, err := readCustom(policyDirs, policyFile)
	if err != nil {
		return nil, err
	}
	modules = append(modules, custom...)
	set := &ruleSet{own: slices.ContainsFunc(custom, func(m *module) bool { return m.slug() != "" && m.pkg()[0] == "custom" })}
	if set.catalog, err = newCatalog(modules); err != nil {
		return nil, err
	}
	if set.own {
		parsed, err := parse(customMain, []byte(customMainSource), false)
		if err != nil {
			return nil, err
		}
		modules = append(modules, &module{file: customMain, parsed: parsed})
	}
	set.compiler, err = compile(modules)
	return set, err
}

const customMain = "iblint_custom.rego"

// customMainSource gathers the findings of users' rules, as iblint.main does
// those of the built-in ones.
const customMainSource = `package iblint_custom

findings contains object.union(found, {"rule": slug, "verdict": verdict}) if {
	some slug
	some name, verdict in {"deny": "violation", "unknown": "unknown"}
	some found in data.custom.rules[slug][name]
}
`

// MakeSnapshot compiles rules and writes the file that the program carries.
func MakeSnapshot(files fs.FS) ([]byte, error) {
	set, err := compileRules(files, nil)
	if err != nil {
		return nil, err
	}
	catalog, err := json.Marshal(set.catalog)
	if err != nil {
		return nil, err
	}
	modules, err := snapshot.Encode(set.compiler)
	if err != nil {
		return nil, err
	}
	sum, err := sourceSum(files)
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, "%s\n%s\n", sum, catalog)
	return append(out, modules...), nil
}

// openSnapshot takes a snapshot apart: the catalogue and the modules. It is
// not used when it was made of other sources.
func openSnapshot(files fs.FS, data string) (Catalog, string, bool) {
	sum, rest, _ := strings.Cut(data, "\n")
	have, err := sourceSum(files)
	if err != nil || have != sum {
		return nil, "", false
	}
	text, modules, _ := strings.Cut(rest, "\n")
	var catalog Catalog
	if err := json.Unmarshal([]byte(text), &catalog); err != nil {
		return nil, "", false
	}
	for i := range catalog {
		catalog[i].folder, err = fs.Sub(files, path.Join("iblint", "rules", catalog[i].Slug))
		if err != nil {
			return nil, "", false
		}
	}
	return catalog, modules, true
}

// sourceSum is a checksum over names and contents of the policies, with the
// version of OPA.
func sourceSum(files fs.FS) (string, error) {
	sum := crc64.New(crc64.MakeTable(crc64.ECMA))
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == "testdata":
			return fs.SkipDir
		case entry.IsDir() || !policyFile(name):
			return nil
		}
		content, err := fs.ReadFile(files, name)
		_, headErr := fmt.Fprintf(sum, "%s\x00%d\x00", name, len(content))
		_, writeErr := sum.Write(content)
		return errors.Join(err, headErr, writeErr)
	})
	return fmt.Sprintf("opa %s, sources %016x", version.Version, sum.Sum64()), err
}

// LoadCatalog reads the catalogue of the built-in rules and of users' own in
// the given files and folders, without compiling them.
func LoadCatalog(policyDirs ...string) (Catalog, error) {
	files := rego.Files()
	if len(policyDirs) == 0 {
		if catalog, _, ok := openSnapshot(files, rulesSnapshot); ok {
			return catalog, nil
		}
	}
	return parseCatalog(files, policyDirs)
}
