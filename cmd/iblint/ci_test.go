package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// readYAML reads the last document of a file of the project.
func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(repository(t), name))
	if err != nil {
		t.Fatal(err)
	}
	d := yaml.NewDecoder(bytes.NewReader(content))
	var document yaml.Node
	for d.Decode(&document) == nil {
		if err := document.Decode(into); err != nil {
			t.Fatalf("%s: %s", name, err)
		}
	}
}

// Files that only build servers run are YAML at least.
func TestServerFilesAreYAML(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		".pre-commit-hooks.yaml", "action.yml", ".goreleaser.yaml", ".gitlab/iblint.gitlab-ci.yml",
		".github/workflows/test.yml", ".github/workflows/release.yml",
	} {
		var document any
		readYAML(t, name, &document)
		if document == nil {
			t.Errorf("%s is empty", name)
		}
	}
}

// shell runs a script as a build server does, in a folder with the examples.
func shell(t *testing.T, script string, environment ...string) (folder, status string) {
	t.Helper()
	program, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("bash is not installed")
	}
	folder = t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "infra"), os.DirFS(filepath.Join(repository(t), "examples/terraform/broken"))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-e", "-o", "pipefail", "-c", script)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), environment...)
	output, err := cmd.CombinedOutput()
	if err == nil {
		return folder, "0"
	}
	t.Logf("%s", output)
	return folder, exitCode(err)
}

// wantFiles fails the test where a report is missing or empty.
func wantFiles(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if info, err := os.Stat(name); err != nil || info.Size() == 0 {
			t.Errorf("%s was not written (%v)", filepath.Base(name), err)
		}
	}
}

func TestActionScript(t *testing.T) {
	t.Parallel()
	var action struct {
		Runs struct {
			Steps []struct {
				ID  string `yaml:"id"`
				Run string `yaml:"run"`
			} `yaml:"steps"`
		} `yaml:"runs"`
	}
	readYAML(t, "action.yml", &action)
	program, err := exec.LookPath("iblint")
	if err != nil {
		t.Fatal(err)
	}
	for failOn, want := range map[string]string{"error": "1", "never": "0"} {
		runner := t.TempDir()
		if err := os.Symlink(program, filepath.Join(runner, "iblint")); err != nil {
			t.Skip(err)
		}
		output, summary := filepath.Join(runner, "output"), filepath.Join(runner, "summary.md")
		for _, step := range action.Runs.Steps {
			if step.ID != "iblint" {
				continue
			}
			_, status := shell(t, step.Run, "RUNNER_TEMP="+runner, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary,
				"PATHS=infra", "ARGUMENTS=--complete --jobs 1", "FAIL_ON="+failOn)
			if status != want {
				t.Errorf("--fail-on %s: exit status %s, want %s", failOn, status, want)
			}
		}
		wantFiles(t, output, summary, filepath.Join(runner, "iblint.sarif"))
	}
}

func TestGitLabScript(t *testing.T) {
	t.Parallel()
	var template struct {
		Job struct {
			Script []string `yaml:"script"`
		} `yaml:"iblint"`
	}
	readYAML(t, ".gitlab/iblint.gitlab-ci.yml", &template)
	script := strings.NewReplacer(
		"go run github.com/iblint/iblint/cmd/iblint@v0.1.0", "iblint",
		"$[[ inputs.fail_on ]]", "error", "$[[ inputs.arguments ]]", "--complete", "$[[ inputs.paths ]]", "infra",
	).Replace(strings.Join(template.Job.Script, "\n"))
	folder, status := shell(t, script)
	if status != "1" {
		t.Errorf("exit status %s, want 1", status)
	}
	wantFiles(t, filepath.Join(folder, "iblint.codequality.json"), filepath.Join(folder, "iblint.xml"), filepath.Join(folder, "iblint.html"))
}
