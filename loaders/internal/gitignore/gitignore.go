// Package gitignore decides which paths git would ignore. It follows
// gitignore(5); the globs themselves are matched by doublestar. The libraries
// for the whole job were tried against git and got cases such as "[!ab].tf"
// wrong, and a file that is wrongly ignored is a finding lost.
package gitignore

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Pattern is one line of an ignore file.
type Pattern struct {
	glob     string
	negated  bool
	dirOnly  bool
	anchored bool
}

// Parse reads an ignore file. Lines that git cannot use are left out.
func Parse(content []byte) []Pattern {
	var patterns []Pattern
	for line := range strings.SplitSeq(string(content), "\n") {
		if p, ok := parseLine(strings.TrimSuffix(line, "\r")); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

func parseLine(line string) (Pattern, bool) {
	line = trimTrailingSpaces(line)
	if line == "" || line[0] == '#' {
		return Pattern{}, false
	}
	var p Pattern
	if line[0] == '!' {
		p.negated, line = true, line[1:]
	}
	if strings.HasSuffix(line, "/") && !strings.HasSuffix(line, `\/`) {
		p.dirOnly, line = true, strings.TrimSuffix(line, "/")
	}
	p.anchored = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	p.glob = escapeBraces(line)
	if line == "" || !doublestar.ValidatePattern(p.glob) {
		return Pattern{}, false
	}
	return p, true
}

// trimTrailingSpaces removes trailing spaces that no backslash protects.
func trimTrailingSpaces(line string) string {
	for strings.HasSuffix(line, " ") && !strings.HasSuffix(line, `\ `) {
		line = line[:len(line)-1]
	}
	return line
}

// escapeBraces makes braces literal: they are alternatives to doublestar and
// plain characters to git.
func escapeBraces(glob string) string {
	var b strings.Builder
	escaped := false
	for _, r := range glob {
		if !escaped && (r == '{' || r == '}') {
			b.WriteByte('\\')
		}
		escaped = !escaped && r == '\\'
		b.WriteRune(r)
	}
	return b.String()
}

// Folder is a folder with its ignore file and those of the folders above it,
// up to the top of the search.
type Folder struct {
	parent   *Folder
	path     string
	patterns []Pattern
}

// Root is the topmost folder; paths are given relative to it, with slashes.
func Root(patterns []Pattern) *Folder { return &Folder{patterns: patterns} }

// Child is a folder below, by its path relative to the topmost one.
func (f *Folder) Child(path string, patterns []Pattern) *Folder {
	return &Folder{parent: f, path: path, patterns: patterns}
}

// Ignored reports whether git ignores an entry of the folder. The entries of
// an ignored folder are ignored whatever the patterns say, so a caller must
// not descend into one.
func (f *Folder) Ignored(path string, isDir bool) bool {
	for folder := f; folder != nil; folder = folder.parent {
		relative := strings.TrimPrefix(strings.TrimPrefix(path, folder.path), "/")
		for _, v := range slices.Backward(folder.patterns) {
			if p := v; p.matches(relative, isDir) {
				return !p.negated
			}
		}
	}
	return false
}

func (p Pattern) matches(path string, isDir bool) bool {
	if p.dirOnly && !isDir {
		return false
	}
	if !p.anchored {
		path = path[strings.LastIndexByte(path, '/')+1:]
	}
	if rest, ok := strings.CutSuffix(p.glob, "/**"); ok && rest != "" {
		// "a/**" is everything inside a, but not a itself.
		if matched, _ := doublestar.Match(rest, path); matched {
			return false
		}
	}
	matched, err := doublestar.Match(p.glob, path)
	return err == nil && matched
}
