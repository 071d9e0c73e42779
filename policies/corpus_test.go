package policies_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/iblint/iblint/policies"
)

// label is one line of the corpus: what a correct linter says of a root.
type label struct {
	path    string
	columns map[string]string
}

// groups are the rules behind each column of labels.
func groups() map[string][]string {
	return map[string][]string{
		"R1_managed_key": {"IBL001", "IBL002", "IBL003", "IBL004", "IBL005", "IBL006", "IBL007", "IBL008"},
		"R2_target_role": {"IBL011", "IBL012", "IBL013", "IBL014", "IBL015", "IBL016"},
		"R3_key_policy":  {"IBL009", "IBL017", "IBL018", "IBL019", "IBL020"},
	}
}

func readLabels(t *testing.T) (string, []label) {
	t.Helper()
	corpus := shared(t, "corpus")
	content, err := os.ReadFile(filepath.Join(corpus, "LABELS.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(content)), "\n")
	names := strings.Split(lines[0], "\t")
	var labels []label
	for _, line := range lines[1:] {
		fields := strings.Split(line, "\t")
		l := label{path: fields[0], columns: map[string]string{}}
		for i, field := range fields {
			l.columns[names[i]] = field
		}
		labels = append(labels, l)
	}
	return corpus, labels
}

// TestCorpus lints every labelled root: no crash, and no violation where the
// label says that there is none.
func TestCorpus(t *testing.T) {
	t.Parallel()
	corpus, labels := readLabels(t)
	engine := newEngine(t)
	for _, l := range labels {
		t.Run(l.path, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(corpus, filepath.FromSlash(l.path))
			if !exists(dir) {
				t.Skip("the root is not in the corpus")
			}
			findings := lint(t, engine, dir)
			for column, rules := range groups() {
				checkLabel(t, l.columns[column], column, rules, findings)
			}
			for _, f := range findings {
				t.Logf("%s %s %s: %s [%s] settle: %s", f.Rule, f.Verdict, f.Severity, f.Message, f.Reason, f.Settle)
			}
		})
	}
	t.Logf("corpus: %d labelled roots", len(labels))
}

func checkLabel(t *testing.T, label, column string, rules []string, findings []policies.Finding) {
	t.Helper()
	wanted := strings.HasPrefix(label, "VIOLATION")
	found := slices.ContainsFunc(findings, func(f policies.Finding) bool {
		return f.Verdict == policies.Violation && f.Severity != policies.SeverityInfo && slices.Contains(rules, f.Rule)
	})
	if found != wanted {
		t.Errorf("%s: label %q, violation found = %v", column, label, found)
	}
}
