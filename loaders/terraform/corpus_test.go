package terraform_test

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// corpusRoots lists the folders of the corpus that no other folder calls.
func corpusRoots(tb testing.TB) []string {
	tb.Helper()
	corpus := shared(tb, "corpus")
	folders := map[string]bool{}
	err := filepath.WalkDir(corpus, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && (strings.HasSuffix(name, ".tf") || strings.HasSuffix(name, ".tf.json")) {
			folders[path.Dir(filepath.ToSlash(name))] = true
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	files, err := source.New([]string{corpus}, 0)
	if err != nil {
		tb.Fatal(err)
	}
	called := map[string]bool{}
	for folder := range folders {
		calls, err := terraform.LocalModuleCalls(files, folder)
		if err != nil {
			tb.Fatal(err)
		}
		for _, dir := range calls {
			called[dir] = true
		}
	}
	var out []string
	for folder := range folders {
		if !called[folder] {
			out = append(out, folder)
		}
	}
	sort.Strings(out)
	return out
}

// TestCorpusLoads loads every public root module; none may panic, and every
// value has a place inside of a file that was read.
func TestCorpusLoads(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	reasons := map[string]int{}
	roots := corpusRoots(t)
	refused := 0
	files, err := source.New([]string{shared(t, "corpus")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range roots {
		g, diags := terraform.Load(context.Background(), dir, terraform.Options{Files: files})
		if diags.HasErrors() {
			refused++
			for _, d := range diags {
				if d.Severity == hcl.DiagError && os.Getenv("VERBOSE") != "" {
					t.Logf("%s", d.Error())
				}
			}
		}
		for _, r := range g.Resources {
			checkPlaces(t, g, r.Attributes)
			if strings.HasPrefix(r.Type, "aws_imagebuilder") || strings.HasPrefix(r.Type, "aws_kms") || strings.HasPrefix(r.Type, "aws_iam") {
				count(r.Attributes, counts, reasons)
			}
		}
	}
	t.Logf("%d roots, %d with errors; attributes of Image Builder, KMS and IAM: %v", len(roots), refused, counts)
	for _, line := range topReasons(reasons) {
		t.Log(line)
	}
}

func checkPlaces(t *testing.T, g *graph.Graph, v graph.Value) {
	t.Helper()
	if v.HasRange() {
		r := v.Range()
		if content, ok := g.Sources[r.Filename]; !ok || r.End.Byte > len(content) {
			t.Errorf("value at %s, which is no place in a file that was read", r)
		}
	}
	for _, item := range v.Items() {
		checkPlaces(t, g, item)
	}
	for _, field := range v.Fields() {
		checkPlaces(t, g, field.Value)
	}
}

// count counts leaves by what is known of them.
func count(v graph.Value, counts, reasons map[string]int) {
	switch v.Kind() {
	case graph.KindList:
		for _, item := range v.Items() {
			count(item, counts, reasons)
		}
	case graph.KindMap:
		for _, field := range v.Fields() {
			count(field.Value, counts, reasons)
		}
	case graph.KindUnknown, graph.KindText, graph.KindChoice:
		u := v.Unknown()
		switch {
		case u.Symbol != graph.SymbolNone:
			counts["symbolic"]++
		case v.Kind() == graph.KindText && len(v.Parts()) > 1:
			counts["partly known"]++
		case v.Kind() == graph.KindChoice:
			counts["choice"]++
		default:
			counts["unknown"]++
		}
		if u.Symbol == graph.SymbolNone {
			reasons[u.Reason]++
		}
	default:
		counts["known"]++
	}
}

func topReasons(reasons map[string]int) []string {
	kinds := map[string]int{}
	for reason, n := range reasons {
		kinds[kindOfReason(reason)] += n
	}
	var out []string
	for kind, n := range kinds {
		out = append(out, kind+": "+strings.Repeat("", 0)+itoa(n))
	}
	sort.Strings(out)
	return out
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// kindOfReason drops the names out of a reason.
func kindOfReason(reason string) string {
	for _, kind := range []string{"has no value", "is not on disk", "only known after apply", "cannot be evaluated", "remote state", "SSM parameter", "what data source", "is not decided", "is not known"} {
		if strings.Contains(reason, kind) {
			return kind
		}
	}
	return reason
}
