package starter

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/iblint/iblint/policies"
)

// prepared is what the settling lines of the unknown findings amount to.
type prepared struct {
	// accounts are fields by account number, or by the root whose account is not
	// known.
	accounts map[string]map[string]any
	// sections are the other keys of the configuration, each by the name of an
	// entry.
	sections map[string]map[string]any
	// organization is an example of an organization ID, or "".
	organization string
	// commands are what no line of the configuration can say, each with the rule
	// and the reason.
	commands []command
	// facts is true where a command puts its output below facts/.
	facts bool
}

type command struct{ rule, reason, line string }

var nextLine = regexp.MustCompile(` and ([a-z_]+: \{)`)

// prepare reads the settling lines of the unknown findings. Of alternatives it
// takes the first.
func prepare(findings []policies.Finding) *prepared {
	p := &prepared{accounts: map[string]map[string]any{}, sections: map[string]map[string]any{}}
	seen := map[string]bool{}
	for i := range findings {
		f := &findings[i]
		if f.Verdict != policies.Unknown || f.Settle == "" || seen[f.Settle] {
			continue
		}
		seen[f.Settle] = true
		if !p.line(f.Settle) {
			p.commands = append(p.commands, command{f.Rule, cmp.Or(f.Reason, f.Message), f.Settle})
			p.facts = p.facts || strings.Contains(f.Settle, "facts/")
		}
	}
	slices.SortStableFunc(p.commands, func(a, b command) int { return cmp.Compare(a.rule, b.rule) })
	return p
}

// line takes a line of the configuration; it is false for anything else.
func (p *prepared) line(settle string) bool {
	first, _, _ := strings.Cut(settle, ", or ")
	first = strings.TrimSuffix(strings.TrimSuffix(first, ","), " in .iblint.yaml")
	var lines []map[string]any
	for text := range strings.SplitSeq(nextLine.ReplaceAllString(first, "\n$1"), "\n") {
		var entry map[string]any
		if yaml.Unmarshal([]byte(sample(text)), &entry) != nil || !isConfiguration(entry) {
			return false
		}
		lines = append(lines, entry)
	}
	for _, entry := range lines {
		p.take(entry)
	}
	return true
}

// sample puts values of the right form in the place of words.
func sample(line string) string {
	return strings.NewReplacer("REGION", sampleRegion, "KEY-ID", "00000000-0000-0000-0000-000000000000",
		"ORGANIZATION", "o-0000000000", ":ACCOUNT:", ":"+placeholder(1)+":",
		`owner: "ACCOUNT"`, `owner: "`+placeholder(1)+`"`).Replace(line)
}

func isConfiguration(entry map[string]any) bool {
	for key := range entry {
		if !slices.Contains([]string{"accounts", "keys", "roles", "images", "organization_id"}, key) {
			return false
		}
	}
	return len(entry) > 0
}

func (p *prepared) take(entry map[string]any) {
	for section, value := range entry {
		entries, _ := value.(map[string]any)
		switch section {
		case "organization_id":
			p.organization, _ = value.(string)
		case "accounts":
			for id, fields := range entries {
				p.account(id, fields)
			}
		default:
			if p.sections[section] == nil {
				p.sections[section] = map[string]any{}
			}
			merge(p.sections[section], entries)
		}
	}
}

// account takes the fields of an account beyond those that are asked for of
// every root.
func (p *prepared) account(id string, value any) {
	fields, _ := value.(map[string]any)
	fields = maps.Clone(fields)
	if roots, ok := fields["roots"].([]any); ok && len(roots) == 1 && !isAccount(id) {
		id, _ = roots[0].(string)
	}
	delete(fields, "roots")
	delete(fields, "region")
	if len(fields) == 0 {
		return
	}
	if p.accounts[id] == nil {
		p.accounts[id] = map[string]any{}
	}
	merge(p.accounts[id], fields)
}

// merge adds entries to a map, and theirs to those that are there.
func merge(into, entries map[string]any) {
	for name, value := range entries {
		inner, isMap := value.(map[string]any)
		old, wasMap := into[name].(map[string]any)
		if isMap && wasMap {
			merged := maps.Clone(old)
			merge(merged, inner)
			value = merged
		}
		into[name] = value
	}
}

// flow is a value on one line; JSON is YAML.
func flow(value any) string {
	out, err := json.Marshal(value)
	if err != nil {
		return "{}"
	}
	return strings.NewReplacer(`":`, `": `, `,"`, `, "`).Replace(string(out))
}

// writeSections writes the entries of keys, roles and images.
func (p *prepared) writeSections(b *strings.Builder) {
	if len(p.sections) == 0 && p.organization == "" {
		return
	}
	b.WriteString("\n## What no template says:\n")
	if p.organization != "" {
		b.WriteString("# organization_id: " + p.organization + "\n")
	}
	for _, section := range slices.Sorted(maps.Keys(p.sections)) {
		b.WriteString("# " + section + ":\n")
		for _, name := range slices.Sorted(maps.Keys(p.sections[section])) {
			b.WriteString("#   " + quoted(name) + ": " + flow(p.sections[section][name]) + "\n")
		}
	}
}

// writeCommands lists what would settle the others.
func (p *prepared) writeCommands(b *strings.Builder) {
	if len(p.commands) == 0 {
		return
	}
	b.WriteString("\n## What else would settle the unknown findings of today:\n")
	for _, c := range p.commands {
		b.WriteString("##\n## " + c.rule + ": " + visible(c.reason) + "\n")
		for line := range strings.SplitSeq(c.line, "\n") {
			b.WriteString("##   " + visible(line) + "\n")
		}
	}
	if p.facts {
		b.WriteString("# facts: [facts/]\n")
	}
}
