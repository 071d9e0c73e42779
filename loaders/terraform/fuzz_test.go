package terraform_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/internal/samples"
	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// FuzzHCL loads one file of native syntax.
func FuzzHCL(f *testing.F) {
	addFiles(f, ".tf")
	f.Fuzz(func(t *testing.T, content []byte) { checkLoad(t, "main.tf", content, "") })
}

// FuzzJSON loads one file of JSON syntax.
func FuzzJSON(f *testing.F) {
	addFiles(f, ".tf.json")
	f.Add([]byte(`{"locals": {"a": "${[for k, v in {a = 1}: v...]}"}, "output": {"o": {"value": "${local.a}"}}}`))
	f.Add([]byte(`{"resource": [{"aws_kms_key": {"k": [{"for_each": "${toset([\"a\"])}", "tags": {"//": "x"}}]}}]}`))
	f.Fuzz(func(t *testing.T, content []byte) { checkLoad(t, "main.tf.json", content, "") })
}

// FuzzValues loads one file of variable values, in both syntaxes.
func FuzzValues(f *testing.F) {
	addFiles(f, ".tfvars")
	addFiles(f, ".tfvars.json")
	f.Add([]byte("a = [1, \"x\"]\nb = {c = null}\n"))
	f.Add([]byte(`{"a": [1, "x"], "b": {"c": null}}`))
	const variables = `
variable "a" { type = list(string) }
variable "b" { type = object({ c = optional(number, 1) }) }
output "a" { value = var.a }
output "b" { value = var.b }
`
	f.Fuzz(func(t *testing.T, content []byte) {
		name := "terraform.tfvars"
		if bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")) {
			name = "terraform.tfvars.json"
		}
		checkLoad(t, name, content, variables)
	})
}

// FuzzExpression evaluates one expression beside values that are known,
// partly known and unknown.
func FuzzExpression(f *testing.F) {
	for _, expression := range []string{
		`"${var.text}-x"`, `{for k, v in var.map : k => upper(v) if v != local.part}`, `var.flag ? [local.part] : []`,
		`aws_kms_key.k[*].arn`, `[for r in aws_kms_key.many : r.arn]`, `split(":", aws_kms_key.k.arn)[4]`,
		`jsondecode(jsonencode({a = var.text}))`, `try(var.any.x, "none")`, `merge({a = 1}, var.map, null)`,
		"<<-EOT\n  %{for x in var.list~}\n  ${x}\n  %{endfor~}\nEOT\n", `regex("a(.)", local.part)`, `format("%s-%05d", var.text, 3)`,
		`setproduct(["a", "b"], var.list)`, `templatestring(local.template, {x = 1})`, `flatten([var.list, [local.part]])`,
	} {
		f.Add(expression)
	}
	const around = `
variable "text" { type = string }
variable "flag" { type = bool }
variable "map" { type = map(string) }
variable "list" { type = list(string) }
variable "any" {}
locals {
  part     = "a-${var.text}"
  template = "$${x}"
}
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "many" { for_each = toset(["a", "b"]) }
`
	f.Fuzz(func(t *testing.T, expression string) {
		checkLoad(t, "output.tf", []byte("output \"o\" {\n  value = "+expression+"\n}\n"), around)
	})
}

// addFiles seeds with the files of the examples and the public root modules.
func addFiles(f *testing.F, suffix string) {
	f.Helper()
	for _, file := range samples.Seeds(f, suffix) {
		f.Add(samples.Content(f, file))
	}
}

// checkLoad wants that a file loads or is refused with a place inside of it,
// and that two loads agree.
func checkLoad(t *testing.T, name string, content []byte, around string) {
	t.Helper()
	first, g, diags := loadFile(t, name, content, around)
	for _, d := range diags {
		if d.Subject == nil {
			t.Errorf("no place: %s", d.Error())
			continue
		}
		checkRange(t, g, d.Subject)
	}
	for _, r := range g.Resources {
		checkPlaces(t, g, r.Attributes)
	}
	if second, _, _ := loadFile(t, name, content, around); first != second {
		t.Errorf("two loads differ:\n%s\n%s", first, second)
	}
}

func loadFile(t *testing.T, name string, content []byte, around string) (string, *graph.Graph, hcl.Diagnostics) {
	t.Helper()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("root/"+name, content)
	if around != "" {
		files.Add("root/around.tf", []byte(around))
	}
	// The limits are small, so that what runs away is found soon.
	limits := terraform.Limits{Instances: 50, TotalInstances: 200, Modules: 20, Text: 1 << 16, Items: 1000, Leaves: 5000}
	g, diags := terraform.Load(context.Background(), "root", terraform.Options{Files: files, Limits: limits})
	var out bytes.Buffer
	if err := g.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for _, d := range diags {
		out.WriteString(d.Error() + "\n")
	}
	return out.String(), g, diags
}

func checkRange(t *testing.T, g *graph.Graph, r *hcl.Range) {
	t.Helper()
	content, read := g.Sources[r.Filename]
	if !read {
		return
	}
	lines := bytes.Count(content, []byte{'\n'}) + 1
	if r.Start.Line > lines || r.End.Line > lines || r.End.Byte > len(content) || r.End.Byte < r.Start.Byte {
		t.Errorf("range %v is outside of the file", r)
	}
}
