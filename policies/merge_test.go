package policies_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// condition is one of infra; with "/" before the name, one of another root.
func condition(name string) *graph.Condition {
	root := "infra"
	if rest, ok := strings.CutPrefix(name, "/"); ok {
		root, name = "other-"+rest, rest
	}
	return &graph.Condition{
		ID: root + "#" + name, Name: name, Reason: "parameter Env has no value", Settle: "--parameter Env=… (" + name + ")",
	}
}

// decided makes a world of a recipe; conditions are written "+A -B".
func decided(w policies.World, conditions string) policies.World {
	w.Decided = map[string]bool{}
	for word := range strings.FieldsSeq(conditions) {
		c := condition(word[1:])
		w.Conditions = append(w.Conditions, c)
		w.Decided[c.ID] = word[0] == '+'
	}
	return w
}

// inShort is what the tests of merging compare: verdict, place, message, jobs,
// reason and what settles.
func inShort(findings []policies.Finding) []string {
	var out []string
	for i := range findings {
		f := &findings[i]
		var targets []string
		for _, job := range f.AllJobs() {
			targets = append(targets, job.TargetAccount[:1])
		}
		message := strings.ReplaceAll(f.Message, " of infra#aws_imagebuilder_image_recipe.web is not encrypted", "")
		s := fmt.Sprintf("%s %d %s →%s", f.Verdict, f.Location.Start.Line, message, strings.Join(targets, ""))
		if f.Reason != "" {
			s += " because " + f.Reason + " settle " + f.Settle
		}
		out = append(out, s)
	}
	return out
}

