// Package starter writes a first configuration from what templates reveal:
// which roots have no account, which values come from elsewhere, and which
// facts would settle what is unknown.
package starter

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

const header = `# yaml-language-server: $schema=https://github.com/iblint/iblint/raw/main/loaders/facts/schema.json
#
# What the templates of this repository do not say. Take the # off the lines
# that you fill in; docs/configuration.md explains every key.
version: 1
`

// Write writes the configuration. As it is it changes nothing: what could be
// said is prepared in comments.
func Write(w io.Writer, g *graph.Graph, findings []policies.Finding) error {
	var b strings.Builder
	b.WriteString(header)
	writeAccounts(&b, g, findings)
	writeBindings(&b, g)
	writeSettlements(&b, findings)
	_, err := io.WriteString(w, b.String())
	return err
}

// writeAccounts asks for the account of every root whose account is not known,
// and for what is known of accounts that images go to.
func writeAccounts(b *strings.Builder, g *graph.Graph, findings []policies.Finding) {
	known, unplaced := map[string][]string{}, []string{}
	for _, root := range g.Roots {
		if account, ok := root.Account.AsString(); ok {
			known[account] = append(known[account], root.Path)
			continue
		}
		unplaced = append(unplaced, root.Path)
	}
	foreign := targets(findings, known)
	if len(unplaced)+len(foreign) == 0 {
		return
	}
	b.WriteString("\n# Which account is what deployed in?\n")
	for _, account := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(b, "# The templates place %s in %s.\n", strings.Join(known[account], ", "), account)
	}
	b.WriteString("# accounts:\n")
	for _, path := range unplaced {
		fmt.Fprintf(b, "#   \"ACCOUNT NUMBER\":\n#     roots: [%s]\n#     region: eu-west-1\n", quoted(path))
	}
	for _, account := range foreign {
		fmt.Fprintf(b, "#   \"%s\": # images go there, no template of it was given\n#     roots: []\n"+
			"#     complete: true # what is not in its roots does not exist there\n", account)
	}
}

// targets are the literal accounts that images go to and that no root is in.
func targets(findings []policies.Finding, known map[string][]string) []string {
	seen := map[string]bool{}
	for i := range findings {
		for _, job := range findings[i].AllJobs() {
			if isAccount(job.TargetAccount) && known[job.TargetAccount] == nil {
				seen[job.TargetAccount] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func isAccount(text string) bool {
	return len(text) == 12 && strings.Trim(text, "0123456789") == ""
}

// writeBindings lists the values that come from elsewhere.
func writeBindings(b *strings.Builder, g *graph.Graph) {
	found := map[string]*graph.Unknown{}
	for _, r := range g.Resources {
		collect(r.Attributes, found)
	}
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if side, example := takes(id); side != "" {
			lines = append(lines, fmt.Sprintf("#   %s: %s # %s\n", quoted(side), quoted(example), visible(found[id].Reason)))
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n# Values that come from elsewhere: from another root, or with var_files and\n# parameters from a file or from here.\n# bindings:\n")
	b.WriteString(strings.Join(lines, ""))
}

// collect finds the unknowns inside a value, by ID.
func collect(v graph.Value, found map[string]*graph.Unknown) {
	for _, part := range v.Parts() {
		if part.Unknown != nil {
			found[part.Unknown.ID] = part.Unknown
		}
	}
	for _, item := range v.Items() {
		collect(item, found)
	}
	for _, field := range v.Fields() {
		collect(field.Value, found)
	}
	if choice := v.Choice(); choice != nil {
		collect(choice.Then, found)
		collect(choice.Else, found)
	}
}

// takes is the left side of a binding for an unknown value, and what a right
// side looks like; "" for what no binding supplies.
func takes(id string) (side, example string) {
	kind, rest, ok := strings.Cut(strings.TrimSuffix(id, ")"), "(")
	root, name, named := strings.Cut(rest, "#")
	if !ok || !named {
		return "", ""
	}
	switch kind {
	case "param":
		return root + "#" + name, "other.yaml#LogicalId.Arn"
	case "var":
		return root + "#var." + name, "other#output.NAME"
	case "remote_state":
		state, _, _ := strings.Cut(name, ".outputs.")
		return root + "#" + state, "other"
	}
	return "", ""
}

// writeSettlements lists what would settle the unknown findings.
func writeSettlements(b *strings.Builder, findings []policies.Finding) {
	seen := map[string]bool{}
	var unknown []*policies.Finding
	for i := range findings {
		f := &findings[i]
		if f.Verdict == policies.Unknown && f.Settle != "" && !seen[f.Settle] {
			seen[f.Settle] = true
			unknown = append(unknown, f)
		}
	}
	if len(unknown) == 0 {
		return
	}
	b.WriteString("\n# What would settle the unknown findings of today:\n")
	slices.SortStableFunc(unknown, func(a, b *policies.Finding) int { return cmp.Compare(a.Rule, b.Rule) })
	for _, f := range unknown {
		fmt.Fprintf(b, "#\n# %s: %s\n", f.Rule, visible(cmp.Or(f.Reason, f.Message)))
		for line := range strings.SplitSeq(f.Settle, "\n") {
			b.WriteString("#   " + visible(line) + "\n")
		}
	}
}

// quoted is a text as a YAML string that nothing in it can end.
func quoted(s string) string { return fmt.Sprintf("%q", s) }

// visible keeps a text on the line of its comment.
func visible(s string) string {
	s = fmt.Sprintf("%q", s)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
}
