package terraform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform"
)

// TestInstances shows which resources a root has when what decides is not
// known.
func TestInstances(t *testing.T) {
	t.Parallel()
	const head = `
variable "flag" { type = bool }
variable "n" { type = number }
variable "names" { type = set(string) }
data "aws_caller_identity" "me" {}
`
	tests := []struct {
		name, config string
		want         []string
	}{
		{"count under a condition", `resource "aws_kms_key" "k" { count = var.flag ? 1 : 0 }`, []string{"aws_kms_key.k[0] if var.flag"}},
		{"count under the negation", `resource "aws_kms_key" "k" { count = var.flag ? 0 : 1 }`, []string{"aws_kms_key.k[0] if not var.flag"}},
		{"one or two", `resource "aws_kms_key" "k" { count = var.flag ? 2 : 1 }`, []string{"aws_kms_key.k[0]", "aws_kms_key.k[1] if var.flag"}},
		{"unknown count", `resource "aws_kms_key" "k" { count = var.n }`, []string{"aws_kms_key.k many: count of aws_kms_key.k is not known: variable n has no value"}},
		{"unknown for_each", `resource "aws_kms_key" "k" { for_each = var.names }`, []string{"aws_kms_key.k many: for_each of aws_kms_key.k is not known: variable names has no value"}},
		{"for_each under a condition", `resource "aws_kms_key" "k" { for_each = var.flag ? toset(["a"]) : toset([]) }`, []string{`aws_kms_key.k["a"] if var.flag`}},
		{"for_each of one or the other", `resource "aws_kms_key" "k" { for_each = var.flag ? toset(["a", "b"]) : toset(["b"]) }`, []string{`aws_kms_key.k["a"] if var.flag`, `aws_kms_key.k["b"]`}},
		{"for_each over a symbol", `resource "aws_kms_key" "k" { for_each = toset(["1", data.aws_caller_identity.me.account_id]) }`, []string{`aws_kms_key.k["${account(ROOT)}"]`, `aws_kms_key.k["1"]`}},
		{
			"for_each over a filter that is not decided", `resource "aws_kms_key" "k" { for_each = toset([for a in ["111111111111"] : a if a != data.aws_caller_identity.me.account_id]) }`,
			[]string{`aws_kms_key.k["111111111111"] if not a == data.aws_caller_identity.me.account_id`},
		},
		{"module under a condition", "module \"m\" {\n  source = \"./m\"\n  count = var.flag ? 1 : 0\n}\n-- m/main.tf --\nresource \"aws_kms_key\" \"k\" {}\n", []string{"module.m[0].aws_kms_key.k if var.flag"}},
		{"module of unknown number", "module \"m\" {\n  source = \"./m\"\n  for_each = var.names\n}\n-- m/main.tf --\nresource \"aws_kms_key\" \"k\" {}\n", []string{"module.m.aws_kms_key.k many: for_each of module.m is not known: variable names has no value"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := loadGood(t, head+test.config, terraform.Options{})
			var got []string
			for _, resource := range r.graph.Resources {
				got = append(got, strings.ReplaceAll(resource.Address+existence(resource), r.dir, "ROOT"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
		})
	}
}

func existence(r *graph.Resource) string {
	out := ""
	if terms := graph.Terms(r.Exists); len(terms) > 0 {
		out = " if " + strings.Join(terms, " and ")
	}
	if r.Many != nil {
		out += " many: " + r.Many.Reason
	}
	return out
}

// TestReferences shows what references to resources evaluate to that may not
// exist or are many.
func TestReferences(t *testing.T) {
	t.Parallel()
	const head = `
variable "flag" { type = bool }
variable "names" { type = set(string) }
variable "given" { type = string }
resource "aws_kms_key" "maybe" { count = var.flag ? 1 : 0 }
resource "aws_kms_key" "many" { for_each = var.names }
resource "aws_kms_key" "one" {}
`
	tests := []struct{ name, config, want string }{
		{"guarded", `var.flag ? aws_kms_key.maybe[0].key_id : "none"`, "if var.flag then ID(maybe[0]) else none"},
		{"one", `one(aws_kms_key.maybe[*].key_id)`, "if var.flag then ID(maybe[0]) else null"},
		{"try", `try(aws_kms_key.maybe[0].key_id, "none")`, `if var.flag then ID(maybe[0]) else none`},
		{"coalesce", `coalesce(one(aws_kms_key.maybe[*].key_id), "none")`, `if var.flag then ID(maybe[0]) else none`},
		{"one of many", `aws_kms_key.many["x"].key_id`, "ID(many)"},
		{"all of many", `[for k in aws_kms_key.many : k.key_id]`, "[ID(many)]"},
		{"plain", `aws_kms_key.one.key_id`, "ID(one)"},
		{"whole", `aws_kms_key.one["key_id"]`, "ID(one)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := loadGood(t, head+"output \"o\" { value = "+test.config+" }\n", terraform.Options{})
			got := r.text(r.output("o"))
			for _, key := range []string{"maybe[0]", "many", "one"} {
				got = strings.ReplaceAll(got, graph.StableUUID(r.dir+"#aws_kms_key."+key), "ID("+key+")")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDynamicBlocks shows the blocks that dynamic blocks make.
func TestDynamicBlocks(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, forEach, want string }{
		{"known", `["a", "b"]`, "[{device_name: a}, {device_name: b}]"},
		{"map", `{ k = "a" }`, "[{device_name: a}]"},
		{"none", `[]`, "null"},
		{"undecided", `var.flag ? ["a"] : []`, "[if var.flag then {device_name: a} else null]"},
		{"one or the other", `var.flag ? ["a"] : ["b", "c"]`, "[if var.flag then {device_name: a} else null, if var.flag then null else {device_name: b}, if var.flag then null else {device_name: c}]"},
		{"unknown", `var.list`, "[?{var(ROOT#list)}]"},
		{"unknown element", `[var.text]`, "[{device_name: {var(ROOT#text)}}]"},
		{"splat of what may be null", `var.text[*]`, "[if var.text == null then null else {device_name: {var(ROOT#text)}}]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := loadGood(t, `
variable "flag" { type = bool }
variable "text" { type = string }
variable "list" { type = list(string) }
resource "aws_imagebuilder_image_recipe" "r" {
  name         = "r"
  version      = "1.0.0"
  parent_image = "ami-1"
  dynamic "block_device_mapping" {
    for_each = `+test.forEach+`
    content {
      device_name = block_device_mapping.value
    }
  }
}
`, terraform.Options{})
			got := r.text(r.resource("aws_imagebuilder_image_recipe.r").Attributes.Field("block_device_mapping"))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("blocks (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPlaces follows a value from the resource to where it was written.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const archive = `
module "outer" {
  source = "./outer"
  images = {
    web = { devices = [{ name = "/dev/xvda", key = local.key }] }
  }
}
locals {
  key = var.key
}
variable "key" { default = "alias/aws/ebs" }
-- outer/main.tf --
variable "images" {
  type = map(object({ devices = list(object({ name = string, key = string })) }))
}
module "inner" {
  source   = "../inner"
  for_each = var.images
  devices  = each.value.devices
}
-- inner/main.tf --
variable "devices" { type = any }
resource "aws_imagebuilder_image_recipe" "r" {
  name         = "r"
  version      = "1.0.0"
  parent_image = "ami-1"
  dynamic "block_device_mapping" {
    for_each = var.devices
    iterator = d
    content {
      device_name = d.value.name
      ebs {
        kms_key_id = d.value.key
        encrypted  = true
      }
    }
  }
}
-- terraform.tfvars --
key = "alias/aws/ebs"
`
	r := loadGood(t, archive, terraform.Options{})
	resource := r.resource(`module.outer.module.inner["web"].aws_imagebuilder_image_recipe.r`)
	key, _ := graph.Lookup(resource.Attributes, "block_device_mapping[0].ebs[0].kms_key_id")
	if diff := cmp.Diff("alias/aws/ebs", r.text(key)); diff != "" {
		t.Errorf("key (-want +got):\n%s", diff)
	}
	want := []string{
		"inner/main.tf:12,22-33",
		"for_each main.tf:5,52-61",
		"local value key main.tf:9,9-16",
		"value of variable key terraform.tfvars:1,7-22",
	}
	got := []string{r.place(key.Range())}
	for _, via := range key.Via() {
		got = append(got, via.Message+" "+r.place(via.Range))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got):\n%s", diff)
	}
	calls := []string{}
	for _, via := range resource.Calls {
		calls = append(calls, via.Message+" "+r.place(via.Range))
	}
	if diff := cmp.Diff([]string{"module call inner outer/main.tf:4,1-15", "module call outer main.tf:2,1-15"}, calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// place is a range with the folder of the test left out.
func (r root) place(rng hcl.Range) string {
	return strings.TrimPrefix(rng.String(), r.dir+"/")
}

// TestProviders shows in which account and Region resources stand.
func TestProviders(t *testing.T) {
	t.Parallel()
	const config = `
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "target"
  region = var.region
  assume_role { role_arn = "arn:aws:iam::111111111111:role/first" }
  assume_role { role_arn = "arn:aws:iam::222222222222:role/last" }
}
provider "aws" {
  alias               = "allowed"
  allowed_account_ids = ["333333333333"]
}
provider "aws" {
  alias = "same"
  assume_role { role_arn = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:role/x" }
}
provider "aws" {
  alias = "made"
  dynamic "assume_role" {
    for_each = ["arn:aws:iam::444444444444:role/x"]
    content { role_arn = assume_role.value }
  }
}
provider "aws" {
  alias = "maybe"
  dynamic "assume_role" {
    for_each = var.open == "x" ? [1] : []
    content { role_arn = "arn:aws:iam::444444444444:role/x" }
  }
}
provider "awscc" {
  region = "us-west-2"
}
variable "open" {}
variable "region" { default = "us-gov-west-1" }
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "default" {}
resource "aws_kms_key" "elsewhere" { region = "us-east-1" }
resource "aws_kms_key" "target" { provider = aws.target }
resource "aws_kms_key" "allowed" { provider = aws.allowed }
resource "aws_kms_key" "same" { provider = aws.same }
resource "aws_kms_key" "made" { provider = aws.made }
resource "aws_kms_key" "maybe" { provider = aws.maybe }
resource "awscc_kms_key" "cc" {}
module "m" {
  source    = "./m"
  providers = { aws = aws.target, aws.other = aws.allowed }
}
module "inherits" { source = "./m2" }
-- m/main.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}
resource "aws_kms_key" "main" {}
resource "aws_kms_key" "other" { provider = aws.other }
-- m2/main.tf --
resource "aws_kms_key" "k" {}
`
	tests := []struct {
		name    string
		options terraform.Options
		want    map[string]string
	}{
		{"by the configuration", terraform.Options{}, map[string]string{
			"aws_kms_key.default":           "aws {account(ROOT)} eu-west-1",
			"aws_kms_key.elsewhere":         "aws {account(ROOT)} us-east-1",
			"aws_kms_key.target":            "aws.target 222222222222 us-gov-west-1",
			"aws_kms_key.allowed":           "aws.allowed 333333333333 {region(ROOT|aws.allowed)}",
			"aws_kms_key.same":              "aws.same {account(ROOT)} {region(ROOT|aws.same)}",
			"aws_kms_key.made":              "aws.made 444444444444 {region(ROOT|aws.made)}",
			"aws_kms_key.maybe":             "aws.maybe {account(ROOT|aws.maybe)} {region(ROOT|aws.maybe)}",
			"awscc_kms_key.cc":              "awscc {account(ROOT)} us-west-2",
			"module.m.aws_kms_key.main":     "aws.target 222222222222 us-gov-west-1",
			"module.m.aws_kms_key.other":    "aws.allowed 333333333333 {region(ROOT|aws.allowed)}",
			"module.inherits.aws_kms_key.k": "aws {account(ROOT)} eu-west-1",
		}},
		{"by iblint's configuration", terraform.Options{
			Account: "999999999999", ProviderAccounts: map[string]string{"aws.target": "888888888888"}, ProviderRegions: map[string]string{"aws.allowed": "sa-east-1"},
		}, map[string]string{
			"aws_kms_key.default":           "aws 999999999999 eu-west-1",
			"aws_kms_key.elsewhere":         "aws 999999999999 us-east-1",
			"aws_kms_key.target":            "aws.target 888888888888 us-gov-west-1",
			"aws_kms_key.allowed":           "aws.allowed 333333333333 sa-east-1",
			"aws_kms_key.same":              "aws.same 999999999999 {region(ROOT|aws.same)}",
			"aws_kms_key.made":              "aws.made 444444444444 {region(ROOT|aws.made)}",
			"aws_kms_key.maybe":             "aws.maybe {account(ROOT|aws.maybe)} {region(ROOT|aws.maybe)}",
			"awscc_kms_key.cc":              "awscc 999999999999 us-west-2",
			"module.m.aws_kms_key.main":     "aws.target 888888888888 us-gov-west-1",
			"module.m.aws_kms_key.other":    "aws.allowed 333333333333 sa-east-1",
			"module.inherits.aws_kms_key.k": "aws 999999999999 eu-west-1",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := loadGood(t, config, test.options)
			got := map[string]string{}
			for _, resource := range r.graph.Resources {
				got[resource.Address] = fmt.Sprintf("%s %s %s", resource.Provider, r.text(resource.Account), r.text(resource.Region))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
		})
	}
}
