package policies_test

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/policies"
)

// mutant is a file of a golden example with one thing removed or altered.
type mutant struct {
	name, file string
	content    []byte
}

// TestMutants runs the product on the golden examples with every single block,
// property, list item, value and reference removed or altered in turn. The files
// of testdata/mutants name every mutant with the findings that it must give, and
// where that is not exactly one error, the reason. A template that Terraform
// refuses needs none.
func TestMutants(t *testing.T) {
	t.Parallel()
	engine := newEngine(t)
	for dialect, config := range map[string]string{
		"terraform": terraformConfig, "cloudformation": cloudFormationConfig,
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			example := readExample(t, dialect)
			example[facts.FileName] = []byte(config)
			mutants := mutantsOf(t, example)
			found := make([]string, len(mutants))
			eachAtOnce(len(mutants), func(i int) {
				found[i] = findingsOf(t, engine, example, mutants[i])
			})
			compareMutants(t, filepath.Join("testdata", "mutants", dialect+".txt"), mutants, found)
		})
	}
}

// eachAtOnce calls a function for the numbers below n, several at a time.
func eachAtOnce(n int, do func(int)) {
	work := make(chan int)
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for i := range work {
				do(i)
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	group.Wait()
}

// readExample reads the files of a golden example, by name.
func readExample(t *testing.T, dialect string) map[string][]byte {
	t.Helper()
	dir := shared(t, "domain/golden/"+dialect)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if files[entry.Name()], err = os.ReadFile(filepath.Join(dir, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// mutantsOf are all mutants of the templates of an example, by name.
func mutantsOf(t *testing.T, example map[string][]byte) []mutant {
	t.Helper()
	var mutants []mutant
	for _, name := range slices.Sorted(maps.Keys(example)) {
		switch {
		case filepath.Ext(name) == ".tf":
			mutants = append(mutants, terraformMutants(t, name, example[name])...)
		case name != facts.FileName:
			mutants = append(mutants, cloudFormationMutants(t, name, example[name])...)
		}
	}
	return mutants
}

// findingsOf runs the product on an example with one file replaced.
func findingsOf(t *testing.T, engine *policies.Engine, example map[string][]byte, m mutant) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range example {
		if name == m.file {
			content = m.content
		}
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	findings, diagnostics := lintAll(t, engine, dir)
	if diagnostics.HasErrors() {
		return refused
	}
	found := summaries(findings)
	for i, summary := range found {
		found[i] = strings.TrimSuffix(strings.Replace(summary, " violation", "", 1), " info")
	}
	return cmp.Or(strings.Join(found, ", "), "nothing")
}

// compareMutants compares what was found with a table of mutants: lines of name,
// findings and reason. UPDATE=1 in the environment rewrites the table and keeps the
// reasons.
func compareMutants(t *testing.T, file string, mutants []mutant, found []string) {
	t.Helper()
	reasons := readReasons(t, file)
	var table strings.Builder
	for i, m := range mutants {
		reason := reasons[m.name]
		if needsReason(found[i]) && reason == "" {
			t.Errorf("%s: %s: one error was wanted, and %s gives no reason", m.name, found[i], file)
		}
		line := strings.Join([]string{m.name, found[i], reason}, " | ")
		table.WriteString(strings.TrimSuffix(line, " | ") + "\n")
	}
	golden(t, file, []byte(table.String()))
}

// readReasons reads the third column of a table of mutants, by the first.
func readReasons(t *testing.T, file string) map[string]string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	reasons := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if columns := strings.SplitN(strings.TrimSpace(line), " | ", 3); len(columns) == 3 {
			reasons[columns[0]] = columns[2]
		}
	}
	return reasons
}

// refused stands for the findings of a template that cannot be read.
const refused = "refused"

func needsReason(found string) bool {
	isOneError := strings.HasSuffix(found, " error") && !strings.Contains(found, ",")
	return !isOneError && found != refused
}