func TestMergeOfWorlds(t *testing.T) {
	t.Parallel()
	const one, two = "111111111111", "222222222222"
	plain := func(name string, line int) device { return device{name, graph.Bool(false), "k", line} }
	good := func(name string, line int) device { return device{name, graph.Bool(true), "k", line} }
	named := func(key string, line int) device { return device{"a", graph.Bool(true), key, line} }
	unknown := func(name string, line int) device {
		return device{name, graph.UnknownValue(&graph.Unknown{Reason: "variable e has no value", Settle: "--var e=true"}), "k", line}
	}
	world := func(conditions string, targets []string, devices ...device) policies.World {
		return decided(recipeWorld("infra", targets, devices...), conditions)
	}
	other := func(conditions, name string, devices ...device) policies.World {
		return decided(namedRecipeWorld("infra", name, []string{two}, devices...), conditions)
	}
	const reasonA = "condition A is not decided: parameter Env has no value settle --parameter Env=… (A)"
	tests := map[string]struct {
		worlds []policies.World
		want   []string
	}{
		"in every world": {
			[]policies.World{world("+A", []string{two}, plain("a", 5)), world("-A", []string{two}, plain("a", 5))},
			[]string{"violation 6 device a →2"},
		},
		"in one world": {
			[]policies.World{world("+A", []string{two}, plain("a", 5)), world("-A", []string{two}, good("a", 5))},
			[]string{"unknown 6 device a (only if condition A holds) →2 because " + reasonA},
		},
		"negated": {
			[]policies.World{world("+A", []string{two}, good("a", 5)), world("-A", []string{two}, plain("a", 5))},
			[]string{"unknown 6 device a (only if condition A does not hold) →2 because " + reasonA},
		},
		"for one of two targets": {
			[]policies.World{world("+A", []string{one, two}, plain("a", 5)), world("-A", []string{two}, plain("a", 5))},
			[]string{
				"violation 6 device a →2",
				"unknown 6 device a (only if condition A holds) →1 because " + reasonA,
			},
		},
		"property moves": {
			[]policies.World{
				world("+A", []string{two}, good("x", 2), plain("a", 5)), world("-A", []string{two}, plain("a", 5)),
			},
			[]string{"violation 6 device a →2"},
		},
		"each world its own": {
			[]policies.World{world("+A", nil, named("bad1", 5)), world("-A", nil, named("bad2", 8))},
			[]string{
				"violation 7 bad1 is no name of a key (if condition A holds); " +
					"bad2 is no name of a key (if condition A does not hold) →",
			},
		},
		"another resource in each world": {
			[]policies.World{world("+A", []string{two}, plain("a", 5)), other("-A", "db", plain("b", 8))},
			[]string{"violation 9 device b of infra#aws_imagebuilder_image_recipe.db is not encrypted (if condition A does not hold); " +
				"device a (if condition A holds) →22"},
		},
		"another resource with the same name in each world": {
			[]policies.World{world("+A", nil, named("bad1", 5)), other("-A", "db", named("bad1", 8))},
			[]string{"violation 10 bad1 is no name of a key →"},
		},
		"other resources in some worlds": {
			[]policies.World{
				world("+A +B", nil, named("bad1", 5)), other("-A +B", "db", named("bad1", 8)), other("-A -B", "db", named("k", 8)),
			},
			[]string{
				"unknown 7 bad1 is no name of a key (only if condition A holds) → because " + reasonA,
				"unknown 10 bad1 is no name of a key (only if condition A does not hold and condition B holds) → because " +
					"condition A is not decided: parameter Env has no value; condition B is not decided: parameter Env has no value" +
					" settle --parameter Env=… (A); --parameter Env=… (B)",
			},
		},
		"two faults of one property": {
			[]policies.World{
				world("+A", nil, named("bad1", 5), named("bad1", 8)), world("-A", nil, named("bad1", 5)),
			},
			[]string{
				"violation 7 bad1 is no name of a key →",
				"unknown 10 bad1 is no name of a key (only if condition A holds) → because " + reasonA,
			},
		},
		"of two conditions one matters": {
			[]policies.World{
				world("+A +B", nil, named("bad1", 5)), world("+A -B", nil, named("bad1", 5)),
				world("-A +B", nil, named("k", 5)), world("-A -B", nil, named("k", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (only if condition A holds) → because " + reasonA},
		},
		"both conditions": {
			[]policies.World{
				world("+A +B", nil, named("bad1", 5)), world("+A -B", nil, named("k", 5)),
				world("-A +B", nil, named("k", 5)), world("-A -B", nil, named("k", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (only if condition A holds and condition B holds) → because " +
				"condition A is not decided: parameter Env has no value; condition B is not decided: parameter Env has no value" +
				" settle --parameter Env=… (A); --parameter Env=… (B)"},
		},
		"unless": {
			[]policies.World{
				world("+A +B", nil, named("k", 5)), world("+A -B", nil, named("bad1", 5)),
				world("-A +B", nil, named("bad1", 5)), world("-A -B", nil, named("bad1", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (unless condition A holds and condition B holds) → because " +
				"condition A is not decided: parameter Env has no value; condition B is not decided: parameter Env has no value" +
				" settle --parameter Env=… (A); --parameter Env=… (B)"},
		},
		"conditions of another root go along": {
			[]policies.World{
				world("+B +/A", nil, named("bad1", 5)), world("-B -/A", nil, named("k", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (only if condition B holds) → because " +
				"condition B is not decided: parameter Env has no value settle --parameter Env=… (B)"},
		},
		"conditions of two other roots": {
			[]policies.World{
				world("+/B +/A", nil, named("bad1", 5)), world("-/B -/A", nil, named("k", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (only for some outcomes of the conditions A, B) → because " +
				"condition A is not decided: parameter Env has no value; condition B is not decided: parameter Env has no value" +
				" settle --parameter Env=… (A); --parameter Env=… (B)"},
		},
		"either or": {
			[]policies.World{
				world("+A +B +C", nil, named("k", 5)), world("+A -B +C", nil, named("bad1", 5)),
				world("-A +B +C", nil, named("bad1", 5)), world("-A -B +C", nil, named("k", 5)),
			},
			[]string{"unknown 7 bad1 is no name of a key (only for some outcomes of the conditions A, B) → because " +
				"condition A is not decided: parameter Env has no value; condition B is not decided: parameter Env has no value" +
				" settle --parameter Env=… (A); --parameter Env=… (B)"},
		},
		"unknown in every world": {
			[]policies.World{world("+A", nil, unknown("a", 5)), world("-A", nil, unknown("a", 5))},
			[]string{"unknown 6 device a of infra#aws_imagebuilder_image_recipe.web may not be encrypted → " +
				"because variable e has no value settle --var e=true"},
		},
		"unknown in one world": {
			[]policies.World{world("+A", nil, unknown("a", 5)), world("-A", nil, good("a", 5))},
			[]string{"unknown 6 device a of infra#aws_imagebuilder_image_recipe.web may not be encrypted " +
				"(only if condition A holds) → because variable e has no value; " +
				"condition A is not decided: parameter Env has no value settle --var e=true; --parameter Env=… (A)"},
		},
	}
	e := testRules(t, policies.Options{})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			findings, _, err := e.Evaluate(t.Context(), test.worlds)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, inShort(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
