package policies

import (
	"errors"
	"io/fs"

	"github.com/iblint/iblint/policies/internal/snapshot"
)

// NewFromSnapshot makes an engine of a snapshot that was made of the files.
func NewFromSnapshot(files fs.FS, data string) (*Engine, error) {
	catalog, modules, ok := openSnapshot(files, data)
	if !ok {
		return nil, errors.New("the snapshot is not made of the files")
	}
	compiler, err := snapshot.Decode(modules, capabilities())
	if err != nil {
		return nil, err
	}
	e := &Engine{catalog: catalog}
	if err := e.choose(Options{}); err != nil {
		return nil, err
	}
	e.query, err = newQuery(&ruleSet{catalog: catalog, compiler: compiler})
	return e, err
}
