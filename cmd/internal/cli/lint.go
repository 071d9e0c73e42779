package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

// The values of --fail-on.
const (
	failOnError   = "error"
	failOnWarning = "warning"
	failOnUnknown = "unknown"
	failOnNever   = "never"
)

func newFailOn() choice {
	return choice{value: failOnError, allowed: []string{failOnError, failOnWarning, failOnUnknown, failOnNever}}
}

// lintFlags are the flags of iblint itself.
type lintFlags struct {
	evaluation
	selection
	*general

	format  choice
	outputs files
	failOn  choice
}

func (l *lintFlags) register(flags *pflag.FlagSet) {
	l.format = choice{value: "text", allowed: formatNames(), placeholder: "FORMAT"}
	l.failOn = newFailOn()
	l.outputs.placeholder = "[FORMAT=]FILE"
	grouped(flags, groupReport, func(f *pflag.FlagSet) {
		f.VarP(&l.format, "format", "f", "form of the report: "+strings.Join(formatNames(), ", "))
		f.VarP(&l.outputs, "output", "o", "write the report to FILE; with FORMAT=, one more report (repeatable)")
		f.Var(&l.failOn, "fail-on", "what makes the exit status 1")
	})
	l.selection.register(flags)
	l.evaluation.register(flags)
}

func (c *Command) lintCommand(common *general) *cobra.Command {
	flags := &lintFlags{general: common}
	cmd := &cobra.Command{
		Use:     "iblint [flags] [PATH ...]",
		Short:   "Find why EC2 Image Builder could not distribute an encrypted AMI",
		Long:    rootLong,
		Example: rootExample,
		Args:    cobra.ArbitraryArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.lint(cmd, flags, args) }
	flags.register(cmd.Flags())
	return cmd
}

// lint judges the templates at the paths and reports.
func (c *Command) lint(cmd *cobra.Command, flags *lintFlags, args []string) error {
	where, err := destinations(flags.format.value, flags.outputs.list, formatNames())
	if err != nil {
		return err
	}
	failOn := ""
	if cmd.Flags().Changed("fail-on") {
		failOn = flags.failOn.value
	}
	has := func(formats ...string) bool {
		return slices.ContainsFunc(where, func(d destination) bool { return slices.Contains(formats, d.format) })
	}
	m := &mending{
		command: c, cmd: cmd, evaluation: &flags.evaluation, selection: &flags.selection, args: args,
		options: runOptions{failOn: failOn, edits: has("json", "sarif"), general: flags.general},
	}
	r, in, err := m.report()
	if err != nil {
		return err
	}
	if has("html") {
		r.Deliveries = follow(in, r).Ways()
	}
	if err := c.write(r, where, flags.general); err != nil {
		return err
	}
	c.remark(r, in, flags.general)
	return exit(status(r, in.failOn))
}

// runOptions say how templates are judged.
type runOptions struct {
	// failOn is the value of --fail-on; empty leaves it to the configuration.
	failOn string
	// all reads also what no judgement can need.
	all bool
	// everyRule disregards the levels of the configuration.
	everyRule bool
	// overlay is text that is judged in the place of what files hold.
	overlay map[string][]byte
	// edits asks the rules what to write instead.
	edits   bool
	general *general
}

// run reads the templates at the paths and judges them.
func (c *Command) run(cmd *cobra.Command, e *evaluation, s *selection, args []string, o runOptions) (*report.Report, *loaded, error) {
	if err := s.validate(); err != nil {
		return nil, nil, err
	}
	own := len(s.policies.list) > 0 // they may judge any resource
	line := c.startProgress(o.general, "reading and judging the templates")
	defer line.end()
	o.all = o.all || own
	in, diags, err := c.read(cmd, e, args, o)
	if err != nil {
		return nil, nil, err
	}
	in.relevant = in.relevant || own
	if o.everyRule {
		in.rules = nil
	}
	in.failOn = cmp.Or(o.failOn, in.failOn, failOnError)
	guarded, stop := e.limits.guarded(cmd.Context())
	defer stop()
	request, err := c.request(in, e, s, o)
	if err != nil {
		return nil, nil, err
	}
	found, err := c.judging()(guarded, in, request)
	if err != nil {
		return nil, nil, err
	}
	if found.incomplete != nil && len(o.overlay) > 0 { // a change that breaks something must not pass
		return nil, nil, &exitError{status: ExitInput, err: found.incomplete}
	}
	return c.newReport(in, found, append(diags, unusedValues(in, e)...)), in, nil
}

// read checks the paths and loads what is there.
func (c *Command) read(cmd *cobra.Command, e *evaluation, args []string, o runOptions) (*loaded, hcl.Diagnostics, error) {
	if err := e.validate(args); err != nil {
		return nil, nil, err
	}
	paths, err := checkPaths(args, commandNames(cmd.Root()))
	if err != nil {
		return nil, nil, err
	}
	e.limits.economize()
	request := loadRequest{paths: paths, environ: c.Environ, evaluation: e, all: o.all, overlay: o.overlay}
	for _, path := range paths {
		if path == stdinPath {
			if request.stdin, err = readStdin(cmd.Context(), c.Stdin, e.limits.fileSize()); err != nil {
				return nil, nil, err
			}
		}
	}
	return c.loader()(cmd.Context(), request)
}

