package functions

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

func (s *Set) textFunctions() map[string]builtin {
	return map[string]builtin{
		"chomp":       {function: stdlib.ChompFunc},
		"endswith":    {function: textTest("suffix", strings.HasSuffix), mode: own, whole: true, handle: s.textTest(strings.HasSuffix, endsWith)},
		"format":      {function: withoutNull(bounded(stdlib.FormatFunc, s.checkFormat)), mode: byText},
		"formatlist":  {function: withoutNull(bounded(stdlib.FormatListFunc, s.checkFormat)), mode: byText},
		"indent":      {function: bounded(stdlib.IndentFunc, s.checkIndent)},
		"join":        {function: bounded(stdlib.JoinFunc, s.checkJoin), mode: orderly},
		"lower":       {function: stdlib.LowerFunc, mode: byPiece},
		"regex":       {function: stdlib.RegexFunc},
		"regexall":    {function: stdlib.RegexAllFunc},
		"replace":     {function: s.replaceFunction(), mode: own, whole: true, handle: s.replace},
		"split":       {function: stdlib.SplitFunc},
		"startswith":  {function: textTest("prefix", strings.HasPrefix), mode: own, whole: true, handle: s.textTest(strings.HasPrefix, startsWith)},
		"strcontains": {function: textTest("substr", strings.Contains), mode: own, whole: true, handle: s.textTest(strings.Contains, holds)},
		"strrev":      {function: stdlib.ReverseFunc},
		"substr":      {function: stdlib.SubstrFunc},
		"title":       {function: stdlib.TitleFunc},
		"trim":        {function: stdlib.TrimFunc},
		"trimprefix":  {function: stdlib.TrimPrefixFunc},
		"trimspace":   {function: stdlib.TrimSpaceFunc},
		"trimsuffix":  {function: stdlib.TrimSuffixFunc},
		"upper":       {function: stdlib.UpperFunc, mode: byPiece},
	}
}

// bounded is a function that is refused when its result would be too large.
func bounded(f function.Function, check func([]cty.Value) error) function.Function {
	spec := &function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if err := check(args); err != nil {
				return cty.NilType, err
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return f.Call(args) },
	}
	return function.New(spec)
}

// withoutNull is a function whose result is unknown when an argument is null
// and of no type: to Terraform such an argument is one of unknown type.
func withoutNull(f function.Function) function.Function {
	return function.New(&function.Spec{
		Params: f.Params(), VarParam: f.VarParam(),
		Type: func(args []cty.Value) (cty.Type, error) {
			if anyUntypedNull(args) {
				return cty.DynamicPseudoType, nil
			}
			return f.ReturnTypeForValues(args)
		},
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if anyUntypedNull(args) {
				return cty.DynamicVal, nil
			}
			return f.Call(args)
		},
	})
}

func anyUntypedNull(args []cty.Value) bool {
	for _, arg := range args {
		if arg.IsNull() && arg.Type() == cty.DynamicPseudoType {
			return true
		}
	}
	return false
}

// wide finds the numbers in a format.
var wide = regexp.MustCompile(`[0-9]+`)

// checkFormat refuses a format that pads to more than the limit.
func (s *Set) checkFormat(args []cty.Value) error {
	format, _ := args[0].Unmark()
	if !format.IsKnown() || format.IsNull() {
		return nil
	}
	for _, digits := range wide.FindAllString(format.AsString(), -1) {
		if n, err := strconv.Atoi(digits); strings.Contains(format.AsString(), "%") && (err != nil && len(digits) > 15 || n > s.Evaluator.Limits.Text) && padded(format.AsString(), digits) {
			return s.tooLong()
		}
	}
	if slices.ContainsFunc(args[1:], partial.Vast) {
		return errVast
	}
	return nil
}

// padded reports whether digits stand in a verb of a format.
func padded(format, digits string) bool {
	before, _, _ := strings.Cut(format, digits)
	verb := strings.TrimRight(before, "0123456789.+-# ")
	return strings.HasSuffix(verb, "%")
}

func (s *Set) checkJoin(args []cty.Value) error {
	total := 0
	separator, _ := args[0].Unmark()
	for _, list := range args[1:] {
		plain, _ := list.Unmark()
		if !plain.IsKnown() || plain.IsNull() || !separator.IsKnown() {
			return nil
		}
		total += plain.LengthInt() * len(separator.AsString())
		for it := plain.ElementIterator(); it.Next(); {
			if _, item := it.Element(); !item.IsMarked() && item.IsKnown() && !item.IsNull() && item.Type() == cty.String {
				total += len(item.AsString())
			}
		}
	}
	if total > s.Evaluator.Limits.Text {
		return s.tooLong()
	}
	return nil
}

// checkIndent refuses an indentation that is wider than the limit.
func (s *Set) checkIndent(args []cty.Value) error {
	spaces, _ := args[0].Unmark()
	text, _ := args[1].Unmark()
	if !spaces.IsKnown() || spaces.IsNull() || !text.IsKnown() || text.IsNull() {
		return nil
	}
	width, _ := spaces.AsBigFloat().Float64()
	if width*float64(strings.Count(text.AsString(), "\n")) > float64(s.Evaluator.Limits.Text) {
		return s.tooLong()
	}
	return nil
}

