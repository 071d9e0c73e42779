package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// groupAnnotation is the annotation of a flag that says under which heading
// the help lists it.
const groupAnnotation = "iblint_group"

// The headings of the help, in their order.
const (
	groupReport     = "Report"
	groupRules      = "Rules"
	groupEvaluation = "Values of the templates"
	groupGeneral    = "General"
)

// named is the value of a flag with the name that the help shows for it.
type named struct {
	pflag.Value
	name string
}

// Type is what the help shows for the value.
func (n named) Type() string { return n.name }

// grouped adds flags and puts them under a heading. The name of a value stands
// between backquotes in the text of its flag, which only the help understands:
// completions show the text as it is, so that it must be without them.
func grouped(target *pflag.FlagSet, group string, add func(*pflag.FlagSet)) {
	set := pflag.NewFlagSet(group, pflag.ContinueOnError)
	set.SortFlags = false
	add(set)
	set.VisitAll(func(f *pflag.Flag) {
		f.Annotations = map[string][]string{groupAnnotation: {group}}
		if name, text := pflag.UnquoteUsage(f); text != f.Usage {
			f.Usage, f.Value = text, named{Value: f.Value, name: name}
		}
		target.AddFlag(f)
	})
}

// assignment is a Terraform variable given on the command line: a value, or a
// file of values. Their order decides.
type assignment struct {
	name, value string
	file        string
}

// assignmentFlag is --var or --var-file; both append to one list.
type assignmentFlag struct {
	list *[]assignment
	file bool
}

// String is empty: the flag has no default.
func (a *assignmentFlag) String() string { return "" }

// Type is what the help shows for the value.
func (a *assignmentFlag) Type() string {
	if a.file {
		return "FILE"
	}
	return "NAME=VALUE"
}

// Set adds a variable or a file.
func (a *assignmentFlag) Set(text string) error {
	if a.file {
		if text == "" {
			return errors.New("must not be empty")
		}
		*a.list = append(*a.list, assignment{file: text})
		return nil
	}
	name, value, err := splitPair(text)
	if err != nil {
		return err
	}
	*a.list = append(*a.list, assignment{name: name, value: value})
	return nil
}

// evaluation are the flags that say what the templates evaluate to. They are
// the same for every command that reads templates.
type evaluation struct {
	assignments    []assignment
	envVars        bool
	workspace      string
	parameters     pairs
	parameterFiles files
	imports        pairs
	config         string
	complete       bool
	limits         limitFlag
	jobs           int
	stdinFilename  string
}

func (e *evaluation) register(flags *pflag.FlagSet) {
	grouped(flags, groupEvaluation, func(f *pflag.FlagSet) {
		f.Var(&assignmentFlag{list: &e.assignments}, "var", "set a Terraform variable (repeatable)")
		f.Var(&assignmentFlag{list: &e.assignments, file: true}, "var-file", "read Terraform variables (repeatable)")
		f.BoolVar(&e.envVars, "env-vars", false, "read Terraform variables from TF_VAR_*")
		f.StringVar(&e.workspace, "workspace", "default", "`NAME` that terraform.workspace has")
		f.Var(&e.parameters, "parameter", "set a CloudFormation parameter or pseudo parameter (repeatable)")
		e.parameterFiles.placeholder = "FILE"
		f.Var(&e.parameterFiles, "parameters-file", "read CloudFormation parameters (repeatable)")
		f.Var(&e.imports, "import", "set the export of another stack (repeatable)")
		f.BoolVar(&e.complete, "complete", false, "the given templates are all there is: what is not in them does not exist")
	})
	grouped(flags, groupGeneral, func(f *pflag.FlagSet) {
		f.StringVarP(&e.config, "config", "c", "", "configuration `FILE` (default: .iblint.yaml at or above each PATH)")
		f.StringVar(&e.stdinFilename, "stdin-filename", "", "`NAME` of the template that \"-\" reads")
		f.Var(&e.limits, "limit", "let reading and judging cost more or less: "+strings.Join(limitNames(), ", ")+" (repeatable)")
		f.IntVar(&e.jobs, "jobs", 0, "number `N` of roots read at once (default: number of CPUs)")
	})
}

// validate checks what one flag alone cannot.
func (e *evaluation) validate(paths []string) error {
	stdin := 0
	for _, path := range paths {
		switch path {
		case stdinPath:
			stdin++
		case "":
			return usageErrorf("a PATH is empty; use . for the working directory")
		}
	}
	switch {
	case stdin > 1:
		return usageErrorf("standard input (-) is given twice")
	case e.stdinFilename != "" && stdin == 0:
		return usageErrorf("--stdin-filename names standard input, but no PATH is \"-\"")
	case e.jobs < 0:
		return usageErrorf("--jobs must not be negative")
	}
	return nil
}

// selection are the flags that choose and weigh rules.
type selection struct {
	only, skip words
	policies   files
	baseline   string
	noIgnores  bool
}

func (s *selection) register(flags *pflag.FlagSet) {
	grouped(flags, groupRules, func(f *pflag.FlagSet) {
		s.only.placeholder, s.skip.placeholder, s.policies.placeholder = "RULE,...", "RULE,...", "DIR"
		f.Var(&s.only, "only", "judge by these rules alone")
		f.Var(&s.skip, "skip", "leave these rules out")
		f.Var(&s.policies, "policy", "add rules of your own, in Rego (repeatable)")
		f.StringVar(&s.baseline, "baseline", "", "leave out findings whose fingerprints are in `FILE`")
		f.BoolVar(&s.noIgnores, "no-ignores", false, "report what ignore comments suppress, too")
	})
}

func (s *selection) validate() error {
	for _, rule := range s.only.list {
		if slices.ContainsFunc(s.skip.list, func(r string) bool { return strings.EqualFold(r, rule) }) {
			return usageErrorf("rule %s is in --only and in --skip", rule)
		}
	}
	return nil
}

// general are the flags of every command.
type general struct {
	color   choice
	quiet   bool
	verbose bool
}

func (g *general) register(flags *pflag.FlagSet) {
	g.color = choice{value: "auto", allowed: []string{"auto", "always", "never"}}
	grouped(flags, groupGeneral, func(f *pflag.FlagSet) {
		f.Var(&g.color, "color", "colour on the terminal")
		f.BoolVarP(&g.quiet, "quiet", "q", false, "print findings and errors, nothing else")
		f.BoolVarP(&g.verbose, "verbose", "v", false, "also print what was read and what could not be resolved")
	})
}

func (g *general) validate() error {
	if g.quiet && g.verbose {
		return usageErrorf("--quiet and --verbose contradict each other")
	}
	return nil
}
