package main

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// A run that is interrupted ends at once, with the status that shells expect,
// also while it waits for its input.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there are no interrupts to send")
	}
	for _, args := range [][]string{{"-"}, {"diagnose"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), "iblint", args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			// More than a pipe holds: once it is written the program reads.
			if _, err := stdin.Write(bytes.Repeat([]byte{' '}, 256<<10)); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			err = cmd.Wait()
			if code := exitCode(err); code != "130" {
				t.Errorf("exit status %s, want 130", code)
			}
			if got := stderr.String(); got != "error: interrupted\n" || stdout.Len() > 0 {
				t.Errorf("standard error %q, standard output %q", got, stdout.String())
			}
		})
	}
}
