package policies_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/policies"
)

// fleet writes a root module with pipelines that each deliver to targets, and
// roots with the role in each target.
func fleet(b *testing.B, pipelines, targets int) string {
	b.Helper()
	dir := b.TempDir()
	accounts := make([]string, targets)
	principals := make([]string, targets)
	for i := range targets {
		accounts[i] = fmt.Sprintf("%q", fmt.Sprintf("%012d", 200000000000+i))
		principals[i] = fmt.Sprintf("%q", fmt.Sprintf("arn:aws:iam::%012d:root", 200000000000+i))
	}
	var source strings.Builder
	fmt.Fprintf(&source, fleetSource, strings.Join(principals, ", "))
	for i := range pipelines {
		source.WriteString(strings.NewReplacer("N", strconv.Itoa(i), "TARGETS", strings.Join(accounts, ", ")).Replace(fleetPipeline))
	}
	files := map[string]string{"build/main.tf": source.String()}
	for i := range targets {
		files[fmt.Sprintf("target%d/main.tf", i)] = fmt.Sprintf(fleetTarget, 200000000000+i)
	}
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

const fleetSource = `
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_kms_key" "ami" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::111111111111:root" } },
      {
        Effect    = "Allow"
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey", "kms:CreateGrant"]
        Resource  = "*"
        Principal = { AWS = [%s] }
      },
    ]
  })
}
`

const fleetPipeline = `
resource "aws_imagebuilder_image_recipe" "rN" {
  name         = "rN"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.ami.arn
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "dN" {
  name = "dN"
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
      kms_key_id         = aws_kms_key.ami.arn
      target_account_ids = [TARGETS]
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "pN" {
  name                             = "pN"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.rN.arn
  infrastructure_configuration_arn = "arn:aws:imagebuilder:us-east-1:111111111111:infrastructure-configuration/x"
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.dN.arn
}
`

const fleetTarget = `
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["%012d"]
}

resource "aws_iam_role" "dist" {
  name = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
  })
}

resource "aws_iam_role_policy_attachment" "dist" {
  role       = aws_iam_role.dist.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}

resource "aws_iam_role_policy" "kms" {
  role = aws_iam_role.dist.name
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

// BenchmarkRules judges fleets by all rules; the growth must be linear in
// deliveries.
func BenchmarkRules(b *testing.B) {
	engine, err := policies.New(b.Context(), policies.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range [][2]int{{1, 1}, {1, 10}, {10, 10}, {20, 10}, {10, 20}, {40, 10}} {
		b.Run(fmt.Sprintf("pipelines=%d/targets=%d", size[0], size[1]), func(b *testing.B) {
			loaded, diagnostics, err := loaders.Load(b.Context(), loaders.Options{Paths: []string{fleet(b, size[0], size[1])}})
			if err != nil || diagnostics.HasErrors() {
				b.Fatal(err, diagnostics)
			}
			worlds := judgedWorlds(loaded)
			b.ReportAllocs()
			for b.Loop() {
				findings, _, err := engine.Evaluate(b.Context(), worlds)
				if err != nil {
					b.Fatal(err)
				}
				if len(findings) > 0 {
					b.Fatalf("finding %s: %s", findings[0].Rule, findings[0].Message)
				}
			}
		})
	}
}
