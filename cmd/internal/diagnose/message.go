// Package diagnose reads the error messages of Image Builder, EC2, KMS and STS
// and says which rules foresee them.
package diagnose

import (
	"html"
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
	// Denied are the calls to KMS and EC2 that were refused, as they are
	// written.
	Denied []string `json:"denied,omitempty"`

	folded string
}

// The places of accounts, Regions and calls in folded messages.
var (
	sourceAccount = regexp.MustCompile(`(?:sourceaccount\(id:|arn:aws:imagebuilder:[a-z0-9-]+:)(\d{12})`)
	targetAccount = regexp.MustCompile(`(?:destinationaccount\(id:|theaccount'?|:iam::)(\d{12})`)
	sessionOwner  = regexp.MustCompile(`:sts::(\d{12}):assumed-role/` + "(" + fold(targetRole) + ")?")
	messageRegion = regexp.MustCompile(`inregion'?([a-z]{2}(?:-[a-z]+)+-\d)`)
	deniedCall    = regexp.MustCompile(`(?i)isnotauthorizedtoperform:((?:kms|ec2):[a-z*]+?)(?:onresource|because|[^a-z*]|$)`)
)

// targetRole is the role that Image Builder assumes in target accounts.
const targetRole = "EC2ImageBuilderDistributionCrossAccountRole"

// delivery begins the words that say which delivery failed. They stand in
// messages of every kind and tell none apart.
const delivery = "when distributing the image from the source account"

// These messages hide a refused call: AWS prints no more of it, and people find
// the call itself in CloudTrail.
const (
	copyFailed   = "AMI Copy Reported Failure For 'ami-…'"
	launchFailed = "Client.InternalError: Client error on launch"
)

// minimumSegment is the length of a text that is long enough to tell messages
// apart.
const minimumSegment = 20

// Read reads a message as people paste it: whole, wrapped by a terminal, in
// quotation marks, or inside JSON such as an event of CloudTrail.
func Read(text string) Message {
	var told envelope
	squeezed := squeeze(told.unwrap(text))
	folded := strings.ToLower(squeezed)
	m := Message{
		Sources: sortedSet(append(told.sources, matches(sourceAccount, folded)...)),
		Targets: sortedSet(append(told.targets, matches(targetAccount, folded)...)),
		Regions: sortedSet(append(told.regions, matches(messageRegion, folded)...)),
		Denied:  matches(deniedCall, squeezed), folded: folded,
	}
	for _, session := range sessionOwner.FindAllStringSubmatch(folded, -1) {
		if session[2] == "" {
			m.Sources = sortedSet(append(m.Sources, session[1]))
		} else {
			m.Targets = sortedSet(append(m.Targets, session[1]))
		}
	}
	return m
}

// Empty reports whether there is no message.
func (m *Message) Empty() bool { return m.folded == "" }

func matches(pattern *regexp.Regexp, text string) []string {
	var out []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return sortedSet(out)
}

func sortedSet(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
}

// What differs between messages of one kind, and what people paste around them.
var (
	margin    = regexp.MustCompile(`(?m)^[\s>|│]+|[\s|│]+$`)
	partition = regexp.MustCompile(`arn:aws(?:-[a-z]+)+:`)
	session   = regexp.MustCompile(`assumed-role/[^\s']{1,200}?isnotauthorized`)
)

// fold makes texts comparable: squeezed, and in lower case.
func fold(text string) string { return strings.ToLower(squeeze(text)) }

// squeeze takes out what people and programs put into a text: white space,
// because a terminal breaks lines anywhere, kinds of quotation marks,
// partitions.
func squeeze(text string) string {
	text = strings.NewReplacer(`\n`, " ", `\"`, `"`, `\u2019`, "'").Replace(html.UnescapeString(text))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), r == '\\':
			return -1
		case strings.ContainsRune("’‘`´\"“”", r):
			return '\''
		}
		return r
	}, margin.ReplaceAllString(text, " "))
	return partition.ReplaceAllString(text, "arn:aws:")
}

// foldCaller takes the role that calls out of a folded text.
func foldCaller(folded string) string {
	return session.ReplaceAllString(folded, "assumed-role/isnotauthorized")
}

