package loaders_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/loaders/facts"
)

// TestValuesOfOtherModules checks that a root module is evaluated with what it
// takes from others: through their state and through bindings.
func TestValuesOfOtherModules(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, content := range map[string]string{
		"keys/main.tf": `
terraform {
  backend "s3" {
    bucket = "states"
    key    = "keys"
  }
}
resource "aws_kms_key" "k" { for_each = toset(["eu-west-1", "us-east-1"]) }
output "arns" { value = { for region, k in aws_kms_key.k : region => "arn-of-${region}" } }
output "list" { value = ["a", "b"] }
output "secret" {
  value     = "s"
  sensitive = true
}
`,
		"plain/main.tf": `output "text" { value = "of a local state" }`,
		"user/main.tf": `
variable "bound" { type = map(string) }
data "terraform_remote_state" "keys" {
  backend  = "s3"
  config   = { bucket = "states", key = "keys" }
  defaults = { list = ["default"], more = "default" }
}
data "terraform_remote_state" "plain" {
  backend = "local"
  config  = { path = "${path.module}/../plain/terraform.tfstate" }
}
data "terraform_remote_state" "elsewhere" {
  backend  = "s3"
  config   = { bucket = "states", key = "elsewhere" }
  defaults = { text = "default" }
}
resource "aws_kms_key" "each" {
  for_each    = data.terraform_remote_state.keys.outputs.arns
  description = "${each.key}=${each.value}"
}
resource "aws_kms_key" "item" { description = data.terraform_remote_state.keys.outputs.list[1] }
resource "aws_kms_key" "more" { description = data.terraform_remote_state.keys.outputs.more }
resource "aws_kms_key" "plain" { description = data.terraform_remote_state.plain.outputs.text }
resource "aws_kms_key" "elsewhere" { description = data.terraform_remote_state.elsewhere.outputs.text }
resource "aws_kms_key" "open" { description = data.terraform_remote_state.elsewhere.outputs.other }
resource "aws_kms_key" "bound" { description = lookup(var.bound, "us-east-1", "none") }
`,
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, diags := facts.Parse(".iblint.yaml", []byte("version: 1\nbindings: {\"user#var.bound\": \"keys#output.arns\"}\n"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result, diags, err := loaders.Load(context.Background(), loaders.Options{Paths: []string{"."}, All: true, Config: config})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	got := map[string]string{}
	for _, r := range result.Graph.Resources {
		if r.Root == "user" {
			got[r.Address] = r.Attributes.Field("description").Key()
		}
	}
	want := map[string]string{
		`aws_kms_key.each["eu-west-1"]`: "eu-west-1=arn-of-eu-west-1", `aws_kms_key.each["us-east-1"]`: "us-east-1=arn-of-us-east-1",
		"aws_kms_key.item": "b", "aws_kms_key.more": "default", "aws_kms_key.plain": "of a local state",
		"aws_kms_key.elsewhere": "default", "aws_kms_key.bound": "arn-of-us-east-1",
		"aws_kms_key.open": "\x00remote_state(user#data.terraform_remote_state.elsewhere.outputs.other)\x00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("descriptions (-want +got):\n%s", diff)
	}
}

// TestStatesInCircles checks that roots that read one another, or are bound to
// one another, end: their values stay unknown.
func TestStatesInCircles(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for own, other := range map[string]string{"a": "b", "b": "a"} {
		content := `
terraform {
  backend "s3" {
    bucket = "states"
    key    = "` + own + `"
  }
}
variable "v" {}
data "terraform_remote_state" "o" {
  backend = "s3"
  config  = { bucket = "states", key = "` + other + `" }
}
output "state" { value = [for i in range(60) : data.terraform_remote_state.o.outputs.state] }
output "bound" { value = [for i in range(60) : var.v] }
`
		if err := os.Mkdir(filepath.Join(dir, own), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, own, "main.tf"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, diags := facts.Parse(".iblint.yaml", []byte("version: 1\nbindings: {\"a#var.v\": \"b#output.bound\", \"b#var.v\": \"a#output.bound\"}\n"))
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	result, diags, err := loaders.Load(context.Background(), loaders.Options{Paths: []string{"."}, All: true, Config: config})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	for _, root := range result.Graph.Roots {
		if first := root.Outputs["state"].Items()[0]; !first.IsUnknown() {
			t.Errorf("the state of %s holds %s, want it unknown", root.Path, first.Key())
		}
	}
}
