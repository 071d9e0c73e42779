package policies

// Summary is the last line of a report.
type Summary struct {
	Files      int `json:"files"`
	Roots      int `json:"roots"`
	Resources  int `json:"resources"`
	Jobs       int `json:"jobs"`
	Errors     int `json:"errors"`
	Warnings   int `json:"warnings"`
	Unknowns   int `json:"unknowns"`
	Suppressed int `json:"suppressed"`
}

// Summarize counts findings: violations by severity, and unknowns.
func Summarize(findings []Finding, stats Stats, suppressed int) Summary {
	s := Summary{
		Files: stats.Files, Roots: stats.Roots, Resources: stats.Resources, Jobs: stats.Jobs,
		Suppressed: suppressed,
	}
	for i := range findings {
		switch f := &findings[i]; {
		case f.Verdict == Unknown:
			s.Unknowns++
		case f.Severity == SeverityError:
			s.Errors++
		case f.Severity == SeverityWarning:
			s.Warnings++
		}
	}
	return s
}

// Fails reports whether any finding is at or above a threshold: "error",
// "warning", "unknown" (violations of any severity and unknowns) or "never".
func Fails(findings []Finding, threshold string) bool {
	for i := range findings {
		f := &findings[i]
		switch {
		case threshold == "never":
		case threshold == "unknown":
			return true
		case f.Verdict == Violation && f.Severity.AtLeast(Severity(threshold)):
			return true
		}
	}
	return false
}
