package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

func (c *Command) rulesCommand(common *general) *cobra.Command {
	form := choice{value: "text", allowed: []string{"text", "json", "markdown"}}
	dirs := files{placeholder: "DIR"}
	cmd := &cobra.Command{
		Use:     "rules [flags]",
		Short:   "List the rules",
		Example: "  iblint rules\n  iblint rules -f json | jq '.rules[].id'",
		Args:    noArguments,
	}
	cmd.RunE = func(*cobra.Command, []string) error {
		catalog, err := policies.LoadCatalog(dirs.list...)
		if err != nil {
			return usageErrorf("%w", err)
		}
		return c.writeCatalog(catalog, form.value, common)
	}
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.VarP(&form, "format", "f", "form of the list")
		f.Var(&dirs, "policy", "list rules of your own, too (repeatable)")
	})
	return cmd
}

func (c *Command) writeCatalog(catalog policies.Catalog, form string, g *general) error {
	switch form {
	case "json":
		return report.CatalogJSON(c.Stdout, catalog)
	case "markdown":
		return report.CatalogMarkdown(c.Stdout, catalog)
	}
	return report.CatalogText(c.Stdout, catalog, c.textOptions(c.Stdout, g))
}

func (c *Command) explainCommand() *cobra.Command {
	dirs := files{placeholder: "DIR"}
	cmd := &cobra.Command{
		Use:     "explain [flags] RULE",
		Short:   "Explain one rule: what it finds, why, and how to mend it",
		Example: "  iblint explain IBL001\n  iblint explain recipe-aws-managed-key",
	}
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completeRules(cmd, args, typed)
	}
	cmd.Args = oneArgument("one rule, such as IBL001; \"iblint rules\" lists them")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		return c.explain(args[0], dirs.list)
	}
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.Var(&dirs, "policy", "know rules of your own, too (repeatable)")
	})
	return cmd
}

// explain prints the page of a rule.
func (c *Command) explain(name string, dirs []string) error {
	catalog, err := policies.LoadCatalog(dirs...)
	if err != nil {
		return usageErrorf("%w", err)
	}
	rule, err := catalog.Find(name)
	if err != nil {
		return usageErrorf("%w", err)
	}
	text, err := rule.Explain()
	if err != nil {
		return err
	}
	return c.emit("", []byte(printable(text)))
}
