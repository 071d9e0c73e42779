// Package report writes the result of a run in the formats that people and
// machines read. It knows nothing of rules or templates: it is given findings
// with their places and prints them.
package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// Report is the result of one run. Findings are sorted by place and rule.
type Report struct {
	// Version is the version of iblint, without a leading "v".
	Version  string
	Findings []policies.Finding
	// Errors are the inputs that could not be read or evaluated.
	Errors []Problem
	// Warnings are remarks on the input that change no verdict.
	Warnings []Problem
	Summary  Summary

	// Edits are the changes of text that mend findings, by fingerprint. They are
	// there where a format wants them and it is certain what to write.
	Edits map[string][]Edit
	// Suppressed are the findings that are not reported, and why.
	Suppressed []policies.Suppressed
	// LeftOut are the rules that were turned off.
	LeftOut policies.Catalog
	// Rules is the whole catalogue, by ID.
	Rules policies.Catalog
	// Graph is what was read, for the picture; it may be nil.
	Graph *graph.Graph
	// Deliveries are the ways of images to their recipients, for the picture.
	Deliveries []Delivery
	// Folder is the path of the working directory from the root of the
	// repository, "" at the root or outside of a repository. Code hosts want
	// paths from the root.
	Folder string
	// Sources holds the text of the files, for snippets and line hashes.
	Sources map[string][]byte
}

// Edit puts text in the place of what a file has there.
type Edit struct {
	Location graph.Location `json:"location"`
	Text     string         `json:"text"`
}

// Delivery is the way of an image to one recipient.
type Delivery struct {
	// From is the ID of the resource that delivers.
	From string
	// Recipient is an account number, or words for whoever it is.
	Recipient string
	// Label is "error" where the delivery fails, "unknown" or "ok".
	Label string
}

// Problem is an input that could not be read or evaluated, or a remark on one.
type Problem struct {
	Summary string
	// Detail says what was done about it and what to do.
	Detail string
	// Location is nil when the problem has no place in a file.
	Location *graph.Location
}

// Message is the problem in one text.
func (p Problem) Message() string {
	if p.Detail == "" || p.Detail == p.Summary {
		return p.Summary
	}
	return strings.TrimRight(p.Summary, ".:") + ": " + p.Detail
}

// MarshalJSON writes the message and, where there is one, the place.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Message  string          `json:"message"`
		Location *graph.Location `json:"location,omitempty"`
	}{p.Message(), p.Location})
}

// Summary counts what a run saw and found.
type Summary struct {
	policies.Summary

	// Unresolved counts the values that could not be known.
	Unresolved int `json:"unresolved"`
}

// A report has no more errors and no more warnings than mostProblems: a file
// that has nothing to do with templates can be wrong in every line. What each
// says is no longer than mostWords, in bytes.
const (
	mostProblems = 1000
	mostWords    = 4000
)

// Problems splits diagnostics into errors and warnings.
func Problems(diags hcl.Diagnostics) (errors, warnings []Problem) {
	for _, d := range diags {
		p := Problem{Summary: shortened(d.Summary), Detail: shortened(d.Detail)}
		if d.Subject != nil {
			location := graph.NewLocation(*d.Subject)
			p.Location = &location
		}
		if d.Severity == hcl.DiagError {
			errors = append(errors, p)
			continue
		}
		warnings = append(warnings, p)
	}
	return most(errors, "errors"), most(warnings, "warnings")
}

func shortened(text string) string {
	if len(text) <= mostWords {
		return text
	}
	return strings.ToValidUTF8(text[:mostWords], "") + "…"
}

// most keeps the first problems and says how many there are beside them.
func most(problems []Problem, what string) []Problem {
	more := len(problems) - mostProblems
	if more <= 0 {
		return problems
	}
	return append(problems[:mostProblems:mostProblems], Problem{
		Summary: fmt.Sprintf("%d more %s", more, what), Detail: "They are not shown. Mend the first ones.",
	})
}

// unknown is the label of findings that a missing fact would decide.
const unknown = string(policies.Unknown)

// label is the word that a finding is announced with: its severity, or
// "unknown".
func label(f *policies.Finding) string {
	if f.Verdict == policies.Unknown {
		return unknown
	}
	return string(f.Severity)
}
