package diagnose_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/cmd/internal/diagnose"
	"github.com/iblint/iblint/policies"
)

const (
	shared = "Distribution failed with JobId 'dj-1', status = 'Failed' for ARN 'arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1'. " +
		"'Not all distribution jobs are completed. 1) EC2 Client Error: 'Snapshots encrypted with the AWS Managed CMK can’t be shared. " +
		"Specify another snapshot.' when distributing the image from the source account (ID: 123456789012) to the destination account " +
		"(ID: 210987654321) in Region eu-west-1.'"
	assume = "STS Client Error: 'User: arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService " +
		"is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::210987654321:role/EC2ImageBuilderDistributionCrossAccountRole'. " +
		"Please make sure your 'EC2ImageBuilderDistributionCrossAccountRole' is setup with correct permission policies. If you are copying AMI " +
		"to opt-in regions, please make sure the region is enabled in the account."
	copied = "AMI Copy Reported Failure For 'ami-0abc' when distributing the image from the source account (ID: 123456789012) to the destination account " +
		"(ID: 210987654321) in Region us-east-1."
	launch = "Client.InternalError: Client error on launch"
)

func TestRules(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	event, err := json.Marshal(map[string]any{"detail": map[string]any{"errorMessage": assume, "n": 1, "more": []any{"x"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		has, not   string
		want       diagnose.Message
	}{
		{"shared", shared, "IBL001", "IBL011", diagnose.Message{
			Sources: []string{"123456789012"}, Targets: []string{"210987654321"}, Regions: []string{"eu-west-1"},
		}},
		{"ASCII apostrophe", strings.ReplaceAll(shared, "’", "'"), "IBL001", "IBL011", diagnose.Message{
			Sources: []string{"123456789012"}, Targets: []string{"210987654321"}, Regions: []string{"eu-west-1"},
		}},
		{"assume", assume, "IBL011", "IBL001", diagnose.Message{Sources: []string{"123456789012"}, Targets: []string{"210987654321"}}},
		{"CloudTrail", string(event), "IBL011", "IBL001", diagnose.Message{Sources: []string{"123456789012"}, Targets: []string{"210987654321"}}},
		{"broken lines", broken(copied), "IBL017", "IBL001", diagnose.Message{
			Sources: []string{"123456789012"}, Targets: []string{"210987654321"}, Regions: []string{"us-east-1"},
		}},
		{"launch", "  " + launch + "\n", "IBL019", "IBL001", diagnose.Message{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := diagnose.Read(c.text)
			if diff := cmp.Diff(c.want.Sources, m.Sources) + cmp.Diff(c.want.Targets, m.Targets) + cmp.Diff(c.want.Regions, m.Regions); diff != "" {
				t.Error(diff)
			}
			var ids []string
			for _, rule := range m.Rules(catalog) {
				ids = append(ids, rule.ID)
			}
			found := strings.Join(ids, " ")
			if !strings.Contains(found, c.has) || strings.Contains(found, c.not) {
				t.Errorf("rules %s; want %s and not %s", found, c.has, c.not)
			}
		})
	}
	if other := diagnose.Read("Error: something else"); len(other.Rules(catalog)) > 0 {
		t.Error("a message that no rule foresees is explained")
	}
}

// broken breaks a text every 40 characters, as a terminal does.
func broken(text string) string {
	var b strings.Builder
	for i, r := range text {
		if i > 0 && i%40 == 0 {
			b.WriteString("\n    ")
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestExplains(t *testing.T) {
	t.Parallel()
	m := diagnose.Read(shared)
	for _, c := range []struct {
		name string
		jobs []policies.Job
		want bool
	}{
		{"no job", nil, true},
		{"the same", []policies.Job{{SourceAccount: "123456789012", TargetAccount: "210987654321", Region: "eu-west-1"}}, true},
		{"account in words", []policies.Job{{SourceAccount: "the account of infra", TargetAccount: "210987654321", Region: "eu-west-1"}}, true},
		{"other target", []policies.Job{{TargetAccount: "333333333333", Region: "eu-west-1"}}, false},
		{"other Region", []policies.Job{{TargetAccount: "210987654321", Region: "us-east-1"}}, false},
		{"one of several", []policies.Job{{TargetAccount: "333333333333"}, {TargetAccount: "210987654321"}}, true},
	} {
		if got := m.Explains(&policies.Finding{Jobs: c.jobs}); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}
