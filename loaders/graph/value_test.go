package graph_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
)

func account() *graph.Unknown { return graph.NewSymbol(graph.SymbolAccount, "infra") }

func rootARN() graph.Value {
	return graph.Text(
		graph.Part{Literal: "arn:aws:"}, graph.Part{Literal: "iam::"},
		graph.Part{Unknown: account()}, graph.Part{Literal: ":root"},
	)
}

func TestValueJSON(t *testing.T) {
	t.Parallel()
	condition := &graph.Condition{ID: "t.yaml#Prod", Name: "Prod", Reason: "parameter Env has no value"}
	for name, test := range map[string]struct {
		value graph.Value
		want  string
	}{
		"absent":  {graph.Absent(), `null`},
		"string":  {graph.String("a<b>&"), `"a<b>&"`},
		"number":  {graph.Number("12"), `12`},
		"list":    {graph.List(graph.Bool(true), graph.Absent()), `[true,null]`},
		"empty":   {graph.List(), `[]`},
		"map":     {graph.Map(graph.Field{Name: "b", Value: graph.Bool(false)}, graph.Field{Name: "a", Value: graph.String("x")}), `{"a":"x","b":false}`},
		"text":    {rootARN(), `{"$parts":["arn:aws:iam::",{"$symbol":"account(infra)","$unknown":"the account of infra is not known"},":root"],"$unknown":"the account of infra is not known"}`},
		"unknown": {graph.UnknownValue(&graph.Unknown{ID: "var(infra#x)", Reason: "variable x has no value"}), `{"$unknown":"variable x has no value"}`},
		"choice": {
			graph.ChoiceValue(condition, graph.String("a"), graph.Absent()),
			`{"$choice":{"condition":"Prod","else":null,"then":"a"},"$unknown":"condition Prod is not decided: parameter Env has no value"}`,
		},
		"same arms": {graph.ChoiceValue(condition, graph.String("a"), graph.String("a")), `"a"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.value.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("JSON (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTextJoinsLiterals(t *testing.T) {
	t.Parallel()
	got := rootARN().Parts()
	if len(got) != 3 || got[0].Literal != "arn:aws:iam::" {
		t.Errorf("parts = %+v, want three with the literals joined", got)
	}
	if v := graph.Text(graph.Part{Literal: "a"}, graph.Part{Literal: "b"}); v.Kind() != graph.KindString {
		t.Errorf("text of literals has kind %v, want a string", v.Kind())
	}
}

func TestEqual(t *testing.T) {
	t.Parallel()
	other := graph.Text(graph.Part{Literal: "arn:aws:iam::"}, graph.Part{Unknown: graph.NewSymbol(graph.SymbolAccount, "other")}, graph.Part{Literal: ":root"})
	if !rootARN().Equal(rootARN()) {
		t.Error("two uses of one symbol are not equal")
	}
	if rootARN().Equal(other) {
		t.Error("two symbols are equal")
	}
	if rootARN().Key() == other.Key() {
		t.Error("two symbols have one key")
	}
	nameless := graph.UnknownValue(&graph.Unknown{Reason: "x"})
	if other := nameless; nameless.Equal(other) {
		t.Error("an unknown without an ID is equal to itself, although nothing says so")
	}
}

func TestSubstitute(t *testing.T) {
	t.Parallel()
	place := hcl.Range{Filename: "a.tf", Start: hcl.Pos{Line: 3, Column: 1}, End: hcl.Pos{Line: 3, Column: 9}}
	v := graph.Map(
		graph.Field{Name: "arn", Value: rootARN().WithRange(place)},
		graph.Field{Name: "list", Value: graph.List(graph.UnknownValue(account()), graph.String("x"))},
	)
	got := graph.Substitute(v, func(u *graph.Unknown) (graph.Value, bool) {
		return graph.String("111111111111"), u.ID == "account(infra)"
	})
	want := `{"arn":"arn:aws:iam::111111111111:root","list":["111111111111","x"]}`
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("substituted (-want +got):\n%s", diff)
	}
	if got.Field("arn").Range() != place {
		t.Errorf("range = %v, want that of the text", got.Field("arn").Range())
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	condition := &graph.Condition{ID: "c", Name: "C"}
	inner := &graph.Condition{ID: "d", Name: "D"}
	v := graph.Map(
		graph.Field{Name: "gone", Value: graph.ChoiceValue(condition, graph.Absent(), graph.String("x"))},
		graph.Field{Name: "items", Value: graph.List(
			graph.String("a"),
			graph.ChoiceValue(condition, graph.String("b"), graph.Absent()),
			graph.ChoiceValue(inner, graph.ChoiceValue(condition, graph.String("c"), graph.String("n")), graph.Absent()),
		)},
	)
	for name, test := range map[string]struct {
		decided map[string]bool
		want    string
	}{
		"both true":  {map[string]bool{"c": true, "d": true}, `{"items":["a","b","c"]}`},
		"both false": {map[string]bool{"c": false, "d": false}, `{"gone":"x","items":["a"]}`},
		"c false":    {map[string]bool{"c": false, "d": true}, `{"gone":"x","items":["a","n"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := json.Marshal(graph.Resolve(v, test.decided))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(text)); diff != "" {
				t.Errorf("resolved (-want +got):\n%s", diff)
			}
		})
	}
	var seen []string
	graph.Conditions(v, func(c *graph.Condition) { seen = append(seen, c.ID) })
	if diff := cmp.Diff([]string{"c", "c", "d", "c"}, seen); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	mapping := hcl.Range{Filename: "a.tf", Start: hcl.Pos{Line: 5, Column: 3}, End: hcl.Pos{Line: 9, Column: 4}}
	key := hcl.Range{Filename: "a.tf", Start: hcl.Pos{Line: 7, Column: 20}, End: hcl.Pos{Line: 7, Column: 35}}
	recipe := &graph.ImageRecipe{
		Name: graph.String("web"), Version: graph.Absent(), ParentImage: graph.Absent(), BlockDevicesUnknown: graph.Absent(),
		BlockDevices: []graph.BlockDevice{{
			DeviceName: graph.String("/dev/xvda"),
			KMSKey:     graph.String("alias/aws/ebs").WithRange(key),
			Self:       graph.Map().WithRange(mapping),
		}},
	}
	properties := graph.PropertiesValue(recipe)
	for path, want := range map[string]struct {
		place hcl.Range
		found bool
	}{
		"block_devices[0].kms_key":   {key, true},
		"block_devices[0].encrypted": {mapping, false},
		"block_devices[0]":           {mapping, true},
		"block_devices[3].kms_key":   {hcl.Range{}, false},
		"version":                    {hcl.Range{}, false},
	} {
		v, found := graph.Lookup(properties, path)
		if found != want.found || v.Range() != want.place {
			t.Errorf("Lookup(%q) = %v, %v; want %v, %v", path, v.Range(), found, want.place, want.found)
		}
	}
}

func TestStableUUID(t *testing.T) {
	t.Parallel()
	a, b := graph.StableUUID("infra#aws_kms_key.a"), graph.StableUUID("infra#aws_kms_key.b")
	if a == b || len(a) != 36 || graph.StableUUID("infra#aws_kms_key.a") != a {
		t.Errorf("StableUUID gives %q and %q", a, b)
	}
}

func TestGraphJSONIsStable(t *testing.T) {
	t.Parallel()
	build := func(swap bool) string {
		resources := []*graph.Resource{
			{ID: "b", Attributes: graph.Map(), Account: graph.String("1"), Region: graph.String("r")},
			{ID: "a", Attributes: graph.Map(), Account: graph.String("1"), Region: graph.String("r")},
		}
		if swap {
			resources[0], resources[1] = resources[1], resources[0]
		}
		g := &graph.Graph{Resources: resources}
		g.Sort()
		var out bytes.Buffer
		if err := g.WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if diff := cmp.Diff(build(false), build(true)); diff != "" {
		t.Errorf("order of input shows in the output:\n%s", diff)
	}
}
