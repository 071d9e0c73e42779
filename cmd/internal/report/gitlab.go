package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

// GitLab writes a code quality report.
func GitLab(w io.Writer, r *Report) error {
	issues := []gitlabIssue{}
	for i := range r.Findings {
		f := &r.Findings[i]
		issues = append(issues, gitlabIssue{
			Description: Visible(f.Message), CheckName: f.Rule, Fingerprint: f.Fingerprint,
			Severity: gitlabSeverity(f.Severity), Location: r.gitlabLocation(&f.Location),
		})
	}
	for i := range r.Errors {
		p := &r.Errors[i]
		issues = append(issues, gitlabIssue{
			Description: Visible(p.Message()), CheckName: "iblint-input", Fingerprint: problemFingerprint(p),
			Severity: "blocker", Location: r.gitlabLocation(p.Location),
		})
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(issues)
}

func gitlabSeverity(s policies.Severity) string {
	switch s {
	case policies.SeverityError:
		return "critical"
	case policies.SeverityWarning:
		return "major"
	case policies.SeverityInfo, policies.SeverityOff:
	}
	return "info"
}

// gitlabLocation needs a path and a line even where there is none.
func (r *Report) gitlabLocation(at *graph.Location) gitlabLocation {
	if at == nil || at.File == "" {
		return gitlabLocation{Path: ".", Lines: gitlabLines{Begin: 1, End: 1}}
	}
	begin := max(at.Start.Line, 1)
	return gitlabLocation{
		Path: r.repositoryPath(at.File), Lines: gitlabLines{Begin: begin, End: max(at.End.Line, begin)},
	}
}

// problemFingerprint is the same for the same problem in the same file.
func problemFingerprint(p *Problem) string {
	file := ""
	if p.Location != nil {
		file = p.Location.File
	}
	sum := sha256.Sum256([]byte(file + "\x00" + p.Message()))
	return hex.EncodeToString(sum[:16])
}
