package cli

import (
	"bytes"
	"io"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/report"
)

// graphFlags are the flags of "iblint graph".
type graphFlags struct {
	evaluation
	*general

	form   choice
	output string
}

// graphForms are the forms of the graph.
func graphForms() []string { return []string{"json", "dot", "mermaid", "html"} }

func (c *Command) graphCommand(common *general) *cobra.Command {
	flags := &graphFlags{general: common, form: choice{value: "json", allowed: graphForms()}}
	cmd := &cobra.Command{
		Use:   "graph [flags] [PATH ...]",
		Short: "Print the resources as the rules see them",
		Long: `Print every resource of the given templates with its evaluated attributes, the
dialect-free properties that the rules read, the ties between resources, and
what could not be resolved: as JSON for programs, as a drawing for Graphviz or
Mermaid, or as a page for a browser that needs nothing else.`,
		Example: `  iblint graph ./infra | jq '.resources[] | select(.kind == "kms_key")'
  iblint graph -f html -o graph.html ./infra
  iblint graph -f dot ./infra | dot -Tsvg -o graph.svg`,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.graph(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.VarP(&flags.form, "format", "f", "form of the graph")
		f.StringVarP(&flags.output, "output", "o", "", "write the graph to `FILE`")
	})
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// graph prints what was read. The drawings show verdicts, too.
func (c *Command) graph(cmd *cobra.Command, flags *graphFlags, args []string) error {
	r, err := c.graphReport(cmd, flags, args)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := writeGraph(&b, flags.form.value, r); err != nil {
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

// graphReport reads the templates and, for a drawing, judges them.
func (c *Command) graphReport(cmd *cobra.Command, flags *graphFlags, args []string) (*report.Report, error) {
	if flags.form.value == "json" {
		in, diags, err := c.read(cmd, &flags.evaluation, args, runOptions{all: true})
		if err != nil {
			return nil, err
		}
		return c.newReport(in, &verdicts{}, diags), nil
	}
	r, in, err := c.run(cmd, &flags.evaluation, &selection{}, args, runOptions{failOn: failOnNever, all: true, general: flags.general})
	if err != nil {
		return nil, err
	}
	r.Deliveries = follow(in, r).Ways()
	return r, nil
}

// writeGraph writes what was read in one of the forms.
func writeGraph(w io.Writer, form string, r *report.Report) error {
	switch form {
	case "dot":
		return report.DOT(w, report.NewPicture(r))
	case "mermaid":
		return report.Mermaid(w, report.NewPicture(r))
	case "html":
		return report.HTML(w, r, report.PageOptions{GraphFirst: true})
	}
	return r.Graph.WriteJSON(w)
}
