package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/iblint/iblint/cmd/internal/diagnose"
	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/cmd/internal/trace"
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
and the Region of the message. Ignore comments and rules that are turned off do
not count here. The message may be broken into lines or stand in JSON; without
MESSAGE it is read from standard input. The exit status is 1 when a cause is
found, 0 when none is, 2 when no rule foresees the message.`,
		Example: `  iblint diagnose "AMI Copy Reported Failure For 'ami-0abc' when distributing …" ./infra
  aws imagebuilder get-image --image-build-version-arn ARN | iblint diagnose ./infra`,
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
	message, paths, err := c.message(cmd.Context(), args)
	if err != nil {
		return err
	}
	catalog, err := policies.LoadCatalog()
	if err != nil {
		return err
	}
	d := &diagnosis{message: message, foreseen: message.Rules(catalog)}
	if len(d.foreseen) == 0 && message.Elsewhere() == "" {
		return usageErrorf("no rule foresees this message; \"iblint rules\" lists what iblint finds, \"iblint trace\" what would happen")
	}
	o := runOptions{failOn: failOnError, everyRule: true, general: flags.general}
	r, in, err := c.run(cmd, &flags.evaluation, &selection{noIgnores: true}, paths, o)
	if err != nil {
		return err
	}
	d.judge(r, in)
	var b bytes.Buffer
	if flags.form.value == "json" {
		err = d.json(&b)
	} else {
		err = d.text(&b, c.textOptions(c.Stdout, flags.general))
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

// message takes the message from the arguments, or from standard input. It is
// told from a PATH by the white space that every message has.
func (c *Command) message(ctx context.Context, args []string) (diagnose.Message, []string, error) {
	for i, arg := range args {
		if _, err := os.Lstat(arg); err != nil && strings.ContainsFunc(arg, unicode.IsSpace) {
			return diagnose.Read(arg), slices.Concat(args[:i], args[i+1:]), nil
		}
	}
	if isTerminal(c.Stdin) {
		c.printf("Paste the message and end it with Ctrl-D:\n")
	}
	content, err := readStdin(ctx, io.LimitReader(c.Stdin, maxMessage), maxMessage)
	if err != nil {
		return diagnose.Message{}, nil, err
	}
	message := diagnose.Read(string(content))
	if message.Empty() {
		return message, nil, usageErrorf("there is no message: give it as an argument or on standard input")
	}
	return message, args, nil
}

// diagnosis is a message with what the templates say of it.
type diagnosis struct {
	message  diagnose.Message
	foreseen policies.Catalog
	report   *report.Report
	// delivers is true where one of the jobs may be that of the message.
	delivers bool
}

// judge keeps the findings that may be the cause.
func (d *diagnosis) judge(r *report.Report, in *loaded) {
	r.Findings = slices.DeleteFunc(r.Findings, func(f policies.Finding) bool {
		return !d.message.Explains(&f) || !slices.ContainsFunc(d.foreseen, func(rule policies.Rule) bool { return rule.ID == f.Rule })
	})
	d.report = r
	d.delivers = slices.ContainsFunc(follow(in, r).Deliveries, func(job trace.Delivery) bool {
		return d.message.Concerns(policies.Job{SourceAccount: job.SourceAccount, TargetAccount: job.Recipient, Region: job.Region})
	})
}

// others are the rules that foresee the message and found nothing.
func (d *diagnosis) others() policies.Catalog {
	return slices.DeleteFunc(slices.Clone(d.foreseen), func(rule policies.Rule) bool {
		return slices.ContainsFunc(d.report.Findings, func(f policies.Finding) bool { return f.Rule == rule.ID })
	})
}

func (d *diagnosis) text(w io.Writer, options report.TextOptions) error {
	if about := aboutMessage(&d.message); about != "" {
		if _, err := fmt.Fprintf(w, "The message is about %s.\n\n", about); err != nil {
			return err
		}
	}
	options.Quiet = true
	if err := report.Text(w, d.report, options); err != nil {
		return err
	}
	if elsewhere := d.message.Elsewhere(); elsewhere != "" {
		_, err := fmt.Fprintln(w, strings.Join(report.Wrap("No template has the cause of this message. "+elsewhere, options.Width), "\n"))
		return err
	}
	others := d.others()
	if len(others) == 0 {
		return nil
	}
	heading := "Other causes of this message, which the templates do not have:"
	switch {
	case len(d.report.Findings) > 0:
	case d.delivers:
		heading = "The templates do not have the cause of this message. What to check, there and in the accounts themselves:"
	default:
		heading = "No image of these templates goes there. Give the templates that belong to the message. What to check in them:"
	}
	if _, err := fmt.Fprintln(w, heading); err != nil {
		return err
	}
	if len(d.report.Findings) > 0 {
		return report.CatalogText(w, others, options)
	}
	return report.ChecklistText(w, others, options)
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
	if len(m.Denied) > 0 {
		parts = append(parts, "the refused call "+strings.Join(m.Denied, ", "))
	}
	return strings.Join(parts, ", ")
}

func (d *diagnosis) json(w io.Writer) error {
	rules := make([]string, len(d.foreseen))
	for i, rule := range d.foreseen {
		rules[i] = rule.ID
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		Message  diagnose.Message `json:"message"`
		Rules    []string         `json:"rules"`
		Delivers bool             `json:"delivers"`
		// Elsewhere says where a cause lies that no template has.
		Elsewhere string             `json:"elsewhere,omitempty"`
		Findings  []policies.Finding `json:"findings"`
		Errors    []report.Problem   `json:"errors"`
	}{d.message, rules, d.delivers, d.message.Elsewhere(), append([]policies.Finding{}, d.report.Findings...), append([]report.Problem{}, d.report.Errors...)})
}
