package terraform

import (
	version "github.com/hashicorp/go-version"

	"github.com/iblint/iblint/loaders/terraform/internal/syntax"
)

// needsShortCircuit reports whether a module cannot be used with a Terraform
// before 1.12. From that version on && and || ignore an error in the operand
// that does not matter, and modules count on it.
func needsShortCircuit(blocks []*syntax.Block) bool {
	for _, b := range blocks {
		if b.Type != "terraform" {
			continue
		}
		a := b.Body.Attribute("required_version")
		if a == nil {
			continue
		}
		v, diags := a.Expr.Value(nil)
		text, ok := plainText(v)
		if diags.HasErrors() || !ok {
			continue
		}
		if constraints, err := version.NewConstraint(text); err == nil && !admitsOld(constraints) {
			return true
		}
	}
	return false
}

// versionConstraint reports an argument that constrains versions in a form that
// there is not.
func (l *loader) versionConstraint(a *syntax.Attribute) {
	if a == nil {
		return
	}
	text := l.literalString(a)
	if _, err := version.NewConstraint(text); err != nil && text != "" {
		l.problem(a.Expr.Range(), "Invalid version constraint", "This string does not use correct version constraint syntax.")
	}
}

// admitsOld reports whether constraints admit a version before 1.12.
func admitsOld(constraints version.Constraints) bool {
	for _, old := range []string{"0.12.31", "0.13.7", "0.14.11", "0.15.5", "1.0.11", "1.1.9", "1.2.9", "1.3.10", "1.4.7", "1.5.7", "1.6.6", "1.7.5", "1.8.5", "1.9.8", "1.10.5", "1.11.4", "1.0.0", "1.5.0", "1.11.0"} {
		if v, err := version.NewVersion(old); err == nil && constraints.Check(v) {
			return true
		}
	}
	return false
}
