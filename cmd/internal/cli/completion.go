package cli

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/policies"
)

// shells are those that completions are made for.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

func (c *Command) completionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell: " + strings.Join(shells(), ", "),
		Long:  "Print the completion script of a shell: " + strings.Join(shells(), ", ") + ". That of bash\nneeds the package bash-completion.",
		Example: `  source <(iblint completion bash)
  iblint completion fish > ~/.config/fish/completions/iblint.fish`,
		ValidArgs:             shells(),
		DisableFlagsInUseLine: true,
	}
	cmd.Args = oneArgument("one shell: " + strings.Join(shells(), ", "))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root := cmd.Root()
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(c.Stdout, true)
		case "zsh":
			return root.GenZshCompletion(c.Stdout)
		case "fish":
			return root.GenFishCompletion(c.Stdout, true)
		case "powershell":
			return root.GenPowerShellCompletionWithDesc(c.Stdout)
		}
		return usageErrorf("no completion for %s, only for %s%s",
			args[0], strings.Join(shells(), ", "), suggestion(args[0], shells()))
	}
	return cmd
}

// completeFlags offers the values of flags that have a fixed set, for a
// command and all below it.
func completeFlags(cmd *cobra.Command) error {
	var failed error
	for _, sub := range cmd.Commands() {
		failed = errors.Join(failed, completeFlags(sub))
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		var complete cobra.CompletionFunc
		switch value := f.Value.(type) {
		case *choice:
			complete = cobra.FixedCompletions(value.allowed, cobra.ShellCompDirectiveNoFileComp)
		case *words:
			complete = completeRules
		case *pairs:
			complete = cobra.NoFileCompletions
		default:
			return
		}
		failed = errors.Join(failed, cmd.RegisterFlagCompletionFunc(f.Name, complete))
	})
	return failed
}

// completeRules offers the rules, with their titles.
func completeRules(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := ""
	if i := strings.LastIndexByte(typed, ','); i >= 0 {
		before = typed[:i+1]
	}
	catalog, err := policies.LoadCatalog()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	offers := make([]cobra.Completion, 0, len(catalog))
	for _, rule := range catalog {
		offers = append(offers, cobra.CompletionWithDesc(before+rule.ID, rule.Title))
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}
