package report

import (
	"cmp"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

// maxSARIFResults is the number of results that GitHub takes of one run.
const maxSARIFResults = 5000

// Home is the page of the project.
const Home = "https://github.com/iblint/iblint"

// SARIF writes the report for code scanning. Suppressed findings are left out:
// GitHub would show them as open.
func SARIF(w io.Writer, r *Report) error {
	s := &sarifWriter{report: r, hashes: map[string][]string{}}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: "iblint", SemanticVersion: r.Version, InformationURI: Home, Rules: sarifRules(r.Rules),
		}},
		Invocations: []sarifInvocation{{
			ExecutionSuccessful: len(r.Errors) == 0, ToolExecutionNotifications: s.notifications(),
		}},
		Results: s.results(), ColumnKind: "unicodeCodePoints",
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{
		Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run},
	})
}

type sarifWriter struct {
	report *Report
	hashes map[string][]string
}

func sarifRules(catalog policies.Catalog) []sarifRule {
	rules := make([]sarifRule, len(catalog))
	for i, r := range catalog {
		level := sarifLevel(r.Severity)
		rules[i] = sarifRule{
			ID: r.ID, Name: r.Name,
			ShortDescription:     sarifText{Text: r.Title},
			FullDescription:      sarifText{Text: firstText(r.Description, r.Title)},
			Help:                 sarifText{Text: helpText(&r), Markdown: helpMarkdown(&r)},
			HelpURI:              helpURI(r.Help()),
			DefaultConfiguration: sarifConfiguration{Enabled: r.Default, Level: level},
			Properties: sarifRuleProperties{
				Tags: ruleTags(&r), Precision: "high", ProblemSeverity: problemSeverity(level),
				SecuritySeverity: securitySeverity(r.Severity),
			},
		}
	}
	return rules
}

