package report

import (
	"net/url"
	"path"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// repositoryPath is the path of a file from the root of the repository, which
// is where code hosts look for it.
func (r *Report) repositoryPath(file string) string {
	if r.Folder == "" || path.IsAbs(file) {
		return file
	}
	return path.Join(r.Folder, file)
}

// repositoryURI is the path as a relative URI.
func (r *Report) repositoryURI(file string) string {
	u := url.URL{Path: r.repositoryPath(file)}
	return strings.TrimPrefix(u.String(), "./")
}

// codePoints converts the columns of a location, which count characters as
// people see them, to code points.
func (r *Report) codePoints(at graph.Location) graph.Location {
	source := r.Sources[at.File]
	at.Start.Column = runeColumn(source, at.Start.Line, at.Start.Column)
	at.End.Column = runeColumn(source, at.End.Line, at.End.Column)
	return at
}
