package cloudformation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

// worldsTemplate has conditions that rest on each other in every way; the
// property C shows the truth of each.
const worldsTemplate = `Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Key: {Type: String}
  Acc: {Type: String}
Mappings: {M: {dev: {v: 1}, test: {v: 2}, prod: {v: 3}}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition Prod]
  Dev: !Equals [dev, !Ref Env]
  Test: !Equals [!Ref Env, test]
  HasKey: !Not [!Equals [!Ref Key, ""]]
  NoKey: !Equals [!Ref Key, ""]
  Same: !Equals [!Ref Key, !Ref Acc]
  Both: !And [!Condition Prod, !Condition HasKey]
  Neither: !Not [!Or [!Condition Prod, !Condition HasKey]]
  Mixed: !Or [!And [!Condition Dev, !Condition NoKey], !Not [!Condition NotProd]]
  Odd: !Or [!And [!Condition Dev, !Condition Same], !And [!Condition Test, !Not [!Condition Same]]]
Resources:
  R:
    Type: AWS::SNS::Topic
    Properties:
      C: {Prod: !If [Prod, t, f], NotProd: !If [NotProd, t, f], Dev: !If [Dev, t, f], Test: !If [Test, t, f], HasKey: !If [HasKey, t, f],
        NoKey: !If [NoKey, t, f], Same: !If [Same, t, f], Both: !If [Both, t, f], Neither: !If [Neither, t, f], Mixed: !If [Mixed, t, f], Odd: !If [Odd, t, f]}
      Map: !FindInMap [M, !Ref Env, v]
      Nested: !If [Mixed, !If [Both, a, !If [Dev, b, c]], !If [Test, d, e]]
      List: [x, !If [Both, a, !Ref AWS::NoValue], !If [Odd, [y, !If [Dev, z, !Ref AWS::NoValue]], w]]
      Text: !Sub ["${A}-${B}", {A: !If [Dev, d, n], B: !If [HasKey, k, n]}]
      Pick: !Select [!If [Prod, 0, 1], [!If [Same, s, o], two]]
      Gone: !If [Neither, !Ref AWS::NoValue, here]
  P: {Type: AWS::SNS::Topic, Condition: Prod}
  B: {Type: AWS::SNS::Topic, Condition: Both}
  D: {Type: AWS::SNS::Topic, Condition: Dev}
`

// TestWorlds checks that a template whose parameters are not known becomes, once
// its conditions are decided, what it is when they are known.
func TestWorlds(t *testing.T) {
	t.Parallel()
	open, diags := load(t, worldsTemplate, cloudformation.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	worlds := 0
	for _, env := range []string{"dev", "test", "prod"} {
		for _, key := range []string{"", "k"} {
			for _, account := range []string{"k", "a"} {
				known, diags := load(t, worldsTemplate, cloudformation.Options{Parameters: map[string]string{"Env": env, "Key": key, "Acc": account}})
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				compareWorld(t, env+"/"+key+"/"+account, open, known)
				worlds++
			}
		}
	}
	t.Logf("%d worlds agree", worlds)
}

func compareWorld(t *testing.T, name string, open, known *graph.Graph) {
	t.Helper()
	decided := map[string]bool{}
	for _, f := range find(known, "R").Attributes.Field("C").Fields() {
		truth, _ := f.Value.AsString()
		decided["template.yaml#"+f.Name] = truth == "t"
	}
	want := plainValue(t, find(known, "R").Attributes)
	got := plainValue(t, graph.Resolve(find(open, "R").Attributes, decided))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-known +decided):\n%s", name, diff)
	}
	for _, r := range open.Resources {
		exists, decides := graph.Resolve(r.Exists, decided).AsBool()
		if !decides {
			t.Errorf("%s: the existence of %s is not decided", name, r.Address)
		}
		if there := find(known, strings.TrimPrefix(r.Address, "template.yaml#")) != nil; there != exists {
			t.Errorf("%s: %s exists: %t, decided: %t", name, r.Address, there, exists)
		}
	}
}
