package report_test

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

const (
	mainFile     = "infra/main.tf"
	templateFile = "infra/template.yaml"
)

// sources reads the files that the report of the tests is about.
func sources(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, name := range []string{mainFile, templateFile} {
		content, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		out[name] = content
	}
	return out
}

// at is the place of a text in a file.
func at(t *testing.T, files map[string][]byte, file, text string) graph.Location {
	t.Helper()
	content := string(files[file])
	i := strings.Index(content, text)
	if i < 0 {
		t.Fatalf("%s does not contain %q", file, text)
	}
	position := func(offset int) graph.Position {
		before := content[:offset]
		start := strings.LastIndexByte(before, '\n') + 1
		return graph.Position{Line: strings.Count(before, "\n") + 1, Column: utf8.RuneCountInString(before[start:]) + 1}
	}
	return graph.Location{File: file, Start: position(i), End: position(i + len(text))}
}

// newReport is a report with one of everything.
func newReport(t *testing.T) *report.Report {
	t.Helper()
	files := sources(t)
	broken := at(t, files, templateFile, "!Ref Key")
	r := &report.Report{
		Version: "0.1.0", Sources: files, Rules: catalog(),
		Findings: []policies.Finding{keyFinding(t, files), unknownFinding(t, files), hostileFinding(t, files)},
		Errors: []report.Problem{
			{Summary: "Unresolved reference", Detail: "No resource or parameter is called \"Key\". The property was skipped.", Location: &broken},
			{Summary: "Cannot read secret.yaml", Detail: "permission denied"},
		},
		Warnings: []report.Problem{{Summary: "Unused ignore comment", Location: &broken}},
		Summary:  report.Summary{Unresolved: 2},
	}
	named := at(t, files, mainFile, `"alias/aws/ebs"`)
	shared := at(t, files, mainFile, `["222222222222", "333333333333"]`)
	shared.End = shared.Start
	r.Edits = map[string][]report.Edit{r.Findings[0].Fingerprint: {
		{Location: named, Text: "aws_kms_key.ami.arn"},
		{Location: shared, Text: "/* <é> ::error:: */ "},
	}}
	r.Summary.Summary = policies.Summarize(r.Findings, policies.Stats{Files: 3, Roots: 2, Resources: 14, Jobs: 2}, 1)
	return r
}

func keyFinding(t *testing.T, files map[string][]byte) policies.Finding {
	t.Helper()
	return policies.Finding{
		Rule: "IBL001", Name: "recipe-aws-managed-key", Verdict: policies.Violation, Severity: policies.SeverityError,
		Message: `recipe "web" encrypts /dev/xvda with alias/aws/ebs, which cannot be shared with accounts 222222222222 and 333333333333`,
		Resource: policies.Resource{
			Address: "aws_imagebuilder_image_recipe.web", Type: "aws_imagebuilder_image_recipe", Dialect: graph.Terraform,
		},
		Location: at(t, files, mainFile, `"alias/aws/ebs"`),
		Related: []policies.Related{
			{Message: "shared here", Location: at(t, files, mainFile, `["222222222222", "333333333333"]`)},
			{Message: "the key is one that AWS manages"},
		},
		Jobs: []policies.Job{
			{SourceAccount: "111111111111", TargetAccount: "222222222222", Region: "eu-west-1", Pipeline: "aws_imagebuilder_image_pipeline.web"},
			{TargetAccount: "333333333333", Region: "eu-west-1"},
		},
		Missing:  []string{"kms:CreateGrant", "kms:Decrypt"},
		Prevents: []string{"Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."},
		Fix:      "set kms_key_id to a customer managed key and raise the version of the recipe, which cannot be changed once it exists",

		Fingerprint: "5f0c3a6b1d2e4f708192a3b4c5d6e7f8", Help: "docs/rules/IBL001.md",
	}
}

func unknownFinding(t *testing.T, files map[string][]byte) policies.Finding {
	t.Helper()
	return policies.Finding{
		Rule: "IBL015", Name: "target-role-kms", Verdict: policies.Unknown, Severity: policies.SeverityInfo,
		Message: "whether the distribution role of account 222222222222 may use the distribution key is not known",
		Resource: policies.Resource{
			Address: "aws_imagebuilder_distribution_configuration.web", Type: "aws_imagebuilder_distribution_configuration", Dialect: graph.Terraform,
		},
		Location: at(t, files, mainFile, "var.target_key_arn"),
		Job:      &policies.Job{SourceAccount: "111111111111", TargetAccount: "222222222222", Region: "eu-west-1"},
		Reason:   "variable target_key_arn has no value",
		Settle:   "--var target_key_arn=ARN, or in .iblint.yaml:\nbindings: {\"infra#var.target_key_arn\": \"ROOT#output.NAME\"}",

		Fingerprint: "00112233445566778899aabbccddeeff", Help: "docs/rules/IBL015.md",
	}
}

// hostileFinding has everything in its texts that a format could trip over.
func hostileFinding(t *testing.T, files map[string][]byte) policies.Finding {
	t.Helper()
	return policies.Finding{
		Rule: "IBL036", Name: "root-device-not-keyed", Verdict: policies.Violation, Severity: policies.SeverityWarning,
		Message: "device </script><b>|`x` ::error::]]> %0A, a\nb\x1b[31m [text](1) é 日本語 \u202e @user #1 has no key",
		Resource: policies.Resource{
			Address: "infra/template.yaml#Dist::error::", Type: "AWS::ImageBuilder::DistributionConfiguration", Dialect: graph.CloudFormation,
		},
		Location: at(t, files, templateFile, `["222222222222"]`),
		Related:  []policies.Related{{Message: "[named] here", Location: at(t, files, templateFile, `"日本語"`)}},
		Fix:      "say `</script>` no more",

		Fingerprint: "ffeeddccbbaa99887766554433221100", Help: "docs/rules/IBL036.md",
	}
}

func catalog() policies.Catalog {
	reference := policies.Reference{Description: "Share an AMI", URL: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html"}
	return policies.Catalog{
		{
			ID: "IBL001", Name: "recipe-aws-managed-key", Title: "Recipe encrypts with the key that AWS manages", Severity: policies.SeverityError,
			Description: "Snapshots under that key cannot be shared,\nbecause nobody can change its policy.", Category: "keys", Default: true,
			Remediation: "Set `kms_key_id` to a customer managed key.", References: []policies.Reference{reference}, Since: "0.1.0",
			Prevents: []string{"Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot."},
			Unknown:  "The key is a literal ARN.",
		},
		{ID: "IBL015", Name: "target-role-kms", Title: "Target role may not use a key", Severity: policies.SeverityError, Description: "d", Category: "roles", Default: true, Remediation: "r", References: []policies.Reference{reference}},
		{ID: "IBL036", Name: "root-device-not-keyed", Title: "Root device has | no key", Severity: policies.SeverityWarning, Description: "d", Category: "keys", Default: true, Remediation: "r", References: []policies.Reference{reference}},
		{ID: "IBL901", Name: "post-copy-steps", Title: "Steps after the copy", Severity: policies.SeverityWarning, Description: "d", Category: "adjacent", Remediation: "r", References: []policies.Reference{reference}},
	}
}

// golden compares output with a file in testdata; UPDATE=1 rewrites the file.
func golden(t *testing.T, name string, write func(w io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "golden", name)
	if os.Getenv("UPDATE") == "1" {
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
	return b.Bytes()
}
