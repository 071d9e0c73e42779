package trace_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/cmd/internal/report"
	"github.com/iblint/iblint/cmd/internal/trace"
	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/policies"
)

func fields(pairs ...any) graph.Value {
	var out []graph.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			continue
		}
		switch value := pairs[i+1].(type) {
		case string:
			out = append(out, graph.Field{Name: name, Value: graph.String(value)})
		case graph.Value:
			out = append(out, graph.Field{Name: name, Value: value})
		}
	}
	return graph.Map(out...)
}

// world delivers one image to an account, to somebody who launches it in
// another Region, and to nobody in a third.
func world() policies.World {
	region := func(name string, ami graph.AMIDistribution) graph.Distribution {
		return graph.Distribution{Region: graph.String(name), AMI: &ami}
	}
	distribution := &graph.DistributionConfiguration{Distributions: []graph.Distribution{
		region("eu-west-1", graph.AMIDistribution{TargetAccountIDs: graph.List(graph.String("222222222222"), graph.String("111111111111"))}),
		region("us-east-1", graph.AMIDistribution{LaunchPermission: &graph.LaunchPermission{
			UserIDs:    graph.List(graph.String("333333333333"), graph.UnknownValue(&graph.Unknown{Reason: "variable more has no value"})),
			UserGroups: graph.List(graph.String("all")),
		}}),
		region("us-west-2", graph.AMIDistribution{}),
	}}
	resources := []*graph.Resource{
		{ID: "infra#p", Address: "p", Kind: graph.KindImagePipeline},
		{ID: "infra#d", Address: "d", Kind: graph.KindDistributionConfiguration, Properties: distribution},
		{ID: "infra#r", Address: "r", Kind: graph.KindImageRecipe},
	}
	input := fields(
		"builds", graph.List(fields("id", "infra#p", "account", "{account-1}", "region", "eu-west-1", "recipe", "infra#r", "distribution", "infra#d",
			"devices", graph.List(
				fields("device_name", "/dev/xvda", "basis", "named_key", "key", "infra#k"),
				fields("device_name", "/dev/sdb", "basis", "not_encrypted"),
				fields("device_name", "/dev/sdc", "basis", "unknown"),
			))),
		"keys", fields("infra#k", fields("label", "aws_kms_key.k")),
		"references", fields("infra#d", fields("distributions[0].ami.kms_key", fields("key", "infra#k"))),
	)
	return policies.World{
		Graph: &graph.Graph{Resources: resources}, Input: input,
		Names: map[string]string{"{account-1}": "the account of infra"},
	}
}

func findings() []policies.Finding {
	location := graph.Location{File: "infra/main.tf", Start: graph.Position{Line: 3, Column: 5}}
	return []policies.Finding{
		{
			Rule: "IBL013", Name: "target-role-trust", Verdict: policies.Violation, Severity: policies.SeverityError, Message: "no trust",
			Location: location, Job: &policies.Job{PipelineID: "infra#p", TargetAccount: "222222222222", Region: "eu-west-1"},
			Prevents: []string{"not authorized to perform: sts:AssumeRole"},
		},
		{
			Rule: "IBL019", Name: "launch-account-not-in-key-policy", Verdict: policies.Unknown, Severity: policies.SeverityInfo, Message: "nobody knows",
			Location: location, Job: &policies.Job{PipelineID: "infra#p", TargetAccount: "333333333333", Region: "us-east-1"}, Settle: "--var key=VALUE",
		},
		{
			Rule: "IBL036", Name: "root-device-not-keyed", Verdict: policies.Violation, Severity: policies.SeverityWarning, Message: "for all",
			Location: location, Resource: policies.Resource{ID: "infra#r"},
		},
	}
}

// judged is a report with the findings and the rules that made them.
func judged() *report.Report {
	return &report.Report{Findings: findings(), Rules: policies.Catalog{
		{ID: "IBL013", Step: policies.StepAssume},
		{ID: "IBL017", Step: policies.StepCopy},
		{ID: "IBL019", Step: policies.StepLaunch},
		{ID: "IBL036", Step: policies.StepShare},
	}}
}

const want = `p in the account of infra
├─ fails   copy to 222222222222 in eu-west-1
│  ├─ ok      build in the account of infra, eu-west-1: /dev/xvda under aws_kms_key.k, /dev/sdb not encrypted, /dev/sdc under a key that is not known
│  ├─ ok      share the image with 222222222222
│  │          IBL036 for all
│  │            at infra/main.tf:3:5
│  ├─ fails   assume EC2ImageBuilderDistributionCrossAccountRole in 222222222222
│  │          IBL013 no trust
│  │            at infra/main.tf:3:5
│  │            AWS: not authorized to perform: sts:AssumeRole
│  ├─ ok      copy to 222222222222 in eu-west-1 under aws_kms_key.k
│  └─ ok      launch in 222222222222
`

