package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is the width of a line of the help.
const helpWidth = 96

// usage prints how a command is called. Cobra puts the long text before it.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:\n  " + cmd.UseLine() + "\n")
	if cmd.HasAvailableSubCommands() {
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				b.WriteString("  " + sub.CommandPath() + strings.TrimPrefix(sub.Use, sub.Name()) + "\n")
			}
		}
		b.WriteString("\nCommands:\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-11s %s\n", sub.Name(), sub.Short)
			}
		}
	}
	if cmd.HasExample() {
		b.WriteString("\nExamples:\n" + cmd.Example + "\n")
	}
	writeFlags(&b, cmd)
	if !cmd.HasParent() {
		b.WriteString("\n" + rootStatus + "\n")
	}
	_, err := io.WriteString(cmd.OutOrStdout(), b.String())
	return err
}

// writeFlags lists the flags under their headings.
func writeFlags(b *strings.Builder, cmd *cobra.Command) {
	groups := map[string]*pflag.FlagSet{}
	sorted := func(f *pflag.Flag) {
		group := groupGeneral
		if a := f.Annotations[groupAnnotation]; len(a) > 0 {
			group = a[0]
		}
		if groups[group] == nil {
			groups[group] = pflag.NewFlagSet(group, pflag.ContinueOnError)
			groups[group].SortFlags = false
		}
		groups[group].AddFlag(f)
	}
	cmd.LocalFlags().VisitAll(sorted)
	cmd.InheritedFlags().VisitAll(sorted)
	for _, group := range []string{groupReport, groupRules, groupEvaluation, groupGeneral} {
		if groups[group] != nil {
			fmt.Fprintf(b, "\n%s:\n%s", group, groups[group].FlagUsagesWrapped(helpWidth))
		}
	}
}

// placeholder is what the help shows for the value of a flag.
func placeholder(f *pflag.Flag) string {
	name, _ := pflag.UnquoteUsage(f)
	return name
}
