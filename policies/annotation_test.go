package policies_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestAnnotations checks that every package of rules and library, and every
// rule in them that others may ask for, has METADATA that says what it is.
// deny, unknown and report are what the METADATA of a package describes; a name
// that begins with an underscore is known in its own package alone.
func TestAnnotations(t *testing.T) {
	t.Parallel()
	described, packages := map[string]bool{}, map[string]string{}
	var public []*ast.Rule
	for _, file := range regoFiles(t) {
		if strings.HasSuffix(file, "_test.rego") {
			continue
		}
		module := annotated(t, file)
		packages[module.Package.Path.String()] = file
		for _, a := range module.Annotations {
			if a.Title != "" || a.Description != "" {
				described[a.GetTargetPath().String()] = true
			}
		}
		for _, rule := range module.Rules {
			name, _ := rule.Head.Ref()[0].Value.(ast.Var)
			if !strings.HasPrefix(string(name), "_") && !slices.Contains([]string{"deny", "unknown", "report"}, string(name)) {
				public = append(public, rule)
			}
		}
	}
	for path, file := range packages {
		if !described[path] {
			t.Errorf("%s: package %s has no METADATA", file, path)
		}
	}
	for _, rule := range public {
		if !described[rule.Ref().GroundPrefix().String()] {
			t.Errorf("%s: %s has no METADATA", rule.Location, rule.Head.Ref())
		}
	}
	t.Logf("%d packages and %d rules for others", len(packages), len(public))
}

func annotated(t *testing.T, file string) *ast.Module {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(project(t), "rego", file))
	if err != nil {
		t.Fatal(err)
	}
	module, err := ast.ParseModuleWithOpts(file, string(content), ast.ParserOptions{ProcessAnnotation: true})
	if err != nil {
		t.Fatal(err)
	}
	return module
}