func firstText(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func ruleTags(r *policies.Rule) []string {
	tags := []string{"security"}
	if r.Category != "" {
		tags = append(tags, r.Category)
	}
	return tags
}

// helpURI makes the page of a rule absolute.
func helpURI(page string) string {
	if page == "" || strings.Contains(page, "://") {
		return page
	}
	return Home + "/blob/main/" + page
}

func helpText(r *policies.Rule) string {
	return firstText(strings.TrimSpace(r.Description+"\n\nHow to fix: "+r.Remediation), r.Title)
}

func helpMarkdown(r *policies.Rule) string {
	var b strings.Builder
	b.WriteString(r.Description)
	if r.Remediation != "" {
		b.WriteString("\n\n**How to fix.** " + r.Remediation)
	}
	for _, reference := range r.References {
		b.WriteString("\n- [" + firstText(reference.Description, reference.URL) + "](" + reference.URL + ")")
	}
	return strings.TrimSpace(b.String())
}

func sarifLevel(s policies.Severity) string {
	switch s {
	case policies.SeverityError:
		return "error"
	case policies.SeverityWarning:
		return "warning"
	case policies.SeverityInfo, policies.SeverityOff:
	}
	return "note"
}

func problemSeverity(level string) string {
	if level == "note" {
		return "recommendation"
	}
	return level
}

// securitySeverity is a score as code scanning sorts by: high, medium, low.
func securitySeverity(s policies.Severity) string {
	switch s {
	case policies.SeverityError:
		return "8.0"
	case policies.SeverityWarning:
		return "5.0"
	case policies.SeverityInfo, policies.SeverityOff:
	}
	return "2.0"
}

// results converts the findings; of too many the least severe are left out.
func (s *sarifWriter) results() []sarifResult {
	kept := s.kept()
	results := make([]sarifResult, len(kept))
	for i, f := range kept {
		results[i] = s.result(f)
	}
	return results
}

// kept are the findings that fit, in the order of the report.
func (s *sarifWriter) kept() []*policies.Finding {
	order := worstFirst(s.report.Findings)
	order = order[:min(len(order), maxSARIFResults)]
	slices.Sort(order)
	kept := make([]*policies.Finding, len(order))
	for i, at := range order {
		kept[i] = &s.report.Findings[at]
	}
	return kept
}

func (s *sarifWriter) result(f *policies.Finding) sarifResult {
	result := sarifResult{
		RuleID: f.Rule, Level: sarifLevel(f.Severity), Locations: []sarifLocation{s.location(f.Location)},
		PartialFingerprints: map[string]string{"iblint/v1": f.Fingerprint},
		Suppressions:        []struct{}{},
		Properties: sarifResultProperties{
			Verdict: string(f.Verdict), Address: f.Resource.Address, Jobs: f.AllJobs(),
			Missing: f.Missing, Prevents: f.Prevents, Fix: f.Fix, Settle: f.Settle,
		},
	}
	if i := slices.IndexFunc(s.report.Rules, func(r policies.Rule) bool { return r.ID == f.Rule }); i >= 0 {
		result.RuleIndex = &i
	}
	result.Locations[0].LogicalLocations = []sarifLogical{{f.Resource.Address, "resource"}}
	if hash := s.lineHash(f.Location); hash != "" {
		result.PartialFingerprints["primaryLocationLineHash"] = hash
	}
	result.Message, result.RelatedLocations = s.message(f)
	result.Fixes = s.fixes(f)
	return result
}

// fixes is the one way to mend a finding, by file.
func (s *sarifWriter) fixes(f *policies.Finding) []sarifFix {
	var changes []sarifArtifactChange
	for _, edit := range s.report.Edits[f.Fingerprint] {
		place := s.location(edit.Location).PhysicalLocation
		if place.Region == nil {
			continue
		}
		replacement := sarifReplacement{DeletedRegion: *place.Region, InsertedContent: sarifText{Text: edit.Text}}
		i := slices.IndexFunc(changes, func(c sarifArtifactChange) bool { return c.ArtifactLocation == place.ArtifactLocation })
		if i < 0 {
			i = len(changes)
			changes = append(changes, sarifArtifactChange{ArtifactLocation: place.ArtifactLocation})
		}
		changes[i].Replacements = append(changes[i].Replacements, replacement)
	}
	if len(changes) == 0 {
		return nil
	}
	return []sarifFix{{Description: sarifText{Text: cmp.Or(Visible(f.Fix), "Change what is written")}, ArtifactChanges: changes}}
}

// message is the text of a finding, with links to the related places: code
// hosts show those only where the text links to them.
func (s *sarifWriter) message(f *policies.Finding) (sarifText, []sarifLocation) {
	var b strings.Builder
	b.WriteString(linkSafe(Visible(f.Message)))
	var related []sarifLocation
	places, left := relatedPlaces(f)
	for _, place := range places {
		if place.Location.File == "" {
			b.WriteString(". " + linkSafe(Visible(place.Message)))
			continue
		}
		location := s.location(place.Location)
		location.ID = len(related) + 1
		location.Message = &sarifText{Text: linkSafe(Visible(place.Message))}
		related = append(related, location)
		b.WriteString(". [" + escapeBrackets(Visible(place.Message)) + "](" + strconv.Itoa(location.ID) + ")")
	}
	if left > 0 {
		b.WriteString(". " + Count(left, "more place") + " left out")
	}
	b.WriteString(".")
	for _, more := range []struct{ head, text string }{{"How to fix", f.Fix}, {"To settle it", f.Settle}} {
		if more.text != "" {
			b.WriteString(" " + more.head + ": " + linkSafe(Visible(strings.Join(strings.Fields(more.text), " "))) + ".")
		}
	}
	return sarifText{Text: b.String()}, related
}

// linkSafe keeps a text from being read as a link.
func linkSafe(text string) string {
	if strings.Contains(text, "](") {
		return escapeBrackets(text)
	}
	return text
}

func escapeBrackets(text string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(text)
}

func (s *sarifWriter) location(at graph.Location) sarifLocation {
	physical := &sarifPhysical{ArtifactLocation: sarifArtifact{URI: s.report.repositoryURI(at.File)}}
	if at.Start.Line > 0 {
		p := s.report.codePoints(at)
		physical.Region = &sarifRegion{
			StartLine: p.Start.Line, StartColumn: max(p.Start.Column, 1),
			EndLine: max(p.End.Line, p.Start.Line), EndColumn: max(p.End.Column, 1),
		}
	}
	return sarifLocation{PhysicalLocation: physical}
}

func (s *sarifWriter) lineHash(at graph.Location) string {
	source, ok := s.report.Sources[at.File]
	if !ok {
		return ""
	}
	hashes, ok := s.hashes[at.File]
	if !ok {
		hashes = lineHashes(source)
		s.hashes[at.File] = hashes
	}
	if at.Start.Line < 1 || at.Start.Line > len(hashes) {
		return ""
	}
	return hashes[at.Start.Line-1]
}

// notifications are the inputs that could not be read, and what was left out.
func (s *sarifWriter) notifications() []sarifNotification {
	out := []sarifNotification{}
	add := func(level string, problems []Problem) {
		for i := range problems {
			n := sarifNotification{Level: level, Message: sarifText{Text: Visible(problems[i].Message())}}
			if at := problems[i].Location; at != nil && at.File != "" {
				n.Locations = []sarifLocation{s.location(*at)}
			}
			out = append(out, n)
		}
	}
	add("error", s.report.Errors)
	add("warning", s.report.Warnings)
	if more := len(s.report.Findings) - maxSARIFResults; more > 0 {
		out = append(out, sarifNotification{
			Level: "warning", Message: sarifText{Text: Count(more, "finding") + " more were left out: code scanning takes " + strconv.Itoa(maxSARIFResults)},
		})
	}
	return out
}
