package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func TestSARIFGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := golden(t, "report.sarif", func(w io.Writer) error { return report.SARIF(w, r) })
	log := readSARIF(t, got)
	run := log.Runs[0]
	if len(run.Tool.Driver.Rules) != len(r.Rules) {
		t.Errorf("%d rules in the log, %d in the catalogue", len(run.Tool.Driver.Rules), len(r.Rules))
	}
	for i, result := range run.Results {
		if rule := run.Tool.Driver.Rules[result.RuleIndex]; *rule.ID != *result.RuleID {
			t.Errorf("result %d: index %d is rule %s, not %s", i, result.RuleIndex, *rule.ID, *result.RuleID)
		}
		if result.PartialFingerprints["primaryLocationLineHash"] == "" {
			t.Errorf("result %d has no line hash", i)
		}
	}
	if run.Invocations[0].ExecutionSuccessful == nil || *run.Invocations[0].ExecutionSuccessful {
		t.Error("a run that could not read its input says that it was successful")
	}
}

// readSARIF reads a log with a library that checks it against the schema.
func readSARIF(t *testing.T, content []byte) *sarif.Report {
	t.Helper()
	log, err := sarif.FromBytes(content, sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestSARIFFolder(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	r.Folder = "teams/a b"
	var b bytes.Buffer
	if err := report.SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	log := readSARIF(t, b.Bytes())
	got := *log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI
	if want := "teams/a%20b/infra/main.tf"; got != want {
		t.Errorf("URI %s, want %s", got, want)
	}
}

func TestSARIFLimit(t *testing.T) {
	t.Parallel()
	r := &report.Report{Version: "0.1.0"}
	for i := range 5001 {
		r.Findings = append(r.Findings, policies.Finding{
			Rule: "IBL001", Verdict: policies.Unknown, Severity: policies.SeverityInfo, Message: "m",
			Location: graph.Location{File: "a.tf", Start: graph.Position{Line: i + 1, Column: 1}, End: graph.Position{Line: i + 1, Column: 2}},
		})
	}
	r.Findings[5000].Severity, r.Findings[5000].Verdict = policies.SeverityError, policies.Violation
	var b bytes.Buffer
	if err := report.SARIF(&b, r); err != nil {
		t.Fatal(err)
	}
	run := readSARIF(t, b.Bytes()).Runs[0]
	if len(run.Results) != 5000 || run.Results[4999].Level != "error" {
		t.Errorf("%d results, the last of level %s; want 5000 with the error", len(run.Results), run.Results[len(run.Results)-1].Level)
	}
	if n := len(run.Invocations[0].ToolExecutionNotifications); n != 1 {
		t.Errorf("%d notifications, want one that says what was left out", n)
	}
}

// The values are those of GitHub's own tests of the hash.
func TestLineHashes(t *testing.T) {
	t.Parallel()
	trailing := []string{
		"e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
		"b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
	}
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", []string{"c129715d7a2bc9a3:1"}},
		{" a\nb\n  \t\tc\n d", []string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", []string{
			"8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1", "b86d3392aea1be30:1", "e6ceba753e1a442:1",
		}},
		{" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", trailing},
		{" hello; \t\rworld!!!\r\r\r  \t\tGreetings\r End\r", trailing},
		{" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", trailing},
	} {
		if diff := cmp.Diff(c.want, report.LineHashes([]byte(c.in))); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.in, diff)
		}
	}
}

func TestJUnitGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := golden(t, "junit.xml", func(w io.Writer) error { return report.JUnit(w, r) })
	var suites struct {
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Cases []struct {
				Failure string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(got, &suites); err != nil {
		t.Fatal(err)
	}
	if suites.Failures != 2 || suites.Errors != 2 || suites.Skipped != 1 {
		t.Errorf("%d failures, %d errors, %d skipped; want 2, 2, 1", suites.Failures, suites.Errors, suites.Skipped)
	}
}

// What was accepted and what was not judged are no tests that passed.
func TestJUnitSkips(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	r.Suppressed = []policies.Suppressed{{Finding: r.Findings[0], Justification: "made by hand"}}
	r.LeftOut = policies.Catalog{{ID: "IBL036"}}
	r.Findings = nil
	var b bytes.Buffer
	if err := report.JUnit(&b, r); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<skipped message="suppressed: made by hand"`, `<skipped message="the rule is turned off"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the report lacks %s:\n%s", want, b.String())
		}
	}
}

func TestGitHubGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := golden(t, "github.txt", func(w io.Writer) error { return report.GitHub(w, r) })
	for line := range strings.SplitSeq(strings.TrimSuffix(string(got), "\n"), "\n") {
		if !strings.HasPrefix(line, "::") {
			t.Errorf("a text of a template begins a line: %s", line)
		}
	}
}

func TestGitLabGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := golden(t, "gitlab.json", func(w io.Writer) error { return report.GitLab(w, r) })
	var issues []map[string]any
	if err := json.Unmarshal(got, &issues); err != nil {
		t.Fatal(err)
	}
	seen := map[any]bool{}
	for _, issue := range issues {
		if seen[issue["fingerprint"]] {
			t.Errorf("fingerprint %v is used twice", issue["fingerprint"])
		}
		seen[issue["fingerprint"]] = true
	}
}

func TestMarkdownGolden(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	got := string(golden(t, "report.md", func(w io.Writer) error { return report.Markdown(w, r) }))
	for _, hostile := range []string{"</script>&", "</script><b>", "@user", "[text](1)"} {
		if strings.Contains(got, hostile) {
			t.Errorf("%q is not escaped", hostile)
		}
	}
}

func TestMarkdownFitsComment(t *testing.T) {
	t.Parallel()
	r := newReport(t)
	for i := range 400 {
		f := r.Findings[0]
		f.Fingerprint = strconv.Itoa(i)
		r.Findings = append(r.Findings, f)
	}
	var b bytes.Buffer
	if err := report.Markdown(&b, r); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65536 {
		t.Errorf("%d bytes are too many for a comment", b.Len())
	}
	if !strings.Contains(b.String(), "findings more left out") {
		t.Error("what was left out is not counted")
	}
}
