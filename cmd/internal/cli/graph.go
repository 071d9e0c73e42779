package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func (c *Command) graphCommand(common *general) *cobra.Command {
	flags := &evaluation{}
	form := choice{value: "json", allowed: []string{"json", "dot", "mermaid"}}
	cmd := &cobra.Command{
		Use:   "graph [flags] [PATH ...]",
		Short: "Print the resources as the rules see them",
		Long: `Print every resource of the given templates with its evaluated attributes, the
dialect-free properties that the rules read, the ties between resources, and
what could not be resolved.`,
		Example: `  iblint graph ./infra
  iblint graph ./infra | jq '.resources[] | select(.kind == "kms_key")'`,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.graph(cmd, flags, form.value, common, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.VarP(&form, "format", "f", "form of the graph")
	})
	flags.register(cmd.Flags())
	return cmd
}

// graph prints what was read.
func (c *Command) graph(cmd *cobra.Command, flags *evaluation, form string, g *general, args []string) error {
	in, diags, err := c.read(cmd, flags, args, true)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := writeGraph(&b, form, in.graph); err != nil {
		return err
	}
	problems, _ := report.Problems(diags)
	if err := report.TextProblems(c.Stderr, policies.SeverityError, problems, in.graph.Sources, c.textOptions(c.Stderr, g)); err != nil {
		return err
	}
	if err := c.emit("", b.Bytes()); err != nil {
		return err
	}
	if len(problems) > 0 {
		return exit(ExitInput)
	}
	return nil
}

// writeGraph writes what was read in one of the forms.
func writeGraph(w io.Writer, form string, g *graph.Graph) error {
	switch form {
	case "dot":
		return report.DOT(w, report.NewPicture(g, nil))
	case "mermaid":
		return report.Mermaid(w, report.NewPicture(g, nil))
	}
	return g.WriteJSON(w)
}
