package functions

import (
	"crypto/md5"  //nolint:gosec // filemd5 is what users ask for
	"crypto/sha1" //nolint:gosec // filesha1 is what users ask for
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// ErrNotReadable marks a file that may not be read; what would come out of it
// is unknown.
var ErrNotReadable = errors.New("the file may not be read")

func (s *Set) fileFunctions() map[string]builtin {
	pathParameter := parameter("path", cty.String)
	plainText := func(t string) (string, error) { return t, nil }
	reader := func(name string, change func(string) (string, error)) builtin {
		return builtin{function: signature(nil, pathParameter), mode: own, handle: s.fileReader(name, change)}
	}
	return map[string]builtin{
		"abspath":          {function: signature(nil, pathParameter), mode: own, handle: s.absolutePath},
		"basename":         {function: textFunction("path", func(p string) (string, error) { return path.Base(p), nil })},
		"dirname":          {function: textFunction("path", func(p string) (string, error) { return path.Dir(p), nil })},
		"file":             reader("file", text),
		"filebase64":       reader("filebase64", func(t string) (string, error) { return base64.StdEncoding.EncodeToString([]byte(t)), nil }),
		"filebase64sha256": reader("filebase64sha256", func(t string) (string, error) { return hash256(t), nil }),
		"filebase64sha512": reader("filebase64sha512", func(t string) (string, error) { return hash512(t), nil }),
		"fileexists":       {function: signature(nil, pathParameter), mode: own, handle: s.fileExists},
		"filemd5":          reader("filemd5", func(t string) (string, error) { return hexOf(md5.Sum([]byte(t))), nil }), //nolint:gosec // see the import
		"fileset":          {function: signature(nil, pathParameter, parameter("pattern", cty.String)), mode: own, handle: s.fileSet},
		"filesha1":         reader("filesha1", func(t string) (string, error) { return hexOf20(sha1.Sum([]byte(t))), nil }), //nolint:gosec // see the import
		"filesha256":       reader("filesha256", func(t string) (string, error) { return hexOf32(sha256.Sum256([]byte(t))), nil }),
		"filesha512":       reader("filesha512", func(t string) (string, error) { return hexOf64(sha512.Sum512([]byte(t))), nil }),
		"pathexpand":       {function: textFunction("path", plainText)},
		"templatefile":     {function: signature(nil, pathParameter, parameter("vars", cty.DynamicPseudoType)), mode: own, handle: s.templateFile},
		"templatestring":   {function: signature(nil, parameter("template", cty.String), parameter("vars", cty.DynamicPseudoType)), mode: own, handle: s.templateString},
	}
}

func hexOf(sum [16]byte) string   { return hex.EncodeToString(sum[:]) }
func hexOf20(sum [20]byte) string { return hex.EncodeToString(sum[:]) }
func hexOf32(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
func hexOf64(sum [64]byte) string { return hex.EncodeToString(sum[:]) }

func text(content string) (string, error) {
	if !utf8.ValidString(content) {
		return "", errors.New("contents of the file are not valid UTF-8; use the filebase64 function to obtain the Base64 encoded contents or the other file functions (e.g. filemd5, filesha256) to obtain file hashing results instead")
	}
	return content, nil
}

// workingDirectory is the ID of the folder that terraform is run in, of which
// nothing is known but that relative paths begin there.
const workingDirectory = "path.cwd"

// WorkingDirectory is the value of path.cwd.
func WorkingDirectory(t *partial.Table) cty.Value {
	return t.Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{ID: workingDirectory, Reason: "the folder that terraform runs in is not known"},
		Class:   partial.ClassFilled,
	})
}

// path returns the path that a value names, and false when it is not known.
func (s *Set) path(v cty.Value) (string, bool) {
	plain, _ := v.Unmark()
	if !plain.IsKnown() || plain.IsNull() {
		return "", false
	}
	name := plain.AsString()
	cwd, _ := WorkingDirectory(s.table()).Unmark()
	if rest, ok := strings.CutPrefix(name, cwd.AsString()); ok {
		name = "." + rest
	}
	return name, !partial.HasToken(name)
}

func (s *Set) absolutePath(args []cty.Value) (cty.Value, error) {
	name, ok := s.path(args[0])
	if !ok {
		return cty.UnknownVal(cty.String), nil
	}
	if path.IsAbs(name) {
		return cty.StringVal(path.Clean(name)), nil
	}
	cwd, _ := WorkingDirectory(s.table()).Unmark()
	name = path.Clean(name)
	if name == "." {
		return cwd, nil
	}
	if strings.HasPrefix(name, "..") {
		return cty.UnknownVal(cty.String), nil
	}
	return cty.StringVal(cwd.AsString() + "/" + name), nil
}

// notReadable is the value of what a file would give that may not be read.
func (s *Set) notReadable(name, path string) cty.Value {
	return s.table().Value(cty.String, &partial.Origin{
		Unknown: &graph.Unknown{
			ID:     name + "(" + path + ")",
			Reason: fmt.Sprintf("the file %q lies outside of the given folders, so it was not read", path),
			Settle: "give a folder that holds the file as PATH",
		},
	})
}

func (s *Set) fileReader(name string, change func(string) (string, error)) func([]cty.Value) (cty.Value, error) {
	return func(args []cty.Value) (cty.Value, error) {
		flags := partial.Flags(args...)
		p, ok := s.path(args[0])
		if !ok {
			return cty.UnknownVal(cty.String).WithMarks(flags), nil
		}
		content, err := s.Files.Read(p)
		if errors.Is(err, ErrNotReadable) {
			return s.notReadable(name, p).WithMarks(flags), nil
		}
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		out, err := change(string(content))
		if err != nil {
			return cty.NilVal, function.NewArgError(0, err)
		}
		return cty.StringVal(partial.Clean(out)).WithMarks(flags), nil
	}
}

func (s *Set) fileExists(args []cty.Value) (cty.Value, error) {
	p, ok := s.path(args[0])
	if !ok {
		return cty.UnknownVal(cty.Bool).WithMarks(partial.Flags(args...)), nil
	}
	exists, err := s.Files.Exists(p)
	if errors.Is(err, ErrNotReadable) {
		return cty.UnknownVal(cty.Bool), nil
	}
	if err != nil {
		return cty.NilVal, function.NewArgError(0, err)
	}
	return cty.BoolVal(exists).WithMarks(partial.Flags(args...)), nil
}

func (s *Set) fileSet(args []cty.Value) (cty.Value, error) {
	folder, known := s.path(args[0])
	pattern, _ := args[1].Unmark()
	flags := partial.Flags(args...)
	if !known || !pattern.IsKnown() || partial.HasToken(pattern.AsString()) {
		return cty.UnknownVal(cty.Set(cty.String)).WithMarks(flags), nil
	}
	names, err := s.Files.Match(folder, pattern.AsString())
	if errors.Is(err, ErrNotReadable) {
		return cty.UnknownVal(cty.Set(cty.String)).WithMarks(flags), nil
	}
	if err != nil {
		return cty.NilVal, err
	}
	if len(names) == 0 {
		return cty.SetValEmpty(cty.String).WithMarks(flags), nil
	}
	items := make([]cty.Value, len(names))
	for i, name := range names {
		items[i] = cty.StringVal(partial.Clean(name))
	}
	return cty.SetVal(items).WithMarks(flags), nil
}
