package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

// TestLargeCondition checks that a condition which asks for too many others is
// one of its own, and not taken apart.
func TestLargeCondition(t *testing.T) {
	t.Parallel()
	var parameters, conditions, all strings.Builder
	for i := range 10 {
		for j := range 4 {
			fmt.Fprintf(&parameters, "  P%d%d: {Type: String}\n", i, j)
			fmt.Fprintf(&conditions, "  C%d%d: !Equals [!Ref P%d%d, a]\n", i, j, i, j)
		}
		fmt.Fprintf(&conditions, "  O%d: !Or [!Condition C%d0, !And [!Condition C%d1, !Not [!Condition C%d2]], !Condition C%d3]\n", i, i, i, i, i)
		fmt.Fprintf(&all, ", !Condition O%d", i)
	}
	g, diags := load(t, "Parameters:\n"+parameters.String()+"Conditions:\n"+conditions.String()+"  All: !And ["+all.String()[2:]+"]\n"+
		"Resources:\n  R: {Type: AWS::KMS::Key, Condition: All}\n  O: {Type: AWS::KMS::Key, Condition: O1}\n", cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	if diff := cmp.Diff([]string{"All"}, graph.Terms(find(g, "R").Exists)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"an outcome of C10, C11, C12, C13"}, graph.Terms(find(g, "O").Exists)); diff != "" {
		t.Error(diff)
	}
}
