package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// backend stands in for loaders and rules.
type backend struct {
	in       loaded
	diags    hcl.Diagnostics
	loadErr  error
	findings []policies.Finding
	judgeErr error

	loadRequest  loadRequest
	judgeRequest judgeRequest
}

func (b *backend) load(_ context.Context, request loadRequest) (*loaded, hcl.Diagnostics, error) {
	b.loadRequest = request
	in := b.in
	in.graph, in.worlds = &graph.Graph{}, func() []policies.World { return nil }
	return &in, b.diags, b.loadErr
}

func (b *backend) judge(_ context.Context, _ *loaded, request judgeRequest) (*verdicts, error) {
	b.judgeRequest = request
	if b.judgeErr != nil {
		return nil, b.judgeErr
	}
	return &verdicts{findings: b.findings}, nil
}

// outcome is what a run of the program did.
type outcome struct {
	status         int
	stdout, stderr string
}

func run(t *testing.T, b *backend, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	command := &Command{
		Stdin: strings.NewReader("Resources: {}"), Stdout: &stdout, Stderr: &stderr, Version: "0.1.0",
		Environ: []string{"TF_VAR_a=1"}, load: b.load, judge: b.judge,
	}
	status := command.Main(t.Context(), args)
	return outcome{status, stdout.String(), stderr.String()}
}

