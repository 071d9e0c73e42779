package cli

import (
	"cmp"
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const rootLong = `iblint reads Terraform and CloudFormation and finds, before anything is
deployed, why EC2 Image Builder could not distribute an encrypted AMI to other
accounts: which line is at fault, which AWS error it would cause, what to write
instead. It needs no network and no credentials.

A PATH is a file or a folder (default: the working directory). A folder is
searched for Terraform root modules, Terraform plans in JSON and CloudFormation
templates. "-" reads one template, of either, from standard input.`

const rootExample = `  iblint ./infra
  iblint --complete build/ target/
  iblint --fail-on warning -f json -o report.json ./infra
  iblint explain IBL001`

const rootStatus = `Exit status:
  0  nothing at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage or configuration
  3  some input could not be read or evaluated; the rest was judged`

// rootCommand makes the command tree. It reads nothing.
func (c *Command) rootCommand() (*cobra.Command, error) {
	common := &general{}
	root := c.lintCommand(common)
	root.AddCommand(
		c.traceCommand(common),
		c.rulesCommand(common),
		c.explainCommand(),
		c.graphCommand(common),
		c.diagnoseCommand(common),
		c.fixCommand(common),
		c.baselineCommand(common),
		c.initCommand(common),
		c.policyCommand(common),
		c.completionCommand(),
		c.versionCommand(),
	)
	root.SetHelpCommand(helpCommand())
	root.CompletionOptions.DisableDefaultCmd = true
	common.register(root.PersistentFlags())
	root.SilenceErrors, root.SilenceUsage = true, true
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	root.SetIn(c.Stdin)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(usage)
	root.Version = c.version()
	root.SetVersionTemplate("iblint {{.Version}}\n")
	inOrder(root)
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return common.validate() }
	return root, completeFlags(root)
}

// inOrder lets the help list flags in the order in which they were added.
func inOrder(cmd *cobra.Command) {
	cmd.Flags().SortFlags, cmd.PersistentFlags().SortFlags = false, false
	for _, sub := range cmd.Commands() {
		inOrder(sub)
	}
}

// flagError puts a suggestion to a flag that does not exist.
func flagError(cmd *cobra.Command, err error) error {
	if missing, ok := errors.AsType[*pflag.NotExistError](err); ok {
		name := missing.GetSpecifiedName()
		if missing.GetSpecifiedShortnames() != "" {
			return usageErrorf("unknown flag -%s; \"%s --help\" lists the flags", name, cmd.CommandPath())
		}
		if near := nearest(name, flagNames(cmd)); near != "" {
			return usageErrorf("unknown flag --%s; did you mean --%s?", name, near)
		}
		return usageErrorf("unknown flag --%s; \"%s --help\" lists the flags", name, cmd.CommandPath())
	}
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		return usageErrorf("--%s %s: %s", invalid.GetFlag().Name, cmp.Or(invalid.GetValue(), `""`), plainFlagError(invalid.Unwrap()))
	}
	if valueless, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return usageErrorf("--%s needs a value: %s", valueless.GetFlag().Name, placeholder(valueless.GetFlag()))
	}
	return usageErrorf("%w", err)
}

// plainFlagError takes the name of a Go function out of an error.
func plainFlagError(err error) string {
	text := err.Error()
	switch {
	case strings.HasPrefix(text, "strconv.ParseInt"):
		return "must be a whole number"
	case strings.HasPrefix(text, "strconv.ParseBool"):
		return "must be true or false"
	}
	return text
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// commandNames lists the subcommands, for suggestions.
func commandNames(root *cobra.Command) []string {
	var names []string
	for _, sub := range root.Commands() {
		if !sub.Hidden {
			names = append(names, sub.Name())
		}
	}
	return names
}

// noArguments refuses arguments, with a message that says which.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageErrorf("%s takes no argument, but got %s", cmd.CommandPath(), strings.Join(args, " "))
	}
	return nil
}
