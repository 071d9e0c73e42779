package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

var (
	variableName  = regexp.MustCompile(`\bvariable\s*"?:?\s*[{"]\s*"?([\w-]+)"`)
	parameterName = regexp.MustCompile(`(?m)^\s*"?(\w+)"?\s*:`)
)

// unusedValues warns of variables and parameters on the command line that no
// template which was read can declare: one command line may serve several
// roots, but a name that nobody knows is misspelt.
func unusedValues(in *loaded, e *evaluation) hcl.Diagnostics {
	if !in.relevant {
		return nil
	}
	var diags hcl.Diagnostics
	check := func(flag, name string, declaration *regexp.Regexp) {
		if mentioned(in.graph.Sources, name) {
			return
		}
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: fmt.Sprintf("--%s %s has no effect", flag, name),
			Detail: "No template that was read mentions the name" +
				cmp.Or(suggestion(name, declared(in.graph.Sources, declaration)), "."),
		})
	}
	for _, a := range e.assignments {
		if a.file == "" {
			check("var", a.name, variableName)
		}
	}
	for _, name := range e.parameters.names {
		if !strings.Contains(name, ":") { // no pseudo parameter, no dynamic reference
			check("parameter", name, parameterName)
		}
	}
	return diags
}

func mentioned(sources map[string][]byte, name string) bool {
	for _, content := range sources {
		if bytes.Contains(content, []byte(name)) {
			return true
		}
	}
	return false
}

// declared are the names that a pattern finds, sorted.
func declared(sources map[string][]byte, declaration *regexp.Regexp) []string {
	var names []string
	for _, content := range sources {
		for _, m := range declaration.FindAllSubmatch(content, -1) {
			names = append(names, string(m[1]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
