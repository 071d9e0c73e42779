package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exemption is a command of the pages that this test cannot run.
type exemption struct{ begin, reason string }

func exemptions() []exemption {
	return []exemption{
		{"go install github.com/iblint/", "needs the network"},
		{"go test ", "is what runs this test"},
		{"go vet ", "is a check of the project itself, not of what it prints"},
		{"go tool ", "downloads and builds a linter"},
		{"docker ", "needs Docker"},
	}
}

// Whatever the pages tell people to type is understood: the lines of shell
// blocks, and commands in the text that have no placeholder. Blocks that show
// output are compared by TestPagesShowRealOutput.
func TestCommandsOfPages(t *testing.T) {
	t.Parallel()
	root := repository(t)
	run, used := 0, map[string]bool{}
	for _, page := range pages(t, root) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, fence := range otherFence.FindAllString(string(content), -1) {
			t.Errorf("%s has a block %q; commands stand in blocks named sh, or console with what they print", page, strings.TrimSpace(fence))
		}
		folder := workspace(t, root)
		for _, command := range commandsOf(string(content)) {
			if i := slices.IndexFunc(exemptions(), func(e exemption) bool { return strings.HasPrefix(command, e.begin) }); i >= 0 {
				used[exemptions()[i].begin] = true
				continue
			}
			run++
			if status, output := runIn(t, folder, command); status != "0" && status != "1" {
				t.Errorf("%s: %q ends with status %s:\n%s", filepath.Base(page), command, status, output)
			}
		}
	}
	for _, e := range exemptions() {
		if !used[e.begin] {
			t.Errorf("no page has the command %q, which is exempt because it %s", e.begin, e.reason)
		}
	}
	if run < 30 {
		t.Errorf("the pages have %d commands; some are no longer seen", run)
	}
}

var (
	otherFence  = regexp.MustCompile("(?m)^`{3,}(bash|shell|shell-session|zsh|terminal)\n|^`{3,}\n\\$ ")
	shellBlock  = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	inText      = regexp.MustCompile("`(iblint [^`]+)`")
	comment     = regexp.MustCompile(`\s+#.*`)
	placeholder = regexp.MustCompile(`\b[A-Z]{2,}\b|…|\.\.\.`)
)

// commandsOf are the commands of a page.
func commandsOf(page string) []string {
	var out []string
	for _, block := range shellBlock.FindAllStringSubmatch(page, -1) {
		for line := range strings.Lines(block[1]) {
			line = strings.TrimSpace(comment.ReplaceAllString(line, ""))
			if line != "" {
				out = append(out, line)
			}
		}
	}
	for _, m := range inText.FindAllStringSubmatch(page, -1) {
		command := strings.Join(strings.Fields(m[1]), " ")
		if !placeholder.MatchString(command) {
			out = append(out, command)
		}
	}
	return out
}

// workspace is a folder with what the commands of the pages name.
func workspace(t *testing.T, root string) string {
	t.Helper()
	folder := t.TempDir()
	for name, from := range map[string]string{
		"infra": "examples/terraform/mended", "build": "examples/terraform/broken", "target": "examples/cloudformation/mended",
		"examples": "examples", "rules": "examples/policies", "templates": "examples/cloudformation/broken",
	} {
		if err := os.CopyFS(filepath.Join(folder, name), os.DirFS(filepath.Join(root, from))); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// runIn runs a command in a shell. A subcommand by itself is asked for its
// help: what it wants is named elsewhere.
func runIn(t *testing.T, folder, command string) (status, output string) {
	t.Helper()
	command = strings.Replace(command, "go run ./cmd/iblint", "iblint", 1)
	if len(strings.Fields(command)) == 2 {
		command += " --help"
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = folder
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return exitCode(err), out.String()
	}
	return "0", out.String()
}
