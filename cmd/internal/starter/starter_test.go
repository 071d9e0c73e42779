package starter_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/cmd/internal/starter"
	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

const want = `# yaml-language-server: $schema=https://github.com/iblint/iblint/raw/main/loaders/facts/schema.json
##
## What the templates of this repository do not say. Take the # off the lines
## that you fill in; docs/configuration.md explains every key.
version: 1

## Which account is what deployed in?
## The templates place build in 111111111111.
# accounts:
#   "000000000001": # write the number of the account
#     roots: ["target.yaml"]
#     region: eu-west-1
#     ebs_encryption_by_default: {"eu-west-1": false}
#   "222222222222": # images go there, no template of it was given
#     roots: []
#     complete: true # what is not in its roots does not exist there
#   "111111111111":
#     ebs_encryption_by_default: {"eu-west-1": false, "us-east-1": false}

## Values that come from elsewhere: from another root, or with var_files and
## parameters from a file or from here.
# bindings:
#   "target.yaml#KeyArn": "other.yaml#LogicalId.Arn" # parameter KeyArn\nhas no value
#   "build#data.terraform_remote_state.net": "other" # not given
#   "build#var.key": "other#output.NAME" # variable key has no value

## What no template says:
# organization_id: o-0000000000
# keys:
#   "arn:aws:kms:eu-west-1:000000000001:key/00000000-0000-0000-0000-000000000000": {"manager": "customer", "policy": "policies/key.json"}

## What else would settle the unknown findings of today:
##
## IBL005: nothing describes ami-0123456789abcdef0
##   aws ec2 describe-images --image-ids ami-0123456789abcdef0 > facts/ami.json
##   facts: [facts/]
# facts: [facts/]
`

func unknown(id, reason string) graph.Value {
	return graph.UnknownValue(&graph.Unknown{ID: id, Reason: reason})
}

func TestWrite(t *testing.T) {
	t.Parallel()
	g := &graph.Graph{
		Roots: []*graph.Root{
			{Path: "build", Account: graph.String("111111111111")},
			{Path: "target.yaml", Account: graph.UnknownValue(graph.NewSymbol(graph.SymbolAccount, "target.yaml"))},
		},
		Resources: []*graph.Resource{{Attributes: graph.Map(
			graph.Field{Name: "a", Value: graph.List(unknown("var(build#key)", "variable key has no value"))},
			graph.Field{Name: "b", Value: graph.Text(
				graph.Part{Literal: "x"}, graph.Part{Unknown: &graph.Unknown{ID: "param(target.yaml#KeyArn)", Reason: "parameter KeyArn\nhas no value"}},
			)},
			graph.Field{Name: "c", Value: unknown("remote_state(build#data.terraform_remote_state.net.outputs.id)", "not given")},
			graph.Field{Name: "d", Value: unknown("condition(x)", "not decided")},
		)}},
	}
	findings := []policies.Finding{
		{Rule: "IBL011", Verdict: policies.Violation, Job: &policies.Job{TargetAccount: "222222222222"}},
		{
			Rule: "IBL005", Verdict: policies.Unknown, Reason: "nothing describes ami-0123456789abcdef0",
			Settle: "aws ec2 describe-images --image-ids ami-0123456789abcdef0 > facts/ami.json\nfacts: [facts/]",
		},
	}
	for _, line := range []string{
		`accounts: {"ACCOUNT": {roots: [target.yaml], region: REGION, ebs_encryption_by_default: {REGION: false}}}`,
		`accounts: {"111111111111": {ebs_encryption_by_default: {us-east-1: false}}} in .iblint.yaml, or aws ec2 …`,
		`accounts: {"111111111111": {ebs_encryption_by_default: {eu-west-1: false}}}`,
		`accounts: {"222222222222": {roots: [PATH]}} in .iblint.yaml`,
		`accounts: {"ACCOUNT": {roots: [target.yaml]}} and keys: {"arn:aws:kms:REGION:ACCOUNT:key/KEY-ID": {manager: customer, policy: policies/key.json}}`,
		"organization_id: ORGANIZATION",
	} {
		findings = append(findings, policies.Finding{Rule: "IBL003", Verdict: policies.Unknown, Settle: line})
	}
	var b strings.Builder
	if err := starter.Write(&b, g, findings); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, diags := facts.Parse(".iblint.yaml", []byte(b.String())); len(diags) > 0 {
		t.Errorf("the file is not valid as it is: %v", diags)
	}
	if _, diags := facts.Parse(".iblint.yaml", []byte(uncommented(b.String()))); len(diags) > 0 {
		t.Errorf("the file is not valid with every line taken: %v", diags)
	}
}

// uncommented takes the # off every line but the first, which is for editors.
func uncommented(file string) string {
	var b strings.Builder
	for i, line := range strings.SplitAfter(file, "\n") {
		if i > 0 && !strings.HasPrefix(line, "##") {
			line = strings.TrimPrefix(line, "# ")
		}
		b.WriteString(line)
	}
	return b.String()
}

func TestWriteNothingToAsk(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := starter.Write(&b, &graph.Graph{}, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(b.String(), "version: 1\n") {
		t.Errorf("%s", b.String())
	}
}
