// Package rego holds the rules: Rego sources, and beside each rule the
// examples that its page shows. It has no logic.
package rego

import (
	"embed"
	"io/fs"
)

//go:embed *
var files embed.FS

// Files returns the Rego sources of rules and library without their tests, and
// the testdata of the rules: paths begin with "iblint/".
func Files() fs.FS { return files }
