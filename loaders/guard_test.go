package loaders_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders"
)

// long is a root whose evaluation takes many times as long as the limits of
// TestGuard, without growing.
func long() string {
	var b strings.Builder
	b.WriteString(recipe)
	for i := range 400 {
		fmt.Fprintf(&b, "output \"o%d\" {\n  value = length([for i in range(200) : [for j in range(100) : sha512(\"%d ${i} ${j}\")]])\n}\n", i, i)
	}
	return b.String()
}

// TestGuard: limits of time and of memory stop a root while it is evaluated. The
// roots beside it are read, or named when there is no time or memory left.
func TestGuard(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limits loaders.Limits
		says   string
	}{
		"time":    {loaders.Limits{Time: 200 * time.Millisecond}, "reading it took longer than the limit of 200ms"},
		"reading": {loaders.Limits{Reading: 200 * time.Millisecond}, "reading all roots took longer than the limit of 200ms"},
		"memory":  {loaders.Limits{Memory: 1}, "more memory was in use than the limit of 1 bytes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeTree(t, dir, map[string]string{"long/main.tf": long(), "sound/main.tf": recipe})
			start := time.Now() //nolint:forbidigo // how long reading takes is tested
			result, diags := load(t, loaders.Options{Paths: []string{dir}, All: true, Limits: test.limits})
			if took := time.Since(start); took > mostCPU {
				t.Errorf("it took %s", took)
			}
			checkDiagnostics(t, dir, diags, test.says)
			found := test.limits.Time == 0 && slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool {
				return d.Summary == "Not read" && strings.HasSuffix(d.Subject.Filename, "/sound")
			})
			for _, r := range result.Graph.Resources {
				found = found || strings.HasSuffix(r.Root, "/sound")
			}
			if !found {
				t.Error("the root beside it is neither read nor named as one that was not")
			}
		})
	}
}

// TestGuarded: the limit of memory holds after reading, too.
func TestGuarded(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), mostCPU)
	defer cancel()
	guarded, leave := (&loaders.Limits{Memory: 1}).Guarded(ctx)
	defer leave()
	<-guarded.Done()
	if err := context.Cause(guarded); !errors.Is(err, loaders.ErrMemory) {
		t.Errorf("it ended with %v, want ErrMemory", err)
	}
}
