package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/cmd/internal/trace"
)

// traceFlags are the flags of "iblint trace".
type traceFlags struct {
	evaluation
	selection
	*general

	form    choice
	outputs files
	failOn  choice
}

// traceForms are the forms of the trace.
func traceForms() []string { return []string{"text", "json", "markdown", "html"} }

func (c *Command) traceCommand(common *general) *cobra.Command {
	flags := &traceFlags{general: common, form: choice{value: "text", allowed: traceForms()}, failOn: newFailOn()}
	flags.outputs.placeholder = "[FORMAT=]FILE"
	cmd := &cobra.Command{
		Use:   "trace [flags] [PATH ...]",
		Short: "Follow every distribution job step by step",
		Long: `Follow every distribution job step by step: build, copy to the Region, share,
assume the role of the target account, copy there, launch. Each step is ok,
fails, with the rule, the line and the error that AWS would print, or is not
known, with what would settle it. Where a rule was turned off or its finding is
suppressed, the step says so. The exit status is that of iblint itself.`,
		Example: "  iblint trace ./infra\n  iblint trace -f html -o trace.html build/ target/",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.trace(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.VarP(&flags.form, "format", "f", "form of the trace")
		f.VarP(&flags.outputs, "output", "o", "write the trace to FILE; with FORMAT=, one more trace (repeatable)")
		f.Var(&flags.failOn, "fail-on", "what makes the exit status 1")
	})
	flags.selection.register(cmd.Flags())
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// trace judges the templates and prints what it means for each delivery.
func (c *Command) trace(cmd *cobra.Command, flags *traceFlags, args []string) error {
	where, err := destinations(flags.form.value, flags.outputs.list, traceForms())
	if err != nil {
		return err
	}
	failOn := ""
	if cmd.Flags().Changed("fail-on") {
		failOn = flags.failOn.value
	}
	r, in, err := c.run(cmd, &flags.evaluation, &flags.selection, args, runOptions{failOn: failOn, general: flags.general})
	if err != nil {
		return err
	}
	t := follow(in, r)
	r.Deliveries = t.Ways()
	if err := c.writeTrace(t, r, where, flags.general); err != nil {
		return err
	}
	if err := c.writeProblems(r, flags.general); err != nil {
		return err
	}
	c.remark(r, in, flags.general)
	return exit(status(r, in.failOn))
}

// follow makes the trace of what was judged.
func follow(in *loaded, r *report.Report) *trace.Trace {
	if !in.relevant {
		return trace.Build(nil, r)
	}
	return trace.Build(in.worlds(), r)
}

// writeTrace makes every form before it writes the first.
func (c *Command) writeTrace(t *trace.Trace, r *report.Report, where []destination, g *general) error {
	contents := make([][]byte, len(where))
	for i, d := range where {
		options := report.TextOptions{Quiet: g.quiet}
		if d.file == "" {
			options = c.textOptions(c.Stdout, g)
		}
		var b bytes.Buffer
		if err := traceIn(&b, d.format, t, r, options); err != nil {
			return err
		}
		contents[i] = b.Bytes()
	}
	for i, d := range where {
		if err := c.emit(d.file, contents[i]); err != nil {
			return err
		}
	}
	return nil
}

func traceIn(w io.Writer, form string, t *trace.Trace, r *report.Report, options report.TextOptions) error {
	switch form {
	case "json":
		return trace.JSON(w, t)
	case "markdown":
		return trace.Markdown(w, t)
	case "html":
		return trace.HTML(w, t, r)
	}
	return trace.Text(w, t, options)
}
