package functions

import (
	"errors"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// providerFunctions are the functions of the provider that is built into
// Terraform. Those of other providers are unknown.
func (s *Set) providerFunctions() map[string]builtin {
	return map[string]builtin{
		"provider::terraform::encode_expr":   {function: encodeExpression(), mode: byContent},
		"provider::terraform::encode_tfvars": {function: encodeVariables(), mode: byContent},
		"provider::terraform::decode_tfvars": {function: decodeVariables(), mode: byContent},
	}
}

func encodeExpression() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsWhollyKnown() {
				return cty.UnknownVal(cty.String), nil
			}
			tokens := hclwrite.TokensForValue(args[0])
			return cty.StringVal(string(tokens.Bytes())), nil
		},
	})
}

func encodeVariables() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "value", Type: cty.DynamicPseudoType, AllowNull: true, AllowUnknown: true, AllowDynamicType: true}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			v := args[0]
			if !v.IsWhollyKnown() {
				return cty.UnknownVal(cty.String), nil
			}
			if v.IsNull() || !v.Type().IsObjectType() && !v.Type().IsMapType() {
				return cty.NilVal, function.NewArgErrorf(0, "the value to encode must be an object or map")
			}
			fields := v.AsValueMap()
			names := make([]string, 0, len(fields))
			for name := range fields {
				if !hclsyntax.ValidIdentifier(name) {
					return cty.NilVal, function.NewArgErrorf(0, "invalid variable name %q: must be a valid identifier", name)
				}
				names = append(names, name)
			}
			sort.Strings(names)
			file := hclwrite.NewEmptyFile()
			for _, name := range names {
				file.Body().SetAttributeValue(name, fields[name])
			}
			return cty.StringVal(string(file.Bytes())), nil
		},
	})
}

func decodeVariables() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "src", Type: cty.String}},
		Type: func(args []cty.Value) (cty.Type, error) {
			if !args[0].IsKnown() {
				return cty.DynamicPseudoType, nil
			}
			v, err := decodeTFVars(args[0].AsString())
			if err != nil {
				return cty.NilType, err
			}
			return v.Type(), nil
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return decodeTFVars(args[0].AsString()) },
	})
}

func decodeTFVars(src string) (cty.Value, error) {
	file, diags := hclsyntax.ParseConfig([]byte(src), "<decode_tfvars argument>", hcl.InitialPos)
	if diags.HasErrors() {
		return cty.NilVal, function.NewArgErrorf(0, "invalid tfvars syntax: %s", strings.TrimSpace(diags.Error()))
	}
	attributes, diags := file.Body.JustAttributes()
	if diags.HasErrors() {
		return cty.NilVal, errors.New("invalid tfvars syntax: " + diags.Error())
	}
	fields := map[string]cty.Value{}
	for name, attribute := range attributes {
		v, diags := attribute.Expr.Value(nil)
		if diags.HasErrors() {
			return cty.NilVal, function.NewArgErrorf(0, "invalid expression for variable %q: %s", name, diags.Error())
		}
		fields[name] = v
	}
	return cty.ObjectVal(fields), nil
}
