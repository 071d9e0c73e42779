package policies_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// moduleConfig is the configuration part of a plan for one module.
type moduleConfig struct {
	folder, address string
	// names are the providers of the module by the names in it, as the root
	// module calls them.
	names map[string]string
	// given are the values of the variables of the root module.
	given object
	// providers is shared by all modules.
	providers                 object
	variables, outputs, calls object
	resources                 []any
}

// planConfig is the configuration of a root module.
func planConfig(t *testing.T, folder string) *moduleConfig {
	t.Helper()
	out := &moduleConfig{folder: folder, providers: object{}, names: map[string]string{}}
	out.read(t)
	return out
}

func (m *moduleConfig) read(t *testing.T) {
	t.Helper()
	m.given, m.variables, m.outputs, m.calls = object{}, object{}, object{}, object{}
	names, err := filepath.Glob(filepath.Join(m.folder, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks hclsyntax.Blocks
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file, diagnostics := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
		if diagnostics.HasErrors() {
			t.Fatal(diagnostics)
		}
		if body, ok := file.Body.(*hclsyntax.Body); ok {
			blocks = append(blocks, body.Blocks...)
		}
	}
	for _, b := range blocks { // before what uses them
		if b.Type == "provider" {
			m.provider(t, b)
		}
	}
	for _, b := range blocks {
		m.block(t, b)
	}
}

func (m *moduleConfig) json() object {
	return object{"resources": m.resources, "variables": m.variables, "outputs": m.outputs, "module_calls": m.calls}
}

func (m *moduleConfig) block(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	switch b.Type {
	case "variable":
		m.variable(t, b)
	case "output":
		m.outputs[b.Labels[0]] = object{"expression": expression(t, b.Body.Attributes["value"].Expr)}
	case "module":
		m.call(t, b)
	case "resource", "data":
		m.resource(t, b)
	}
}

func (m *moduleConfig) variable(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	value, ok := b.Body.Attributes["default"]
	switch {
	case ok:
		m.given[b.Labels[0]] = object{"value": constant(t, value.Expr)}
		m.variables[b.Labels[0]] = object{"default": constant(t, value.Expr)}
	case m.address == "":
		t.Skip("a variable has no value, so there is no plan")
	default:
		m.variables[b.Labels[0]] = object{}
	}
}

func (m *moduleConfig) provider(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	name := b.Labels[0]
	if alias, ok := b.Body.Attributes["alias"]; ok {
		name = fmt.Sprint(name, ".", constant(t, alias.Expr))
	}
	provider := object{
		"name": b.Labels[0], "full_name": "registry.terraform.io/hashicorp/aws", "expressions": expressions(t, b.Body, "alias"),
	}
	key := name
	if m.address != "" {
		key, provider["module_address"] = m.address+":"+name, m.address
	}
	m.names[name], m.providers[key] = key, provider
}

// providerKey is the key of a provider that a module calls by a name.
func (m *moduleConfig) providerKey(name string) string {
	if key, ok := m.names[name]; ok {
		return key
	}
	return name
}

func (m *moduleConfig) resource(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	provider, _, _ := strings.Cut(b.Labels[0], "_")
	if written, ok := b.Body.Attributes["provider"]; ok {
		provider = traversal(written.Expr.Variables()[0])
	}
	resource := object{
		"address": strings.Join(b.Labels, "."), "mode": "managed", "type": b.Labels[0], "name": b.Labels[1],
		"provider_config_key": m.providerKey(provider), "schema_version": 0,
		"expressions": expressions(t, b.Body, "provider", "count", "for_each", "depends_on"),
	}
	if b.Type == "data" {
		resource["mode"], resource["address"] = "data", "data."+strings.Join(b.Labels, ".")
	}
	addRepetition(t, resource, b)
	m.resources = append(m.resources, resource)
}

func addRepetition(t *testing.T, to object, b *hclsyntax.Block) {
	t.Helper()
	for argument, name := range map[string]string{"count": "count_expression", "for_each": "for_each_expression"} {
		if a, ok := b.Body.Attributes[argument]; ok {
			to[name] = expression(t, a.Expr)
		}
	}
}

func (m *moduleConfig) call(t *testing.T, b *hclsyntax.Block) {
	t.Helper()
	source, ok := constant(t, b.Body.Attributes["source"].Expr).(string)
	if !ok || !strings.HasPrefix(source, "./") {
		t.Skip("a module from elsewhere")
	}
	child := &moduleConfig{
		folder: filepath.Join(m.folder, filepath.FromSlash(source)), address: strings.TrimPrefix(m.address+".module."+b.Labels[0], "."),
		names: maps.Clone(m.names), providers: m.providers,
	}
	if passed, ok := b.Body.Attributes["providers"]; ok {
		child.names = m.passed(t, passed.Expr)
	}
	child.read(t)
	call := object{
		"source": source, "module": child.json(),
		"expressions": expressions(t, b.Body, "source", "version", "providers", "count", "for_each", "depends_on"),
	}
	addRepetition(t, call, b)
	m.calls[b.Labels[0]] = call
}

// passed are the providers that a call hands over.
func (m *moduleConfig) passed(t *testing.T, x hclsyntax.Expression) map[string]string {
	t.Helper()
	pairs, diagnostics := hcl.ExprMap(x)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	out := map[string]string{}
	for _, pair := range pairs {
		inner, _ := hcl.AbsTraversalForExpr(pair.Key)
		outer, _ := hcl.AbsTraversalForExpr(pair.Value)
		out[traversal(inner)] = m.providerKey(traversal(outer))
	}
	return out
}

// expressions are the arguments and nested blocks of a body. Dynamic blocks are
// not in a plan, and neither are the arguments that Terraform itself reads.
func expressions(t *testing.T, body *hclsyntax.Body, without ...string) object {
	t.Helper()
	out := object{}
	for name, a := range body.Attributes {
		if !slices.Contains(without, name) {
			out[name] = expression(t, a.Expr)
		}
	}
	for _, b := range body.Blocks {
		if b.Type == "dynamic" || b.Type == "lifecycle" {
			continue
		}
		list, _ := out[b.Type].([]any)
		out[b.Type] = append(list, expressions(t, b.Body))
	}
	return out
}

// expression is what a plan tells of an expression: its value where it is
// literal, else what it refers to.
func expression(t *testing.T, x hclsyntax.Expression) any {
	t.Helper()
	variables := x.Variables()
	if len(variables) == 0 {
		if v, diagnostics := x.Value(nil); !diagnostics.HasErrors() {
			return object{"constant_value": jsonOf(t, v)}
		}
		return object{}
	}
	var references []any
	for _, v := range variables {
		whole := traversal(v)
		references = append(references, whole)
		if parts := strings.Split(whole, "."); len(parts) > 2 {
			references = append(references, strings.Join(parts[:2], "."))
		}
	}
	return object{"references": references}
}

func traversal(t hcl.Traversal) string {
	var out strings.Builder
	for _, step := range t {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			out.WriteString(step.Name)
		case hcl.TraverseAttr:
			out.WriteString("." + step.Name)
		default: // Terraform leaves the rest out
			return out.String()
		}
	}
	return out.String()
}

func constant(t *testing.T, x hclsyntax.Expression) any {
	t.Helper()
	v, diagnostics := x.Value(nil)
	if diagnostics.HasErrors() {
		t.Skip("a default that is no literal")
	}
	var out any
	if err := json.Unmarshal(jsonOf(t, v), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func jsonOf(t *testing.T, v cty.Value) json.RawMessage {
	t.Helper()
	content, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	return content
}
