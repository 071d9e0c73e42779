package loaders_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders"
)

// TestWorlds counts the infrastructures that a template may become: each
// outcome of its conditions once.
func TestWorlds(t *testing.T) {
	t.Parallel()
	const environments = `
  Prod: !Equals [!Ref Env, prod]
  Dev: !Equals [!Ref Env, dev]
  Test: !Not [!Equals [!Ref Env, test]]`
	for _, test := range []struct {
		name, parameters, conditions, resources string
		want                                    []string
	}{
		{
			name: "conditions on one parameter exclude each other", conditions: environments,
			resources: key("P", "Prod") + key("D", "Dev") + key("T", "Test"),
			want:      []string{"Prod,not Dev,Test", "not Prod,Dev,Test", "not Prod,not Dev,Test", "not Prod,not Dev,not Test"},
		},
		{
			name: "allowed values bound the outcomes", parameters: ", AllowedValues: [prod, dev, test]", conditions: environments,
			resources: key("P", "Prod") + key("D", "Dev") + key("T", "Test"),
			want:      []string{"Prod,not Dev,Test", "not Prod,Dev,Test", "not Prod,not Dev,not Test"},
		},
		{
			name: "an alternative is one condition", resources: key("R", "Either"),
			conditions: environments + "\n  Either: !Or [!Condition Prod, !Condition Dev, !Not [!Condition Test]]",
			want:       []string{"Either", "not Prod,not Dev,Test,not Either"},
		},
		{
			name: "an alternative and its parts", resources: key("R", "Either") + key("P", "Prod"),
			conditions: environments + "\n  Either: !Or [!Condition Prod, !Condition Dev]",
			want:       []string{"Prod,not Dev,Either", "not Prod,Dev,Either", "not Prod,not Dev,not Either"},
		},
		{
			name: "the negation of a conjunction", resources: key("R", "Neither"),
			conditions: environments + "\n  Big: !Equals [!Ref Size, big]\n  Neither: !Not [!And [!Condition Prod, !Condition Big]]",
			want:       []string{"Prod,Big,not Neither", "Neither"},
		},
		{
			name: "a condition without consequence", conditions: environments,
			resources: "  S: {Type: AWS::SNS::Topic, Condition: Prod}\n" + key("R", ""),
			want:      []string{""},
		},
		{
			name: "arms that are equal", conditions: environments,
			resources: "  R: {Type: AWS::KMS::Key, Properties: {Description: !If [Prod, a, !If [Dev, b, a]]}}\n",
			want:      []string{"not Dev", "not Prod,Dev"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := "Parameters:\n  Env: {Type: String" + test.parameters + "}\n  Size: {Type: String}\nConditions:" + test.conditions + "\nResources:\n" + test.resources
			if diff := cmp.Diff(test.want, outcomesOf(t, map[string]string{"t.yaml": text})); diff != "" {
				t.Errorf("worlds (-want +got):\n%s", diff)
			}
		})
	}
}

func key(id, condition string) string {
	out := "  " + id + ":\n    Type: AWS::KMS::Key\n"
	if condition != "" {
		out += "    Condition: " + condition + "\n"
	}
	return out
}

// outcomesOf loads files and writes out how the conditions are decided in each
// world.
func outcomesOf(t *testing.T, files map[string]string) []string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, diags, err := loaders.Load(context.Background(), loaders.Options{Paths: []string{dir}, All: true})
	if err != nil || diags.HasErrors() {
		t.Fatal(err, diags)
	}
	worlds := make([]string, len(result.Worlds))
	for i, world := range result.Worlds {
		var terms []string
		for _, c := range world.Conditions {
			switch truth, certain := world.Decided[c.ID]; {
			case !certain:
			case truth:
				terms = append(terms, c.Name)
			default:
				terms = append(terms, "not "+c.Name)
			}
		}
		worlds[i] = strings.Join(terms, ",")
	}
	return worlds
}

// TestWorldsOfRoots pairs the outcomes of several roots as long as they are
// few.
func TestWorldsOfRoots(t *testing.T) {
	t.Parallel()
	const template = "Parameters:\n  Env: {Type: String}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [!Ref Env, dev]\nResources:\n"
	for roots, want := range map[int]int{1: 3, 2: 9, 3: 27, 4: 3} {
		files := map[string]string{}
		for i := range roots {
			files[string(rune('a'+i))+".yaml"] = template + key("P", "Prod") + key("D", "Dev")
		}
		if got := len(outcomesOf(t, files)); got != want {
			t.Errorf("%d roots: %d worlds, want %d", roots, got, want)
		}
	}
}
