package terraform_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"golang.org/x/tools/txtar"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraform"
)

// write puts the files of an archive into a new folder; what stands before the
// first file is main.tf.
func write(tb testing.TB, archive string) string {
	tb.Helper()
	dir := tb.TempDir()
	parsed := txtar.Parse([]byte(archive))
	if len(strings.TrimSpace(string(parsed.Comment))) > 0 {
		parsed.Files = append(parsed.Files, txtar.File{Name: "main.tf", Data: parsed.Comment})
	}
	for _, file := range parsed.Files {
		name := filepath.Join(dir, filepath.FromSlash(file.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, file.Data, 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// root is a loaded root module.
type root struct {
	t     testing.TB
	dir   string
	graph *graph.Graph
	diags hcl.Diagnostics
}

func loadText(tb testing.TB, archive string, o terraform.Options) root {
	tb.Helper()
	dir := write(tb, archive)
	for i, assignment := range o.Assignments {
		if assignment.File != "" {
			o.Assignments[i].File = filepath.Join(dir, assignment.File)
		}
	}
	g, diags := load(tb, dir, o)
	return root{tb, dir, g, diags}
}

// loadGood is loadText for input without errors.
func loadGood(tb testing.TB, archive string, o terraform.Options) root {
	tb.Helper()
	r := loadText(tb, archive, o)
	if r.diags.HasErrors() {
		tb.Fatalf("refused: %v", r.diags.Errs())
	}
	return r
}

func (r root) resource(address string) *graph.Resource {
	r.t.Helper()
	for _, list := range [][]*graph.Resource{r.graph.Resources, r.graph.Data} {
		for _, resource := range list {
			if resource.Address == address {
				return resource
			}
		}
	}
	r.t.Fatalf("no resource %s in %v", address, r.addresses())
	return nil
}

func (r root) addresses() []string {
	var out []string
	for _, resource := range r.graph.Resources {
		out = append(out, resource.Address)
	}
	return out
}

func (r root) output(name string) graph.Value {
	r.t.Helper()
	v, ok := r.graph.Roots[0].Outputs[name]
	if !ok {
		r.t.Fatalf("no output %s", name)
	}
	return v
}

// text is a value on one line: unknown parts stand in it as {ID}, with the
// folder of the test left out.
func (r root) text(v graph.Value) string {
	return strings.ReplaceAll(describe(v), r.dir, "ROOT")
}

func describe(v graph.Value) string {
	switch v.Kind() {
	case graph.KindAbsent, graph.KindInvalid:
		return "null"
	case graph.KindText:
		var b strings.Builder
		for _, p := range v.Parts() {
			if p.Unknown == nil {
				b.WriteString(p.Literal)
				continue
			}
			b.WriteString("{" + p.Unknown.ID + "}")
		}
		return b.String()
	case graph.KindUnknown:
		return "?{" + v.Unknown().ID + "}"
	case graph.KindChoice:
		c := v.Choice()
		return "if " + c.Condition.Name + " then " + describe(c.Then) + " else " + describe(c.Else)
	case graph.KindList:
		items := make([]string, len(v.Items()))
		for i, item := range v.Items() {
			items[i] = describe(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case graph.KindMap:
		var fields []string
		for _, f := range v.Fields() {
			fields = append(fields, f.Name+": "+describe(f.Value))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	default:
		s, _ := v.AsString()
		return s
	}
}

// TestOutputs evaluates outputs of which not everything can be known.
func TestOutputs(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, config, want string }{
		{"template", `"arn:aws:iam::${data.aws_caller_identity.me.account_id}:root"`, "arn:aws:iam::{account(ROOT)}:root"},
		{"variable without value", `var.text`, "{var(ROOT#text)}"},
		{"untyped variable without value", `var.any`, "?{var(ROOT#any)}"},
		{"attribute of an unknown object", `"${var.object.name}-x"`, "{var(ROOT#object).name}-x"},
		{"JSON", `jsonencode({a = var.text, b = 1})`, `{"a":"{var(ROOT#text)}","b":1}`},
		{"JSON of a list", `jsonencode({a = var.list})`, `{"a":{var(ROOT#list)}}`},
		{"JSON there and back", `jsondecode(jsonencode({a = var.text, b = var.list}))`, "{a: {var(ROOT#text)}, b: ?{var(ROOT#list)}}"},
		{"conditional", `var.flag ? "a" : "b"`, "if var.flag then a else b"},
		{"negated conditional", `!var.flag ? "a" : "b"`, "if var.flag then b else a"},
		{"conditional inside text", `"x-${var.flag ? "a" : "b"}"`, "if var.flag then x-a else x-b"},
		{"conditional on a comparison", `var.text == "prod" ? 1 : 2`, `if var.text == "prod" then 1 else 2`},
		{"equal arms", `var.flag ? "a" : "a"`, "a"},
		{"one condition twice", `var.flag ? (var.flag ? "a" : "b") : "c"`, "if var.flag then a else c"},
		{"and", `var.flag && var.text == "x" ? "a" : "b"`, `if var.flag then if var.text == "x" then a else b else b`},
		{"objects are merged", `var.flag ? {k = "a", s = "z"} : {k = "b", s = "z"}`, "{k: if var.flag then a else b, s: z}"},
		{"null arm", `var.flag ? "a" : null`, "if var.flag then a else null"},
		{"coalesce of what may be unset", `coalesce(var.text, "b")`, "if var.text is set then {var(ROOT#text)} else b"},
		{"coalesce of what is set", `coalesce(data.aws_region.r.name, "b")`, "{region(ROOT)}"},
		{"account is no word", `data.aws_caller_identity.me.account_id == "x"`, "false"},
		{"account may be a number", `data.aws_caller_identity.me.account_id == "123456789012" ? 1 : 2`, `if data.aws_caller_identity.me.account_id == "123456789012" then 1 else 2`},
		{"same symbol", `data.aws_caller_identity.me.account_id == data.aws_caller_identity.me.account_id`, "true"},
		{"split of an ARN", `split(":", "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root")[4]`, "{account(ROOT)}"},
		{"regular expression over a symbol", `regex("^arn:aws:iam::([0-9]+):", "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root")[0]`, "{account(ROOT)}"},
		{"first digit of an account", `startswith(data.aws_caller_identity.me.account_id, "1") ? "a" : "b"`, "if startswith(data.aws_caller_identity.me.account_id, \"1\") then a else b"},
		{"lower case", `lower("A-${var.text}")`, `a-{lower("${var(ROOT#text)}")}`},
		{"lower case of a Region", `lower("A-${data.aws_region.r.name}")`, "a-{region(ROOT)}"},
		{
			"filter on an account", `[for a in ["111111111111", "222222222222"] : a if a != data.aws_caller_identity.me.account_id]`,
			`[if a == data.aws_caller_identity.me.account_id then null else 111111111111, if a == data.aws_caller_identity.me.account_id then null else 222222222222]`,
		},
		{"filter on what decides", `[for a in [data.aws_region.r.name, "x"] : a if a != ""]`, "[{region(ROOT)}, x]"},
		{"key that is a symbol", `{ (data.aws_caller_identity.me.account_id) = 1 }`, "{${account(ROOT)}: 1}"},
		{"lookup in a map with such a key", `try({ (data.aws_caller_identity.me.account_id) = 1 }["111111111111"], 2)`, "if can({ (data.aws_caller_identity.me.account_id) = 1 }[\"111111111111\"]) then ?{index([\"${account(ROOT)}\"=1],\"111111111111\")} else 2"},
		{"format", `format("%s/%s", var.text, "x")`, "{var(ROOT#text)}/x"},
		{"join", `join(",", [var.text, "x"])`, "{var(ROOT#text)},x"},
		{"hash", `sha256(var.text) == sha256(var.text)`, "true"},
		{"contains what it holds", `contains([var.text, "x"], "x")`, "true"},
		{"contains what it may hold", `contains([var.text], "x") ? 1 : 2`, "if contains([var.text], \"x\") then 1 else 2"},
		{"length of a list with unknowns", `length([var.text, var.text])`, "2"},
		{"length of a set with unknowns", `length(toset([var.text, "a"]))`, "?{length([\"a\",\"${var(ROOT#text)}\"])}"},
		{"compact", `compact([var.text, "a", ""])`, "[if var.text is set then {var(ROOT#text)} else null, a]"},
		{"try of a missing index", `try(aws_kms_key.none[0].arn, "b")`, "b"},
		{"nothing made", `one(aws_kms_key.none[*].arn)`, "null"},
		{"remote state", `data.terraform_remote_state.net.outputs.key_arn`, "?{remote_state(ROOT#data.terraform_remote_state.net.outputs.key_arn)}"},
		{"remote state in text", `"x-${data.terraform_remote_state.net.outputs.key_arn}"`, "x-{remote_state(ROOT#data.terraform_remote_state.net.outputs.key_arn)}"},
		{"unknown type", `example_thing.x.whatever`, "?{attribute(ROOT#example_thing.x#whatever)}"},
		{"ARN of an unknown type", `"${example_thing.x.arn}/*"`, "{attribute(ROOT#example_thing.x#arn)}/*"},
		{"provider function", `provider::aws::arn_parse("x").account`, "?{provider::aws::arn_parse(\"x\").account}"},
		{"parameter", `data.aws_ssm_parameter.p.value`, "{attribute(ROOT#data.aws_ssm_parameter.p#value)}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := loadGood(t, `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "text" { type = string }
variable "any" {}
variable "flag" { type = bool }
variable "list" { type = list(string) }
variable "object" { type = object({ name = string }) }
data "aws_caller_identity" "me" {}
data "aws_region" "r" {}
data "aws_ssm_parameter" "p" { name = "/x" }
data "terraform_remote_state" "net" {
  backend = "s3"
  config  = { bucket = "b", key = "k" }
}
resource "example_thing" "x" {}
resource "aws_kms_key" "none" { count = 0 }
output "o" { value = `+test.config+` }
`, terraform.Options{})
			if diff := cmp.Diff(test.want, r.text(r.output("o"))); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

// TestJSONPlaces shows that what stands in a JSON string lies on its line.
func TestJSONPlaces(t *testing.T) {
	t.Parallel()
	r := loadText(t, "-- main.tf.json --\n{\n\t\"output\": {\"o\": {\"value\": \"a\\n\\n${local.missing}\"}}\n}\n", terraform.Options{})
	if len(r.diags) != 1 {
		t.Fatalf("diagnostics are %v, want one", r.diags)
	}
	if got := r.diags[0].Subject.Start; got.Line != 2 || got.Column < 27 {
		t.Errorf("the error is at %v, want it inside of the string in line 2", got)
	}
}

// TestUnfinishedCallHasPlace shows that an error at the end of a call which
// could not be read to its end stands at the call.
func TestUnfinishedCallHasPlace(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]string{
		"no argument":    "output \"o\" {\n  value = replace(\"a\", }\n",
		"no end of text": "output \"o\" {\n  value = replace(\"a\", \"b\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := loadText(t, config, terraform.Options{})
			if !r.diags.HasErrors() {
				t.Fatal("there is no error")
			}
			for _, d := range r.diags {
				if d.Subject == nil || filepath.Base(d.Subject.Filename) != "main.tf" || d.Subject.Start.Line < 2 {
					t.Errorf("%s: the place is %v, want the call in main.tf", d.Summary, d.Subject)
				}
			}
		})
	}
}
