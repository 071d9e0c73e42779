package cli

import (
	"bytes"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/policies"
)

// readBaseline reads the file of --baseline, of at most so many bytes.
func readBaseline(name string, most int64) (*policies.Baseline, error) {
	files, err := source.New(nil, most)
	if err != nil {
		return nil, err
	}
	files.AllowFile(name)
	content, err := files.Read(name)
	if err != nil {
		return nil, usageErrorf("--baseline: %w", err)
	}
	baseline, err := policies.ReadBaseline(content)
	if err != nil {
		return nil, usageErrorf("--baseline: %s: %w", name, err)
	}
	return baseline, nil
}

// baselineFlags are the flags of "iblint baseline".
type baselineFlags struct {
	evaluation
	selection
	*general

	output string
}

func (c *Command) baselineCommand(common *general) *cobra.Command {
	flags := &baselineFlags{general: common}
	cmd := &cobra.Command{
		Use:   "baseline [flags] [PATH ...]",
		Short: "Print the fingerprints of today's findings, for --baseline",
		Long: `Print the fingerprints of today's findings. With --baseline FILE iblint leaves
these out and reports only what is new. Fingerprints do not change when lines
move.`,
		Example: "  iblint baseline -o .iblint-baseline.json ./infra\n  iblint --baseline .iblint-baseline.json ./infra",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.baseline(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.StringVarP(&flags.output, "output", "o", "", "write the baseline to `FILE`")
	})
	flags.selection.register(cmd.Flags())
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// baseline judges the templates and accepts what is found.
func (c *Command) baseline(cmd *cobra.Command, flags *baselineFlags, args []string) error {
	r, _, err := c.run(cmd, &flags.evaluation, &flags.selection, args, runOptions{failOn: failOnNever, general: flags.general})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := policies.NewBaseline(r.Findings).Write(&b); err != nil {
		return err
	}
	if err := c.writeProblems(r, flags.general); err != nil {
		return err
	}
	if err := c.emit(flags.output, b.Bytes()); err != nil {
		return err
	}
	return exit(status(r, failOnNever))
}
