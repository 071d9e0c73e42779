package loaders_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders"
)

// recipe makes a root relevant; sound is a root with nothing wrong.
const (
	recipe    = "\nresource \"aws_imagebuilder_image_recipe\" \"r\" {\n  name         = \"r\"\n  version      = \"1.0.0\"\n  parent_image = \"ami-0123456789abcdef0\"\n}\n"
	resources = "Resources:\n  R:\n    Type: AWS::ImageBuilder::ImageRecipe\n    Properties:\n      Name: r\n      Version: 1.0.0\n      ParentImage: ami-0123456789abcdef0\n"
)

// repeated writes a chain of n local values, each made of the one before.
func repeated(n int, first, next string) string {
	var b strings.Builder
	b.WriteString("locals {\n  a0 = " + first + "\n")
	for i := range n {
		b.WriteString(fmt.Sprintf("  a%d = ", i+1) + strings.ReplaceAll(next, "LAST", fmt.Sprintf("local.a%d", i)) + "\n")
	}
	return b.String() + fmt.Sprintf("}\noutput \"o\" {\n  value = local.a%d\n}\n", n)
}

// switches writes a chain of n local values, each one of two by a variable of
// its own.
func switches(n int, first, then, els string) string {
	var b strings.Builder
	b.WriteString("locals {\n  a0 = " + first + "\n")
	for i := range n {
		last := fmt.Sprintf("local.a%d", i)
		fmt.Fprintf(&b, "  a%d = var.u%d ? %s : %s\n", i+1, i, strings.ReplaceAll(then, "LAST", last), strings.ReplaceAll(els, "LAST", last))
	}
	b.WriteString("}\n")
	for i := range n {
		fmt.Fprintf(&b, "variable \"u%d\" {\n  type = bool\n}\n", i)
	}
	return b.String() + fmt.Sprintf("output \"o\" {\n  value = local.a%d\n}\n", n)
}

// policies writes a chain of n policy documents, each the one before twice.
func policies(n int) string {
	var b strings.Builder
	b.WriteString("data \"aws_iam_policy_document\" \"d0\" {\n  statement {\n    actions   = [\"kms:*\"]\n    resources = [\"*\"]\n  }\n}\n")
	for i := range n {
		fmt.Fprintf(&b, "data \"aws_iam_policy_document\" \"d%[2]d\" {\n  source_policy_documents = [data.aws_iam_policy_document.d%[1]d.json, data.aws_iam_policy_document.d%[1]d.json]\n}\n", i, i+1)
	}
	return b.String()
}

// bomb is YAML whose aliases expand to 9^12 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("  a: &a [" + strings.Repeat("x, ", 8) + "x]\n")
	for c := 'b'; c < 'n'; c++ {
		fmt.Fprintf(&b, "  %c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	return b.String()
}

// repeatedLines writes a line n times, with its number.
func repeatedLines(line string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, line, i)
	}
	return b.String()
}

// attack is a root that would cost too much, and what is said of it.
type attack struct {
	files map[string]string
	says  string
}

