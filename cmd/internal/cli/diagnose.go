package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/diagnose"
	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/policies"
)

// maxMessage is the size of a message that is read from standard input.
const maxMessage = 1 << 20

// diagnoseFlags are the flags of "iblint diagnose".
type diagnoseFlags struct {
	evaluation
	*general

	form choice
}

func (c *Command) diagnoseCommand(common *general) *cobra.Command {
	flags := &diagnoseFlags{general: common, form: choice{value: "text", allowed: []string{"text", "json"}}}
	cmd := &cobra.Command{
		Use:   "diagnose [flags] [MESSAGE] [PATH ...]",
		Short: "Find what in the templates explains an AWS error message",
		Long: `Find what explains an error message of Image Builder, EC2, KMS or STS: which
rules foresee it, and which of them hold in the given templates for the accounts
and the Region of the message. The message may be broken into lines or stand in
JSON; without MESSAGE it is read from standard input. The exit status is 1 when
a cause is found, 0 when none is, 2 when no rule foresees the message.`,
		Example: `  iblint diagnose "AMI Copy Reported Failure For 'ami-0abc' when distributing …" ./infra
  aws imagebuilder get-image … | iblint diagnose ./infra`,
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return c.diagnose(cmd, flags, args) }
	grouped(cmd.Flags(), groupReport, func(f *pflag.FlagSet) {
		f.VarP(&flags.form, "format", "f", "form of the answer")
	})
	flags.evaluation.register(cmd.Flags())
	return cmd
}

// diagnose finds the cause of a message.
func (c *Command) diagnose(cmd *cobra.Command, flags *diagnoseFlags, args []string) error {
	message, paths, err := c.message(args)
	if err != nil {
		return err
	}
	catalog, err := policies.LoadCatalog()
	if err != nil {
		return err
	}
	foreseen := message.Rules(catalog)
	if len(foreseen) == 0 {
		return usageErrorf("no rule foresees this message; \"iblint rules\" lists what iblint finds")
	}
	r, _, err := c.run(cmd, &flags.evaluation, &selection{}, paths, runOptions{failOn: failOnError, general: flags.general})
	if err != nil {
		return err
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f policies.Finding) bool {
		return !message.Explains(&f) || !slices.ContainsFunc(foreseen, func(rule policies.Rule) bool { return rule.ID == f.Rule })
	})
	var b bytes.Buffer
	if flags.form.value == "json" {
		err = diagnosisJSON(&b, message, foreseen, r)
	} else {
		err = diagnosisText(&b, message, foreseen, r, c.textOptions(c.Stdout, flags.general))
	}
	if err != nil {
		return err
	}
	if err := c.writeProblems(r, flags.general); err != nil {
		return err
	}
	if err := c.emit("", b.Bytes()); err != nil {
		return err
	}
	return exit(status(r, failOnError))
}

// message takes the message from the first argument, unless that is a path, or
// from standard input.
func (c *Command) message(args []string) (diagnose.Message, []string, error) {
	if len(args) > 0 {
		if _, err := os.Lstat(args[0]); err != nil {
			return diagnose.Read(args[0]), args[1:], nil
		}
	}
	content, err := io.ReadAll(io.LimitReader(c.Stdin, maxMessage))
	if err != nil {
		return diagnose.Message{}, nil, &exitError{status: ExitInput, err: fmt.Errorf("standard input: %w", err)}
	}
	message := diagnose.Read(string(content))
	if message.Empty() {
		return message, nil, usageErrorf("there is no message: give it as the first argument or on standard input")
	}
	return message, args, nil
}

func diagnosisText(w io.Writer, m diagnose.Message, foreseen policies.Catalog, r *report.Report, options report.TextOptions) error {
	if about := aboutMessage(&m); about != "" {
		if _, err := fmt.Fprintf(w, "The message is about %s.\n\n", about); err != nil {
			return err
		}
	}
	options.Quiet = true
	if err := report.Text(w, r, options); err != nil {
		return err
	}
	found := map[string]bool{}
	for i := range r.Findings {
		found[r.Findings[i].Rule] = true
	}
	var rest policies.Catalog
	for _, rule := range foreseen {
		if !found[rule.ID] {
			rest = append(rest, rule)
		}
	}
	heading := "Other causes of this message, which the templates do not have:"
	if len(found) == 0 {
		heading = "The templates do not have the cause of this message. What else causes it:"
	}
	if len(rest) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(w, heading); err != nil {
		return err
	}
	return report.CatalogText(w, rest, options)
}

// aboutMessage says which delivery the message is about.
func aboutMessage(m *diagnose.Message) string {
	var parts []string
	if len(m.Sources) > 0 {
		parts = append(parts, "source account "+strings.Join(m.Sources, ", "))
	}
	if len(m.Targets) > 0 {
		parts = append(parts, "target account "+strings.Join(m.Targets, ", "))
	}
	if len(m.Regions) > 0 {
		parts = append(parts, "Region "+strings.Join(m.Regions, ", "))
	}
	return strings.Join(parts, ", ")
}

func diagnosisJSON(w io.Writer, m diagnose.Message, foreseen policies.Catalog, r *report.Report) error {
	rules := make([]string, len(foreseen))
	for i, rule := range foreseen {
		rules[i] = rule.ID
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	findings := r.Findings
	if findings == nil {
		findings = []policies.Finding{}
	}
	return e.Encode(struct {
		Message  diagnose.Message   `json:"message"`
		Rules    []string           `json:"rules"`
		Findings []policies.Finding `json:"findings"`
	}{m, rules, findings})
}
