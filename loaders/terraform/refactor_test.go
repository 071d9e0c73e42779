package terraform_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/terraform"
)

// TestRefusals shows what is wrong in configurations before anything in them is
// evaluated.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const key = "resource \"aws_kms_key\" \"k\" {}\n"
	tests := map[string]struct{ config, want string }{
		"moved":                     {"moved {\n  from = aws_kms_key.old\n  to = aws_kms_key.k\n}\n" + key, ""},
		"moved to an instance":      {"moved {\n  from = aws_kms_key.k\n  to = aws_kms_key.k[0]\n}\nresource \"aws_kms_key\" \"k\" { count = 1 }\n", ""},
		"moved module":              {"moved {\n  from = module.a[\"x\"].module.b\n  to = module.c\n}\n", ""},
		"moved without to":          {"moved {\n  from = aws_kms_key.k\n}\n", "Missing required argument"},
		"moved text":                {"moved {\n  from = \"aws_kms_key.k\"\n  to = aws_kms_key.l\n}\n", "Invalid expression"},
		"moved to no address":       {"moved {\n  from = aws_kms_key\n  to = aws_kms_key.l\n}\n", "Invalid address"},
		"moved into a module":       {"moved {\n  from = aws_kms_key.old\n  to = module.m\n}\n", `Invalid "moved" addresses`},
		"moved nowhere":             {"moved {\n  from = aws_kms_key.k\n  to = aws_kms_key.k\n}\n" + key, "Redundant move statement"},
		"moved and still there":     {"moved {\n  from = aws_kms_key.k\n  to = aws_kms_key.l\n}\n" + key, "Moved object still exists"},
		"moved twice":               {"moved {\n  from = aws_kms_key.a\n  to = aws_kms_key.k\n}\nmoved {\n  from = aws_kms_key.a\n  to = aws_kms_key.l\n}\n" + key, "Ambiguous move statements"},
		"removed":                   {"removed {\n  from = aws_kms_key.old\n  lifecycle {\n    destroy = false\n  }\n}\n", ""},
		"removed and still there":   {"removed {\n  from = aws_kms_key.k\n}\n" + key, "Removed resource still exists"},
		"removed instance":          {"removed {\n  from = aws_kms_key.old[0]\n}\n", "Resource instance keys not allowed"},
		"removed data source":       {"removed {\n  from = data.aws_kms_key.old\n}\n", "Data source address not allowed"},
		"import":                    {"import {\n  to = aws_kms_key.k\n  id = \"x\"\n}\n" + key, ""},
		"import of instances":       {"import {\n  for_each = toset([\"a\"])\n  to = aws_kms_key.k[each.key]\n  id = each.value\n}\nresource \"aws_kms_key\" \"k\" { for_each = toset([\"a\"]) }\n", ""},
		"import without resource":   {"import {\n  to = aws_kms_key.l\n  id = \"x\"\n}\n", "Configuration for import target does not exist"},
		"import without id":         {"import {\n  to = aws_kms_key.k\n}\n" + key, "Missing required argument"},
		"import of null":            {"import {\n  to = aws_kms_key.k\n  id = null\n}\n" + key, "Invalid import id argument"},
		"import twice":              {"import {\n  to = aws_kms_key.k\n  id = \"x\"\n}\nimport {\n  to = aws_kms_key.k\n  id = \"y\"\n}\n" + key, `Duplicate import configuration for "aws_kms_key.k"`},
		"import of what is not":     {"import {\n  to = aws_kms_key.k\n  id = local.none\n}\n" + key, "Reference to undeclared local value"},
		"import within a module":    {"module \"m\" { source = \"./m\" }\n-- m/main.tf --\nimport {\n  to = aws_kms_key.k\n  id = \"x\"\n}\n" + key, "Invalid import configuration"},
		"data source of a check":    {"check \"c\" {\n  data \"aws_kms_key\" \"k\" { key_id = \"x\" }\n  assert {\n    condition = data.aws_kms_key.k.enabled\n    error_message = \"x\"\n  }\n}\n", ""},
		"data source out of check":  {"check \"c\" {\n  data \"aws_kms_key\" \"k\" { key_id = \"x\" }\n  assert {\n    condition = data.aws_kms_key.k.enabled\n    error_message = \"x\"\n  }\n}\noutput \"o\" { value = data.aws_kms_key.k.arn }\n", "Reference to scoped resource"},
		"output after nothing":      {"output \"o\" {\n  value = 1\n  depends_on = [aws_kms_key.k]\n}\n", "Reference to undeclared resource"},
		"description that computes": {"output \"o\" {\n  value = 1\n  description = upper(\"x\")\n}\n", "Variables not allowed"},
		"index for a name":          {key + "output \"o\" { value = aws_kms_key[\"k\"].arn }\n", "Invalid reference"},
		"backend that refers":       {"variable \"b\" { default = \"b\" }\nterraform {\n  backend \"s3\" { bucket = var.b }\n}\n", "Variables not allowed"},
		"version that is none":      {"terraform { required_version = \"new\" }\n", "Invalid version constraint"},
		"provider passed by none":   {"module \"m\" {\n  source = \"./m\"\n  providers = { aws = aws.x }\n}\n-- m/main.tf --\n" + key, "Provider configuration not present"},
		"provider not passed":       {"module \"m\" { source = \"./m\" }\n-- m/main.tf --\nterraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\", configuration_aliases = [aws.x] }\n  }\n}\n", "Missing required provider configuration"},
		"count over for_each":       {"resource \"aws_kms_key\" \"k\" { count = 1 }\n-- override.tf --\nresource \"aws_kms_key\" \"k\" { for_each = {} }\n", ""},
		"function in vain":          {"output \"o\" { value = true ? 1 : missing() }\n", ""},
		"function in use":           {"output \"o\" { value = false ? 1 : missing() }\n", "Call to unknown function"},
		"attribute in try":          {"resource \"terraform_data\" \"d\" {}\noutput \"o\" { value = try(terraform_data.d.none, 1) }\n", "Unsupported attribute"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			for _, d := range loadText(t, test.config, terraform.Options{}).diags {
				if d.Severity == hcl.DiagError {
					got = d.Summary
					if d.Subject == nil || d.Subject.Filename == "" {
						t.Errorf("%q has no place", d.Summary)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKnownTooMuch shows that a mistake which Terraform cannot see before apply
// is none.
func TestKnownTooMuch(t *testing.T) {
	t.Parallel()
	const head = "resource \"terraform_data\" \"u\" {}\nvariable \"text\" { type = string }\nvariable \"list\" {\n  type = list(string)\n  default = [\"a\", \"b\", \"c\"]\n}\n"
	tests := map[string]struct{ expression, want string }{
		"conversion":             {`tonumber("x-${var.text}")`, "?"},
		"structure":              {`tobool({ (terraform_data.u.id) = 1 })`, "?"},
		"number of elements":     {`zipmap(compact(["a", var.text]), ["x"])`, "?"},
		"element from behind":    {`element(var.list, -1)`, "c"},
		"resource as a root":     {`resource.terraform_data.u.input == null`, "true"},
		"what is not written":    {`terraform_data.u.triggers_replace == null`, "true"},
		"wrong all the same":     {`tonumber("x")`, "error"},
		"wrong with the unknown": {`upper(var.text, 1)`, "error"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := loadText(t, head+"output \"o\" { value = "+test.expression+" }\n", terraform.Options{})
			v := r.graph.Roots[0].Outputs["o"]
			got := r.text(v)
			if v.IsUnknown() {
				got = "?"
			}
			if r.diags.HasErrors() {
				got = "error"
			}
			if got != test.want {
				t.Errorf("got %s, want %s: %v", got, test.want, r.diags)
			}
		})
	}
}