func terraformAttacks() map[string]attack {
	one := func(text, says string) attack { return attack{map[string]string{"main.tf": text + recipe}, says} }
	fan := map[string]string{"main.tf": "module \"m\" {\n  source = \"./m0\"\n}\n"}
	for i := range 12 {
		fan[fmt.Sprintf("m%d/main.tf", i)] = fmt.Sprintf("module \"a\" {\n  source = \"../m%[1]d\"\n  count  = 10\n}\nmodule \"b\" {\n  source = \"../m%[1]d\"\n  count  = 10\n}\n", i+1) + recipe
	}
	fan["m12/main.tf"] = recipe
	return map[string]attack{
		"file size":                  one("# "+strings.Repeat("x", 5<<20)+"\n", "bytes that iblint reads"),
		"parentheses":                one("locals {\n  a = "+strings.Repeat("(", 100000)+"1"+strings.Repeat(")", 100000)+"\n}\n", "nested deeper"),
		"negations":                  one("locals {\n  a = "+strings.Repeat("!", 100000)+"true\n}\n", "nested deeper"),
		"blocks":                     one("a \"b\" {\n"+strings.Repeat("x {\n", 100000)+strings.Repeat("}\n", 100000)+"}\n", "nested deeper"),
		"templates":                  one("locals {\n  a = "+strings.Repeat(`"${`, 20000)+"1"+strings.Repeat(`}"`, 20000)+"\n}\n", "nested deeper"),
		"conditions":                 one("locals {\n  a = "+strings.Repeat("true ? 1 : ", 5000)+"1\n}\n", "nested deeper"),
		"operators":                  one("locals {\n  a = "+strings.Repeat("1 + ", 5000)+"1\n}\n", "nested deeper"),
		"doubled text":               one(repeated(60, `"xxxxxxxxxx"`, `"${LAST}${LAST}"`), "larger than iblint evaluates"),
		"doubled unknown text":       one("variable \"u\" {}\n"+repeated(60, `"x${var.u}"`, `"${LAST}${LAST}"`), "larger than iblint evaluates"),
		"doubled list":               one(repeated(60, `["x"]`, `concat(LAST, LAST)`), "more than the 5000 elements"),
		"doubled JSON":               one(repeated(60, `"x"`, `jsonencode([LAST, LAST])`), "larger than the 65536 bytes"),
		"setproduct":                 one("locals {\n  r = range(1000)\n  p = setproduct(local.r, local.r, local.r)\n}\noutput \"o\" {\n  value = local.p\n}\n", "elements"),
		"count":                      one("resource \"aws_kms_key\" \"k\" {\n  count = 1000000000\n}\n", "iblint makes no more than 2000 instances"),
		"for_each":                   one("resource \"aws_kms_key\" \"k\" {\n  for_each = toset([for i in range(1000) : tostring(i)])\n}\n", ""),
		"module fan-out":             {fan, "module instances that iblint evaluates"},
		"module cycle":               {map[string]string{"main.tf": "module \"a\" {\n  source = \"./a\"\n}\n" + recipe, "a/main.tf": "module \"b\" {\n  source = \"../a\"\n}\n"}, "calls itself"},
		"cycle":                      one("locals {\n  a = local.b\n  b = local.a\n}\noutput \"o\" {\n  value = local.a\n}\n", "Cycle"),
		"aliases":                    {map[string]string{"main.tf": "locals {\n  a = yamldecode(file(\"${path.module}/b.yaml\"))\n}\n" + recipe, "b.yaml": "a:\n" + bomb()}, "the text holds more than"},
		"alias of itself":            one("locals {\n  a = yamldecode(\"a: &a [*a]\")\n}\n", "cannot be followed"),
		"deep YAML":                  {map[string]string{"main.tf": "locals {\n  a = yamldecode(file(\"${path.module}/b.yaml\"))\n}\n" + recipe, "b.yaml": strings.Repeat("- ", 20000) + "a"}, "the text is nested deeper"},
		"deep JSON":                  {map[string]string{"main.tf": "locals {\n  a = jsondecode(file(\"${path.module}/b.json\"))\n}\n" + recipe, "b.json": strings.Repeat("[", 5000) + strings.Repeat("]", 5000)}, "the text is nested deeper"},
		"indentation":                one("locals {\n  a = indent(1000000000, \"a\\nb\")\n}\n", "larger than the 65536 bytes"),
		"replaced text":              one(repeated(60, `"xx"`, `replace(LAST, "/(.)/", "$1$1$1$1")`), "larger than the 65536 bytes"),
		"undecided text":             one(switches(60, `"x"`, `"a${LAST}"`, `"b${LAST}"`), ""),
		"undecided objects":          one(switches(60, `{}`, `{ l = "a", r = LAST }`, `{ l = "b", r = LAST }`), ""),
		"merged policies":            one(policies(40), "more than the 2000 statements"),
		"digits":                     one("locals {\n  a = "+strings.Repeat("9", 3000000)+"\n}\n", "more digits"),
		"exponent":                   one("locals {\n  a = 1e999999999 % 3\n}\n", "larger than iblint calculates with"),
		"exponent in YAML":           one("output \"o\" {\n  value = \"${yamldecode(\"a: [1e9999999]\").a[0]}\"\n}\n", "larger than iblint calculates with"),
		"exponent of a value":        {map[string]string{"main.tf": "variable \"x\" {\n  type = number\n}\noutput \"o\" {\n  value = \"${var.x}\"\n}\n" + recipe, "terraform.tfvars": "x = \"1e9999999\"\n"}, "larger number than iblint calculates with"},
		"many local values":          one(repeated(3000, "[1]", `[LAST, LAST]`), "Evaluation stopped"),
		"template that calls itself": {map[string]string{"main.tf": "locals {\n  a = templatefile(\"${path.module}/t\", { x = 1 })\n}\noutput \"o\" {\n  value = local.a\n}\n" + recipe, "t": `${templatefile("t", {x = x})}`}, "templatefile"},
		"JSON syntax":                {map[string]string{"main.tf": recipe, "deep.tf.json": `{"locals": {"a": ` + strings.Repeat("[", 100000) + strings.Repeat("]", 100000) + "}}"}, "nested deeper"},
		"values":                     {map[string]string{"main.tf": "variable \"x\" {}\n" + recipe, "terraform.tfvars": "x = " + strings.Repeat("[", 100000) + strings.Repeat("]", 100000)}, "nested deeper"},
	}
}

