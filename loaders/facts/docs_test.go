package facts_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/facts"
)

// TestPageNamesEveryCommand: docs/facts.md has a row for each command that is
// read.
func TestPageNamesEveryCommand(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/facts.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range facts.Commands() {
		if !regexp.MustCompile("(?m)^\\|.*`aws [a-z0-9]+ " + command + "[ `]").Match(page) {
			t.Errorf("docs/facts.md has no row for %s", command)
		}
	}
	for _, found := range regexp.MustCompile("`aws [a-z0-9]+ ([a-z-]+)").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(" "+strings.Join(facts.Commands(), " ")+" ", " "+found[1]+" ") {
			t.Errorf("docs/facts.md speaks of %s, which is not read", found[1])
		}
	}
}
