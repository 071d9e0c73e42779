package terraform_test

import (
	"context"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/normalize"
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
		}
		for _, r := range g.Resources {
			checkPlaces(t, g, r.Attributes)
		}
	}
	t.Logf("%d roots, %d with errors", len(roots), refused)
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

// knowledge counts the values of resources of one kind by what is known of
// them.
type knowledge struct {
	resources, known, symbolic, partly, unknown int
	reasons                                     map[string]int
}

func (k *knowledge) add(v graph.Value) {
	switch v.Kind() {
	case graph.KindList:
		for _, item := range v.Items() {
			k.add(item)
		}
	case graph.KindMap:
		for _, field := range v.Fields() {
			k.add(field.Value)
		}
	case graph.KindText, graph.KindUnknown, graph.KindChoice:
		k.addUnknown(v)
	default:
		k.known++
	}
}

func (k *knowledge) addUnknown(v graph.Value) {
	missing := v.Unknown()
	for _, part := range v.Parts() {
		if part.Unknown != nil && part.Unknown.Symbol == graph.SymbolNone {
			missing = part.Unknown
		}
	}
	switch {
	case missing.Symbol != graph.SymbolNone:
		k.symbolic++
		return
	case len(v.Parts()) > 1:
		k.partly++
	default:
		k.unknown++
	}
	k.reasons[reasonWithoutNames(missing.Reason)]++
}

// names are what differs from root to root in a reason.
var names = regexp.MustCompile(`(variable|data source \w+|module|argument|output|local value|condition) \S+|\S+(?: is only known after apply)|(remote state) .*|: .*`)

func reasonWithoutNames(reason string) string {
	return names.ReplaceAllStringFunc(reason, func(text string) string {
		switch {
		case strings.HasSuffix(text, "is only known after apply"):
			return "… is only known after apply"
		case strings.HasPrefix(text, ":"):
			return ""
		}
		return text[:strings.LastIndexAny(text, " .")+1] + "…"
	})
}

// TestKnowledge prints how much is known of what rules read of the public root
// modules, and why the rest is not.
func TestKnowledge(t *testing.T) {
	t.Parallel()
	files, err := source.New([]string{shared(t, "corpus")}, 0)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[graph.Kind]*knowledge{}
	for _, dir := range corpusRoots(t) {
		g, _ := terraform.Load(context.Background(), dir, terraform.Options{Files: files})
		for _, r := range g.Resources {
			normalize.Resource(r)
			if r.Kind == "" {
				continue
			}
			if kinds[r.Kind] == nil {
				kinds[r.Kind] = &knowledge{reasons: map[string]int{}}
			}
			kinds[r.Kind].resources++
			kinds[r.Kind].add(graph.PropertiesValue(r.Properties))
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[kind]
		t.Logf("%d %s: %d values known, %d symbolic, %d partly known, %d unknown", k.resources, kind, k.known, k.symbolic, k.partly, k.unknown)
		for _, reason := range slices.Sorted(maps.Keys(k.reasons)) {
			t.Logf("    %d %s", k.reasons[reason], reason)
		}
	}
	if k := kinds[graph.KindImageRecipe]; k == nil || k.known == 0 {
		t.Error("nothing is known of any image recipe")
	}
}
