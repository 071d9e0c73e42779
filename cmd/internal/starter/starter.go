// Package starter writes a first configuration from what templates reveal:
// which roots have no account, which values come from elsewhere, and which
// facts would settle what is unknown.
package starter

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

const header = `# yaml-language-server: $schema=https://github.com/iblint/iblint/raw/main/loaders/facts/schema.json
##
## What the templates of this repository do not say. Take the # off the lines
## that you fill in; docs/configuration.md explains every key.
version: 1
`

// Write writes the configuration. As it is it changes nothing: what could be
// said is prepared in comments.
func Write(w io.Writer, g *graph.Graph, findings []policies.Finding) error {
	var b strings.Builder
	b.WriteString(header)
	lines := prepare(findings)
	writeAccounts(&b, g, findings, lines.accounts)
	writeBindings(&b, g)
	lines.writeSections(&b)
	lines.writeCommands(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// sampleRegion stands for a Region that is to be filled in.
const sampleRegion = "eu-west-1"

// placeholder is a number that no account has, for the nth to be filled in.
func placeholder(n int) string { return fmt.Sprintf("%012d", n) }

// writeAccounts asks for the account of every root whose account is not known,
// and for what is known of accounts that images go to. Extra are the fields
// that settle something, by account or root.
func writeAccounts(b *strings.Builder, g *graph.Graph, findings []policies.Finding, extra map[string]map[string]any) {
	known, unplaced := map[string][]string{}, []string{}
	for _, root := range g.Roots {
		if account, ok := root.Account.AsString(); ok {
			known[account] = append(known[account], root.Path)
			continue
		}
		unplaced = append(unplaced, root.Path)
	}
	foreign := targets(findings, known)
	settled := slices.DeleteFunc(slices.Sorted(maps.Keys(extra)), func(id string) bool {
		return !isAccount(id) || slices.Contains(foreign, id)
	})
	if len(unplaced)+len(foreign)+len(settled) == 0 {
		return
	}
	b.WriteString("\n## Which account is what deployed in?\n")
	for _, account := range slices.Sorted(maps.Keys(known)) {
		fmt.Fprintf(b, "## The templates place %s in %s.\n", visible(strings.Join(known[account], ", ")), account)
	}
	b.WriteString("# accounts:\n")
	for i, path := range unplaced {
		fmt.Fprintf(b, "#   %q: # write the number of the account\n#     roots: [%s]\n#     region: %s\n",
			placeholder(i+1), quoted(path), sampleRegion)
		writeFields(b, extra[path])
	}
	for _, account := range foreign {
		fmt.Fprintf(b, "#   %q: # images go there, no template of it was given\n#     roots: []\n"+
			"#     complete: true # what is not in its roots does not exist there\n", account)
		writeFields(b, extra[account])
	}
	for _, account := range settled {
		fmt.Fprintf(b, "#   %q:\n", account)
		writeFields(b, extra[account])
	}
}

func writeFields(b *strings.Builder, fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(b, "#     %s: %s\n", name, flow(fields[name]))
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
	seen := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		if side, example := takes(id); side != "" && !seen[side] {
			seen[side] = true
			lines = append(lines, fmt.Sprintf("#   %s: %s # %s\n", quoted(side), quoted(example), visible(found[id].Reason)))
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n## Values that come from elsewhere: from another root, or with var_files and\n## parameters from a file or from here.\n# bindings:\n")
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

// bindable is what a binding can name in a root; what an expression makes of an
// unknown, and what stands in a called module, is not.
var bindable = regexp.MustCompile(`^(data\.terraform_remote_state\.)?[A-Za-z_][A-Za-z0-9_-]*$`)

// takes is the left side of a binding for an unknown value, and what a right
// side looks like; "" for what no binding supplies.
func takes(id string) (side, example string) {
	kind, rest, ok := strings.Cut(strings.TrimSuffix(id, ")"), "(")
	root, name, named := strings.Cut(rest, "#")
	name, _, _ = strings.Cut(name, ".outputs.")
	if !ok || !named || !bindable.MatchString(name) {
		return "", ""
	}
	switch kind {
	case "param":
		return root + "#" + name, "other.yaml#LogicalId.Arn"
	case "var":
		return root + "#var." + name, "other#output.NAME"
	case "remote_state":
		return root + "#" + name, "other"
	}
	return "", ""
}

// quoted is a text as a YAML string that nothing in it can end.
func quoted(s string) string { return fmt.Sprintf("%q", s) }

// visible keeps a text on the line of its comment.
func visible(s string) string {
	s = fmt.Sprintf("%q", s)
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
}
