// Package source reads files for the loaders: only below the folders that a
// run may read, with symbolic links resolved before that is checked, and only
// up to a limit. It keeps what it read, for snippets in reports.
package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
)

// DefaultMaxFileSize is the size of the largest file that is read, in bytes.
const DefaultMaxFileSize = 16 << 20

// ErrOutside is the error for a path outside of the folders that may be read.
var ErrOutside = errors.New("outside of the given folders")

// ErrTooLarge is the error for a file above the limit.
var ErrTooLarge = errors.New("file is too large")

// Files reads files below a set of folders. It is safe for concurrent use.
type Files struct {
	maxSize int64
	places  *places
	buffers sync.Pool

	mu      sync.Mutex
	allowed []string
	content map[string][]byte
	added   []string
}

// New makes a reader for the given files and folders. For each the enclosing
// git repository, if there is one, may be read too, because templates refer to
// files beside them. A maxSize of 0 means DefaultMaxFileSize. It returns an
// error when a path does not exist.
func New(paths []string, maxSize int64) (*Files, error) {
	if maxSize == 0 {
		maxSize = DefaultMaxFileSize
	}
	f := &Files{maxSize: maxSize, places: newPlaces(), content: map[string][]byte{}}
	for _, name := range paths {
		if err := f.Allow(name); err != nil {
			return nil, plain(name, err)
		}
	}
	return f, nil
}

// Allow adds a file or folder, with its repository, to what may be read.
func (f *Files) Allow(name string) error {
	actual, err := f.places.actual(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(actual)
	if err != nil {
		return err
	}
	folder := actual
	if !info.IsDir() {
		folder = filepath.Dir(actual)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.allowed = append(f.allowed, repository(folder))
	return nil
}

// AllowFile adds one file, and nothing beside it, to what may be read: a file
// that the user names by itself. One that does not exist shows when it is read.
func (f *Files) AllowFile(name string) {
	actual, err := f.places.actual(name)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.allowed = append(f.allowed, actual)
}

// repository is the nearest folder at or above with a .git entry, or the
// folder itself.
func repository(folder string) string {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return folder
		}
	}
}

// Add puts content under a name, as if it had been read: standard input.
func (f *Files) Add(name string, content []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.content[clean(name)] = content
	f.added = append(f.added, clean(name))
}

// Read returns the content of a file. Errors wrap fs.ErrNotExist, ErrOutside,
// ErrTooLarge or what the system says.
func (f *Files) Read(name string) ([]byte, error) {
	name = clean(name)
	f.mu.Lock()
	content, ok := f.content[name]
	f.mu.Unlock()
	if ok {
		return content, nil
	}
	content, err := f.read(name, nil)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.content[name] = content
	f.mu.Unlock()
	return content, nil
}

// Look hands the content of a file to look and keeps nothing of it: for files
// of which most turn out not to matter. The content is valid during the call
// only. Errors are those of Read.
func (f *Files) Look(name string, look func(content []byte)) error {
	name = clean(name)
	f.mu.Lock()
	content, ok := f.content[name]
	f.mu.Unlock()
	if ok {
		look(content)
		return nil
	}
	buffer, ok := f.buffers.Get().(*[]byte)
	if !ok {
		buffer = new([]byte)
	}
	defer f.buffers.Put(buffer)
	var err error
	if *buffer, err = f.read(name, *buffer); err != nil {
		return err
	}
	look(*buffer)
	return nil
}

// read reads a file into the buffer, or a larger one where it is too small.
func (f *Files) read(name string, buffer []byte) ([]byte, error) {
	file, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // nothing was written
	info, err := file.Stat()
	if err != nil {
		return nil, plain(name, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	if info.Size() > f.maxSize {
		return nil, fmt.Errorf("%s: %w (%d bytes, the limit is %d)", name, ErrTooLarge, info.Size(), f.maxSize)
	}
	buffer = slices.Grow(buffer[:0], int(info.Size()))[:info.Size()]
	n, err := io.ReadFull(file, buffer)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) { // it became shorter
		return nil, plain(name, err)
	}
	return buffer[:n], nil
}

// open opens a file that may be read. The short way refuses a symbolic link,
// or where anything else is in the way, and the long way follows it or says
// why not.
func (f *Files) open(name string) (*os.File, error) {
	if direct, err := f.places.beside(name); err == nil && refuseLink != 0 && f.allows(direct) {
		if file, err := os.OpenFile(direct, os.O_RDONLY|refuseLink, 0); err == nil {
			return file, nil
		}
	}
	actual, err := f.check(name)
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(actual, os.O_RDONLY|refuseLink, 0)
	if err != nil {
		return nil, plain(name, err)
	}
	return file, nil
}

// check returns the real path of a name that may be read.
func (f *Files) check(name string) (string, error) {
	actual, err := f.places.actual(name)
	if err != nil {
		return "", plain(name, err)
	}
	if !f.allows(actual) {
		return "", fmt.Errorf("%s: %w", name, ErrOutside)
	}
	return actual, nil
}

// allows reports whether a real path may be read.
func (f *Files) allows(actual string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.ContainsFunc(f.allowed, func(folder string) bool {
		below, ok := strings.CutPrefix(actual, strings.TrimSuffix(folder, string(filepath.Separator)))
		return ok && (below == "" || below[0] == filepath.Separator)
	})
}

// ReadDir lists a folder, sorted by name, with the files that were added to
// it. Errors are those of Read.
func (f *Files) ReadDir(name string) ([]fs.DirEntry, error) {
	added := f.addedTo(clean(name))
	actual, err := f.check(name)
	if err != nil {
		if len(added) > 0 {
			return added, nil
		}
		return nil, err
	}
	entries, err := os.ReadDir(actual)
	if err != nil {
		return nil, plain(name, err)
	}
	for _, entry := range added {
		if _, err := os.Lstat(filepath.Join(actual, entry.Name())); err != nil {
			entries = append(entries, entry)
		}
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries, nil
}

// addedTo lists the files that Add put directly into a folder.
func (f *Files) addedTo(dir string) []fs.DirEntry {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []fs.DirEntry
	for _, name := range f.added {
		if path.Dir(name) == dir {
			out = append(out, addedFile{name: path.Base(name)})
		}
	}
	return out
}

// addedFile is the entry of a file that exists in memory only.
type addedFile struct{ name string }

func (a addedFile) Name() string               { return a.name }
func (a addedFile) IsDir() bool                { return false }
func (a addedFile) Type() fs.FileMode          { return 0 }
func (a addedFile) Info() (fs.FileInfo, error) { return nil, fs.ErrNotExist }

// Stat describes a file or folder, symbolic links resolved. Errors are those
// of Read.
func (f *Files) Stat(name string) (fs.FileInfo, error) {
	actual, err := f.check(name)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(actual)
	if err != nil {
		return nil, plain(name, err)
	}
	return info, nil
}

// Content returns everything that was read, by name.
func (f *Files) Content() map[string][]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make(map[string][]byte, len(f.content))
	maps.Copy(out, f.content)
	return out
}

func clean(name string) string { return filepath.ToSlash(filepath.Clean(name)) }

// plain takes the operation and the absolute path out of a system error.
func plain(name string, err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", name, pathError.Err)
	}
	return fmt.Errorf("%s: %w", name, err)
}
