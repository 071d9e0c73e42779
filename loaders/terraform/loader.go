package terraform

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"sort"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/glob"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform/internal/aws"
	"github.com/iblint/iblint/loaders/terraform/internal/expression"
	"github.com/iblint/iblint/loaders/terraform/internal/functions"
	"github.com/iblint/iblint/loaders/terraform/internal/partial"
)

// loader holds what one load needs.
type loader struct {
	ctx       func() context.Context
	dir       string
	options   Options
	limits    Limits
	files     *source.Files
	table     *partial.Table
	evaluator *expression.Evaluator
	functions *functions.Set
	schemas   *aws.Schemas
	graph     *graph.Graph
	diags     hcl.Diagnostics
	seen      map[string]bool
	// configs holds the modules that were read, by folder.
	configs map[string]*config
	// sources holds the bytes of the files that were read, by name.
	sources map[string][]byte
	// lines holds where the lines of JSON files begin, by name.
	lines map[string]lines
	// stopped is set when there was no time or memory left.
	stopped bool
	// stack holds what is being evaluated, for naming cycles.
	stack []string
	// These count against the limits.
	instances, modules, blocks, textBytes int
	// installed holds .terraform/modules/modules.json, by module path.
	installed map[string]string
	// missing holds the modules that were reported as missing.
	missing map[string]bool
}

func newLoader(ctx context.Context, dir string, o Options) *loader {
	l := &loader{
		ctx: func() context.Context { return ctx }, dir: dir, options: o, limits: o.Limits.withDefaults(), files: o.Files,
		table: partial.NewTable(), schemas: aws.NewSchemas(), graph: &graph.Graph{Sources: map[string][]byte{}},
		seen: map[string]bool{}, configs: map[string]*config{}, sources: map[string][]byte{}, lines: map[string]lines{}, missing: map[string]bool{},
	}
	l.evaluator = &expression.Evaluator{
		Table: l.table, Snippet: l.snippet, Context: l.ctx,
		Limits: expression.Limits{Depth: l.limits.ExpressionDepth, Text: l.limits.Text, Items: l.limits.Items, Leaves: l.limits.Leaves, Steps: l.limits.Steps},
	}
	l.functions = &functions.Set{Evaluator: l.evaluator, Files: &reader{files: o.Files, dir: dir, loader: l}}
	return l
}

// run evaluates the root module.
func (l *loader) run() {
	cfg := l.config(l.dir)
	if cfg == nil {
		return
	}
	root := l.rootModule(cfg)
	l.evaluateModule(root)
	l.finishRoot(root)
	names := make([]string, 0, len(l.sources))
	for name, content := range l.sources {
		names = append(names, name)
		l.graph.Sources[name] = content
	}
	sort.Strings(names)
	l.graph.Files = names
}

// report adds diagnostics, each place and problem once.
func (l *loader) report(diags ...*hcl.Diagnostic) {
	for _, d := range diags {
		if limit, ok := d.Extra.(expression.Limit); ok && limit.Stopped {
			if l.stopped {
				continue
			}
			l.stopped = true
		}
		if d.Subject != nil && d.Subject.Filename == "" {
			// The end of a call that could not be read to its end.
			d.Subject = d.Context
		}
		if d.Subject != nil {
			d.Subject = l.inside(*d.Subject).Ptr()
		}
		key := d.Summary + "\x00" + d.Detail
		if d.Subject != nil {
			key += "\x00" + d.Subject.String()
		}
		if l.seen[key] {
			continue
		}
		l.seen[key] = true
		d.Summary, d.Detail = l.table.Label(d.Summary), l.table.Label(d.Detail)
		// The context of an evaluation keeps everything that was evaluated alive.
		d.EvalContext, d.Expression = nil, nil
		l.diags = append(l.diags, d)
	}
}

// ended reports whether there is no time or memory left.
func (l *loader) ended(at hcl.Range) bool {
	stop := l.evaluator.Stopped(at)
	l.report(stop...)
	return stop.HasErrors()
}

// problem reports an error.
func (l *loader) problem(r hcl.Range, summary, detail string) {
	l.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: r.Ptr()})
}

// warn reports a warning.
func (l *loader) warn(r hcl.Range, summary, detail string) {
	l.report(&hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail, Subject: r.Ptr()})
}

// snippet returns the source text of a range, on one line.
func (l *loader) snippet(r hcl.Range) string {
	content, ok := l.sources[r.Filename]
	if !ok || r.Start.Byte > r.End.Byte || r.End.Byte > len(content) || r.Start.Byte < 0 {
		return r.String()
	}
	text := strings.Join(strings.Fields(string(content[r.Start.Byte:r.End.Byte])), " ")
	if len(text) > 200 {
		text = text[:200] + "…"
	}
	return strings.ToValidUTF8(text, "�")
}