func TestText(t *testing.T) {
	t.Parallel()
	built := trace.Build([]policies.World{world(), world()}, judged())
	var b strings.Builder
	if err := trace.Text(&b, built, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for line := range strings.SplitSeq(want, "\n") {
		if !strings.Contains(got, line) {
			t.Errorf("the trace lacks %q", line)
		}
	}
	if summary := "\n6 distribution jobs: 4 ok, 1 failing, 1 not known\n"; !strings.HasSuffix(got, summary) {
		t.Errorf("the trace does not end with %q:\n%s", summary, got)
	}
}

func TestDeliveries(t *testing.T) {
	t.Parallel()
	var got []string
	for _, d := range trace.Build([]policies.World{world()}, judged()).Deliveries {
		got = append(got, strings.Join([]string{string(d.Kind), d.Recipient, d.Region, string(d.Status)}, " "))
	}
	want := []string{
		"copy 111111111111 eu-west-1 ok",
		"copy 222222222222 eu-west-1 fails",
		"launch 333333333333 us-east-1 unknown",
		"launch everyone us-east-1 ok",
		"launch not known (variable more has no value) us-east-1 ok",
		"keep  us-west-2 ok",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWidth(t *testing.T) {
	t.Parallel()
	built := trace.Build([]policies.World{world()}, judged())
	var b strings.Builder
	if err := trace.Text(&b, built, report.TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(b.String(), "\n") {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("line of %d columns: %s", n, line)
		}
	}
}

// What was not judged or was accepted is not ok.
func TestLeftOpen(t *testing.T) {
	t.Parallel()
	r := judged()
	r.Suppressed = []policies.Suppressed{{Finding: r.Findings[0], Kind: "inline", Justification: "made by hand"}}
	r.Findings = nil
	r.LeftOut = policies.Catalog{
		{ID: "IBL017", Step: policies.StepCopy, Severity: policies.SeverityError},
		{ID: "IBL024", Severity: policies.SeverityWarning},
		{ID: "IBL019", Step: policies.StepLaunch, Severity: policies.SeverityWarning},
	}
	built := trace.Build([]policies.World{world()}, r)
	i := slices.IndexFunc(built.Deliveries, func(d trace.Delivery) bool { return d.Recipient == "222222222222" })
	var got []string
	for _, step := range built.Deliveries[i].Steps {
		got = append(got, strings.Join(append([]string{string(step.Name), string(step.Status)}, step.NotJudged...), " "))
	}
	want := []string{"build ok", "share ok", "assume_role unknown", "account_copy unknown IBL017 IBL024", "launch ok IBL019"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var text, page, table strings.Builder
	if err := errors.Join(trace.Text(&text, built, report.TextOptions{}), trace.HTML(&page, built, r), trace.Markdown(&table, built)); err != nil {
		t.Fatal(err)
	}
	for form, content := range map[string]string{"text": text.String(), "html": page.String(), "markdown": table.String()} {
		for _, want := range []string{"suppressed: IBL013 no trust (made by hand)", "not judged: IBL017, IBL024 turned off"} {
			if !strings.Contains(content, want) {
				t.Errorf("%s lacks %q:\n%s", form, want, content)
			}
		}
	}
}

// Every finding of a step leads to the finding on the page.
func TestHTML(t *testing.T) {
	t.Parallel()
	r := judged()
	r.Findings[0].Message = "</details><script>alert(1)</script>"
	built := trace.Build([]policies.World{world()}, r)
	var b strings.Builder
	if err := trace.HTML(&b, built, r); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		"<h1>6 distribution jobs: 4 ok, 1 failing, 1 not known</h1>", `<a href="#finding-0">IBL013</a>`, `id="finding-0"`,
		`<span class="badge fails">fails</span> copy to 222222222222 in eu-west-1`, "&lt;/details&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "<script>alert") {
		t.Error("the message is not escaped")
	}
}

// What a finding of many deliveries says of the others is left out of JSON: a
// thousand deliveries would each repeat a thousand.
func TestJSONIsAboutTheDelivery(t *testing.T) {
	t.Parallel()
	r := judged()
	job := func(pipeline string) policies.Job {
		return policies.Job{PipelineID: pipeline, Pipeline: pipeline, TargetAccount: "222222222222", Region: "eu-west-1"}
	}
	r.Findings = []policies.Finding{{
		Rule: "IBL013", Verdict: policies.Violation, Severity: policies.SeverityError, Jobs: []policies.Job{job("infra#p"), job("infra#q")},
		Related: []policies.Related{{Message: "mine", ID: "infra#r"}, {Message: "another's", ID: "infra#s"}, {Message: "anybody's"}},
	}}
	other := world()
	other.Graph.Resources[2].ID = "infra#s"
	other.Input = fields("builds", graph.List(fields("id", "infra#q", "recipe", "infra#s", "distribution", "infra#d")))
	var b strings.Builder
	if err := trace.JSON(&b, trace.Build([]policies.World{world(), other}, r)); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Jobs []struct {
			Pipeline, Status string
			Steps            []struct {
				Findings []struct {
					Job     policies.Job
					Related []policies.Related
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, d := range got.Jobs {
		for _, step := range d.Steps {
			for _, f := range step.Findings {
				for _, related := range f.Related {
					texts = append(texts, f.Job.Pipeline+" "+related.Message)
				}
			}
		}
	}
	want := []string{"infra#p mine", "infra#p anybody's", "infra#q another's", "infra#q anybody's"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
