package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/starter"
	"github.com/iblint/iblint/loaders/facts"
)

// initFlags are the flags of "iblint init".
type initFlags struct {
	evaluation
	*general

	output string
}

func (c *Command) initCommand(common *general) *cobra.Command {
	flags := &initFlags{general: common}
	cmd := &cobra.Command{
		Use:   "init [flags] [PATH ...]",
		Short: "Write a first .iblint.yaml from what the templates reveal",
		Long: `Write a first .iblint.yaml: which roots have no account, which values come from
elsewhere, and which facts would settle what is unknown today. All of it stands
in comments, to be filled in. A file that is there is never overwritten; "-o -"
prints to standard output.`,
		Example: "  iblint init\n  iblint init -o - ./infra",
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.initialize(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.StringVarP(&flags.output, "output", "o", facts.FileName, "write the configuration to `FILE`")
	})
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// initialize judges the templates and writes what they leave open.
func (c *Command) initialize(cmd *cobra.Command, flags *initFlags, args []string) error {
	toStdout := flags.output == stdoutName
	if _, err := os.Lstat(flags.output); !toStdout && !errors.Is(err, fs.ErrNotExist) {
		return usageErrorf("%s is there already; -o names another file, -o - prints", flags.output)
	}
	r, in, err := c.run(cmd, &flags.evaluation, &selection{}, args, runOptions{failOn: failOnNever, general: flags.general})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := starter.Write(&b, in.graph, r.Findings); err != nil {
		return err
	}
	if err := c.writeProblems(r, flags.general); err != nil {
		return err
	}
	if err := c.emit(flags.output, b.Bytes()); err != nil {
		return err
	}
	if !toStdout && !flags.quiet {
		if _, err := fmt.Fprintln(c.Stdout, "wrote "+flags.output); err != nil {
			return err
		}
	}
	return exit(status(r, failOnNever))
}
