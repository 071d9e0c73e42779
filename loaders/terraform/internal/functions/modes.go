package functions

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/terraform/internal/expression"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// structural runs a function that never looks into strings.
func (s *Set) structural(f function.Function, args []cty.Value) (cty.Value, error) {
	plain := make([]cty.Value, len(args))
	unknown := false
	for i, arg := range args {
		plain[i] = arg
		if v, _ := arg.Unmark(); !v.IsKnown() {
			unknown = true
		}
	}
	if unknown {
		return s.table().Distribute(plain, func(args []cty.Value) (cty.Value, error) { return f.Call(withoutOrigins(args)) })
	}
	return f.Call(plain)
}

// withoutOrigins drops the origins of arguments that are unknown as a whole.
func withoutOrigins(args []cty.Value) []cty.Value {
	out := make([]cty.Value, len(args))
	for i, arg := range args {
		out[i] = arg
		if v, _ := arg.Unmark(); !v.IsKnown() {
			out[i] = partial.Strip(arg)
		}
	}
	return out
}

// content runs a function with everything unknown that is not known. Where
// that gives no result, it runs the function with several texts in the place of
// each unknown string: if the results agree but for these texts, they are the
// result.
func (s *Set) content(name string, b builtin, args []cty.Value) (cty.Value, error) {
	erased := make([]cty.Value, len(args))
	for i, arg := range args {
		erased[i] = s.table().Erase(arg)
	}
	certain, err := b.function.Call(erased)
	if err != nil {
		return cty.NilVal, err
	}
	if certain.IsWhollyKnown() {
		return certain, nil
	}
	if out, ok := s.represented(b, args); ok {
		return out, nil
	}
	return s.fill(certain, name, args...), nil
}

// represented runs a function with representatives.
func (s *Set) represented(b builtin, args []cty.Value) (cty.Value, bool) {
	origins, ok := s.replaceable(b, args)
	if !ok || textLength(args) > maxRepresented {
		return cty.NilVal, false
	}
	runs := classRuns
	if b.mode == byText {
		runs = textRuns
	}
	var first cty.Value
	for run := range runs {
		texts := representatives(origins, run, b.mode == byText)
		out, err := b.function.Call(s.substitute(args, texts))
		if err != nil {
			return cty.NilVal, false
		}
		back := s.putBack(out, origins, texts)
		switch {
		case run == 0:
			first = back
		case !back.RawEquals(first):
			return cty.NilVal, false
		}
	}
	return first, true
}

// textLength is how long the strings in values are altogether.
func textLength(values []cty.Value) int {
	total := 0
	for _, v := range values {
		partial.Each(v, func(leaf cty.Value) bool {
			if leaf, _ = leaf.Unmark(); leaf.Type() == cty.String && leaf.IsKnown() && !leaf.IsNull() {
				total += len(leaf.AsString())
			}
			return true
		})
	}
	return total
}

const (
	// maxRepresented is the length of text that representatives are tried in.
	maxRepresented = 256 << 10
	// textRuns is the number of texts tried for a function that copies strings.
	textRuns = 2
	// classRuns is the number of texts tried for a function that looks at
	// strings of a known shape. With ten, every digit of an account number takes
	// every value.
	classRuns = 10
)

// replaceable lists the unknown strings of the arguments, if representatives
// can stand for all of them.
func (s *Set) replaceable(b builtin, args []cty.Value) ([]*partial.Origin, bool) {
	var origins []*partial.Origin
	seen := map[string]bool{}
	ok := true
	for _, arg := range args {
		if partial.HasDeep(arg, partial.Uncertain) {
			return nil, false
		}
		partial.Each(arg, func(leaf cty.Value) bool {
			leaf, _ = leaf.Unmark()
			if !leaf.IsKnown() {
				ok = false
				return false
			}
			for _, o := range s.originsOf(leaf) {
				ok = ok && (shaped(o.Class) || b.mode == byText)
				if !seen[o.Unknown.ID] {
					seen[o.Unknown.ID] = true
					origins = append(origins, o)
				}
			}
			return true
		})
	}
	return origins, ok && len(origins) > 0
}

// originsOf lists the unknown parts of a known leaf.
func (s *Set) originsOf(leaf cty.Value) []*partial.Origin {
	if leaf.IsNull() || leaf.Type() != cty.String {
		return nil
	}
	return s.table().Origins(leaf.AsString())
}

// shaped reports whether the strings of a class have a form that is known.
func shaped(c partial.Class) bool {
	return c == partial.ClassAccount || c == partial.ClassRegion || c == partial.ClassPartition
}

// representatives are texts for the origins, different in each run.
func representatives(origins []*partial.Origin, run int, plain bool) map[string]string {
	out := map[string]string{}
	for i, o := range origins {
		out[o.Unknown.ID] = representative(o.Class, i, run, plain)
	}
	return out
}

func representative(class partial.Class, i, run int, plain bool) string {
	switch class {
	case partial.ClassAccount:
		digits := make([]byte, 12)
		for position := range digits {
			digits[position] = byte('0' + (position*7+i*3+run)%10)
		}
		return string(digits)
	case partial.ClassRegion:
		places := []string{"us-northwest-", "eu-southeast-", "ap-central-", "sa-north-", "us-gov-east-"}
		return places[run%len(places)] + strconv.Itoa(100+i*10+run)
	case partial.ClassPartition:
		return fmt.Sprintf("aws-%c%cq", 'k'+run, 'a'+i%26)
	default:
		if plain && run == 0 {
			return fmt.Sprintf("Qz7x%dKv", i)
		}
		return fmt.Sprintf("w:/%d-_.,= <\t\"'\\{}%%y", i)
	}
}

