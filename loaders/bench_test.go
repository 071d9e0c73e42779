package loaders_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/iblint/iblint/loaders"
)

const benchRoot = `
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_kms_key" "ami" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
  })
}

resource "aws_imagebuilder_distribution_configuration" "base" {
  name = "base-%d"
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
      kms_key_id         = aws_kms_key.ami.arn
      target_account_ids = ["222222222222"]
    }
  }
}
`

// BenchmarkLoad finds, reads, evaluates and links roots with Image Builder;
// the growth must be linear.
func BenchmarkLoad(b *testing.B) {
	for _, roots := range []int{10, 100, 400} {
		b.Run("roots="+strconv.Itoa(roots), func(b *testing.B) {
			dir := b.TempDir()
			for i := range roots {
				root := filepath.Join(dir, "root"+strconv.Itoa(i))
				if err := os.Mkdir(root, 0o750); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(root, "main.tf"), fmt.Appendf(nil, benchRoot, i), 0o600); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				result, diagnostics, err := loaders.Load(b.Context(), loaders.Options{Paths: []string{dir}})
				if err != nil || diagnostics.HasErrors() {
					b.Fatal(err, diagnostics)
				}
				for _, world := range result.Worlds {
					world.Model.Input()
				}
			}
		})
	}
}