// read reads a file of the configuration.
func (l *loader) read(name string) ([]byte, error) {
	content, err := l.files.Read(name)
	if err != nil {
		return nil, err
	}
	l.sources[name] = content
	return content, nil
}

// expr is an expression with what it refers to.
type expr struct {
	hclsyntax.Expression
	refs  []hcl.Traversal
	calls []*hclsyntax.FunctionCallExpr
}

// wrap makes an expression ready for evaluation.
func (l *loader) wrap(x hclsyntax.Expression) *expr {
	if x == nil {
		return nil
	}
	if tooDeep(x, l.limits.ExpressionDepth) {
		wrapped, diags := l.evaluator.Wrap(x)
		l.report(diags...)
		return &expr{Expression: wrapped}
	}
	refs := x.Variables()
	calls := &callFinder{}
	_ = hclsyntax.Walk(x, calls)
	wrapped, diags := l.evaluator.Wrap(x)
	l.report(diags...)
	return &expr{Expression: wrapped, refs: refs, calls: calls.found}
}

// tooDeep reports whether an expression is nested deeper than the limit; it
// stops looking there.
func tooDeep(x hclsyntax.Expression, limit int) bool {
	w := &depthWalker{limit: limit}
	_ = hclsyntax.Walk(x, w)
	return w.over
}

type depthWalker struct {
	depth, limit int
	over         bool
}

// Enter counts a level.
func (w *depthWalker) Enter(hclsyntax.Node) hcl.Diagnostics {
	w.depth++
	w.over = w.over || w.depth > 2*w.limit
	return nil
}

// Exit counts a level back.
func (w *depthWalker) Exit(hclsyntax.Node) hcl.Diagnostics {
	w.depth--
	return nil
}

// callFinder collects the function calls of an expression.
type callFinder struct{ found []*hclsyntax.FunctionCallExpr }

// Enter notes a call.
func (w *callFinder) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if x, ok := n.(*hclsyntax.FunctionCallExpr); ok {
		w.found = append(w.found, x)
	}
	return nil
}

// Exit does nothing.
func (w *callFinder) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// reader reads files for functions: paths are relative to the root module.
type reader struct {
	files  *source.Files
	dir    string
	loader *loader
}

func (r *reader) resolve(name string) string {
	if path.IsAbs(name) || strings.HasPrefix(name, "~") {
		return name
	}
	return path.Join(r.dir, name)
}

// Read returns the content of a file.
func (r *reader) Read(name string) ([]byte, error) {
	content, err := r.loader.read(r.resolve(name))
	return content, translate(name, err)
}

// translate turns errors of reading into those that functions know.
func translate(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, source.ErrOutside):
		return functions.ErrNotReadable
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("no file exists at " + `"` + name + `"` + "; this function works only with files that are distributed as part of the configuration source code")
	}
	return err
}

// Exists reports whether a file exists.
func (r *reader) Exists(name string) (bool, error) {
	info, err := r.files.Stat(r.resolve(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, translate(name, err)
	case info.IsDir():
		return false, errors.New(`"` + name + `" is a directory, not a file`)
	}
	return info.Mode().IsRegular(), nil
}

// maxWalk is the number of files that a fileset looks at.
const maxWalk = 20000

// Match lists the files below a folder that match a pattern.
func (r *reader) Match(folder, pattern string) ([]string, error) {
	if !glob.Valid(pattern) {
		return nil, errors.New("failed to glob pattern: syntax error in pattern")
	}
	base := r.resolve(folder)
	if strings.HasPrefix(path.Clean(pattern), "..") {
		base = path.Join(base, upward(pattern))
	}
	var names []string
	budget := maxWalk
	if err := r.walk(base, "", &budget, &names); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, translate(folder, err)
	}
	var out []string
	prefix := ""
	if base != r.resolve(folder) {
		prefix = upward(pattern) + "/"
	}
	for _, name := range names {
		if ok, _ := doublestar.Match(path.Clean(pattern), prefix+name); ok {
			out = append(out, prefix+name)
		}
	}
	sort.Strings(out)
	return out, nil
}

// upward is the part of a pattern that goes up.
func upward(pattern string) string {
	clean := path.Clean(pattern)
	n := 0
	for strings.HasPrefix(clean[n:], "../") {
		n += 3
	}
	return strings.TrimSuffix(clean[:n], "/")
}

func (r *reader) walk(base, below string, budget *int, names *[]string) error {
	entries, err := r.files.ReadDir(path.Join(base, below))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if *budget--; *budget < 0 {
			return errors.New("the folder holds more files than iblint looks at")
		}
		name := path.Join(below, entry.Name())
		info, err := r.files.Stat(path.Join(base, name))
		if err != nil {
			continue
		}
		switch {
		case info.IsDir() && entry.Type()&fs.ModeSymlink == 0:
			if err := r.walk(base, name, budget, names); err != nil {
				return err
			}
		case info.Mode().IsRegular():
			*names = append(*names, name)
		}
	}
	return nil
}
