package expression

import (
	"fmt"
	"iter"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/hashicorp/hcl/v2"
)

// suggest names in each diagnostic that suggests a name the one that is most
// like the given one, of several the first by name. HCL suggests one of those
// that are near, and not always the same one.
func suggest(diags hcl.Diagnostics, name string, names iter.Seq[string]) hcl.Diagnostics {
	for _, d := range diags {
		if before, _, found := strings.Cut(d.Detail, " Did you mean "); found {
			d.Detail = before + fmt.Sprintf(" Did you mean %q?", nearest(name, names))
		}
	}
	return diags
}

func nearest(name string, names iter.Seq[string]) string {
	best, distance := "", 0
	for candidate := range names {
		d := levenshtein.Distance(name, candidate, nil)
		if best == "" || d < distance || d == distance && candidate < best {
			best, distance = candidate, d
		}
	}
	return best
}

// functions are the names of the functions that there are in a context.
func functions(ctx *hcl.EvalContext) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ; ctx != nil; ctx = ctx.Parent() {
			for name := range ctx.Functions {
				if !yield(name) {
					return
				}
			}
		}
	}
}

// variables are the names of the variables that there are in a context.
func variables(ctx *hcl.EvalContext) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ; ctx != nil; ctx = ctx.Parent() {
			for name := range ctx.Variables {
				if !yield(name) {
					return
				}
			}
		}
	}
}
