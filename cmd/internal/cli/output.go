package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// stdoutName is the name of a file that means standard output.
const stdoutName = "-"

// destination is where one report goes.
type destination struct {
	format string
	// file is the name of a file, or "" for standard output.
	file string
}

// destinations reads -f and -o: -o FILE sends the report of -f to a file,
// -o FORMAT=FILE writes one more report.
func destinations(format string, outputs []string, formats []string) ([]destination, error) {
	out := []destination{{format: format}}
	for _, output := range outputs {
		d, err := parseDestination(output, formats)
		if err != nil {
			return nil, err
		}
		if d.format == "" {
			if out[0].file != "" {
				return nil, usageErrorf("--output names two files for one format: %s and %s", out[0].file, d.file)
			}
			out[0].file = d.file
			continue
		}
		out = append(out, d)
	}
	for i := range out {
		if out[i].file == stdoutName {
			out[i].file = ""
		}
	}
	return out, distinctFiles(out)
}

func parseDestination(output string, formats []string) (destination, error) {
	name, file, ok := strings.Cut(output, "=")
	if !ok || strings.ContainsAny(name, `/\.`) {
		return destination{file: output}, nil
	}
	if !slices.Contains(formats, name) {
		return destination{}, usageErrorf("--output %s: the format must be one of %s%s",
			output, strings.Join(formats, ", "), suggestion(name, formats))
	}
	if file == "" {
		return destination{}, usageErrorf("--output %s: the name of the file is missing", output)
	}
	return destination{format: name, file: file}, nil
}

func distinctFiles(all []destination) error {
	seen := map[string]bool{}
	for _, d := range all {
		if d.file == os.DevNull {
			continue
		}
		name := filepath.Clean(d.file)
		switch {
		case seen[name] && d.file == "":
			return usageErrorf("two reports would go to standard output: --format names the one that does")
		case seen[name]:
			return usageErrorf("--output names %s twice", d.file)
		}
		seen[name] = true
	}
	return nil
}

// writeWhole writes a file whole or not at all: readers never see half a
// report. What is no regular file (a pipe, a device) is written to directly.
func writeWhole(name string, content []byte) error {
	target := name
	if resolved, err := filepath.EvalSymlinks(name); err == nil {
		target = resolved
	}
	mode := fs.FileMode(0o666)
	if info, err := os.Stat(target); err == nil {
		if info.IsDir() {
			return fmt.Errorf("%s is a folder", name)
		}
		if !info.Mode().IsRegular() {
			return writeDirectly(target, content)
		}
		mode = info.Mode().Perm()
	}
	part := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+strconv.Itoa(os.Getpid())+".part")
	if err := writeNew(part, mode, content); err != nil {
		return errors.Join(plainError(name, err), removeIfThere(part))
	}
	if err := os.Rename(part, target); err != nil {
		return errors.Join(plainError(name, err), removeIfThere(part))
	}
	return nil
}

func writeDirectly(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return plainError(name, err)
	}
	_, err = file.Write(content)
	return errors.Join(plainError(name, err), file.Close())
}

func writeNew(name string, mode fs.FileMode, content []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, bytes.NewReader(content))
	return errors.Join(err, file.Close())
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// plainError names the file as the user did.
func plainError(name string, err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	if linkError, ok := errors.AsType[*os.LinkError](err); ok {
		err = linkError.Err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
