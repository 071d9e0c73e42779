package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// maxSteps is how many lines one after the other may be needed: a fact that is
// supplied can raise the next question about the same thing.
const maxSteps = 4

// unknownFinding is what the report says of a finding that is not decided.
type unknownFinding struct {
	Rule        string `json:"rule"`
	Verdict     string `json:"verdict"`
	Message     string `json:"message"`
	Reason      string `json:"reason"`
	Settle      string `json:"settle"`
	Fingerprint string `json:"fingerprint"`
	Resource    struct {
		Address string `json:"address"`
	} `json:"resource"`
}

// settling is what settles, and what is counted over all subtests.
type settling struct {
	judge judgeFunc

	unknowns, plans, followed, settled, steps, alternatives int
}

// projectRoot is the root of the project.
func projectRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// TestSettleCorpus follows the settling line of every unknown of the labelled
// roots with a made-up fact and asks whether that settles it. It changes the
// working directory, by which settling lines name files, and so runs alone.
func TestSettleCorpus(t *testing.T) { //nolint:paralleltest // it changes the working directory
	corpus := filepath.Join(projectRoot(t), "..", "shared", "corpus")
	labels, err := os.ReadFile(filepath.Join(corpus, "LABELS.tsv"))
	if err != nil {
		t.Skip("the corpus is not there:", err)
	}
	tally := settling{judge: reusing()}
	t.Cleanup(func() { tally.log(t, "corpus") })
	for _, line := range strings.Split(strings.TrimSpace(string(labels)), "\n")[1:] { //nolint:paralleltest // as above
		path, _, _ := strings.Cut(line, "\t")
		project, _, _ := strings.Cut(path, "/")
		t.Run(path, func(t *testing.T) {
			if _, err := os.Stat(filepath.Join(corpus, filepath.FromSlash(path))); err != nil {
				t.Skip("the root is not in the corpus")
			}
			settleAll(t, &tally, filepath.Join(corpus, project), project, path)
		})
	}
}

// TestSettleExamples does the same with the undecidable examples of the rules.
func TestSettleExamples(t *testing.T) { //nolint:paralleltest // it changes the working directory
	examples, err := filepath.Glob(filepath.Join(projectRoot(t), "rego", "iblint", "rules", "*", "testdata", "unknown_*"))
	if err != nil {
		t.Fatal(err)
	}
	tally := settling{judge: reusing()}
	t.Cleanup(func() { tally.log(t, "examples") })
	for _, example := range examples { //nolint:paralleltest // as above
		slug := filepath.Base(filepath.Dir(filepath.Dir(example)))
		t.Run(slug+"/"+filepath.Base(example), func(t *testing.T) {
			settleAll(t, &tally, example, ".", ".")
		})
	}
}

func (s *settling) log(t *testing.T, name string) {
	t.Helper()
	t.Logf("%s: %d unknowns, %d of them ask for a plan, %d lines followed, %d settled, in %d steps; %d other ways followed",
		name, s.unknowns, s.plans, s.followed, s.settled, s.steps, s.alternatives)
}

// settleAll settles each unknown of a root, in a copy of its project.
func settleAll(t *testing.T, tally *settling, project, name, path string) {
	t.Helper()
	ground := newSettleGround(t, tally.judge, project, name, path)
	for _, f := range ground.unknowns(nil) {
		tally.unknowns++
		if strings.HasPrefix(f.Settle, planLine) {
			tally.plans++
		}
		again := newSettleGround(t, tally.judge, project, name, path)
		steps, err := again.settle(f)
		if steps > 0 {
			tally.followed++
			tally.steps += steps
		}
		if err != nil {
			t.Errorf("%s %s [%s]: %v", f.Rule, f.Message, f.Reason, err)
			continue
		}
		tally.settled++
		for _, line := range alternatives(f.Settle) {
			other := f
			other.Settle = line
			if _, err := newSettleGround(t, tally.judge, project, name, path).settle(other); err != nil {
				t.Errorf("%s %s [%s], other way: %v", f.Rule, f.Message, f.Reason, err)
			}
			tally.alternatives++
		}
	}
}

// alternatives are the other ways of a line that are lines of their own. A line of a
// tfvars file is what --var says, and the words that only describe are left out.
func alternatives(line string) []string {
	return slices.DeleteFunc(strings.Split(line, ", or ")[1:], func(other string) bool {
		return !strings.HasPrefix(other, "aws ") && !strings.HasPrefix(other, "accounts: ") && !strings.HasPrefix(other, "keys: ")
	})
}

// settleGround is a copy of a project to try facts on.
type settleGround struct {
	t     *testing.T
	judge judgeFunc
	dir   string
	path  string
	args  []string
}

func newSettleGround(t *testing.T, judge judgeFunc, project, name, path string) *settleGround {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(project)); err != nil {
		t.Fatal(err)
	}
	return &settleGround{t: t, judge: judge, dir: dir, path: path}
}

// settle follows lines until the finding is no longer unknown and returns how
// many it took.
func (g *settleGround) settle(f unknownFinding) (int, error) {
	for step := 1; step <= maxSteps; step++ {
		if strings.HasPrefix(f.Settle, planLine) {
			next, err := g.plan(f)
			if err != nil || next == nil {
				return step, err
			}
			f = *next
			continue
		}
		changes, err := g.changes(f.Settle)
		if err != nil {
			return step - 1, err
		}
		next, settled, err := g.try(f, changes)
		if err != nil {
			return step, fmt.Errorf("after %q: %w", f.Settle, err)
		}
		if settled {
			return step, nil
		}
		if next.Settle == f.Settle {
			return step, fmt.Errorf("%q changes nothing", f.Settle)
		}
		f = *next
	}
	return maxSteps, fmt.Errorf("the last line is %q", f.Settle)
}