func cloudFormationAttacks() map[string]attack {
	one := func(text, says string) attack { return attack{map[string]string{"template.yaml": text}, says} }
	nested := map[string]string{}
	for i := range 12 {
		text := strings.Builder{}
		text.WriteString("Resources:\n  R: {Type: AWS::ImageBuilder::ImageRecipe}\n")
		for j := range 10 {
			fmt.Fprintf(&text, "  S%d: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./t%d.yaml}}\n", j, i+1)
		}
		nested[fmt.Sprintf("t%d.yaml", i)] = text.String()
	}
	sub := strings.Repeat(`!Sub ["${a}${a}${a}${a}${a}${a}${a}${a}${a}${a}", {a: `, 40) + "xxxxxxxxxx" + strings.Repeat("}]", 40)
	each := "  Fn::ForEach::A%d:\n    - X%d\n    - [" + strings.Repeat("a, ", 99) + "a]\n"
	return map[string]attack{
		"aliases":         one("Metadata:\n"+bomb()+resources, "expand to more values"),
		"alias of itself": one(resources+"Metadata: &m {a: *m}\n", "inside the value that it repeats"),
		"lists":           one("Metadata: "+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+"\n"+resources, "deeper than iblint follows"),
		"JSON":            {map[string]string{"template.json": `{"Resources": {"R": {"Type": "AWS::ImageBuilder::ImageRecipe", "Properties": ` + strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000) + "}}}"}, "deeper than iblint follows"},
		"Sub":             one(resources+"      Description: "+sub+"\n", "longer than iblint"),
		"ForEach":         one("Transform: AWS::LanguageExtensions\n"+resources+fmt.Sprintf(each, 1, 1)+"    - Fn::ForEach::B:\n        - Y\n        - ["+strings.Repeat("a, ", 199)+"a]\n        - Fn::ForEach::C:\n            - Z\n            - ["+strings.Repeat("a, ", 199)+"a]\n            - 'R${X1}${Y}${Z}': {Type: AWS::KMS::Key}\n", ""),
		"Split":           one(resources+"      Description: !Join [x, !Split [a, \""+strings.Repeat("a", 1000000)+"\"]]\n", "list is too long"),
		"list parameter":  one("Parameters: {P: {Type: CommaDelimitedList, Default: \""+strings.Repeat("a,", 1000000)+"\"}}\n"+resources, "list is too long"),
		"much text":       one("Parameters: {P: {Type: String, Default: "+strings.Repeat("x", 30000)+"}}\n"+resources+repeatedLines("      X%d: !Sub '%[1]d${P}${P}'\n", 200), "too many values"),
		"long lists":      one("Parameters: {P: {Type: CommaDelimitedList, Default: \""+strings.Repeat("a,", 4000)+"\"}}\n"+resources+repeatedLines("      X%d: !Ref P\n", 200), "too many values"),
		"condition":       one("Conditions:\n  A: !Condition B\n  B: !Condition A\n"+resources, "depends on itself"),
		"mapping":         one("Mappings: {M: {a: {b: !FindInMap [M, a, b]}}}\n"+resources+"      Description: !FindInMap [M, a, b]\n", "too deeply"),
		"nested stacks":   {nested, "stacks"},
		"own template":    one(resources+"  S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./template.yaml}}\n", "contains itself"),
		"cloud assembly":  {map[string]string{"manifest.json": `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "t.json"}}, ` + strings.Repeat(`"A": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}, `, 1) + `"B": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}`, "t.json": `{"Resources": {"R": {"Type": "AWS::ImageBuilder::ImageRecipe"}}}`}, ""},
	}
}

