package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
)

// places knows where paths really are, symbolic links followed. What it found
// out about a folder it remembers: the files of a folder share the way to it.
type places struct {
	working func() (string, error)

	mu      sync.Mutex
	folders map[string]string // real paths, by absolute path
}

func newPlaces() *places {
	return &places{working: sync.OnceValues(os.Getwd), folders: map[string]string{}}
}

// actual is the real path of a file or folder that exists.
func (p *places) actual(name string) (string, error) {
	absolute, err := p.absolute(name)
	if err != nil {
		return "", err
	}
	return p.follow(absolute)
}

// beside is the path of a file in the real folder that it is in: its real path
// unless it is a link.
func (p *places) beside(name string) (string, error) {
	absolute, err := p.absolute(name)
	if err != nil {
		return "", err
	}
	folder, err := p.folder(filepath.Dir(absolute))
	if err != nil {
		return "", err
	}
	return filepath.Join(folder, filepath.Base(absolute)), nil
}

func (p *places) absolute(name string) (string, error) {
	if filepath.IsAbs(name) {
		return filepath.Clean(name), nil
	}
	working, err := p.working()
	if err != nil {
		return "", err
	}
	return filepath.Join(working, name), nil
}

// folder is follow for a folder, with memory.
func (p *places) folder(absolute string) (string, error) {
	p.mu.Lock()
	actual, ok := p.folders[absolute]
	p.mu.Unlock()
	if ok {
		return actual, nil
	}
	actual, err := p.follow(absolute)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.folders[absolute] = actual
	return actual, nil
}

// follow is resolve with what is known about the folders above.
func (p *places) follow(absolute string) (string, error) {
	above := filepath.Dir(absolute)
	if above == absolute || runtime.GOOS == "windows" { // there names have several spellings
		return resolve(absolute)
	}
	folder, err := p.folder(above)
	if err != nil {
		return "", err
	}
	actual := filepath.Join(folder, filepath.Base(absolute))
	info, err := os.Lstat(actual)
	if err != nil {
		return "", err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return resolve(actual)
	}
	return actual, nil
}

// resolve is filepath.EvalSymlinks, whose error for links that lead in a circle
// names neither the path nor the trouble.
func resolve(name string) (string, error) {
	actual, err := filepath.EvalSymlinks(name)
	if _, ok := errors.AsType[*fs.PathError](err); err != nil && !ok {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: syscall.ELOOP}
	}
	return actual, err
}
