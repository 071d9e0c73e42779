package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

func (c *Command) policyCommand(common *general) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy new NAME | test DIR",
		Short: "Write and test rules of your own",
		Long: `Write and test rules of your own, in Rego. They see the same graph as iblint's
rules, with every resource as it is written, and judge with --policy DIR.`,
		Example: `  iblint policy new key-without-owner --dir rules
  iblint policy test rules
  iblint --policy rules ./infra`,
		DisableFlagsInUseLine: true,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usageErrorf("iblint policy takes \"new NAME\" or \"test DIR\"")
		}
		return usageErrorf("iblint policy %s is no command%s", args[0], suggestion(args[0], commandNames(cmd)))
	}
	cmd.AddCommand(c.policyNewCommand(), c.policyTestCommand(common))
	return cmd
}

func (c *Command) policyNewCommand() *cobra.Command {
	var folder, id string
	cmd := &cobra.Command{
		Use:   "new [flags] NAME",
		Short: "Make the folder of a rule, with a test",
		Example: "  iblint policy new key-without-owner --dir rules\n" +
			"  iblint policy new key-without-owner --dir rules --id ACME001",
		Args: oneArgument("a name, such as key-without-owner"),
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.policyNew(args[0], folder, id) }
	grouped(cmd.Flags(), groupRules, func(f *pflag.FlagSet) {
		f.StringVar(&folder, "dir", ".", "folder `DIR` for the folder of the rule")
		f.StringVar(&id, "id", "", "`ID` of the rule, letters and a number (default: the first free CUSTOM number)")
	})
	return cmd
}

// policyNew writes a rule that works as it is.
func (c *Command) policyNew(name, folder, id string) error {
	if _, err := policies.Scaffold(name, id); err != nil {
		return usageErrorf("%w", err)
	}
	if id == "" {
		var dirs []string
		if _, err := os.Stat(folder); err == nil {
			dirs = append(dirs, folder)
		}
		catalog, err := policies.LoadCatalog(dirs...)
		if err != nil {
			return usageErrorf("%w", err)
		}
		id = catalog.FreeID("CUSTOM")
	}
	made, err := policies.Scaffold(name, id)
	if err != nil {
		return usageErrorf("%w", err)
	}
	if err := policies.WriteScaffold(folder, made); err != nil {
		return usageErrorf("%w", err)
	}
	for _, file := range made {
		if _, err := fmt.Fprintln(c.Stdout, filepath.ToSlash(filepath.Join(folder, file.Name))); err != nil {
			return err
		}
	}
	return nil
}

func (c *Command) policyTestCommand(common *general) *cobra.Command {
	var run string
	cmd := &cobra.Command{
		Use:   "test [flags] DIR",
		Short: "Run the tests of rules",
		Long: `Run the tests of rules: rules named test_… in files named …_test.rego. The exit
status is 1 when one fails, 2 when the Rego is wrong.`,
		Example: "  iblint policy test rules\n  iblint policy test --run owner -v rules",
		Args:    oneArgument("a folder with rules"),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.policyTest(cmd.Context(), args[0], run, common)
	}
	grouped(cmd.Flags(), groupRules, func(f *pflag.FlagSet) {
		f.StringVar(&run, "run", "", "run the tests whose package.name matches `REGEXP`")
	})
	return cmd
}

// policyTest runs the tests and prints what failed, or everything with -v.
func (c *Command) policyTest(ctx context.Context, dir, run string, g *general) error {
	if _, err := os.Stat(dir); err != nil {
		return usageErrorf("%w", plainError(dir, err))
	}
	results, err := policies.RunTests(ctx, policies.TestOptions{PolicyDirs: []string{dir}, Run: run})
	if err != nil {
		return usageErrorf("%w", err)
	}
	var b strings.Builder
	for i := range results.Results {
		writeTestResult(&b, &results.Results[i], g.verbose)
	}
	failed := results.Failed()
	if !g.quiet {
		fmt.Fprintf(&b, "%s, %d failed\n", report.Count(len(results.Results), "test"), failed)
	}
	if err := c.emit("", []byte(b.String())); err != nil {
		return err
	}
	switch {
	case len(results.Results) == 0:
		return usageErrorf("%s: no test was found; tests are rules named test_… in files named …_test.rego", dir)
	case failed > 0:
		return exit(ExitFindings)
	}
	return nil
}

func writeTestResult(b *strings.Builder, result *policies.TestResult, verbose bool) {
	name := result.Package + "." + result.Name
	switch {
	case !result.Passed:
		fmt.Fprintf(b, "FAIL %s (%s)\n", name, result.Location)
		if result.Problem != "" {
			fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(printable(result.Problem), "\n", "\n  "))
		}
	case verbose:
		fmt.Fprintf(b, "ok   %s\n", name)
	}
	if result.Output != "" && (verbose || !result.Passed) {
		fmt.Fprintf(b, "  %s\n", strings.ReplaceAll(strings.TrimRight(printable(result.Output), "\n"), "\n", "\n  "))
	}
}

// oneArgument wants exactly one argument and says what it is.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return usageErrorf("%s takes %s", cmd.CommandPath(), what)
		}
		return nil
	}
}
