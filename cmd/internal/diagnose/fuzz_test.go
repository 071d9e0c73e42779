package diagnose_test

import (
	"slices"
	"testing"

	"github.com/iblint/iblint/cmd/internal/diagnose"
	"github.com/iblint/iblint/policies"
)

// FuzzRead: whatever is pasted, it is read, twice the same, and what it names
// is sorted and named once.
func FuzzRead(f *testing.F) {
	catalog, err := policies.LoadCatalog()
	if err != nil {
		f.Fatal(err)
	}
	for i := range catalog {
		for _, message := range catalog[i].Prevents {
			f.Add(message)
		}
	}
	f.Add(`{"errorMessage": "User: arn:aws:sts::111111111111:assumed-role/x is not authorized", "a": ["{\"b\": \"c\"}"]}`)
	f.Add("Failed to copy in Region 'eu-west-1' to destination account (ID: 222222222222)")
	f.Fuzz(func(t *testing.T, text string) {
		m := diagnose.Read(text)
		again := diagnose.Read(text)
		for _, pair := range [][2][]string{{m.Sources, again.Sources}, {m.Targets, again.Targets}, {m.Regions, again.Regions}} {
			if !slices.Equal(pair[0], pair[1]) || !slices.IsSorted(pair[0]) {
				t.Errorf("two readings give %q and %q", pair[0], pair[1])
			}
		}
		if m.Empty() && len(m.Rules(catalog)) > 0 {
			t.Error("an empty message is foreseen")
		}
	})
}