func (s *Set) substitute(args []cty.Value, texts map[string]string) []cty.Value {
	out := make([]cty.Value, len(args))
	for i, arg := range args {
		out[i] = partial.Map(arg, func(leaf cty.Value) cty.Value {
			plain, marks := leaf.Unmark()
			if plain.Type() != cty.String || !plain.IsKnown() || plain.IsNull() || !partial.HasToken(plain.AsString()) {
				return leaf
			}
			var b strings.Builder
			for _, p := range s.table().Split(plain.AsString()) {
				if p.Origin == nil {
					b.WriteString(p.Literal)
					continue
				}
				b.WriteString(texts[p.Origin.Unknown.ID])
			}
			return cty.StringVal(b.String()).WithMarks(marks)
		})
	}
	return out
}

// putBack replaces the representatives in a result by what they stand for.
func (s *Set) putBack(v cty.Value, origins []*partial.Origin, texts map[string]string) cty.Value {
	var pairs []string
	for _, o := range origins {
		pairs = append(pairs, texts[o.Unknown.ID], s.table().Token(o))
	}
	replacer := strings.NewReplacer(pairs...)
	return mapText(v, replacer.Replace)
}

// mapText changes every string in a value, keys of maps too.
func mapText(v cty.Value, change func(string) string) cty.Value {
	plain, marks := v.Unmark()
	ty := plain.Type()
	switch {
	case !plain.IsKnown() || plain.IsNull():
		return v
	case ty == cty.String:
		return cty.StringVal(change(plain.AsString())).WithMarks(marks)
	case ty.IsPrimitiveType() || ty.IsCapsuleType() || plain.LengthInt() == 0:
		return v
	case ty.IsObjectType() || ty.IsMapType():
		fields := map[string]cty.Value{}
		for key, field := range plain.AsValueMap() {
			fields[change(key)] = mapText(field, change)
		}
		if ty.IsMapType() {
			return cty.MapVal(fields).WithMarks(marks)
		}
		return cty.ObjectVal(fields).WithMarks(marks)
	}
	items := plain.AsValueSlice()
	for i, item := range items {
		items[i] = mapText(item, change)
	}
	switch {
	case ty.IsListType():
		return cty.ListVal(items).WithMarks(marks)
	case ty.IsSetType():
		return cty.SetVal(items).WithMarks(marks)
	}
	return cty.TupleVal(items).WithMarks(marks)
}

// byPiece runs a function on each part of its first argument.
func (s *Set) byPiece(name string, f function.Function, args []cty.Value) (cty.Value, error) {
	certain, err := f.Call([]cty.Value{s.table().Erase(args[0])})
	if err != nil {
		return cty.NilVal, err
	}
	plain, marks := args[0].Unmark()
	if !plain.IsKnown() || plain.IsNull() {
		return certain, nil
	}
	pieces := s.table().Split(plain.AsString())
	s.Evaluator.Charge(len(pieces))
	changed := map[string]string{}
	var b strings.Builder
	for _, p := range pieces {
		if p.Origin != nil {
			text, ok := changed[p.Origin.Unknown.ID]
			if !ok {
				text = s.pieceOf(name, f, p.Origin)
				changed[p.Origin.Unknown.ID] = text
			}
			b.WriteString(text)
			continue
		}
		out, err := f.Call([]cty.Value{cty.StringVal(p.Literal)})
		if err != nil {
			return cty.NilVal, err
		}
		b.WriteString(out.AsString())
	}
	return cty.StringVal(b.String()).WithMarks(marks), nil
}

// pieceOf is the text of an unknown part after the function: the part itself
// where its shape has nothing for the function to change.
func (s *Set) pieceOf(name string, f function.Function, o *partial.Origin) string {
	token := s.table().Token(o)
	if out, ok := s.represented(builtin{function: f}, []cty.Value{cty.StringVal(token)}); ok {
		return out.AsString()
	}
	next := s.table().Derive(name, cty.StringVal(token))
	if o.Class != partial.ClassAny {
		next.Class = partial.ClassFilled
	}
	return s.table().Token(next)
}

// checkSize refuses what has grown too large.
func (s *Set) checkSize(v cty.Value) error {
	plain, _ := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() {
		return nil
	}
	limits := s.Evaluator.Limits
	switch ty := plain.Type(); {
	case ty == cty.String:
		if len(plain.AsString()) > limits.Text {
			return s.tooLong()
		}
	case ty.IsCollectionType() || ty.IsTupleType() || ty.IsObjectType():
		if plain.LengthInt() > limits.Items {
			return s.tooMany()
		}
	case partial.Vast(plain):
		return errVast
	}
	return nil
}

// errVast is the error of a number that has too many digits.
var errVast = expression.LimitError("the number is larger than iblint calculates with")

// tooLong is the error of a text that has grown too large.
func (s *Set) tooLong() error {
	return expression.LimitError(fmt.Sprintf("the result is larger than the %d bytes that iblint evaluates", s.Evaluator.Limits.Text))
}

// tooMany is the error of a collection that has grown too large.
func (s *Set) tooMany() error {
	return expression.LimitError(fmt.Sprintf("the result has more than the %d elements that iblint evaluates", s.Evaluator.Limits.Items))
}
