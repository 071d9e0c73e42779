package policies_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/policies"
)

// TestPlansOfModules: the same holds for the examples inside of modules, one
// within another, with keys and numbers.
func TestPlansOfModules(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range terraformExamples(t) {
		t.Run(strings.Join(strings.Split(filepath.ToSlash(folder), "/")[3:], "/"), func(t *testing.T) {
			t.Parallel()
			root := filepath.Join(project(t), folder)
			planConfig(t, root) // skips what needs values
			for _, repetition := range []string{"count = 1", "", `for_each = { "a.b" = 1 }`} {
				root = wrapped(t, root, repetition)
			}
			comparePlan(t, engine, root)
		})
	}
}

var (
	writtenAccount = regexp.MustCompile(`allowed_account_ids\s*=\s*\["(\d{12})"\]`)
	writtenRegion  = regexp.MustCompile(`(?m)^  region\s*=\s*("[a-z0-9-]+")`)
)

// hidePlaces puts places of providers that a plan does not show into the place
// of those that it does.
func hidePlaces(text string) string {
	const role = `dynamic "assume_role" {
    for_each = ["$1"]
    content { role_arn = "arn:aws:iam::$${assume_role.value}:role/deploy" }
  }`
	return writtenRegion.ReplaceAllString(writtenAccount.ReplaceAllString(text, role), `  region = join("", [$1])`)
}

// TestPlansOfProviders: where the account and the Region of a provider are
// worked out, the findings are the same, and those of a plan beside the files.
func TestPlansOfProviders(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range terraformExamples(t) {
		t.Run(strings.Join(strings.Split(filepath.ToSlash(folder), "/")[3:], "/"), func(t *testing.T) {
			t.Parallel()
			original := filepath.Join(project(t), folder)
			root := copyOf(t, original, func(string) bool { return true })
			names, err := filepath.Glob(filepath.Join(root, "*.tf"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				content, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				writeText(t, name, hidePlaces(string(content)))
			}
			want := withoutPlaces(lint(t, engine, original), original)
			if diff := cmp.Diff(want, withoutPlaces(lint(t, engine, root), root)); diff != "" {
				t.Errorf("findings (-literal +worked out):\n%s", diff)
			}
			compareBeside(t, engine, root, planOf(t, root))
		})
	}
}

// wrapped is a root module that calls another as its only module. The providers
// stay in the root module.
func wrapped(t *testing.T, folder, repetition string) string {
	t.Helper()
	dir := t.TempDir()
	inner := filepath.Join(dir, "inner")
	if err := os.CopyFS(inner, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	names, err := filepath.Glob(filepath.Join(inner, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var outside strings.Builder // blocks of the root module
	passed, aliases := []string{"aws = aws"}, []string{}
	for _, name := range names {
		for _, b := range takeBlocks(t, name, "provider") {
			outside.WriteString(b.text + "\n")
			if alias, ok := b.body.Attributes["alias"]; ok {
				provider := fmt.Sprint(b.labels[0], ".", constant(t, alias.Expr))
				passed, aliases = append(passed, provider+" = "+provider), append(aliases, provider)
			}
		}
		takeBlocks(t, name, "terraform")
	}
	if configuration := filepath.Join(inner, ".iblint.yaml"); exists(configuration) {
		if err := os.Rename(configuration, filepath.Join(dir, ".iblint.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	writeText(t, filepath.Join(inner, "providers.tf"), fmt.Sprintf(
		"terraform {\n required_providers {\n aws = { source = \"hashicorp/aws\", configuration_aliases = [%s] }\n}\n}\n", strings.Join(aliases, ", ")))
	writeText(t, filepath.Join(dir, "main.tf"), outside.String()+fmt.Sprintf(
		"module \"within\" {\n source = \"./inner\"\n %s\n providers = { %s }\n}\n", repetition, strings.Join(passed, ", ")))
	return dir
}

// blockText is a block as it is written.
type blockText struct {
	labels []string
	body   *hclsyntax.Body
	text   string
}

// takeBlocks takes the blocks of a type out of a file.
func takeBlocks(t *testing.T, name, blockType string) []blockText {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	file, diagnostics := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	var out []blockText
	rest := string(content)
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatal("no syntax of HCL")
	}
	for _, b := range body.Blocks {
		if b.Type != blockType {
			continue
		}
		text := string(b.Range().SliceBytes(content))
		for _, a := range b.Body.Attributes {
			if len(a.Expr.Variables()) > 0 {
				t.Skip("a provider that rests on values of the module")
			}
		}
		rest = strings.Replace(rest, text, "", 1)
		out = append(out, blockText{b.Labels, b.Body, text})
	}
	writeText(t, name, rest)
	return out
}

func writeText(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
