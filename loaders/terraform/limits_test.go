package terraform_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/source"
	"github.com/iblint/iblint/loaders/terraform"
)

// doubled are local values that hold the one before twice.
func doubled(format string) string {
	var b strings.Builder
	b.WriteString("locals {\n  x0 = [\"0123456789\"]\n  t0 = \"0123456789\"\n")
	for i := range 60 {
		fmt.Fprintf(&b, "  "+format+"\n", i+1, i)
	}
	return b.String() + "}\n"
}

// TestLimits shows that what would take too much has an error of its own with a
// place, and that the rest is there.
func TestLimits(t *testing.T) {
	t.Parallel()
	const rest = "\nresource \"aws_kms_key\" \"rest\" {}\n"
	calls := func(of string) string {
		return fmt.Sprintf("module \"a\" { source = %[1]q }\nmodule \"b\" { source = %[1]q }\nmodule \"c\" { source = %[1]q }\n", of)
	}
	tests := map[string]struct{ config, want string }{
		"count":             {"resource \"aws_kms_key\" \"k\" { count = 1000000000 }", "Too many instances"},
		"counts":            {"resource \"aws_kms_key\" \"k\" { count = 40 }\nresource \"aws_kms_key\" \"l\" { count = 40 }\nresource \"aws_kms_key\" \"m\" { count = 40 }", "Too many instances"},
		"for_each":          {"resource \"aws_kms_key\" \"k\" { for_each = toset([for i in range(60) : tostring(i)]) }", "Too many instances"},
		"dynamic":           {"resource \"other_thing\" \"k\" {\n  dynamic \"a\" {\n    for_each = range(60)\n    content {}\n  }\n}", "Too many blocks"},
		"dynamic twice":     {"resource \"other_thing\" \"k\" {\n  dynamic \"a\" {\n    for_each = range(40)\n    content {\n      dynamic \"b\" {\n        for_each = range(40)\n        content {}\n      }\n    }\n  }\n}", "Too many blocks"},
		"setproduct":        {"output \"o\" { value = setproduct(range(100), range(101), range(102), range(103)) }", "Error in function call"},
		"range":             {"output \"o\" { value = range(100000000) }", "Error in function call"},
		"loops":             {"output \"o\" { value = length([for a in range(900) : [for b in range(900) : [for c in range(900) : a + b + c]]]) }", "Evaluation stopped"},
		"objects":           {"output \"o\" { value = length([for a in range(900) : [for b in range(900) : {a = a, b = b}]]) }", "Evaluation stopped"},
		"template":          {doubled(`t%[1]d = "${local.t%[2]d}${local.t%[2]d}"`), "Value too large"},
		"unknown text":      {"variable \"v\" { type = string }\nlocals { u0 = var.v }\n" + doubled(`u%[1]d = upper(lower(upper(lower("${local.u%[2]d}${local.u%[2]d}"))))`), "Evaluation stopped"},
		"list":              {doubled(`x%[1]d = concat(local.x%[2]d, local.x%[2]d)`), "Error in function call"},
		"object":            {doubled(`x%[1]d = { a = local.x%[2]d, b = local.x%[2]d }`), "Value too large"},
		"text altogether":   {"locals { t = join(\",\", range(900)) }\nresource \"aws_kms_key\" \"k\" {\n  count = 40\n  description = local.t\n}", "Too much text"},
		"padding":           {"output \"o\" { value = format(\"%1000000000d\", 1) }", "Error in function call"},
		"brackets":          {"output \"o\" { value = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + " }", "File refused"},
		"operators":         {"output \"o\" { value = " + strings.Repeat("1+", 5000) + "1 }", "Expression too deep"},
		"attributes":        {"variable \"v\" {}\noutput \"o\" { value = var.v" + strings.Repeat(".a", 5000) + " }", "Expression too deep"},
		"modules":           {calls("./a") + "-- a/main.tf --\n" + calls("../b") + "-- b/main.tf --\n" + calls("../c") + "-- c/main.tf --\n", "Too many modules"},
		"module depth":      {"module \"m\" { source = \"./a\" }\n-- a/main.tf --\nmodule \"m\" { source = \"./b\" }\n-- a/b/main.tf --\nmodule \"m\" { source = \"./c\" }\n-- a/b/c/main.tf --\nmodule \"m\" { source = \"./d\" }\n-- a/b/c/d/main.tf --\n", "Modules nested too deeply"},
		"module of itself":  {"module \"m\" { source = \"./a\" }\n-- a/main.tf --\nmodule \"m\" { source = \"../b\" }\n-- b/main.tf --\nmodule \"m\" { source = \"../a\" }\n", "Module calls itself"},
		"instances of them": {"module \"m\" {\n  source = \"./a\"\n  count = 60\n}\n-- a/main.tf --\n", "Too many instances"},
	}
	limits := terraform.Limits{
		Instances: 50, TotalInstances: 100, TotalBlocks: 500, ModuleDepth: 3, Modules: 20, Text: 1 << 16, TotalText: 1 << 17,
		Items: 1000, Leaves: 5000, Steps: 20000,
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			main, modules, _ := strings.Cut(test.config, "-- a/")
			if modules != "" {
				modules = "-- a/" + modules
			}
			r := loadText(t, main+rest+modules, terraform.Options{Limits: limits})
			found := false
			for _, d := range r.diags {
				found = found || d.Severity == hcl.DiagError && d.Summary == test.want && d.Subject != nil && d.Subject.Filename != ""
			}
			if !found {
				t.Errorf("diagnostics are %v, want %s", r.diags, test.want)
			}
		})
	}
}

// TestStopped shows that an evaluation whose time is over says so once.
func TestStopped(t *testing.T) {
	t.Parallel()
	files, err := source.New(nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	files.Add("root/main.tf", []byte("resource \"aws_kms_key\" \"a\" {}\nresource \"aws_kms_key\" \"b\" { count = 3 }\n"))
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("time is over"))
	_, diags := terraform.Load(ctx, "root", terraform.Options{Files: files})
	var got []string
	for _, d := range diags {
		got = append(got, d.Summary)
	}
	if diff := cmp.Diff([]string{"Evaluation stopped"}, got); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}
