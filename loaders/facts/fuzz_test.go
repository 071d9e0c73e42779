package facts_test

import (
	"testing"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/facts"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/source"
)

// inside reports whether a range lies in a text.
func inside(r hcl.Range, content string) bool {
	return r.Start.Byte >= 0 && r.Start.Byte <= r.End.Byte && r.End.Byte <= len(content) &&
		r.Start.Line >= 1 && r.Start.Column >= 1
}

// FuzzParse: whatever the configuration is, it is read or refused, and every
// error is somewhere in it.
func FuzzParse(f *testing.F) {
	for _, c := range configurations() {
		f.Add(c.content)
	}
	f.Add("accounts: &a {\"111111111111\": *a}\n")
	f.Add("facts: [\"a\\\"b\", 'it''s']\n")
	f.Fuzz(func(t *testing.T, content string) {
		config, diags := facts.Parse(".iblint.yaml", []byte(content))
		if config == nil {
			t.Fatal("no configuration")
		}
		for _, d := range diags {
			if d.Subject == nil || !inside(*d.Subject, content) {
				t.Errorf("%s is outside of the text", d)
			}
		}
		again, _ := facts.Parse(".iblint.yaml", []byte(content))
		if len(again.Accounts) != len(config.Accounts) || len(again.Bindings) != len(config.Bindings) {
			t.Error("two readings differ")
		}
	})
}

// FuzzFacts: whatever a fact is, it is taken or refused, and what is taken is
// somewhere in it.
func FuzzFacts(f *testing.F) {
	for _, c := range append(append(ec2Facts(), kmsFacts()...), iamFacts()...) {
		f.Add(c.file, c.fact)
	}
	f.Fuzz(func(t *testing.T, name, content string) {
		config, diags := facts.Parse(".iblint.yaml", []byte("facts: [facts/]\n"))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		name = "facts/" + name + ".json"
		config.Facts = []graph.Value{graph.String(name).WithRange(hcl.Range{Filename: ".iblint.yaml"})}
		files, err := source.New(nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		// A folder "facts" need not exist: what is added counts as read.
		files.Add(name, []byte(content))
		g, diags := config.Resources(files)
		for _, d := range diags {
			if d.Subject == nil {
				t.Errorf("%s has no place", d)
			}
		}
		for _, r := range g.Resources {
			if r.Kind == "" || r.ID == "" || !inside(r.Location, content) {
				t.Errorf("%s %s at %s", r.Kind, r.ID, r.Location)
			}
		}
	})
}