// TestLimits: what would cost too much is stopped with an error that has a
// place, in time, and the root beside it is read all the same.
func TestLimits(t *testing.T) {
	t.Parallel()
	for dialect, attacks := range map[string]map[string]attack{"terraform": terraformAttacks(), "cloudformation": cloudFormationAttacks()} {
		for name, attack := range attacks {
			t.Run(dialect+" "+name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				writeTree(t, filepath.Join(dir, "attack"), attack.files)
				writeTree(t, filepath.Join(dir, "sound"), map[string]string{"main.tf": recipe})
				result, diags := load(t, loaders.Options{Paths: []string{dir}, All: true, Limits: loaders.Limits{Text: 1 << 16, Modules: 60, Items: 5000}})
				checkDiagnostics(t, dir, diags, attack.says)
				found := false
				for _, r := range result.Graph.Resources {
					found = found || strings.HasSuffix(r.Root, "/sound")
				}
				if !found {
					t.Error("the root beside it was not read")
				}
			})
		}
	}
}

// mostCPU is how long one input may take on a machine that does nothing else;
// tests run beside others, so that they allow for more.
const mostCPU = 5 * time.Second

func load(t *testing.T, o loaders.Options) (*loaders.Result, hcl.Diagnostics) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 12*mostCPU)
	defer cancel()
	result, diags, err := loaders.Load(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return result, diags
}

func checkDiagnostics(t *testing.T, dir string, diags hcl.Diagnostics, says string) {
	t.Helper()
	said := says == ""
	for _, d := range diags {
		if d.Subject == nil || !strings.HasPrefix(d.Subject.Filename, dir) {
			t.Errorf("%s has no place", d)
			continue
		}
		said = said || strings.Contains(d.Summary+" "+d.Detail, says)
	}
	if !said {
		t.Errorf("no error says %q: %v", says, diags)
	}
}

func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSetLimit: limits have names, and a limit that is given counts.
func TestSetLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, value, content, says string }{
		{"instances", "3", "resource \"aws_kms_key\" \"k\" {\n  count = 4\n}\n", "no more than 3 instances"},
		{"text", "10", "locals {\n  a = \"${local.b}x\"\n  b = \"0123456789\"\n}\noutput \"o\" {\n  value = local.a\n}\n", "larger than iblint evaluates"},
		{"items", "3", "output \"o\" {\n  value = concat([1, 2], [3, 4])\n}\n", "more than the 3 elements"},
		{"nesting", "5", "locals {\n  a = [[[[[[1]]]]]]\n}\n", "nested deeper"},
		{"steps", "50", repeated(100, "1", "LAST + 1"), "more than the 50 steps"},
		{"values", "3", "output \"o\" {\n  value = [[1, 2], [3, 4]]\n}\n", "more than the 3 values"},
		{"file-size", "20", "# a comment that is longer\n", "too large"},
		{"time", "1ns", repeated(300, "1", "LAST + 1"), "longer than the limit of 1ns"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeTree(t, dir, map[string]string{"main.tf": test.content + recipe})
			var limits loaders.Limits
			if err := limits.Set(test.name, test.value); err != nil {
				t.Fatal(err)
			}
			_, diags := load(t, loaders.Options{Paths: []string{dir}, All: true, Limits: limits})
			checkDiagnostics(t, dir, diags, test.says)
		})
	}
}

func TestLimitNames(t *testing.T) {
	t.Parallel()
	for _, name := range loaders.LimitNames() {
		for _, value := range []string{"", "0", "-1", "x", "0s"} {
			if err := (&loaders.Limits{}).Set(name, value); err == nil {
				t.Errorf("%s=%s is taken", name, value)
			}
		}
	}
	want := []string{"file-size", "instances", "items", "memory", "module-depth", "modules", "nesting", "reading", "steps", "text", "time", "values"}
	if diff := cmp.Diff(want, loaders.LimitNames()); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if err := (&loaders.Limits{}).Set("other", "1"); err == nil {
		t.Error("a limit that there is not is set")
	}
}