// Rules are the rules that foresee the message. One that only says that
// distribution failed may have any cause.
func (m *Message) Rules(catalog policies.Catalog) policies.Catalog {
	text := foldCaller(m.folded)
	if len(m.Denied) > 0 {
		text += fold(copyFailed) + fold(launchFailed)
	}
	out := foreseen(catalog, func(prevented string) bool { return holds(text, prevented) })
	if len(out) == 0 && strings.Contains(text, fold("is not authorized to perform: sts:AssumeRole")) && !strings.Contains(text, "onresource:") {
		out = foreseen(catalog, func(prevented string) bool { return strings.Contains(prevented, "sts:AssumeRole") })
	}
	if len(out) == 0 && (strings.Contains(text, fold(delivery)) || strings.Contains(text, "notalldistributionjobsarecompleted")) {
		out = foreseen(catalog, func(string) bool { return true })
	}
	return out
}

// unencryptedCopy is what EC2 prints when a copy of an encrypted snapshot is to
// be unencrypted. Image Builder never asks for that.
const unencryptedCopy = "is encrypted. Creating an unencrypted copy from an encrypted snapshot is not supported"

// Elsewhere says where the cause of a message lies that no template of Image
// Builder can have; it is empty for all others.
func (m *Message) Elsewhere() string {
	if !strings.Contains(m.folded, fold(unencryptedCopy)) {
		return ""
	}
	return "A call to CopyImage or CopySnapshot asked for a copy without encryption of a snapshot that is encrypted; encryption cannot be " +
		"taken away. Image Builder makes no such call: look for a script, a function or a backup that copies the AMI after the " +
		"pipeline, and let it ask for encryption, with a key that whoever uses the copy may use."
}

// foreseen are the rules that prevent a message of a kind.
func foreseen(catalog policies.Catalog, is func(prevented string) bool) policies.Catalog {
	var out policies.Catalog
	for _, rule := range catalog {
		if slices.ContainsFunc(rule.Prevents, is) {
			out = append(out, rule)
		}
	}
	return out
}

// holds reports whether a folded text has all parts of the first sentence of a
// message that tell it apart, or is a piece of the message.
func holds(text, prevented string) bool {
	prevented, _, _ = strings.Cut(prevented, delivery)
	sentence, _, _ := strings.Cut(prevented, ". ")
	if len(text) >= minimumSegment && slices.ContainsFunc(telling(prevented), func(part string) bool { return strings.Contains(part, text) }) {
		return true
	}
	parts := telling(sentence)
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(text, part) })
}

// telling are the parts of a message between what varies that are long enough
// to tell it apart, folded.
func telling(message string) []string {
	var out []string
	for part := range strings.SplitSeq(message, "…") {
		if part = foldCaller(fold(part)); len(part) >= minimumSegment {
			out = append(out, part)
		}
	}
	return out
}

// Explains reports whether a finding can be the cause: it concerns one of the
// refused calls, and one of its jobs may be that of the message.
func (m *Message) Explains(f *policies.Finding) bool {
	jobs := f.AllJobs()
	return m.concernsCall(f.Missing) && (len(jobs) == 0 || slices.ContainsFunc(jobs, m.Concerns))
}

// concernsCall reports whether one of the refused calls lacks a permission.
func (m *Message) concernsCall(missing []string) bool {
	if len(m.Denied) == 0 || len(missing) == 0 {
		return true
	}
	return slices.ContainsFunc(missing, func(action string) bool {
		return slices.ContainsFunc(m.Denied, func(call string) bool { return strings.EqualFold(call, action) })
	})
}

// Concerns reports whether the message may be about a job: nothing that it
// says contradicts it. An image that is shared goes from the source account to
// the same account.
func (m *Message) Concerns(j policies.Job) bool {
	return agree(m.Sources, j.SourceAccount) && agree(m.Regions, j.Region) &&
		(agree(m.Targets, j.TargetAccount) || slices.Equal(m.Targets, m.Sources))
}

// agree reports whether a value can be one of those that the message names.
// Words for what is not known can be any.
func agree(named []string, value string) bool {
	return len(named) == 0 || value == "" || strings.Contains(value, " ") || slices.Contains(named, value)
}
