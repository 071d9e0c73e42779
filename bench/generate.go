package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// generate writes an input of a kind and size:
//
//	roots      n Terraform roots that each build and distribute an image
//	plain      n Terraform files without Image Builder, ten a folder
//	templates  n CloudFormation templates without Image Builder
//	factory    n roots: every twentieth with a pipeline that distributes to -accounts accounts, then one for each
//	           of these accounts with the role that copies, the rest without anything that matters
func generate(args []string) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	kind := flags.String("kind", "roots", "roots, plain, templates or factory")
	n := flags.Int("n", 150, "how many")
	accounts := flags.Int("accounts", 2, "target accounts of each distribution")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("generate needs a folder")
	}
	out := &output{dir: flags.Arg(0)}
	for i := range *n {
		switch *kind {
		case "roots":
			out.write(fmt.Sprintf("root%04d/main.tf", i), pipelineRoot(i, *accounts))
		case "plain":
			out.write(fmt.Sprintf("team%04d/file%d.tf", i/10, i%10), plainFile(i))
		case "templates":
			out.write(fmt.Sprintf("stacks/stack%05d.yaml", i), plainTemplate(i))
		case "factory":
			out.write(fmt.Sprintf("root%05d/main.tf", i), factoryRoot(i, *accounts))
		default:
			return fmt.Errorf("unknown kind %q", *kind)
		}
	}
	return out.err
}

// factoryRoot is one root of a factory, by its number.
func factoryRoot(i, accounts int) string {
	beside := i - i/20 - 1 // its number among the roots without a pipeline
	switch {
	case i%20 == 0:
		return pipelineRoot(i, accounts)
	case beside < accounts:
		return strings.ReplaceAll(targetText, "@ACCOUNT@", account(beside))
	}
	return plainFile(i)
}

// output writes files and keeps the first error.
type output struct {
	dir string
	err error
}

func (o *output) write(name, content string) {
	if o.err != nil {
		return
	}
	full := filepath.Join(o.dir, name)
	if o.err = os.MkdirAll(filepath.Dir(full), 0o755); o.err == nil {
		o.err = os.WriteFile(full, []byte(content), 0o600)
	}
}

func account(i int) string { return fmt.Sprintf("%012d", 200000000000+i) }

func pipelineRoot(i, accounts int) string {
	var ids []string
	for a := range accounts {
		ids = append(ids, `"`+account(a)+`"`)
	}
	return strings.NewReplacer("@N@", strconv.Itoa(i), "@ACCOUNTS@", strings.Join(ids, ", ")).Replace(pipelineText)
}

func plainFile(i int) string {
	var b strings.Builder
	for r := range 12 {
		b.WriteString(strings.NewReplacer("@N@", strconv.Itoa(i), "@R@", strconv.Itoa(r)).Replace(plainText))
	}
	return b.String()
}

func plainTemplate(i int) string {
	var b strings.Builder
	b.WriteString("AWSTemplateFormatVersion: \"2010-09-09\"\nParameters:\n  Environment: {Type: String, Default: prod}\nResources:\n")
	for r := range 10 {
		b.WriteString(strings.NewReplacer("@N@", strconv.Itoa(i), "@R@", strconv.Itoa(r)).Replace(templateText))
	}
	return b.String()
}

const templateText = `  Bucket@R@:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: !Sub "logs-${Environment}-${AWS::Region}-@N@-@R@"
      VersioningConfiguration: {Status: Enabled}
      Tags:
        - {Key: team, Value: platform}
        - {Key: environment, Value: !Ref Environment}
`

const plainText = `resource "aws_s3_bucket" "logs_@R@" {
  bucket = "logs-${var.environment}-@N@-@R@"

  tags = merge(local.tags, {
    name  = "logs @R@"
    owner = "platform"
  })
}

resource "aws_s3_bucket_versioning" "logs_@R@" {
  bucket = aws_s3_bucket.logs_@R@.id
  versioning_configuration {
    status = "Enabled"
  }
}
`

const targetText = `provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["@ACCOUNT@"]
}

resource "aws_iam_role" "distribution" {
  name = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
  })
}

resource "aws_iam_role_policy_attachment" "distribution" {
  role       = aws_iam_role.distribution.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}

resource "aws_iam_role_policy" "kms" {
  role = aws_iam_role.distribution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
      Resource = "*"
    }]
  })
}
`

const pipelineText = `provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

variable "targets" {
  type    = list(string)
  default = [@ACCOUNTS@]
}

resource "aws_kms_key" "ami" {
  description = "images @N@"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{ Sid = "Source", Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:root" }, Action = "kms:*", Resource = "*" }],
      [for id in var.targets : {
        Sid       = "Target${id}"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${id}:root" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
      }],
    )
  })
}

resource "aws_imagebuilder_image_recipe" "base" {
  name         = "base-@N@"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"
  component {
    component_arn = "arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x"
  }
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      encrypted   = true
      kms_key_id  = aws_kms_key.ami.arn
      volume_size = 30
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "base" {
  name                  = "base-@N@"
  instance_profile_name = "builder"
}

resource "aws_imagebuilder_distribution_configuration" "base" {
  name = "base-@N@"
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
      kms_key_id         = aws_kms_key.ami.arn
      target_account_ids = var.targets
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "base" {
  name                             = "base-@N@"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.base.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.base.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.base.arn
}
`
