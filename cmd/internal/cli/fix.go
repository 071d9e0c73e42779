package cli

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/fix"
	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

// fixFlags are the flags of "iblint fix".
type fixFlags struct {
	evaluation
	selection
	*general

	diff, write bool
	failOn      choice
}

func (c *Command) fixCommand(common *general) *cobra.Command {
	flags := &fixFlags{general: common, failOn: newFailOn()}
	cmd := &cobra.Command{
		Use:   "fix [flags] [PATH ...]",
		Short: "Mend the templates where it is certain what to write",
		Long: `Mend the templates where it is certain what to write. Without --write the
changes are printed as a diff and nothing is touched. Each change is judged
before it is shown: the finding must be gone and nothing else broken. What is a
choice of yours, such as which key to use, is listed and left to you. Only files
at or below the given paths change; plans, cdk.out, .terraform and standard input
never do. The exit status is that of iblint itself after the changes.`,
		Example: "  iblint fix ./infra\n  iblint fix --write --only IBL015,IBL017 ./infra\n  iblint fix -q . | git apply",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.fix(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.BoolVar(&flags.diff, "diff", false, "print the changes and touch nothing (default)")
		f.BoolVar(&flags.write, "write", false, "change the files")
		f.Var(&flags.failOn, "fail-on", "what makes the exit status 1")
	})
	flags.selection.register(cmd.Flags())
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// fix mends what the rules find in the templates at the paths.
func (c *Command) fix(cmd *cobra.Command, flags *fixFlags, args []string) error {
	if flags.diff && flags.write {
		return usageErrorf("--diff and --write exclude each other")
	}
	failOn := ""
	if cmd.Flags().Changed("fail-on") {
		failOn = flags.failOn.value
	}
	m := &mending{command: c, cmd: cmd, evaluation: &flags.evaluation, selection: &flags.selection, args: args, options: runOptions{failOn: failOn, edits: true, general: flags.general}}
	if err := m.readStdin(); err != nil {
		return err
	}
	outcome, err := fix.Run(m.judge, m.may)
	if err != nil {
		return err
	}
	if err := c.writeProblems(outcome.Report, flags.general); err != nil {
		return err
	}
	if err := m.deliver(outcome, flags.write); err != nil {
		return err
	}
	c.remark(outcome.Report, m.in, flags.general)
	if !flags.quiet {
		m.remarkFixes(outcome, flags.write)
	}
	return exit(status(outcome.Report, m.in.failOn))
}

// mending judges the templates of one call, with texts in the place of files.
type mending struct {
	command    *Command
	cmd        *cobra.Command
	evaluation *evaluation
	selection  *selection
	args       []string
	options    runOptions
	// rules judge; they are made ready once.
	rules judgeFunc
	// in is what was read last.
	in *loaded
	// stdin is the template that standard input holds, stdinName what it is
	// called; "" where it is not read.
	stdin     []byte
	stdinName string
}

// readStdin keeps standard input, which is judged more than once.
func (m *mending) readStdin() error {
	if !slices.Contains(m.args, stdinPath) {
		return nil
	}
	var err error
	m.stdin, err = readStdin(m.cmd.Context(), m.command.Stdin, m.evaluation.limits.fileSize())
	m.stdinName = m.evaluation.stdinName(m.stdin)
	return err
}

// judge judges the templates with texts in the place of files.
func (m *mending) judge(texts map[string][]byte) (*report.Report, error) {
	if m.rules == nil {
		m.rules = m.command.judging()
	}
	again := *m.command
	again.judge = m.rules
	stdin := m.stdin
	if text, ok := texts[m.stdinName]; ok {
		stdin = text
	}
	again.Stdin = bytes.NewReader(stdin)
	options := m.options
	options.overlay = texts
	r, in, err := again.run(m.cmd, m.evaluation, m.selection, m.args, options)
	m.in = in
	return r, err
}

// report judges the templates, and finds what mends the findings if the rules
// were asked for edits.
func (m *mending) report() (*report.Report, *loaded, error) {
	if err := m.readStdin(); err != nil {
		return nil, nil, err
	}
	r, err := m.judge(nil)
	if err == nil && m.options.edits {
		fix.Propose(r, m.may)
	}
	return r, m.in, err
}

var (
	errElsewhere = errors.New("the file is outside of the given paths")
	errGenerated = errors.New("the file is generated: change what it is made from")
)

// may reports whether a file may be changed: one that people write, at or below
// a given path.
func (m *mending) may(file string) error {
	if file == m.stdinName {
		return nil
	}
	for folder := range strings.SplitSeq(path.Dir(file), "/") {
		if slices.Contains([]string{".terraform", "cdk.out", "node_modules", ".terragrunt-cache", ".aws-sam"}, folder) {
			return errGenerated
		}
	}
	if _, ok := m.in.graph.Sources[path.Join(path.Dir(file), "manifest.json")]; ok {
		return errGenerated
	}
	target, err := filepath.EvalSymlinks(file)
	if err != nil {
		return plainError(file, err)
	}
	given := m.args
	if len(given) == 0 {
		given = []string{"."}
	}
	for _, one := range given {
		if one != stdinPath && holdsFile(one, target) {
			return nil
		}
	}
	return errElsewhere
}

// holdsFile reports whether a file is a path or lies below it, whatever links
// lead there.
func holdsFile(given, file string) bool {
	target, err := filepath.EvalSymlinks(given)
	if err != nil {
		return false
	}
	target, errTarget := filepath.Abs(target)
	file, errFile := filepath.Abs(file)
	if errTarget != nil || errFile != nil {
		return false
	}
	rel, err := filepath.Rel(target, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// deliver writes the files, or prints what would change. Standard input is
// always printed.
func (m *mending) deliver(o *fix.Outcome, write bool) error {
	written := func(file string) bool { return write && file != m.stdinName }
	text, err := fix.Diff(o.Before, o.After, func(file string) bool { return !written(file) })
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(o.After)) {
		if !written(name) {
			continue
		}
		if err := writeWhole(name, o.After[name]); err != nil {
			return &exitError{status: ExitInput, err: err}
		}
	}
	if _, terminal := terminalWidth(m.command.Stdout); terminal {
		text = printable(text)
	}
	return m.command.emit("", []byte(text))
}

// remarkFixes says on standard error what was mended and what was not.
func (m *mending) remarkFixes(o *fix.Outcome, write bool) {
	rest := slices.DeleteFunc(slices.Clone(o.Report.Findings), func(f policies.Finding) bool { return f.Verdict != policies.Violation })
	for i := range rest {
		f := &rest[i]
		reason := o.Reasons[f.Fingerprint]
		if reason == "" {
			reason = f.Fix
		}
		m.command.printf("%s\n", printable(fmt.Sprintf("%s:%d:%d: %s: no automatic fix: %s",
			f.Location.File, f.Location.Start.Line, f.Location.Start.Column, f.Rule, reason)))
	}
	m.command.printf("%s\n", summary(o, len(rest), write))
}

func summary(o *fix.Outcome, rest int, write bool) string {
	text := fmt.Sprintf("%s in %s", counted(len(o.Fixed), "finding"), counted(len(o.After), "file"))
	switch {
	case len(o.Fixed) == 0:
		text = "nothing to fix automatically"
	case write:
		text = "fixed " + text
	default:
		text = "would fix " + text + "; --write changes them"
	}
	text += fmt.Sprintf("; %s without automatic fix", counted(rest, "finding"))
	if unknown := len(o.Report.Findings) - rest; unknown > 0 {
		text += fmt.Sprintf(", %d not known", unknown)
	}
	return text
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
