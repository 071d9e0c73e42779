package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Completions show the text of a flag as it is.
func TestTextsOfFlags(t *testing.T) {
	t.Parallel()
	command := &Command{}
	root, err := command.rootCommand()
	if err != nil {
		t.Fatal(err)
	}
	flags := 0
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			flags++
			if f.Usage == "" || strings.Contains(f.Usage, "`") {
				t.Errorf("%s --%s: the text is %q", cmd.CommandPath(), f.Name, f.Usage)
			}
		})
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(root)
	if flags < 50 {
		t.Errorf("only %d flags are seen", flags)
	}
}