// textTest is a question about two strings.
func textTest(name string, test func(s, part string) bool) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: "str", Type: cty.String, AllowUnknown: true}, {Name: name, Type: cty.String}},
		Type:   function.StaticReturnType(cty.Bool),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			if !args[0].IsKnown() {
				return cty.UnknownVal(cty.Bool), nil
			}
			return cty.BoolVal(test(args[0].AsString(), args[1].AsString())), nil
		},
	})
}

// textTest answers a question about strings of which parts are known.
func (s *Set) textTest(exact func(s, part string) bool, partly func([]partial.Piece, string) partial.Truth) func([]cty.Value) (cty.Value, error) {
	f := textTest("part", exact)
	return func(args []cty.Value) (cty.Value, error) {
		return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
			certain, err := s.erasedCall(f, args)
			if err != nil || certain.IsKnown() {
				return certain, err
			}
			text, _ := args[0].Unmark()
			part, _ := args[1].Unmark()
			if !text.IsKnown() || !part.IsKnown() || partial.HasToken(part.AsString()) {
				return certain, nil
			}
			switch partly(s.table().Split(text.AsString()), part.AsString()) {
			case partial.Yes:
				return cty.True.WithMarks(partial.Flags(args...)), nil
			case partial.No:
				return cty.False.WithMarks(partial.Flags(args...)), nil
			case partial.Unknown:
			}
			if out, ok := s.represented(builtin{function: f}, args); ok {
				return out, nil
			}
			return certain, nil
		})
	}
}

func startsWith(pieces []partial.Piece, prefix string) partial.Truth {
	literal := pieces[0].Literal
	switch {
	case strings.HasPrefix(literal, prefix):
		return partial.Yes
	case pieces[0].Origin == nil && !strings.HasPrefix(prefix, literal):
		return partial.No
	}
	return partial.Unknown
}

func endsWith(pieces []partial.Piece, suffix string) partial.Truth {
	last := pieces[len(pieces)-1]
	switch {
	case strings.HasSuffix(last.Literal, suffix):
		return partial.Yes
	case last.Origin == nil && !strings.HasSuffix(suffix, last.Literal):
		return partial.No
	}
	return partial.Unknown
}

func holds(pieces []partial.Piece, part string) partial.Truth {
	for _, p := range pieces {
		if p.Origin == nil && strings.Contains(p.Literal, part) {
			return partial.Yes
		}
	}
	return partial.Unknown
}

// replaced is the most that the matches of a pattern can become.
func replaced(text, pattern, with string) int {
	expression, err := regexp.Compile(pattern)
	if err != nil {
		return 0
	}
	references, total := strings.Count(with, "$"), 0
	for _, match := range expression.FindAllStringIndex(text, -1) {
		total += len(with) + references*(match[1]-match[0])
	}
	return total
}

// replaceFunction is Terraform's replace: between slashes the text to replace
// is a regular expression.
func (s *Set) replaceFunction() function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{
			{Name: "str", Type: cty.String}, {Name: "substr", Type: cty.String}, {Name: "replace", Type: cty.String},
		},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: func(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			text, old, with := args[0].AsString(), args[1].AsString(), args[2].AsString()
			limit := s.Evaluator.Limits.Text
			mayGrow := (len(text)+1)*len(with) > limit
			if len(old) > 1 && strings.HasPrefix(old, "/") && strings.HasSuffix(old, "/") {
				pattern := old[1 : len(old)-1]
				if mayGrow && replaced(text, pattern, with) > limit {
					return cty.NilVal, s.tooLong()
				}
				return stdlib.RegexReplaceFunc.Call([]cty.Value{args[0], cty.StringVal(pattern), args[2]})
			}
			if mayGrow && strings.Count(text, old)*len(with) > limit {
				return cty.NilVal, s.tooLong()
			}
			return cty.StringVal(strings.ReplaceAll(text, old, with)), nil
		},
	})
}

// replace replaces in each part of a partly known string when only one
// character is looked for, because that cannot reach over the end of a part.
func (s *Set) replace(args []cty.Value) (cty.Value, error) {
	f := s.replaceFunction()
	if s.whole(args) {
		out, err := f.Call(args)
		if err != nil {
			return cty.NilVal, err
		}
		return s.clean(out), nil
	}
	return s.table().Distribute(args, func(args []cty.Value) (cty.Value, error) {
		old, _ := args[1].Unmark()
		with, _ := args[2].Unmark()
		if old.IsKnown() && len([]rune(old.AsString())) == 1 && with.IsKnown() && !partial.HasToken(with.AsString()) {
			name := "replace " + strconv.Quote(old.AsString()) + " " + strconv.Quote(with.AsString())
			single := function.New(&function.Spec{
				Params: []function.Parameter{{Name: "str", Type: cty.String}},
				Type:   function.StaticReturnType(cty.String),
				Impl: func(piece []cty.Value, _ cty.Type) (cty.Value, error) {
					return f.Call([]cty.Value{piece[0], old, with})
				},
			})
			return s.byPiece(name, single, args[:1])
		}
		return s.content("replace", builtin{function: f}, args)
	})
}
