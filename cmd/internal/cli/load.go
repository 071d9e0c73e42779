package cli

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
	"github.com/iblint/iblint/policies"
)

// load reads the configuration and the templates.
func (c *Command) loadTemplates(ctx context.Context, request loadRequest) (*loaded, hcl.Diagnostics, error) {
	e := request.evaluation
	if err := readable(e); err != nil {
		return nil, nil, err
	}
	config, err := c.configuration(e.config, request.paths)
	if err != nil {
		return nil, nil, err
	}
	options := loaderOptions(request)
	options.Config = config
	result, diags, err := loaders.Load(ctx, options)
	if err != nil {
		return nil, nil, &exitError{status: ExitInput, err: err}
	}
	in := &loaded{
		graph: result.Graph, files: result.Files, templates: result.Templates, relevant: result.Relevant,
		worlds: sync.OnceValue(func() []policies.World { return worlds(result) }),
	}
	if config != nil {
		in.configFile = config.File
		in.failOn = config.FailOnText()
		in.rules = map[string]policies.Severity{}
		for rule, level := range config.Levels() {
			in.rules[rule] = policies.Severity(level)
		}
	}
	return in, diags, nil
}

// loaderOptions turns flags into what the loaders take.
func loaderOptions(request loadRequest) loaders.Options {
	e := request.evaluation
	o := loaders.Options{
		Workspace: e.workspace, Parameters: e.parameters.values, ParameterFiles: e.parameterFiles.list,
		Imports: e.imports.values, Complete: e.complete, All: request.all, Jobs: e.jobs, Limits: e.limits.reading,
		Overlay: request.overlay,
	}
	if o.Jobs == 0 {
		o.Jobs = runtime.GOMAXPROCS(0)
	}
	for _, path := range request.paths {
		if path != stdinPath {
			o.Paths = append(o.Paths, path)
			continue
		}
		o.Stdin, o.StdinName = request.stdin, e.stdinName(request.stdin)
	}
	for _, a := range e.assignments {
		o.Assignments = append(o.Assignments, terraform.Assignment{Name: a.name, Value: a.value, File: a.file})
	}
	if e.envVars {
		o.Environment = terraformVariables(request.environ)
	}
	return o
}

// terraformVariables are the TF_VAR_* variables of the environment.
func terraformVariables(environ []string) map[string]string {
	out := map[string]string{}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "TF_VAR_") {
			out[name] = value
		}
	}
	return out
}

// readable checks the files that flags name: a misspelt one is wrong usage,
// not a value that is not known.
func readable(e *evaluation) error {
	check := func(flag, name string) error {
		info, err := os.Stat(name)
		if err != nil {
			return usageErrorf("--%s: %w", flag, plainError(name, err))
		}
		if info.IsDir() {
			return usageErrorf("--%s: %s is a folder", flag, name)
		}
		return nil
	}
	for _, a := range e.assignments {
		if a.file != "" {
			if err := check("var-file", a.file); err != nil {
				return err
			}
		}
	}
	for _, name := range e.parameterFiles.list {
		if err := check("parameters-file", name); err != nil {
			return err
		}
	}
	return nil
}

// configuration reads the configuration that --config names, or the one at or
// above the paths; nil where there is none.
func (c *Command) configuration(given string, paths []string) (*facts.Config, error) {
	file := given
	if file == "" {
		found, err := findConfiguration(paths)
		if err != nil || found == "" {
			return nil, err
		}
		file = found
	}
	content, err := readConfiguration(file, given != "")
	if err != nil {
		return nil, usageErrorf("--config: %w", err)
	}
	file = relative(file)
	config, diags := facts.Parse(file, content)
	if diags.HasErrors() {
		errors, _ := report.Problems(diags)
		if err := report.TextProblems(c.Stderr, policies.SeverityError, errors,
			map[string][]byte{file: content}, c.textOptions(c.Stderr, &general{})); err != nil {
			return nil, err
		}
		return nil, exit(ExitUsage)
	}
	return config, nil
}

// mostConfiguration is the size of the largest configuration, in bytes.
const mostConfiguration = 4 << 20

// readConfiguration reads the file. One that was found, not given, has to lie
// in its own repository: a link may not lead anywhere.
func readConfiguration(file string, given bool) ([]byte, error) {
	allowed := file
	if !given {
		allowed = filepath.Dir(file)
	}
	files, err := source.New([]string{allowed}, mostConfiguration)
	if err != nil {
		return nil, err
	}
	return files.Read(file)
}

// findConfiguration walks up from every path. Two different configurations
// cannot both be right.
func findConfiguration(paths []string) (string, error) {
	var found []string
	for _, path := range paths {
		if path == stdinPath {
			path = "."
		}
		file, err := facts.Find(path)
		if err != nil {
			return "", usageErrorf("configuration: %w", err)
		}
		if file != "" && !slices.ContainsFunc(found, func(other string) bool { return sameFile(other, file) }) {
			found = append(found, file)
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", usageErrorf("the paths have different configurations, %s; choose one with --config",
		strings.Join(found, " and "))
}

// repositoryFolder is the path of the working directory from the root of its
// git repository, "" at the root or outside of one.
func repositoryFolder() string {
	working, err := os.Getwd()
	if err != nil {
		return ""
	}
	var steps []string
	for dir := working; ; {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			slices.Reverse(steps)
			return strings.Join(steps, "/")
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		steps = append(steps, filepath.Base(dir))
		dir = up
	}
}

// worlds are what the rules judge.
func worlds(result *loaders.Result) []policies.World {
	out := make([]policies.World, len(result.Worlds))
	for i, w := range result.Worlds {
		out[i] = policies.World{
			Graph: w.Graph, Input: w.Model.Input(), Names: w.Model.Names, Decided: w.Decided, Conditions: w.Conditions,
		}
	}
	return out
}
