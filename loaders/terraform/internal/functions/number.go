package functions

import (
	"errors"
	"strings"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

func (s *Set) numberFunctions() map[string]builtin {
	return map[string]builtin{
		"abs":         {function: stdlib.AbsoluteFunc},
		"ceil":        {function: stdlib.CeilFunc},
		"cidrhost":    {function: prefixed(cidr.HostFunc, nil)},
		"cidrnetmask": {function: prefixed(cidr.NetmaskFunc, onlyIPv4)},
		"cidrsubnet":  {function: prefixed(cidr.SubnetFunc, nil)},
		"cidrsubnets": {function: prefixed(cidr.SubnetsFunc, nil)},
		"floor":       {function: stdlib.FloorFunc},
		"log":         {function: stdlib.LogFunc},
		"max":         {function: stdlib.MaxFunc},
		"min":         {function: stdlib.MinFunc},
		"parseint":    {function: stdlib.ParseIntFunc},
		"pow":         {function: stdlib.PowFunc},
		"signum":      {function: bounded(stdlib.SignumFunc, wholeNumber)},
	}
}

// wholeNumber refuses fractions, as Terraform's signum does.
func wholeNumber(args []cty.Value) error {
	n, _ := args[0].Unmark()
	if n.IsKnown() && !n.IsNull() && !n.AsBigFloat().IsInt() {
		return function.NewArgErrorf(0, "value must be a whole number, between -9223372036854775808 and 9223372036854775807 inclusive")
	}
	return nil
}

// prefixed is a function of an address prefix. Octets may begin with zeroes,
// as Terraform has it.
func prefixed(f function.Function, check func(string) error) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(), Type: f.ReturnTypeForValues,
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			prefix := args[0].AsString()
			if check != nil {
				if err := check(prefix); err != nil {
					return cty.NilVal, err
				}
			}
			rest := append([]cty.Value{}, args...)
			rest[0] = cty.StringVal(withoutZeroes(prefix))
			return f.Call(rest)
		},
	})
}

func onlyIPv4(prefix string) error {
	if strings.Contains(prefix, ":") {
		return errors.New("IPv6 addresses cannot have a netmask: " + prefix)
	}
	return nil
}

func withoutZeroes(prefix string) string {
	address, bits, _ := strings.Cut(prefix, "/")
	if strings.Contains(address, ":") {
		return prefix
	}
	octets := strings.Split(address, ".")
	for i, octet := range octets {
		if trimmed := strings.TrimLeft(octet, "0"); trimmed != "" {
			octets[i] = trimmed
		} else if octet != "" {
			octets[i] = "0"
		}
	}
	return strings.Join(octets, ".") + "/" + bits
}

func (s *Set) conversionFunctions() map[string]builtin {
	value := nullable("value")
	to := func(ty cty.Type) builtin {
		return builtin{function: stdlib.MakeToFunc(ty), mode: own, whole: true, handle: func(args []cty.Value) (cty.Value, error) {
			return s.convertTo(args[0], ty)
		}}
	}
	return map[string]builtin{
		"ephemeralasnull": {function: signature(nil, value), mode: own, handle: s.ephemeralAsNull},
		"issensitive":     {function: signature(nil, value), mode: own, handle: s.isSensitive},
		"nonsensitive":    {function: signature(nil, value), mode: own, handle: s.nonSensitive},
		"sensitive":       {function: signature(nil, value), mode: own, handle: s.sensitive},
		"tobool":          to(cty.Bool),
		"tolist":          to(cty.List(cty.DynamicPseudoType)),
		"tomap":           to(cty.Map(cty.DynamicPseudoType)),
		"tonumber":        to(cty.Number),
		"toset":           to(cty.Set(cty.DynamicPseudoType)),
		"tostring":        to(cty.String),
	}
}

// convertTo is an explicit conversion; like Terraform's, it does not turn
// strings into numbers and truth values the wrong way round.
func (s *Set) convertTo(v cty.Value, ty cty.Type) (cty.Value, error) {
	if v.IsNull() && v.Type() == cty.DynamicPseudoType {
		if ty.HasDynamicTypes() {
			ty = cty.DynamicPseudoType
		}
		return cty.NullVal(ty).WithMarks(partial.Flags(v)), nil
	}
	if plain, _ := v.Unmark(); !plain.IsKnown() {
		return s.table().Distribute([]cty.Value{v}, func(args []cty.Value) (cty.Value, error) {
			out, err := s.Convert(args[0], ty)
			if err != nil {
				return cty.NilVal, function.NewArgError(0, err)
			}
			return out, nil
		})
	}
	out, err := s.Convert(v, ty)
	if err != nil {
		return cty.NilVal, function.NewArgError(0, err)
	}
	return out, nil
}
