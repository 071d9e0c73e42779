package policies_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// TestExamplesThatExist: once everything is deployed, a plan that changes
// nothing and the state give the same findings, with what AWS has made up.
func TestExamplesThatExist(t *testing.T) {
	t.Parallel()
	engine, err := policies.New(t.Context(), policies.Options{Settings: everyRule(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range terraformExamples(t) {
		t.Run(strings.Join(strings.Split(filepath.ToSlash(folder), "/")[3:], "/"), func(t *testing.T) {
			t.Parallel()
			compareExisting(t, engine, filepath.Join(project(t), folder))
		})
	}
}

func compareExisting(t *testing.T, engine *policies.Engine, folder string) {
	t.Helper()
	if exists(filepath.Join(folder, facts.FileName)) {
		t.Skip("a configuration of its own")
	}
	sources := copyOf(t, folder, func(string) bool { return true })
	writeText(t, filepath.Join(sources, facts.FileName), "version: 1\naccounts: {\"999988887777\": {providers: [aws]}}\n")
	plan, state := existing(t, sources)
	for _, content := range [][]byte{plan, state} {
		compareAlone(t, engine, sources, content, compareBeside(t, engine, sources, content))
	}
}

// existing is the plan without changes, and the state, of a root module of
// which everything is deployed.
func existing(t *testing.T, folder string) (plan, state []byte) {
	t.Helper()
	root := planConfig(t, folder)
	content, err := os.ReadFile(filepath.Join(folder, facts.FileName))
	if err != nil {
		t.Fatal(err)
	}
	config, diagnostics := facts.Parse(facts.FileName, content)
	if diagnostics.HasErrors() {
		t.Fatal(diagnostics)
	}
	values, made := &planModule{}, []string{}
	var changes []any
	for _, r := range evaluated(t, folder, config).Resources {
		after, unknown := future(nil).planned(r.Attributes)
		if anyOpen(unknown) {
			t.Skip("what the values are after apply is not known")
		}
		all, isObject := after.(object)
		if !isObject {
			continue
		}
		all = maps.Clone(all)
		for name, v := range r.Identity {
			if v.Kind() != graph.KindString {
				t.Skip("an identifier that is known in part")
			}
			all[name] = v
		}
		resource := addressed(r.Address, r.Type)
		values.add(moduleOf(r.Address), merged(resource, object{"values": all}))
		changes = append(changes, merged(resource, object{"change": object{"actions": []any{"no-op"}, "after_unknown": object{}}}))
		made = append(made, graph.StableUUID(r.ID), graph.StableUUID(r.ID+"!"), graph.StableHex(r.ID, 16), graph.StableHex(r.ID+"!", 16))
	}
	stored := object{"format_version": "1.0", "values": object{"root_module": values.json()}}
	replacer := strings.NewReplacer(made...)
	return []byte(replacer.Replace(string(marshaled(t, object{
			"format_version": "1.2", "variables": root.given, "planned_values": stored["values"], "prior_state": stored,
			"resource_changes": changes, "configuration": object{"provider_config": root.providers, "root_module": root.json()},
		})))),
		[]byte(replacer.Replace(string(marshaled(t, stored))))
}

func marshaled(t *testing.T, v any) []byte {
	t.Helper()
	content, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
