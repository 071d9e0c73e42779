package cli

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"
)

// helpCommand is "iblint help COMMAND", which refuses what is no command.
func helpCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "help [COMMAND]", Short: "Explain a command", Hidden: true}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		topic, rest, err := cmd.Root().Find(args)
		if err != nil || len(rest) > 0 {
			name := strings.Join(args, " ")
			hint := cmp.Or(suggestion(name, commandNames(cmd.Root())), "; \"iblint --help\" lists the commands")
			return usageErrorf("%s is no command%s", name, hint)
		}
		topic.InitDefaultHelpFlag()
		return topic.Help()
	}
	return cmd
}
