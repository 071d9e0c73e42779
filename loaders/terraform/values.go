package terraform

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// given is a value for a variable of the root module, with its place.
type given struct {
	value cty.Value
	// raw is a value as written on the command line or in the environment.
	raw   string
	isRaw bool
	// from names the place for people: "prod.tfvars", "--var".
	from string
	at   hcl.Range
	// body holds the expression of a value from a file.
	expr hclsyntax.Expression
	// strict is set where a value for an undeclared variable is an error.
	strict bool
}

// givenValues collects the values of the root's variables; later ones win:
// environment, terraform.tfvars, *.auto.tfvars by name, the command line.
func (l *loader) givenValues() map[string]given {
	out := map[string]given{}
	for _, name := range sortedKeys(l.options.Environment) {
		if variable, ok := strings.CutPrefix(name, "TF_VAR_"); ok {
			out[variable] = given{raw: l.options.Environment[name], isRaw: true, from: "environment variable " + name}
		}
	}
	for _, name := range l.automaticFiles() {
		l.readValues(name, name, out)
	}
	for _, assignment := range l.options.Assignments {
		if assignment.File != "" {
			l.readValues(assignment.File, assignment.File, out)
			continue
		}
		out[assignment.Name] = given{raw: assignment.Value, isRaw: true, from: "--var " + assignment.Name, strict: true}
	}
	return out
}

// addBound adds what other roots give to variables that have no value.
func (l *loader) addBound(out map[string]given) {
	for _, name := range sortedKeys(l.options.Values) {
		if _, ok := out[name]; ok || l.options.Bound[name] == nil {
			continue
		}
		if value, ok := l.suppliedWhole(l.options.Values[name]); ok {
			out[name] = given{value: value, from: "a binding", at: l.options.Bound[name].Range}
		}
	}
}

// automaticFiles lists the files that Terraform reads by itself, in order.
func (l *loader) automaticFiles() []string {
	entries, err := l.files.ReadDir(l.dir)
	if err != nil {
		return nil
	}
	var first, auto []string
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case entry.IsDir():
		case name == "terraform.tfvars", name == "terraform.tfvars.json":
			first = append(first, path.Join(l.dir, name))
		case strings.HasSuffix(name, ".auto.tfvars"), strings.HasSuffix(name, ".auto.tfvars.json"):
			auto = append(auto, path.Join(l.dir, name))
		}
	}
	sort.Strings(first)
	sort.Strings(auto)
	return append(first, auto...)
}

// readValues reads a file of variable values.
func (l *loader) readValues(name, label string, out map[string]given) {
	start := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
	content, err := l.read(name)
	if err != nil {
		summary := "Failed to read variables file"
		detail := fmt.Sprintf("Given variables file %s cannot be read: %s.", name, err)
		if errors.Is(err, fs.ErrNotExist) {
			detail = fmt.Sprintf("Given variables file %s does not exist.", name)
		}
		l.problem(start, summary, detail)
		return
	}
	if err := l.checkText(content); err != nil {
		l.problem(start, "File refused", fmt.Sprintf("%s. Its values were left out.", err))
		return
	}
	body := l.parseValues(content, name)
	if body == nil {
		return
	}
	for _, b := range body.Blocks {
		l.problem(b.TypeRange, "Unsupported block", fmt.Sprintf("A file of variable values holds arguments only: write %s = {…}.", b.Type))
	}
	for _, a := range body.Attributes {
		value, diags := a.Expr.Value(nil)
		l.report(diags...)
		if diags.HasErrors() {
			continue
		}
		out[a.Name] = given{value: cleanValue(value), from: label, at: a.Expr.Range(), expr: a.Expr}
	}
}

func (l *loader) parseValues(content []byte, name string) *syntax.Body {
	if strings.HasSuffix(name, ".json") {
		body, diags := syntax.ParseJSONValues(content, name)
		l.report(diags...)
		return body
	}
	file, diags := hclsyntax.ParseConfig(clean(content), name, hcl.InitialPos)
	l.report(diags...)
	native, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	return syntax.Native(native)
}

// parseRaw reads a value of the command line: as a string, or as an
// expression where the variable's type asks for more.
func (l *loader) parseRaw(v *variableType, g given) (cty.Value, bool) {
	if v.literal {
		return cleanValue(cty.StringVal(g.raw)), true
	}
	where := "<value for var." + v.name + ">"
	if len(g.raw) > l.limits.FileSize || l.checkText([]byte(g.raw)) != nil {
		l.problem(v.header, "Value refused", fmt.Sprintf("The value of %s is larger or nested deeper than iblint reads.", g.from))
		return cty.NilVal, false
	}
	x, diags := hclsyntax.ParseExpression([]byte(g.raw), where, hcl.InitialPos)
	if !diags.HasErrors() {
		var value cty.Value
		if value, diags = x.Value(nil); !diags.HasErrors() {
			return cleanValue(value), true
		}
	}
	for _, d := range diags {
		l.problem(v.header, "Invalid value for variable", fmt.Sprintf("The value of %s is no expression of type %s: %s. %s", g.from, v.ty.FriendlyName(), d.Summary, d.Detail))
	}
	return cty.NilVal, false
}
