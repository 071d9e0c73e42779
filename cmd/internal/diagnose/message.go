// Package diagnose reads the error messages of Image Builder, EC2, KMS and STS
// and says which rules foresee them.
package diagnose

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/iblint/iblint/policies"
)

// Message is an error message with what it says of accounts and Regions.
type Message struct {
	// Sources, Targets and Regions are what is named, sorted; empty when the
	// message does not say.
	Sources []string `json:"source_accounts,omitempty"`
	Targets []string `json:"target_accounts,omitempty"`
	Regions []string `json:"regions,omitempty"`

	folded string
}

// The places of accounts and Regions in messages without white space, in lower
// case.
var (
	sourceAccount = regexp.MustCompile(`(?:sourceaccount\(id:|:sts::)(\d{12})`)
	targetAccount = regexp.MustCompile(`(?:destinationaccount\(id:|theaccount'?|:iam::)(\d{12})`)
	messageRegion = regexp.MustCompile(`inregion'?([a-z]{2}(?:-[a-z]+)+-\d)`)
)

// minimumSegment is the length of a text that is long enough to tell messages
// apart.
const minimumSegment = 20

// Read reads a message as people paste it: whole, wrapped by a terminal, in
// quotation marks, or inside JSON such as an event of CloudTrail.
func Read(text string) Message {
	folded := fold(unwrap(text))
	return Message{
		Sources: matches(sourceAccount, folded), Targets: matches(targetAccount, folded),
		Regions: matches(messageRegion, folded), folded: folded,
	}
}

// Empty reports whether there is no message.
func (m *Message) Empty() bool { return m.folded == "" }

func matches(pattern *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// unwrap takes the texts out of JSON, also of JSON inside JSON.
func unwrap(text string) string {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		return text
	}
	var b strings.Builder
	collect(&b, value)
	return b.String()
}

func collect(b *strings.Builder, value any) {
	switch value := value.(type) {
	case string:
		if strings.HasPrefix(strings.TrimSpace(value), "{") {
			value = unwrap(value)
		}
		b.WriteString(value + " ")
	case []any:
		for _, item := range value {
			collect(b, item)
		}
	case map[string]any:
		for _, name := range sortedKeys(value) {
			collect(b, value[name])
		}
	}
}

func sortedKeys(m map[string]any) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// fold makes texts comparable: no white space, because a terminal breaks lines
// anywhere, one kind of quotation mark, lower case.
func fold(text string) string {
	text = strings.NewReplacer(`\n`, " ", `\"`, `"`, `\u2019`, "'").Replace(text)
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), r == '\\':
			return -1
		case strings.ContainsRune("’‘`´\"“”", r):
			return '\''
		}
		return unicode.ToLower(r)
	}, text)
}

// Rules are the rules that foresee the message: it holds the longest part
// without gap of a text that they prevent.
func (m *Message) Rules(catalog policies.Catalog) policies.Catalog {
	var out policies.Catalog
	for _, rule := range catalog {
		if slices.ContainsFunc(rule.Prevents, m.holds) {
			out = append(out, rule)
		}
	}
	return out
}

func (m *Message) holds(prevented string) bool {
	longest := ""
	for part := range strings.SplitSeq(prevented, "…") {
		if folded := fold(part); len(folded) > len(longest) {
			longest = folded
		}
	}
	return len(longest) >= minimumSegment && strings.Contains(m.folded, longest)
}

// Explains reports whether a finding can be the cause: none of its jobs need
// be the one of the message, but one must not contradict it.
func (m *Message) Explains(f *policies.Finding) bool {
	jobs := f.AllJobs()
	if len(jobs) == 0 {
		return true
	}
	return slices.ContainsFunc(jobs, func(j policies.Job) bool {
		return agree(m.Sources, j.SourceAccount) && agree(m.Targets, j.TargetAccount) && agree(m.Regions, j.Region)
	})
}

// agree reports whether a value can be one of those that the message names.
// Words for what is not known can be any.
func agree(named []string, value string) bool {
	return len(named) == 0 || value == "" || strings.Contains(value, " ") || slices.Contains(named, value)
}
