package functions

import (
	"errors"

	"github.com/hashicorp/go-cty-funcs/cidr"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func (s *Set) numberFunctions() map[string]builtin {
	return map[string]builtin{
		"abs":         {function: stdlib.AbsoluteFunc},
		"ceil":        {function: stdlib.CeilFunc},
		"cidrhost":    {function: cidr.HostFunc},
		"cidrnetmask": {function: cidr.NetmaskFunc},
		"cidrsubnet":  {function: cidr.SubnetFunc},
		"cidrsubnets": {function: cidr.SubnetsFunc},
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

func (s *Set) conversionFunctions() map[string]builtin {
	v := nullable("v")
	value := nullable("value")
	to := func(ty cty.Type) builtin {
		return builtin{function: signature(nil, v), mode: own, handle: func(args []cty.Value) (cty.Value, error) {
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
	f := stdlib.MakeToFunc(ty)
	certain, err := s.erasedCall(f, []cty.Value{v})
	if err != nil {
		return cty.NilVal, err
	}
	if s.table().Whole(v) && !anyUncertain([]cty.Value{v}) {
		return certain, nil
	}
	if v.IsNull() {
		return certain, nil
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
		return cty.NilVal, errors.Join(err)
	}
	return out, nil
}
