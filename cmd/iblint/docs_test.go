package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func exitCode(err error) string {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return strconv.Itoa(exit.ExitCode())
	}
	return err.Error()
}

// repository is the root of the project.
func repository(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// pages are the pages of the project that people wrote; those of the rules are
// made from the rules.
func pages(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*/*.md", "examples/*/*/*.md", "loaders/*.md", "rego/*.md", "bench/*.md"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	return out
}

// Every module that is linked in stands with its version and licence in the
// page of dependencies.
func TestDependenciesAreListed(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(repository(t), "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	built, ok := debug.ReadBuildInfo()
	if !ok || len(built.Deps) == 0 {
		t.Skip("the build does not say what is linked in")
	}
	for _, module := range built.Deps {
		if row := "| `" + module.Path + "` | " + module.Version + " | "; !bytes.Contains(page, []byte(row)) {
			t.Errorf("%s %s is not in the list of licences", module.Path, module.Version)
		}
	}
}

// elision is a line that stands for any number of lines.
const elision = "…"

// What the pages show is what the program prints. UPDATE=1 rewrites it.
func TestPagesShowRealOutput(t *testing.T) {
	t.Parallel()
	root := repository(t)
	for _, page := range pages(t, root) {
		t.Run(filepath.Base(page), func(t *testing.T) {
			t.Parallel()
			checkPage(t, root, page)
		})
	}
}

func checkPage(t *testing.T, root, page string) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	updated := runBlocks(t, root, string(content))
	if string(content) == updated {
		return
	}
	if os.Getenv("UPDATE") == "1" {
		if err := os.WriteFile(page, []byte(updated), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s shows output that is not the program's (-shown +real):\n%s", page, cmp.Diff(string(content), updated))
}

// runBlocks renews the fenced blocks named console, which hold commands and
// what they print. A longer fence encloses output that has fences itself.
func runBlocks(t *testing.T, root, page string) string {
	t.Helper()
	var out, body strings.Builder
	fence := ""
	for line := range strings.Lines(page) {
		ticks, isConsole := strings.CutSuffix(line, "console\n")
		switch {
		case fence == "" && isConsole && len(ticks) >= 3 && strings.Trim(ticks, "`") == "":
			fence = ticks + "\n"
			out.WriteString(line)
		case fence == "":
			out.WriteString(line)
		case line == fence:
			out.WriteString(runBlock(t, root, body.String()) + line)
			body.Reset()
			fence = ""
		default:
			body.WriteString(line)
		}
	}
	return out.String()
}

// runBlock runs the commands of a block and returns the block as it should be.
func runBlock(t *testing.T, root, block string) string {
	t.Helper()
	var out strings.Builder
	for part := range strings.SplitSeq("\n"+block, "\n$ ") {
		command, shown, _ := strings.Cut(part, "\n")
		if strings.TrimSpace(command) == "" {
			continue
		}
		out.WriteString("$ " + command + "\n")
		printed := runCommand(t, root, command)
		if strings.Contains(shown, elision) && matches(shown, printed) {
			printed = shown
		}
		out.WriteString(printed)
	}
	return out.String()
}

// matches reports whether the shown text is the printed one with lines left
// out where an elision stands.
func matches(shown, printed string) bool {
	at := 0
	for i, piece := range strings.Split(shown, elision+"\n") {
		found := strings.Index(printed[at:], piece)
		if found < 0 || (i == 0 && found != 0) {
			return false
		}
		at += found + len(piece)
	}
	return strings.HasSuffix(shown, elision+"\n") || at == len(printed)
}

// runCommand runs "iblint …" or "go run ./cmd/iblint …" in a shell at the root
// of the project and returns what it prints on both streams, in that order.
func runCommand(t *testing.T, root, command string) string {
	t.Helper()
	shell := strings.Replace(command, "go run ./cmd/iblint", "iblint", 1)
	if !strings.Contains(shell, "iblint") {
		t.Fatalf("the page runs %q; only iblint is run by this test", command)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", shell)
	cmd.Dir = root
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return stderr.String() + stdout.String()
}

// Every file that a page of the project links to exists.
func TestPagesLinkToWhatExists(t *testing.T) {
	t.Parallel()
	root := repository(t)
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	for _, page := range pages(t, root) {
		content, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(content), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}