// request says how the rules are to judge.
func (c *Command) request(in *loaded, e *evaluation, s *selection, o runOptions) (judgeRequest, error) {
	request := judgeRequest{
		options: policies.Options{
			PolicyDirs: s.policies.list, Settings: in.rules,
			Only: s.only.list, Skip: s.skip.list, FailOnUnknown: in.failOn == failOnUnknown, Edits: o.edits,
		},
		suppress: policies.SuppressOptions{Today: c.Today},
	}
	if !s.noIgnores {
		request.suppress.Ignores = in.graph.Ignores
	}
	if s.baseline == "" {
		return request, nil
	}
	var err error
	request.suppress.Baseline, err = readBaseline(s.baseline, e.limits.fileSize())
	return request, err
}

// newReport puts together what was read and what was found.
func (c *Command) newReport(in *loaded, found *verdicts, diags hcl.Diagnostics) *report.Report {
	r := &report.Report{
		Version: c.version(), Findings: found.findings, Suppressed: found.suppressed,
		Rules: found.catalog, LeftOut: found.leftOut, Sources: in.graph.Sources, Graph: in.graph, Folder: repositoryFolder(),
		Summary: report.Summary{
			Summary:    policies.Summarize(found.findings, found.stats, len(found.suppressed)),
			Unresolved: len(in.graph.Unresolved),
		},
	}
	diags = append(diags, found.remarks...)
	if found.incomplete != nil {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Not everything was judged", Detail: found.incomplete.Error(),
		})
	}
	r.Errors, r.Warnings = report.Problems(diags)
	return r
}

// write makes every report before it writes the first.
func (c *Command) write(r *report.Report, where []destination, g *general) error {
	contents := make([][]byte, len(where))
	for i, d := range where {
		var b bytes.Buffer
		options := report.TextOptions{Quiet: g.quiet}
		if d.file == "" {
			options = c.textOptions(c.Stdout, g)
		}
		if err := format(d.format).write(&b, r, options); err != nil {
			return fmt.Errorf("%s report: %w", d.format, err)
		}
		contents[i] = b.Bytes()
	}
	if err := c.writeProblems(r, g); err != nil {
		return err
	}
	return c.emitAll(where, contents)
}

// emitAll writes to files first: who reads standard output may close it, which
// ends the program.
func (c *Command) emitAll(where []destination, contents [][]byte) error {
	for _, standard := range []bool{false, true} {
		for i, d := range where {
			if (d.file == "") != standard {
				continue
			}
			if err := c.emit(d.file, contents[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// emit writes to a file, or to standard output where there is no name.
func (c *Command) emit(file string, content []byte) error {
	if file != "" && file != stdoutName {
		if err := writeWhole(file, content); err != nil {
			return usageErrorf("--output: %w", err)
		}
		return nil
	}
	if _, err := c.Stdout.Write(content); err != nil {
		return usageErrorf("standard output: %w", err)
	}
	return nil
}

// writeProblems prints on standard error what could not be read.
func (c *Command) writeProblems(r *report.Report, g *general) error {
	options := c.textOptions(c.Stderr, g)
	if err := report.TextProblems(c.Stderr, policies.SeverityError, r.Errors, r.Sources, options); err != nil {
		return err
	}
	if g.quiet {
		return nil
	}
	return report.TextProblems(c.Stderr, policies.SeverityWarning, r.Warnings, r.Sources, options)
}

// remark prints notes on standard error.
func (c *Command) remark(r *report.Report, in *loaded, g *general) {
	if g.quiet {
		return
	}
	if in.templates == 0 && len(r.Errors) == 0 {
		c.printf("note: no Terraform or CloudFormation was found in the given paths\n")
	} else if !in.relevant && len(r.Errors) == 0 {
		c.printf("note: nothing here uses EC2 Image Builder\n")
	}
	if g.verbose {
		c.verbose(in)
	}
}

// verbose prints what was read and which values could not be resolved.
func (c *Command) verbose(in *loaded) {
	if in.configFile != "" {
		c.printf("note: configuration %s\n", printable(in.configFile))
	}
	for _, root := range in.graph.Roots {
		c.printf("note: read %s (%s)\n", printable(root.Path), root.Dialect)
	}
	for _, u := range in.graph.AllUnresolved() {
		place := ""
		if u.Range.Filename != "" {
			place = fmt.Sprintf("%s:%d:%d: ", u.Range.Filename, u.Range.Start.Line, u.Range.Start.Column)
		}
		c.printf("note: %s\n", printable(fmt.Sprintf("%s%s %s is not known: %s", place, u.Resource, u.Property, u.Reason)))
	}
}

// status is the exit status of a report. Findings win over input that could
// not be read.
func status(r *report.Report, failOn string) int {
	switch {
	case policies.Fails(r.Findings, failOn):
		return ExitFindings
	case len(r.Errors) > 0:
		return ExitInput
	}
	return ExitOK
}
