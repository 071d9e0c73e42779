package functions

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/hashicorp/go-cty-funcs/crypto"
	"github.com/hashicorp/go-cty-funcs/encoding"
	"github.com/hashicorp/go-cty-funcs/uuid"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	"golang.org/x/text/encoding/ianaindex"
)

func (s *Set) codingFunctions() map[string]builtin {
	cost := parameter("cost", cty.Number)
	str := parameter("str", cty.String)
	val := nullable("val")
	return map[string]builtin{
		"base64decode":     {function: encoding.Base64DecodeFunc},
		"base64encode":     {function: encoding.Base64EncodeFunc},
		"base64gzip":       {function: textFunction("str", zip)},
		"base64sha256":     {function: textFunction("str", func(t string) (string, error) { return hash256(t), nil })},
		"base64sha512":     {function: textFunction("str", func(t string) (string, error) { return hash512(t), nil })},
		"bcrypt":           {function: signature(&cost, str), mode: own, handle: s.freshFunction("bcrypt", "bcrypt makes another value each time")},
		"csvdecode":        {function: stdlib.CSVDecodeFunc},
		"formatdate":       {function: stdlib.FormatDateFunc},
		"jsondecode":       {function: signature(nil, str), mode: own, handle: s.jsonDecode},
		"jsonencode":       {function: signature(nil, val), mode: own, handle: s.jsonEncode},
		"md5":              {function: crypto.Md5Func},
		"plantimestamp":    {function: signature(nil), mode: own, handle: s.clockFunction("plantimestamp")},
		"rsadecrypt":       {function: crypto.RsaDecryptFunc},
		"sha1":             {function: crypto.Sha1Func},
		"sha256":           {function: crypto.Sha256Func},
		"sha512":           {function: crypto.Sha512Func},
		"textdecodebase64": {function: textCoding("source", decodeText)},
		"textencodebase64": {function: textCoding("string", encodeText)},
		"timeadd":          {function: stdlib.TimeAddFunc},
		"timecmp":          {function: timeCompare},
		"timestamp":        {function: signature(nil), mode: own, handle: s.clockFunction("timestamp")},
		"urlencode":        {function: encoding.URLEncodeFunc},
		"uuid":             {function: signature(nil), mode: own, handle: s.freshFunction("uuid", "uuid makes another value each time")},
		"uuidv5":           {function: uuid.V5Func},
		"yamldecode":       {function: yamlDecoder(), mode: byText},
		"yamlencode":       {function: yamlEncoder(), mode: byText},
	}
}

// freshFunction is a function whose result nobody can foresee.
func (s *Set) freshFunction(name, reason string) func([]cty.Value) (cty.Value, error) {
	return func([]cty.Value) (cty.Value, error) { return s.fresh(name, reason), nil }
}

// clockFunction is a function that returns the time, the same in every call.
func (s *Set) clockFunction(name string) func([]cty.Value) (cty.Value, error) {
	return func([]cty.Value) (cty.Value, error) { return s.clock(name), nil }
}

// textFunction is a function of one string.
func textFunction(name string, change func(string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params:       []function.Parameter{{Name: name, Type: cty.String}},
		Type:         function.StaticReturnType(cty.String),
		RefineResult: func(b *cty.RefinementBuilder) *cty.RefinementBuilder { return b.NotNull() },
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := change(args[0].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(out), nil
		},
	})
}

func zip(text string) (string, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		return "", fmt.Errorf("write gzip data: %w", err)
	}
	if err := w.Flush(); err != nil {
		return "", fmt.Errorf("flush gzip data: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("close gzip data: %w", err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

func hash256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func hash512(text string) string {
	sum := sha512.Sum512([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// textCoding is a function of a string and the name of a character encoding.
func textCoding(name string, change func(text, encoding string) (string, error)) function.Function {
	return function.New(&function.Spec{
		Params: []function.Parameter{{Name: name, Type: cty.String}, {Name: "encoding", Type: cty.String}},
		Type:   function.StaticReturnType(cty.String),
		Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
			out, err := change(args[0].AsString(), args[1].AsString())
			if err != nil {
				return cty.NilVal, err
			}
			return cty.StringVal(out), nil
		},
	})
}

func encodeText(text, name string) (string, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return "", function.NewArgErrorf(1, "%q is not a supported IANA encoding name or alias in this version", name)
	}
	out, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return "", function.NewArgErrorf(0, "the given string contains characters that cannot be represented in %s", name)
	}
	return base64.StdEncoding.EncodeToString(out), nil
}

func decodeText(source, name string) (string, error) {
	enc, err := ianaindex.IANA.Encoding(name)
	if err != nil || enc == nil {
		return "", function.NewArgErrorf(1, "%q is not a supported IANA encoding name or alias in this version", name)
	}
	raw, err := base64.StdEncoding.DecodeString(source)
	if err != nil {
		return "", function.NewArgErrorf(0, "the given value is has an invalid base64 symbol")
	}
	out, err := enc.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(out, '\uFFFD') {
		return "", function.NewArgErrorf(0, "the given string contains symbols that are not defined for %s", name)
	}
	return string(out), nil
}

//nolint:gochecknoglobals // a function is a value that nothing changes
var timeCompare = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "timestamp_a", Type: cty.String}, {Name: "timestamp_b", Type: cty.String}},
	Type:   function.StaticReturnType(cty.Number),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		var moments [2]time.Time
		for i, arg := range args {
			// The year 2006 and its time zone are how Go spells RFC 3339, which is
			// what formatdate accepts.
			t, err := time.Parse(time.RFC3339, arg.AsString())
			if err != nil {
				return cty.NilVal, function.NewArgError(i, err)
			}
			moments[i] = t
		}
		return cty.NumberIntVal(int64(moments[0].Compare(moments[1]))), nil
	},
})
