// Package rego holds the rules: Rego sources, and beside each rule the
// examples that its page shows. It has no logic.
package rego

import (
	"embed"
	"io/fs"
)

// A pattern cannot leave out the tests. But every name ends in something other
// than t; or in t, but not in st; or … not in _test: the files of the patterns
// below together are all but the tests. A pattern must match a file, so the
// last ones are written when there is one; a test of package policies compares
// with what lies on disk.
//
//go:embed iblint/main/*[^t].rego
//go:embed iblint/lib/*/*[^t].rego iblint/lib/*/*[^s]t.rego
//go:embed iblint/rules/*/*[^t].rego iblint/rules/*/*[^s]t.rego iblint/rules/*/*[^e]st.rego
//go:embed all:iblint/rules/*/testdata
var files embed.FS

// Files returns the Rego sources of rules and library without their tests, and
// the testdata of the rules: paths begin with "iblint/".
func Files() fs.FS { return files }