func finding(verdict policies.Verdict, severity policies.Severity) policies.Finding {
	return policies.Finding{
		Rule: "IBL001", Name: "recipe-aws-managed-key", Verdict: verdict, Severity: severity, Message: "m", Fingerprint: "f",
		Location: graph.Location{File: "a.tf", Start: graph.Position{Line: 1, Column: 1}, End: graph.Position{Line: 1, Column: 2}},
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	violation := finding(policies.Violation, policies.SeverityError)
	warning := finding(policies.Violation, policies.SeverityWarning)
	info := finding(policies.Violation, policies.SeverityInfo)
	undecided := finding(policies.Unknown, policies.SeverityInfo)
	broken := hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Broken"}}
	remark := hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Remark"}}
	for _, c := range []struct {
		name     string
		findings []policies.Finding
		diags    hcl.Diagnostics
		config   string
		args     []string
		want     int
	}{
		{"nothing", nil, nil, "", nil, ExitOK},
		{"error", []policies.Finding{violation}, nil, "", nil, ExitFindings},
		{"warning", []policies.Finding{warning}, nil, "", nil, ExitOK},
		{"warning counts", []policies.Finding{warning}, nil, "", []string{"--fail-on", "warning"}, ExitFindings},
		{"info never counts", []policies.Finding{info}, nil, "", []string{"--fail-on", "warning"}, ExitOK},
		{"unknown", []policies.Finding{undecided}, nil, "", []string{"--fail-on", "warning"}, ExitOK},
		{"unknown counts", []policies.Finding{undecided}, nil, "", []string{"--fail-on", "unknown"}, ExitFindings},
		{"error is above unknown", []policies.Finding{violation}, nil, "", []string{"--fail-on", "unknown"}, ExitFindings},
		{"never", []policies.Finding{violation}, nil, "", []string{"--fail-on", "never"}, ExitOK},
		{"input", nil, broken, "", nil, ExitInput},
		{"input and never", nil, broken, "", []string{"--fail-on", "never"}, ExitInput},
		{"findings win over input", []policies.Finding{violation}, broken, "", nil, ExitFindings},
		{"remarks change nothing", nil, remark, "", nil, ExitOK},
		{"configuration", []policies.Finding{warning}, nil, "warning", nil, ExitFindings},
		{"flag wins over configuration", []policies.Finding{warning}, nil, "warning", []string{"--fail-on", "error"}, ExitOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := &backend{in: loaded{templates: 1, relevant: true, failOn: c.config}, findings: c.findings, diags: c.diags}
			for _, form := range formatNames() {
				got := run(t, b, append(c.args, "-f", form)...)
				if got.status != c.want {
					t.Errorf("-f %s: status %d, want %d\n%s%s", form, got.status, c.want, got.stdout, got.stderr)
				}
				if c.diags.HasErrors() && !strings.Contains(got.stderr, "error: Broken") {
					t.Errorf("-f %s: standard error does not name the problem: %q", form, got.stderr)
				}
				if c.diags.HasErrors() && !strings.Contains(got.stdout, "Broken") && form != "text" {
					t.Errorf("-f %s: the report does not name the problem: %q", form, got.stdout)
				}
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--fial-on", "error"}, "error: unknown flag --fial-on; did you mean --fail-on?\n"},
		{[]string{"--xyzzy"}, "error: unknown flag --xyzzy; \"iblint --help\" lists the flags\n"},
		{[]string{"-x"}, "error: unknown flag -x; \"iblint --help\" lists the flags\n"},
		{[]string{"--fail-on", "eror"}, "error: --fail-on eror: must be one of error, warning, unknown, never; did you mean error?\n"},
		{[]string{"-f", "jsn"}, "did you mean json?\n"},
		{[]string{"--color", "yes"}, "error: --color yes: must be one of auto, always, never\n"},
		{[]string{"--jobs", "two"}, "error: --jobs two: must be a whole number\n"},
		{[]string{"--jobs", "-1"}, "error: --jobs must not be negative\n"},
		{[]string{"--var"}, "error: --var needs a value: NAME=VALUE\n"},
		{[]string{"--var", "novalue"}, "error: --var novalue: must be NAME=VALUE\n"},
		{[]string{"--parameter", "=x"}, "error: --parameter =x: must be NAME=VALUE\n"},
		{[]string{"--only", "IBL001,,IBL002"}, "error: --only IBL001,,IBL002: has an empty element\n"},
		{[]string{"--only", "IBL001", "--skip", "ibl001"}, "error: rule IBL001 is in --only and in --skip\n"},
		{[]string{"-q", "-v"}, "error: --quiet and --verbose contradict each other\n"},
		{[]string{"-", "-"}, "error: standard input (-) is given twice\n"},
		{[]string{""}, "error: a PATH is empty; use . for the working directory\n"},
		{[]string{"--stdin-filename", "a.yaml"}, "error: --stdin-filename names standard input, but no PATH is \"-\"\n"},
		{[]string{"no/such/path"}, "error: no/such/path: no such file or folder\n"},
		{[]string{"cli_internal_test.go/x"}, "error: cli_internal_test.go/x: no such file or folder\n"},
		{[]string{"rulse"}, "error: rulse: no such file or folder; did you mean the command \"iblint rules\"?\n"},
		{[]string{"-o", "a.json", "-o", "b.json"}, "error: --output names two files for one format: a.json and b.json\n"},
		{[]string{"-o", "json=a", "-o", "sarif=./a"}, "error: --output names ./a twice\n"},
		{[]string{"-o", "sarf=a"}, "did you mean sarif?\n"},
		{[]string{"-o", "json="}, "error: --output json=: the name of the file is missing\n"},
		{[]string{"-o", "no/such/folder/a.json"}, "error: --output: no/such/folder/a.json: no such file or directory\n"},
		{[]string{"--baseline", "no-such-file"}, "error: --baseline: no-such-file: no such file or directory\n"},
		{[]string{"--baseline", "cli_internal_test.go"}, "error: --baseline: cli_internal_test.go: no baseline"},
		{[]string{"explain", "IBL1"}, "did you mean IBL001?\n"},
		{[]string{"explain"}, "error: iblint explain takes one rule, such as IBL001; \"iblint rules\" lists them\n"},
		{[]string{"version", "now"}, "error: iblint version takes no argument, but got now\n"},
		{[]string{"completion", "csh"}, "error: no completion for csh, only for bash, zsh, fish, powershell"},
		{[]string{"help", "grpah"}, "error: grpah is no command; did you mean graph?\n"},
		{[]string{"graph", "-f", "jason"}, "did you mean json?\n"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			got := run(t, &backend{}, c.args...)
			if got.status != ExitUsage || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("status %d, standard error %q, standard output %q; want 2 and %q", got.status, got.stderr, got.stdout, c.want)
			}
		})
	}
}

func TestFlagsReachTheLoaders(t *testing.T) {
	t.Parallel()
	b := &backend{}
	got := run(t, b, "--var", "a=1", "--var-file", "go.mod", "--var", "a=2=3", "--env-vars", "--workspace", "prod",
		"--parameter", "P=1", "--parameter", "AWS::Region=eu-west-1", "--parameter", "P=2", "--import", "E=v",
		"--complete", "--jobs", "3", "--stdin-filename", "x.yaml", "-", ".")
	if got.status != ExitOK {
		t.Fatal(got.stderr)
	}
	options := loaderOptions(b.loadRequest)
	if diff := cmp.Diff([]string{"."}, options.Paths); diff != "" {
		t.Error(diff)
	}
	if string(options.Stdin) != "Resources: {}" || options.StdinName != "x.yaml" {
		t.Errorf("standard input %q is called %q", options.Stdin, options.StdinName)
	}
	var assignments []string
	for _, a := range options.Assignments {
		assignments = append(assignments, a.Name+"="+a.Value+"|"+a.File)
	}
	if diff := cmp.Diff([]string{"a=1|", "=|go.mod", "a=2=3|"}, assignments); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"P": "2", "AWS::Region": "eu-west-1"}, options.Parameters); diff != "" {
		t.Error(diff)
	}
	if options.Environment["TF_VAR_a"] != "1" || !options.Complete || options.Jobs != 3 || options.Workspace != "prod" || options.Imports["E"] != "v" {
		t.Errorf("options %+v", options)
	}
}

