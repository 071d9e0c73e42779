package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/iblint/iblint/policies"
)

// JUnit writes a suite for every rule and one for the input. A violation is a
// failure; what is not known, was accepted or not judged is skipped; input that
// could not be read is an error; a rule without findings is a test that passed.
func JUnit(w io.Writer, r *Report) error {
	suites := junit.Testsuites{Name: "iblint"}
	input := newSuite("input")
	for i := range r.Errors {
		p := &r.Errors[i]
		input.AddTestcase(junit.Testcase{
			Name: position(p.Location), Classname: "iblint.input", Time: "0",
			Error: &junit.Result{Message: Visible(p.Message()), Type: "input"},
		})
	}
	if len(r.Errors) == 0 {
		input.AddTestcase(junit.Testcase{Name: "everything could be read", Classname: "iblint.input", Time: "0"})
	}
	suites.AddSuite(input)
	for i := range r.Rules {
		if suite, ok := ruleSuite(r, &r.Rules[i]); ok {
			suites.AddSuite(suite)
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	return suites.WriteXML(w)
}

func newSuite(name string) junit.Testsuite { return junit.Testsuite{Name: name, Time: "0"} }

// ruleSuite is false for a rule that was not asked.
func ruleSuite(r *Report, rule *policies.Rule) (junit.Testsuite, bool) {
	suite := newSuite(rule.ID + " " + rule.Name)
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Rule == rule.ID {
			suite.AddTestcase(findingCase(f))
		}
	}
	for i := range r.Suppressed {
		if s := &r.Suppressed[i]; s.Finding.Rule == rule.ID {
			test := newCase(&s.Finding)
			test.Skipped = &junit.Result{Message: "suppressed: " + Visible(s.Justification), Type: "suppressed", Data: findingData(&s.Finding)}
			suite.AddTestcase(test)
		}
	}
	if suite.Tests > 0 {
		return suite, true
	}
	test := junit.Testcase{Name: rule.Title, Classname: "iblint." + rule.ID, Time: "0"}
	if slices.ContainsFunc(r.LeftOut, func(off policies.Rule) bool { return off.ID == rule.ID }) {
		test.Skipped = &junit.Result{Message: "the rule is turned off", Type: "off"}
	}
	suite.AddTestcase(test)
	return suite, rule.Default
}

func newCase(f *policies.Finding) junit.Testcase {
	return junit.Testcase{
		Name: Visible(f.Resource.Address) + " (" + position(&f.Location) + ")", Classname: "iblint." + f.Rule, Time: "0",
	}
}

func findingCase(f *policies.Finding) junit.Testcase {
	test := newCase(f)
	result := &junit.Result{Message: Visible(f.Message), Type: label(f), Data: findingData(f)}
	if f.Severity.AtLeast(policies.SeverityWarning) {
		test.Failure = result
	} else {
		test.Skipped = result
	}
	return test
}

// findingData is the finding in full, as text.
func findingData(f *policies.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s[%s]: %s\n", position(&f.Location), label(f), f.Rule, Visible(f.Message))
	places, _ := relatedPlaces(f)
	for _, related := range places {
		fmt.Fprintf(&b, "  %s: %s\n", position(&related.Location), Visible(related.Message))
	}
	for _, note := range notes(f) {
		fmt.Fprintf(&b, "  %s: %s\n", note.name, strings.Join(visibleLines(note.text), "; "))
	}
	return b.String()
}
