package functions

import (
	"errors"
	"fmt"
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// parsedTemplate is a template file that was parsed once.
type parsedTemplate struct {
	expr  hclsyntax.Expression
	roots []hcl.Traversal
	err   error
}

func (s *Set) templateFile(args []cty.Value) (cty.Value, error) {
	p, ok := s.path(args[0])
	if !ok {
		return cty.UnknownVal(cty.String), nil
	}
	parsed, ok := s.templates[p]
	if !ok {
		content, err := s.Files.Read(p)
		if errors.Is(err, ErrNotReadable) {
			return s.notReadable("templatefile", p), nil
		}
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		parsed = s.parse(p, string(content))
		if s.templates == nil {
			s.templates = map[string]parsedTemplate{}
		}
		s.templates[p] = parsed
	}
	return s.render(parsed, args[1], "templatefile", partial.Flags(args[0]))
}

func (s *Set) templateString(args []cty.Value) (cty.Value, error) {
	plain, _ := args[0].Unmark()
	if !plain.IsKnown() || partial.HasToken(plain.AsString()) {
		return cty.UnknownVal(cty.String), nil
	}
	return s.render(s.parse("<templatestring argument>", plain.AsString()), args[1], "templatestring", partial.Flags(args[0]))
}

func (s *Set) parse(name, content string) parsedTemplate {
	if _, err := text(content); err != nil {
		return parsedTemplate{err: err}
	}
	expr, diags := hclsyntax.ParseTemplate([]byte(partial.Clean(content)), name, hcl.Pos{Line: 1, Column: 1})
	if diags.HasErrors() {
		return parsedTemplate{err: diags}
	}
	roots := expr.Variables()
	wrapped, diags := s.Evaluator.Wrap(expr)
	if diags.HasErrors() {
		return parsedTemplate{err: diags}
	}
	return parsedTemplate{expr: wrapped, roots: roots}
}

// render evaluates a template with an object of variables.
func (s *Set) render(parsed parsedTemplate, vars cty.Value, name string, flags cty.ValueMarks) (cty.Value, error) {
	if parsed.err != nil {
		return cty.NilVal, parsed.err
	}
	plain, _ := vars.Unmark()
	if ty := plain.Type(); ty != cty.DynamicPseudoType && !ty.IsMapType() && !ty.IsObjectType() {
		return cty.NilVal, function.NewArgErrorf(1, "invalid vars value: must be a map")
	}
	if !plain.IsKnown() {
		return cty.UnknownVal(cty.String), nil
	}
	variables := map[string]cty.Value{}
	for it := plain.ElementIterator(); it.Next(); {
		key, v := it.Element()
		if !hclsyntax.ValidIdentifier(key.AsString()) {
			return cty.NilVal, function.NewArgErrorf(1, "invalid template variable name %q: must start with a letter, followed by zero or more letters, digits, and underscores", key.AsString())
		}
		variables[key.AsString()] = v
	}
	for _, root := range parsed.roots {
		if _, ok := variables[root.RootName()]; !ok {
			return cty.NilVal, function.NewArgErrorf(1, "vars map does not contain key %q, referenced at %s", root.RootName(), root[0].SourceRange())
		}
	}
	ctx := &hcl.EvalContext{Variables: variables, Functions: s.templateFunctions()}
	v, diags := parsed.expr.Value(ctx)
	if diags.HasErrors() {
		return cty.NilVal, diags
	}
	if v.IsNull() && name == "templatestring" {
		return cty.NilVal, errors.New("the template result is null")
	}
	return v.WithMarks(flags, partial.Flags(vars)), nil
}

// templateFunctions are the functions that templates may call: all but those
// that render templates.
func (s *Set) templateFunctions() map[string]function.Function {
	out := maps.Clone(s.Functions())
	for _, name := range []string{"templatefile", "core::templatefile", "templatestring", "core::templatestring"} {
		called := name
		out[name] = function.New(&function.Spec{
			VarParam: &function.Parameter{Name: "any", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true},
			Type: func([]cty.Value) (cty.Type, error) {
				return cty.NilType, fmt.Errorf("cannot recursively call %s from inside another template function", called)
			},
		})
	}
	return out
}
