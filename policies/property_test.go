package policies_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/iblint/iblint/loaders"
	"github.com/iblint/iblint/policies"
)

// TestSameFindings changes examples in ways that mean nothing: the findings
// stay as they are, but for where they stand.
func TestSameFindings(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for _, dir := range someExamples(t, "*_terraform_*") {
		blocks, others := blocksOf(t, dir)
		if blocks == nil {
			continue
		}
		original := lint(t, engine, rewritten(t, dir, others, map[string]string{"main.tf": strings.Join(blocks, "\n")}))
		for name, change := range changes(blocks) {
			_, sameFile := change["main.tf"]
			got := lint(t, engine, rewritten(t, dir, others, change))
			if diff := cmp.Diff(meaning(original, sameFile), meaning(got, sameFile)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", dir, name, diff)
			}
		}
	}
}

// changes are the files of other ways to write the same blocks.
func changes(blocks []string) map[string]map[string]string {
	backward := slices.Clone(blocks)
	slices.Reverse(backward)
	apart := map[string]string{}
	for n, block := range blocks {
		apart[fmt.Sprintf("part%03d.tf", len(blocks)-n)] = block
	}
	turned := make([]string, len(blocks))
	for i, block := range blocks {
		turned[i] = turnedRound(block)
	}
	return map[string]map[string]string{
		"moved lines":           {"main.tf": strings.Repeat("\n# moved\n", 7) + strings.Join(blocks, "\n\n\n")},
		"order of blocks":       {"main.tf": strings.Join(backward, "\n")},
		"a file for each block": apart,
		"order of arguments":    {"main.tf": strings.Join(turned, "\n")},
		"an unrelated resource": {"main.tf": strings.Join(blocks, "\n") + "\nresource \"aws_s3_bucket\" \"unrelated\" {\n  bucket = \"unrelated\"\n}\n"},
	}
}

// turnedRound is the text of a block with its blocks before its arguments, and
// these backward.
func turnedRound(text string) string {
	file, diags := hclsyntax.ParseConfig([]byte(text), "main.tf", hcl.InitialPos)
	body, ok := file.Body.(*hclsyntax.Body)
	if diags.HasErrors() || !ok {
		return text
	}
	return turnedBody(text, body)
}

func turnedBody(text string, body *hclsyntax.Body) string {
	slice := func(r hcl.Range) string { return string(r.SliceBytes([]byte(text))) }
	var parts []string
	for _, a := range body.Attributes {
		parts = append(parts, slice(a.SrcRange))
	}
	slices.Sort(parts)
	slices.Reverse(parts)
	for _, b := range slices.Backward(body.Blocks) {
		head := slice(hcl.RangeBetween(b.TypeRange, b.OpenBraceRange))
		parts = slices.Insert(parts, 0, head+"\n"+turnedBody(text, b.Body)+"}\n")
	}
	return strings.Join(parts, "\n") + "\n"
}

// blocksOf takes the Terraform files of a folder apart into their blocks. It
// gives nil for folders that are more than one module.
func blocksOf(t *testing.T, dir string) (blocks []string, others map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	others = map[string]string{}
	for _, entry := range entries {
		if entry.IsDir() {
			return nil, nil
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(entry.Name()) != ".tf" {
			others[entry.Name()] = string(content)
			continue
		}
		file, diags := hclsyntax.ParseConfig(content, entry.Name(), hcl.InitialPos)
		if diags.HasErrors() {
			return nil, nil
		}
		if body, ok := file.Body.(*hclsyntax.Body); ok {
			for _, block := range body.Blocks {
				r := hcl.RangeBetween(block.TypeRange, block.CloseBraceRange)
				blocks = append(blocks, string(r.SliceBytes(content))+"\n")
			}
		}
	}
	return blocks, others
}

// rewritten is a folder of the same name with other Terraform files.
func rewritten(t *testing.T, dir string, others, files map[string]string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(dir))
	if err := os.Mkdir(to, 0o750); err != nil {
		t.Fatal(err)
	}
	for _, set := range []map[string]string{others, files} {
		for name, content := range set {
			if err := os.WriteFile(filepath.Join(to, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return to
}

// meaning is what findings say, without where, sorted. The fingerprint counts
// where the file is the same.
func meaning(findings []policies.Finding, sameFile bool) []string {
	out := []string{}
	for i := range findings {
		f := &findings[i]
		line := strings.Join([]string{f.Rule, string(f.Verdict), string(f.Severity), f.Resource.Address, f.Property, strings.Join(f.Missing, ",")}, " ")
		if sameFile {
			line += " " + f.Fingerprint
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// TestJobsDoNotMatter: roots that are read side by side give what they give one
// after the other.
func TestJobsDoNotMatter(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	dir := filepath.Join(project(t), "examples")
	want := lintJobs(t, engine, dir, 1)
	for range 2 {
		if diff := cmp.Diff(want, lintJobs(t, engine, dir, 8)); diff != "" {
			t.Errorf("--jobs 1 and 8 differ (-1 +8):\n%s", diff)
		}
	}
}

// lintJobs prints what the whole product finds when it reads several roots at
// once.
func lintJobs(t *testing.T, engine *policies.Engine, dir string, jobs int) string {
	t.Helper()
	result, diags, err := loaders.Load(t.Context(), loaders.Options{Paths: []string{dir}, Jobs: jobs, All: true})
	if err != nil {
		t.Fatal(err)
	}
	findings, _, err := engine.Evaluate(t.Context(), judged(result))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := result.Graph.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	for i := range findings {
		fmt.Fprintln(&out, findings[i].Rule, findings[i].Range, findings[i].Message, findings[i].Fingerprint)
	}
	for _, d := range diags {
		fmt.Fprintln(&out, d.Error())
	}
	return out.String()
}
