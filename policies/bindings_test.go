package policies_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBindings: what one root takes from another, by a binding or by remote
// state, is tied to the resource there.
func TestBindings(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for name, test := range map[string]struct{ argument, config string }{
		"a variable with a default": {"var.key_arn", "bindings: {\"build#var.key_arn\": \"keys#output.key_arn\"}\n"},
		"remote state by binding":   {"data.terraform_remote_state.keys.outputs.key_arn", "bindings: {\"build#data.terraform_remote_state.keys\": keys}\n"},
		"remote state by backend":   {"data.terraform_remote_state.keys.outputs.key_arn", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			place(t, dir, "keys/main.tf", keysRoot)
			place(t, dir, "build/main.tf", buildRoot+"    kms_key_id = "+test.argument+"\n    target_account_ids = [\"222222222222\"]\n    }\n  }\n}\n")
			place(t, dir, ".iblint.yaml", "version: 1\naccounts: {\"111111111111\": {roots: [keys, build], region: us-east-1}}\n"+test.config)
			var got []string
			for _, f := range lint(t, engine, dir) {
				if f.Rule == "IBL004" || f.Rule == "IBL017" {
					got = append(got, f.Rule+" "+string(f.Verdict))
				}
			}
			// The key has the default policy, so account 222222222222 is shut out.
			if diff := cmp.Diff([]string{"IBL017 violation"}, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func place(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const keysRoot = `terraform {
  backend "s3" {
    bucket = "state"
    key    = "keys.tfstate"
  }
}

provider "aws" {
  region = "us-east-1"
}

resource "aws_kms_key" "ami" {}

output "key_arn" {
  value = aws_kms_key.ami.arn
}
`

const buildRoot = `provider "aws" {
  region = "us-east-1"
}

variable "key_arn" {
  type    = string
  default = "arn:aws:kms:us-east-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
}

data "terraform_remote_state" "keys" {
  backend = "s3"
  config = {
    bucket = "state"
    key    = "keys.tfstate"
  }
}

resource "aws_imagebuilder_distribution_configuration" "this" {
  name = "base"
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
`
