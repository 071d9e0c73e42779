package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each mistake of the broken examples is found, once; the mended ones have
// none.
func TestExamples(t *testing.T) {
	t.Parallel()
	for folder, want := range map[string][]string{
		"examples/terraform/broken":      {"IBL001", "IBL013", "IBL015", "IBL017"},
		"examples/terraform/mended":      nil,
		"examples/cloudformation/broken": {"IBL002", "IBL017", "IBL022", "IBL029"},
		"examples/cloudformation/mended": nil,
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, violations(t, folder)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

// violations runs the program on a folder and returns the rules, sorted.
func violations(t *testing.T, folder string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "iblint", "-f", "json", folder)
	cmd.Dir = repository(t)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("standard error: %s", stderr.String())
	}
	var report struct {
		Findings []struct {
			Rule    string `json:"rule"`
			Verdict string `json:"verdict"`
		} `json:"findings"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, f := range report.Findings {
		rules = append(rules, f.Rule)
		if f.Verdict != "violation" {
			t.Errorf("%s is %s", f.Rule, f.Verdict)
		}
	}
	slices.Sort(rules)
	return rules
}
