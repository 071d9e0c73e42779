package discover_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/discover"
	"github.com/iblint/iblint/loaders/source"
)

// tree writes files below a new folder and makes it the working directory.
func tree(t *testing.T, files map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
}

func search(t *testing.T, paths ...string) []string {
	t.Helper()
	files, err := source.New(paths, 0)
	if err != nil {
		t.Fatal(err)
	}
	result, err := discover.Search(context.Background(), files, paths)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range result.Candidates {
		got = append(got, fmt.Sprintf("%d %s words=%d", c.Kind, c.Path, c.Words))
	}
	for _, d := range result.Diagnostics {
		got = append(got, "error: "+d.Summary)
	}
	return got
}

func TestSearch(t *testing.T) { //nolint:paralleltest // the working directory is that of the process
	tree(t, map[string]string{
		".git/HEAD":                       "",
		"infra/main.tf":                   "module \"m\" {\n  source = \"../modules//m\"\n}\n",
		"modules/m/main.tf":               "resource \"aws_imagebuilder_image_recipe\" \"r\" {}",
		"other/main.tf":                   "resource \"aws_s3_bucket\" \"b\" {}",
		"other/.terraform/modules/x/x.tf": "",
		"ignored/.gitignore":              "*\n",
		"ignored/main.tf":                 "",
		"json/main.tf.json":               `{"module":{"m":{"source":"./sub"}}}`,
		"json/sub/a.tf":                   "",
		"cfn/t.yaml":                      "Resources:\n  K:\n    Type: AWS::KMS::Key\n",
		"cfn/values.yaml":                 "replicas: 3\n",
		"cfn/params.json":                 `[{"ParameterKey":"A","ParameterValue":"b"}]`,
		"plan.json":                       `{"format_version":"1.2","terraform_version":"1.11.4"}`,
		"cdk.out/manifest.json":           `{"artifacts":{"S":{"type":"aws:cloudformation:stack"}}}`,
		"node_modules/x/template.json":    `{"Resources":{"A":{"Type":"AWS::KMS::Key"}}}`,
		"terragrunt/terragrunt.hcl":       "",
		"terragrunt/main.tf":              "",
		"cfn/sub.yml":                     "AWSTemplateFormatVersion: 2010-09-09\nResources:\n  R:\n    Type: AWS::ImageBuilder::Image\n",
	})
	want := []string{
		"4 cdk.out words=0",
		"3 cfn/sub.yml words=1",
		"3 cfn/t.yaml words=2",
		"1 infra words=1",
		"1 json words=0",
		"1 other words=0",
		"2 plan.json words=0",
		"1 terragrunt words=0",
	}
	if diff := cmp.Diff(want, search(t, ".")); diff != "" {
		t.Errorf("search (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 modules/m words=1"}, search(t, "modules/m")); diff != "" {
		t.Errorf("a module that is named is linted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 infra words=1"}, search(t, "infra/main.tf")); diff != "" {
		t.Errorf("a file names its module (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1 ignored words=0"}, search(t, "ignored/main.tf")); diff != "" {
		t.Errorf("a file that is named is not ignored (-want +got):\n%s", diff)
	}
}

func TestSearchMissing(t *testing.T) { //nolint:paralleltest // the working directory is that of the process
	tree(t, map[string]string{"a.tf": ""})
	files, err := source.New([]string{"."}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := discover.Search(context.Background(), files, []string{"nowhere"}); err == nil {
		t.Error("a path that does not exist gives no error")
	}
}

func TestUnreadableFolder(t *testing.T) { //nolint:paralleltest // the working directory is that of the process
	if os.Getuid() == 0 {
		t.Skip("root reads everything")
	}
	tree(t, map[string]string{"a/a.tf": "", "b/b.tf": ""})
	if err := os.Chmod("a", 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod("a", 0o755) })
	if diff := cmp.Diff([]string{"1 b words=0", "error: Cannot read a"}, search(t, ".")); diff != "" {
		t.Errorf("search (-want +got):\n%s", diff)
	}
}

// TestSearchNamed names files that are no template of any use: one with a
// section of a template is read, so that its reader says what is wrong.
func TestSearchNamed(t *testing.T) { //nolint:paralleltest // the working directory is that of the process
	tree(t, map[string]string{
		"no-type.yaml":   "Resources:\n  A: b\n",
		"version.yaml":   "AWSTemplateFormatVersion: 2010-09-09\n",
		"broken.json":    "{\"Resources\": {",
		"lines.json":     "{\n  \"Resources\": []\n}\n",
		"stack.txt":      "Resources:\n  K:\n    Type: AWS::KMS::Key\n",
		"cut.json":       "{\"format_ver",
		"any.json":       "{}",
		"values.yaml":    "replicas: 3\n",
		"pod.yaml":       "spec:\n  Resources: 1\n",
		"empty.yaml":     "",
		"notes.md":       "The Resources of a template have a Type, such as AWS::KMS::Key.\n",
		"folder/no.yaml": "Resources:\n  A: b\n",
	})
	for name, want := range map[string][]string{
		"no-type.yaml": {"3 no-type.yaml words=0"}, "version.yaml": {"3 version.yaml words=0"},
		"broken.json": {"3 broken.json words=0"}, "lines.json": {"3 lines.json words=0"}, "stack.txt": {"3 stack.txt words=2"},
		"cut.json": {"error: Cannot read cut.json"}, "any.json": nil, "values.yaml": nil, "pod.yaml": nil, "empty.yaml": nil, "notes.md": nil, "folder": nil,
	} {
		if diff := cmp.Diff(want, search(t, name)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
