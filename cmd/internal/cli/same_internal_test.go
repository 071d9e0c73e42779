package cli

import (
	"bytes"
	"testing"
)

// TestSameBytes: every format is the same, byte for byte, in every run and
// however many roots are read at once.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	report := func(form, jobs string) string {
		var stdout, stderr bytes.Buffer
		command := &Command{Stdout: &stdout, Stderr: &stderr, Version: "1.2.3"}
		if status := command.Main(t.Context(), []string{"-f", form, "--jobs", jobs, "../../../examples"}); status != ExitFindings {
			t.Errorf("-f %s --jobs %s: status %d: %s", form, jobs, status, stderr.String())
		}
		return stdout.String() + stderr.String()
	}
	for _, form := range formatNames() {
		want := report(form, "1")
		for _, jobs := range []string{"1", "8"} {
			if report(form, jobs) != want {
				t.Errorf("-f %s --jobs %s differs from the first run with --jobs 1", form, jobs)
			}
		}
	}
}
