package functions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// clock is the time, of which nothing is known but that it is one.
func (s *Set) clock(name string) cty.Value {
	return s.table().Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{ID: name + "()", Reason: name + "() is the time of the run"},
		Class:   partial.ClassFilled,
	})
}

// jsonEncode writes JSON. A value that is not known stands in the text as an
// unknown part; where it is no string, it stands without quotes.
func (s *Set) jsonEncode(args []cty.Value) (cty.Value, error) {
	flags := partial.DeepFlags(args[0])
	if s.whole(args) {
		plain, _ := args[0].UnmarkDeep()
		out, err := stdlib.JSONEncodeFunc.Call([]cty.Value{plain})
		if err != nil {
			return cty.NilVal, err
		}
		return out.WithMarks(flags), nil
	}
	var b bytes.Buffer
	if err := s.writeJSON(&b, args[0]); err != nil {
		return cty.NilVal, err
	}
	return cty.StringVal(b.String()).WithMarks(flags), nil
}

func (s *Set) writeJSON(b *bytes.Buffer, v cty.Value) error {
	if b.Len() > s.Evaluator.Limits.Text {
		return s.tooLong()
	}
	plain, _ := v.Unmark()
	ty := plain.Type()
	switch {
	case !plain.IsKnown():
		return s.writeUnknown(b, v)
	case plain.IsNull():
		b.WriteString("null")
	case ty == cty.String:
		return writeString(b, plain.AsString())
	case ty.IsPrimitiveType():
		raw, err := ctyjson.Marshal(plain, ty)
		b.Write(raw)
		return err
	case ty.IsObjectType() || ty.IsMapType():
		return s.writeObject(b, plain)
	case ty.IsCapsuleType():
		return fmt.Errorf("cannot write a value of type %s as JSON", ty.FriendlyName())
	default:
		return s.writeSequence(b, plain)
	}
	return nil
}

// JSON is a value as JSON text; what is not known is a part of it.
func (s *Set) JSON(v cty.Value) (string, error) {
	var b bytes.Buffer
	err := s.writeJSON(&b, v)
	return b.String(), err
}

// writeSequence writes a list. An item that may be absent makes the text of the
// whole list a choice.
func (s *Set) writeSequence(b *bytes.Buffer, v cty.Value) error {
	items := v.AsValueSlice()
	for _, item := range items {
		o := s.table().OriginOf(item)
		if o == nil || o.Choice == nil || !partial.IsRemoved(o.Choice.Else) && !partial.IsRemoved(o.Choice.Then) {
			continue
		}
		id := o.Choice.Condition.ID
		text, err := s.choiceJSON(&partial.Choice{
			Condition: o.Choice.Condition, Then: s.table().Decide(v, id, true), Else: s.table().Decide(v, id, false),
		})
		b.WriteString(text)
		return err
	}
	b.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := s.writeJSON(b, item); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	return nil
}

// DecodeJSON reads JSON of which parts may not be known.
func (s *Set) DecodeJSON(text cty.Value) (cty.Value, error) { return s.jsonDecode([]cty.Value{text}) }

func (s *Set) writeObject(b *bytes.Buffer, v cty.Value) error {
	fields := v.AsValueMap()
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	sort.Strings(names)
	b.WriteByte('{')
	for i, name := range names {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeString(b, name); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := s.writeJSON(b, fields[name]); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// writeString writes a string as cty does, whose JSON escapes <, > and &.
func writeString(b *bytes.Buffer, text string) error {
	raw, err := json.Marshal(text)
	b.Write(raw)
	return err
}

func (s *Set) writeUnknown(b *bytes.Buffer, v cty.Value) error {
	o := s.table().OriginOf(v)
	if o == nil {
		o = s.table().Derive("json", v)
	}
	if c := o.Choice; c != nil {
		text, err := s.choiceJSON(c)
		if err != nil {
			return err
		}
		b.WriteString(text)
		return nil
	}
	b.WriteString(s.table().Token(o))
	return nil
}

// choiceJSON is the JSON of a value that a condition chooses.
func (s *Set) choiceJSON(c *partial.Choice) (string, error) {
	var arms [2]cty.Value
	for i, arm := range []cty.Value{c.Then, c.Else} {
		var b bytes.Buffer
		if err := s.writeJSON(&b, arm); err != nil {
			return "", err
		}
		arms[i] = cty.StringVal(b.String())
	}
	out, _ := s.table().Choose(c.Condition, arms[0], arms[1]).Unmark()
	return out.AsString(), nil
}

// jsonDecode reads JSON of which parts may not be known. An unknown part
// between quotes is part of a string; elsewhere it is a value.
func (s *Set) jsonDecode(args []cty.Value) (cty.Value, error) {
	plain, marks := args[0].Unmark()
	if !plain.IsKnown() {
		return cty.DynamicVal.WithMarks(partial.Flags(args[0])), nil
	}
	text := plain.AsString()
	if !partial.HasToken(text) {
		out, err := stdlib.JSONDecodeFunc.Call(args)
		if err != nil {
			return cty.NilVal, err
		}
		return s.clean(out), nil
	}
	return s.table().Distribute([]cty.Value{plain}, func(args []cty.Value) (cty.Value, error) {
		return s.decodeText(args[0]).WithMarks(marks), nil
	})
}

func (s *Set) decodeText(v cty.Value) cty.Value {
	text := v.AsString()
	if s.table().Alone(text) != nil {
		return s.fill(cty.DynamicVal, "jsondecode", v)
	}
	quoted, bare := s.quoteTokens(text)
	out, err := stdlib.JSONDecodeFunc.Call([]cty.Value{cty.StringVal(quoted)})
	if err != nil {
		// Whether the text is JSON may hang on what is not known of it.
		return s.fill(cty.DynamicVal, "jsondecode", v)
	}
	return partial.Map(out, func(leaf cty.Value) cty.Value {
		plain, _ := leaf.Unmark()
		if plain.Type() != cty.String || !plain.IsKnown() || plain.IsNull() {
			return leaf
		}
		if o := s.table().Alone(plain.AsString()); o != nil && bare[o.Unknown.ID] {
			return s.table().Value(cty.DynamicPseudoType, o)
		}
		return leaf
	})
}

// quoteTokens puts quotes around the unknown parts that stand outside of
// strings, and says which these are.
func (s *Set) quoteTokens(text string) (string, map[string]bool) {
	var b strings.Builder
	bare := map[string]bool{}
	inside := false
	for _, p := range s.table().Split(text) {
		if p.Origin == nil {
			inside = scanQuotes(p.Literal, inside)
			b.WriteString(p.Literal)
			continue
		}
		token := s.table().Token(p.Origin)
		if inside {
			b.WriteString(token)
			continue
		}
		bare[p.Origin.Unknown.ID] = true
		b.WriteString(`"` + token + `"`)
	}
	return b.String(), bare
}

// scanQuotes says whether the end of a piece of JSON is inside of a string.
func scanQuotes(literal string, inside bool) bool {
	for i := 0; i < len(literal); i++ {
		switch literal[i] {
		case '\\':
			if inside {
				i++
			}
		case '"':
			inside = !inside
		}
	}
	return inside
}