// change is one way to follow a line: arguments, and files by path.
type change struct {
	args  []string
	files map[string]string
}

// try applies one change after the other until one settles the finding. What
// is left to settle, if none does, is returned, with the first one applied that
// raised another question.
func (g *settleGround) try(f unknownFinding, changes []change) (left *unknownFinding, settled bool, err error) {
	var kept *change
	for i := range changes {
		for name, content := range changes[i].files {
			g.write(name, content)
		}
		found := g.unknowns(changes[i].args)
		j := slices.IndexFunc(found, func(o unknownFinding) bool { return o.Fingerprint == f.Fingerprint })
		if j < 0 {
			return nil, true, nil
		}
		if left == nil || (left.Settle == f.Settle && found[j].Settle != f.Settle) {
			left, kept = &found[j], &changes[i]
		}
	}
	if kept == nil {
		return nil, false, errors.New("no way to follow it")
	}
	for name, content := range kept.files {
		g.write(name, content)
	}
	g.args = append(g.args, kept.args...)
	return left, false, nil
}

func (g *settleGround) write(name, content string) {
	g.t.Helper()
	file := filepath.Join(g.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		g.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// unknowns runs the program and returns what it does not decide.
func (g *settleGround) unknowns(args []string) []unknownFinding {
	g.t.Helper()
	all := slices.Concat([]string{"--format", "json"}, g.args, args, []string{g.path})
	g.t.Chdir(g.dir)
	var stdout, stderr bytes.Buffer
	command := &Command{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, judge: g.judge}
	if status := command.Main(g.t.Context(), all); status == ExitUsage {
		g.t.Fatalf("%v: %s", all, stderr.String())
	}
	var report struct {
		Findings []unknownFinding `json:"findings"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		g.t.Fatalf("%v: %s %s", err, stdout.String(), stderr.String())
	}

	return slices.DeleteFunc(report.Findings, func(f unknownFinding) bool { return f.Verdict != "unknown" })
}

// changes are the ways to follow a line. Of several alternatives it takes the
// first.
func (g *settleGround) changes(line string) ([]change, error) {
	first, _, _ := strings.Cut(line, ", or ")
	switch {
	case strings.HasPrefix(first, "--"):
		return optionChanges(first), nil
	case strings.HasPrefix(first, "aws "):
		return g.commandChanges(first)
	}
	return g.configurationChanges(strings.TrimSuffix(strings.TrimSuffix(first, ","), " in .iblint.yaml"))
}

// optionChanges give an option one made-up value after the other.
func optionChanges(line string) []change {
	option, assignment, _ := strings.Cut(line, " ")
	name, _, _ := strings.Cut(assignment, "=")
	out := make([]change, 0, len(madeUpValues()))
	for _, value := range madeUpValues() {
		out = append(out, change{args: []string{option, name + "=" + value}})
	}
	return out
}

// commandChanges put what a command might print where the line says.
func (g *settleGround) commandChanges(line string) ([]change, error) {
	command, target, ok := strings.Cut(line, " > ")
	if !ok {
		return nil, fmt.Errorf("%q does not say where the output goes", line)
	}
	file, hint, _ := strings.Cut(target, " (with ")
	output, err := madeUpOutput(strings.Fields(command))
	if err != nil {
		return nil, err
	}
	c := change{files: map[string]string{file: output}}
	if hint != "" {
		entry, _, _ := strings.Cut(hint, " in .iblint.yaml")
		configuration, err := g.merged(entry)
		if err != nil {
			return nil, err
		}
		c.files[configurationFile] = configuration
	}
	return []change{c}, nil
}

const configurationFile = ".iblint.yaml"

// configurationChanges write a line into the configuration, with made-up
// values for the words in it and files where it names some.
func (g *settleGround) configurationChanges(line string) ([]change, error) {
	line = strings.NewReplacer("ACCOUNT", "111111111111", "REGION", "eu-west-1", "PATH", "elsewhere.yaml",
		"ORGANIZATION", "o-abcde12345", "KEY-ID", "99999999-8888-7777-6666-555555555555").Replace(line)
	configuration, err := g.merged(strings.Split(line, " and ")...)
	if err != nil {
		return nil, err
	}
	return []change{{files: map[string]string{
		configurationFile:     configuration,
		"policies/key.json":   madeUpKeyPolicy,
		"policies/role.json":  madeUpRolePolicy,
		"policies/trust.json": madeUpTrust,
		"elsewhere.yaml":      madeUpTemplate,
	}}}, nil
}

// merged is the configuration with lines added.
func (g *settleGround) merged(lines ...string) (string, error) {
	whole := map[string]any{"version": 1}
	content, err := os.ReadFile(filepath.Join(g.dir, configurationFile))
	if err == nil {
		if err := yaml.Unmarshal(content, &whole); err != nil {
			return "", err
		}
	}
	for _, line := range lines {
		var entry map[string]any
		if err := yaml.Unmarshal([]byte(line), &entry); err != nil {
			return "", fmt.Errorf("%q is no line of a configuration", line)
		}
		mergeInto(whole, entry)
	}
	out, err := yaml.Marshal(whole)
	return string(out), err
}

func mergeInto(whole, entry map[string]any) {
	for key, value := range entry {
		inner, isMap := value.(map[string]any)
		old, wasMap := whole[key].(map[string]any)
		if isMap && wasMap {
			merged := maps.Clone(old)
			mergeInto(merged, inner)
			whole[key] = merged
			continue
		}
		whole[key] = value
	}
}
