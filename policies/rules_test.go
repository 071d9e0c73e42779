package policies_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/policies"
	"github.com/iblint/iblint/rego"
)

// TestSnapshotIsFresh compares the snapshot of the rules with their sources;
// UPDATE=1 rewrites it. A snapshot that is not fresh is not used, so nothing
// but time is lost with it.
func TestSnapshotIsFresh(t *testing.T) {
	t.Parallel()
	made, err := policies.MakeSnapshot(rego.Files())
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile("rules.snapshot", made, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile("rules.snapshot")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, have) {
		t.Error("rules.snapshot is not made of these rules: UPDATE=1 go test ./policies -run Snapshot")
	}
}

// TestSnapshotJudgesAlike compares an engine of sources with one of their
// snapshot.
func TestSnapshotJudgesAlike(t *testing.T) {
	t.Parallel()
	files := os.DirFS("testdata/rego")
	made, err := policies.MakeSnapshot(files)
	if err != nil {
		t.Fatal(err)
	}
	fromSources := testRules(t, policies.Options{})
	fromSnapshot, err := policies.NewFromSnapshot(files, string(made))
	if err != nil {
		t.Fatal(err)
	}
	worlds := []policies.World{manyRecipes(20)}
	want, _, err := fromSources.Evaluate(t.Context(), worlds)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := fromSnapshot.Evaluate(t.Context(), worlds)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || len(want) != 20 {
		t.Errorf("%d findings (-sources +snapshot):\n%s", len(want), diff)
	}
}
