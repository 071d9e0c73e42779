package cli

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// stdinPath is the PATH that means standard input.
const stdinPath = "-"

// checkPaths returns the given paths as they are reported: relative to the
// working directory where that names the same file. No path means the working
// directory. A path that does not exist is a usage error.
func checkPaths(paths []string, commands []string) ([]string, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	out := make([]string, len(paths))
	for i, path := range paths {
		if path == stdinPath {
			out[i] = path
			continue
		}
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotFolder(err)) {
			return nil, missingPath(path, commands)
		}
		out[i] = relative(path)
	}
	return out, nil
}

// errNotFolder returns the error behind a path that leads through a file.
func errNotFolder(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) && pathError.Err.Error() == "not a directory" {
		return pathError
	}
	return fs.ErrNotExist
}

// missingPath explains a path that does not exist; it may be a misspelt
// command.
func missingPath(path string, commands []string) error {
	hint := ""
	if !strings.ContainsAny(path, `/\.`) {
		if near := nearest(path, commands); near != "" {
			hint = "; did you mean the command \"iblint " + near + "\"?"
		}
		if slices.Contains([]string{"lint", "check", "scan", "run"}, path) {
			hint = "; iblint needs no command for this: iblint [PATH ...]"
		}
	}
	return usageErrorf("%s: no such file or folder%s", path, hint)
}

// relative returns an absolute path relative to the working directory, if that
// leads to the same file, and any path with slashes and without detours.
func relative(path string) string {
	if !filepath.IsAbs(path) {
		return filepath.ToSlash(filepath.Clean(path))
	}
	if folder, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(folder, path); err == nil && sameFile(short, path) {
			return filepath.ToSlash(short)
		}
	}
	return filepath.ToSlash(filepath.Clean(path))
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