func TestFlagsReachTheRules(t *testing.T) {
	t.Parallel()
	b := &backend{in: loaded{rules: map[string]policies.Severity{"IBL002": policies.SeverityOff}}}
	got := run(t, b, "--only", "IBL001,IBL003", "--skip", "IBL004", "--only", "IBL005", "--fail-on", "unknown")
	if got.status != ExitOK {
		t.Fatal(got.stderr)
	}
	want := policies.Options{
		Only: []string{"IBL001", "IBL003", "IBL005"}, Skip: []string{"IBL004"}, FailOnUnknown: true,
		Settings: map[string]policies.Severity{"IBL002": policies.SeverityOff},
	}
	if diff := cmp.Diff(want, b.judgeRequest.options); diff != "" {
		t.Error(diff)
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := &backend{in: loaded{templates: 1, relevant: true}, findings: []policies.Finding{finding(policies.Violation, policies.SeverityError)}}
	jsonFile, compactFile := filepath.Join(dir, "r.json"), filepath.Join(dir, "r.txt")
	if err := os.WriteFile(jsonFile, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := run(t, b, "-o", "json="+jsonFile, "-o", "compact="+compactFile)
	if got.status != ExitFindings || !strings.Contains(got.stdout, "error[IBL001]: m") {
		t.Errorf("status %d, standard output %q", got.status, got.stdout)
	}
	content, err := os.ReadFile(jsonFile)
	if err != nil || !json.Valid(content) {
		t.Errorf("JSON report: %v, %q", err, content)
	}
	if info, err := os.Stat(jsonFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode of the file changed: %v, %v", info.Mode(), err)
	}
	if content, err := os.ReadFile(compactFile); err != nil || string(content) != "a.tf:1:1: IBL001 m\n" {
		t.Errorf("compact report: %v, %q", err, content)
	}
	got = run(t, b, "-f", "compact", "-o", compactFile)
	if got.stdout != "" {
		t.Errorf("standard output %q although the report goes to a file", got.stdout)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%d files are left, want 2 (%v)", len(entries), err)
	}
}

// A report that cannot be written leaves what was there.
func TestOutputWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if got := run(t, &backend{}, "-o", dir); got.status != ExitUsage || !strings.Contains(got.stderr, "is a folder") {
		t.Errorf("status %d, %q", got.status, got.stderr)
	}
	link := filepath.Join(dir, "link")
	target := filepath.Join(dir, "target")
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(target, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := run(t, &backend{}, "-f", "json", "-o", link); got.status != ExitOK {
		t.Error(got.stderr)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the symbolic link was replaced: %v", err)
	}
	if content, err := os.ReadFile(target); err != nil || !json.Valid(content) {
		t.Errorf("the target of the link was not written: %v, %q", err, content)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   loaded
		args []string
		want string
	}{
		{"no template", loaded{}, nil, "note: no Terraform or CloudFormation was found in the given paths\n"},
		{"not relevant", loaded{templates: 2}, nil, "note: nothing here uses EC2 Image Builder\n"},
		{"relevant", loaded{templates: 2, relevant: true}, nil, ""},
		{"quiet", loaded{}, []string{"-q"}, ""},
		{"verbose", loaded{templates: 1, relevant: true, configFile: ".iblint.yaml"}, []string{"-v"}, "note: configuration .iblint.yaml\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := run(t, &backend{in: c.in}, c.args...)
			if got.status != ExitOK || got.stderr != c.want {
				t.Errorf("status %d, standard error %q; want 0 and %q", got.status, got.stderr, c.want)
			}
		})
	}
}

func TestInternalErrors(t *testing.T) {
	t.Parallel()
	got := run(t, &backend{judgeErr: &exitError{status: ExitInput, err: errors.New("boom")}})
	if got.status != ExitInput || got.stderr != "error: boom\n" {
		t.Errorf("status %d, %q", got.status, got.stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stderr bytes.Buffer
	b := &backend{loadErr: context.Canceled}
	command := &Command{Stdin: strings.NewReader(""), Stdout: &bytes.Buffer{}, Stderr: &stderr, load: b.load, judge: b.judge}
	if status := command.Main(ctx, nil); status != ExitInterrupted {
		t.Errorf("status %d of an interrupted run, want %d", status, ExitInterrupted)
	}
}

func TestBaseline(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "baseline.json")
	b := &backend{in: loaded{templates: 1, relevant: true}, findings: []policies.Finding{finding(policies.Violation, policies.SeverityError)}}
	if got := run(t, b, "baseline", "-o", file); got.status != ExitOK {
		t.Fatal(got.stderr)
	}
	if got := run(t, b, "--baseline", file); got.status != ExitFindings {
		t.Error(got.stderr) // the fake judge suppresses nothing
	}
	if !b.judgeRequest.suppress.Baseline.Has("f") {
		t.Error("the baseline does not reach the rules")
	}
}

func TestColour(t *testing.T) {
	t.Parallel()
	b := &backend{in: loaded{templates: 1, relevant: true}, findings: []policies.Finding{finding(policies.Violation, policies.SeverityError)}}
	if got := run(t, b); strings.Contains(got.stdout, "\x1b") {
		t.Error("colour without a terminal")
	}
	if got := run(t, b, "--color", "always"); !strings.Contains(got.stdout, "\x1b[31;1m") {
		t.Error("no colour although it is always wanted")
	}
	if got := run(t, b, "--color", "always", "-f", "compact"); strings.Contains(got.stdout, "\x1b") {
		t.Error("colour in a format for machines")
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	got := run(t, &backend{}, "version")
	if got.status != ExitOK || !strings.HasPrefix(got.stdout, "iblint 0.1.0") || strings.Count(got.stdout, "\n") != 1 {
		t.Errorf("status %d, %q", got.status, got.stdout)
	}
}

func TestReleased(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"v1.2.3": true, "v1.2.3-rc.1": true, "(devel)": false, "": false,
		"v0.0.0-20261124053300-86ea2f3c1a2b": false, "v1.2.4-0.20261124053300-86ea2f3c1a2b": false, "v1.2.3+dirty": false,
	} {
		if got := released(version); got != want {
			t.Errorf("released(%q) = %t", version, got)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	t.Parallel()
	got := run(t, &backend{}, "--help")
	for _, flag := range []string{
		"--format", "--output", "--fail-on", "--complete", "--var", "--var-file", "--env-vars", "--workspace", "--parameter",
		"--parameters-file", "--import", "--config", "--policy", "--only", "--skip", "--baseline", "--no-ignores", "--color",
		"--jobs", "--quiet", "--verbose", "--stdin-filename",
	} {
		if !strings.Contains(got.stdout, flag+" ") {
			t.Errorf("the help does not name %s", flag)
		}
	}
}
