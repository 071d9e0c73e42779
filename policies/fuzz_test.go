package policies_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/policies"
)

// FuzzReadBaseline: a baseline is read or refused, and what is read is written
// and read again as it was.
func FuzzReadBaseline(f *testing.F) {
	f.Add([]byte(`{"version": 1, "findings": [{"fingerprint": "a", "rule": "IBL001", "resource": "r", "message": "m"}]}`))
	f.Add([]byte(`{"version": 2}`))
	f.Add([]byte(`{"version": 1} x`))
	f.Fuzz(func(t *testing.T, content []byte) {
		first, err := policies.ReadBaseline(content)
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := first.Write(&out); err != nil {
			t.Fatal(err)
		}
		second, err := policies.ReadBaseline(out.Bytes())
		if err != nil {
			t.Fatalf("%v: %s", err, out.Bytes())
		}
		if diff := cmp.Diff(first.Findings, second.Findings, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("written and read again (-first +second):\n%s", diff)
		}
	})
}

// FuzzEvaluate takes one file of any dialect through the whole product: no rule
// fails at run time, and every finding has a place and a message.
func FuzzEvaluate(f *testing.F) {
	engine, err := policies.New(f.Context(), policies.Options{})
	if err != nil {
		f.Fatal(err)
	}
	names := []string{"main.tf", "template.yaml"}
	for _, pattern := range []string{"*_terraform_*/main.tf", "*_cloudformation_*/*.yaml"} {
		files, err := filepath.Glob("../rego/iblint/rules/*/testdata/" + pattern)
		if err != nil {
			f.Fatal(err)
		}
		for i, file := range files {
			if !fuzzing() && i%10 != 0 {
				continue // a run of the tests takes a few
			}
			content, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(content, filepath.Ext(file) == ".tf")
		}
	}
	f.Fuzz(func(t *testing.T, content []byte, terraform bool) {
		name := names[1]
		if terraform {
			name = names[0]
		}
		result, _, err := loaders.Load(t.Context(), loaders.Options{Stdin: content, StdinName: name})
		if err != nil {
			t.Fatal(err)
		}
		checkFindings(t, engine, result)
	})
}

// checkFindings wants no rule to fail, and returns what they find.
func checkFindings(t *testing.T, engine *policies.Engine, result *loaders.Result) []policies.Finding {
	t.Helper()
	findings, _, err := engine.Evaluate(t.Context(), judged(result))
	if err != nil {
		t.Fatal(err)
	}
	for i := range findings {
		if findings[i].Message == "" || findings[i].Range.Filename == "" || findings[i].Fingerprint == "" {
			t.Errorf("finding without message, place or fingerprint: %+v", findings[i])
		}
	}
	return findings
}

// ownKeyRoot delivers images that are encrypted with a key of its own, whose
// policy stands in a file.
const ownKeyRoot = `
resource "aws_kms_key" "k" {
  policy = file("policy.json")
}
resource "aws_imagebuilder_image_recipe" "r" {
  name         = "r"
  version      = "1.0.0"
  parent_image = "ami-0123456789abcdef0"
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.k.arn
    }
  }
}
resource "aws_imagebuilder_distribution_configuration" "d" {
  name = "d"
  distribution {
    region = "eu-west-1"
    ami_distribution_configuration {
      target_account_ids = ["222222222222"]
    }
  }
}
resource "aws_imagebuilder_infrastructure_configuration" "i" {
  name                  = "i"
  instance_profile_name = "i"
}
resource "aws_imagebuilder_image_pipeline" "p" {
  name                             = "p"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.r.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.d.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.i.arn
}
`

// FuzzKeyPolicy judges whatever may be the policy of a key, with its
// conditions: no rule fails, and what they find is the same each time.
func FuzzKeyPolicy(f *testing.F) {
	engine, err := policies.New(f.Context(), policies.Options{})
	if err != nil {
		f.Fatal(err)
	}
	for _, condition := range []string{
		`{}`, `{"StringEquals": {"kms:ViaService": "ec2.eu-west-1.amazonaws.com", "aws:PrincipalAccount": ["222222222222"]}}`,
		`{"Bool": {"kms:GrantIsForAWSResource": "true"}}`, `{"Null": {"aws:PrincipalOrgID": "false"}}`,
		`{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc123example/*"}}`, `{"ForAllValues:StringEqualsIfExists": {"kms:GrantOperations": []}}`,
		`{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/EC2ImageBuilderDistributionCrossAccountRole"}}`,
		`{"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}, "NumericLessThan": {"kms:GrantConstraintType": 1e99}}`,
		`{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringNotLike": {"aws:PrincipalTag/${aws:username}": "?*"}}`,
	} {
		f.Add([]byte(`{"Statement": [{"Effect": "Allow", "Principal": {"AWS": ["111111111111", "arn:aws:iam::222222222222:root"]}, "Action": "kms:*", "Resource": "*", "Condition": ` + condition + `}]}`))
		f.Add([]byte(`{"Statement": {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": ["kms:Get*"], "NotResource": "arn:aws:kms:*:*:key/*", "Condition": ` + condition + `}}`))
	}
	f.Fuzz(func(t *testing.T, policy []byte) {
		find := func() []policies.Finding {
			result, _, err := loaders.Load(t.Context(), loaders.Options{
				Stdin: []byte(ownKeyRoot), StdinName: "main.tf", Overlay: map[string][]byte{"policy.json": policy},
			})
			if err != nil {
				t.Fatal(err)
			}
			return checkFindings(t, engine, result)
		}
		if diff := cmp.Diff(find(), find()); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
	})
}

// fuzzing reports whether the test was started to fuzz.
func fuzzing() bool {
	fuzz := flag.Lookup("test.fuzz")
	return fuzz != nil && fuzz.Value.String() != ""
}
