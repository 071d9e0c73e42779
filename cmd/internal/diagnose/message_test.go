package diagnose_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
	launch  = "Client.InternalError: Client error on launch"
	refused = "User: arn:aws:sts::210987654321:assumed-role/EC2ImageBuilderDistributionCrossAccountRole/x is not authorized to perform: " +
		"kms:CreateGrant on resource: arn:aws:kms:us-east-1:123456789012:key/1234abcd because no resource-based policy allows it"
)

// wrapped is the message as Image Builder puts it into the state of an image.
func wrapped(texts ...string) string {
	var b strings.Builder
	b.WriteString("Distribution failed with JobId 'dist-0a1b', status = 'Failed' for ARN " +
		"'arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1'. 'Not all distribution jobs are completed.")
	for i, text := range texts {
		fmt.Fprintf(&b, " %d) %s", i+1, text)
	}
	return b.String() + "'"
}

// inJSON is a value as a program prints it.
func inJSON(t *testing.T, value any) string {
	t.Helper()
	content, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestRules(t *testing.T) {
	t.Parallel()
	catalog, err := policies.LoadCatalog()
	if err != nil {
		t.Fatal(err)
	}
	event := map[string]any{"detail": map[string]any{"errorMessage": assume, "n": 1, "more": []any{"x"}}}
	for _, c := range []struct{ name, text, has, not string }{
		{"shared", shared, "IBL001 IBL036", "IBL009 IBL011 IBL017"},
		{"ASCII apostrophe", strings.ReplaceAll(shared, "’", "'"), "IBL001", "IBL011 IBL017"},
		{"HTML", strings.ReplaceAll(shared, "’", "&rsquo;"), "IBL001", "IBL011 IBL017"},
		{"JSON in JSON", inJSON(t, inJSON(t, map[string]string{"reason": shared})), "IBL001", "IBL011 IBL017"},
		{"a piece", "Snapshots encrypted with the AWS Managed CMK can't be shared", "IBL001", "IBL011 IBL017"},
		{"a piece with more around it", "An error occurred (InvalidParameter) when calling the ModifyImageAttribute operation: " +
			"Snapshots encrypted with the AWS Managed CMK can't be shared", "IBL001", "IBL011 IBL017"},
		{"API", "OperationNotPermitted: Encrypted snapshots with EBS default key cannot be shared\n\tstatus code: 400", "IBL001", "IBL011 IBL017"},
		{"assume", assume, "IBL011 IBL013 IBL014 IBL033", "IBL001 IBL017"},
		{"another partition", strings.ReplaceAll(assume, "arn:aws:", "arn:aws-us-gov:"), "IBL011 IBL013", "IBL001 IBL017"},
		{"execution role", strings.ReplaceAll(assume, "AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService", "build/x"), "IBL010 IBL013", "IBL001"},
		{"another role", strings.ReplaceAll(before(assume, "'. Please"), "EC2ImageBuilderDistributionCrossAccountRole", "Other"), "", "IBL013"},
		{"cut off", before(assume, " on resource"), "IBL013", "IBL001 IBL014"},
		{"CloudTrail", inJSON(t, event), "IBL011", "IBL001"},
		{"copied", copied, "IBL017 IBL015", "IBL001 IBL013"},
		{"broken lines", broken("\n    "), "IBL017", "IBL001"},
		{"in a box", broken(" │\n│ "), "IBL017", "IBL001"},
		{"quoted", broken("\n> "), "IBL017", "IBL001"},
		{"a log line", "2026-05-01T10:00:00Z ERROR " + inJSON(t, map[string]string{"msg": copied}), "IBL017", "IBL001"},
		{"several jobs", wrapped(copied, shared), "IBL017 IBL001", "IBL013"},
		{"no cause", wrapped(), "IBL001 IBL013 IBL017", "IBL901"},
		{"launch", "  " + launch + "\n", "IBL019", "IBL001 IBL017"},
		{"refused call", refused, "IBL015 IBL017 IBL019", "IBL001 IBL013"},
		{"principals", "MalformedPolicyDocumentException: Policy contains a statement with one or\nmore invalid principals.", "IBL024", "IBL001"},
		{"workflows", "InvalidParameterCombinationException: An execution role is required to provide workflows.", "IBL904", "IBL001"},
		{"public", "You can’t publicly share this image because block public access for AMIs is enabled for this account. To publicly share the image, " +
			"you must call the DisableImageBlockPublicAccess API.' when distributing the image from the source account (ID: 123456789012)", "IBL027", "IBL001 IBL017"},
		{"something else", "Error: something else", "", "IBL001"},
		{"another service", "An error occurred (InvalidKeyPair.NotFound) when calling the RunInstances operation", "", "IBL001 IBL019"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := diagnose.Read(c.text)
			found := map[string]bool{}
			for _, rule := range m.Rules(catalog) {
				found[rule.ID] = true
			}
			for id := range strings.FieldsSeq(c.has) {
				if !found[id] {
					t.Errorf("%s does not foresee the message; %d rules do", id, len(found))
				}
			}
			for id := range strings.FieldsSeq(c.not) {
				if found[id] {
					t.Errorf("%s foresees the message", id)
				}
			}
			if c.has == "" && len(found) > 0 {
				t.Errorf("%d rules foresee a message of another kind", len(found))
			}
		})
	}
}

func TestAbout(t *testing.T) {
	t.Parallel()
	source, target := []string{"123456789012"}, []string{"210987654321"}
	sharing := map[string]any{
		"eventSource": "ec2.amazonaws.com", "eventName": "ModifyImageAttribute", "awsRegion": "us-east-1", "recipientAccountId": "123456789012",
		"requestParameters": map[string]any{"launchPermission": map[string]any{"add": map[string]any{"items": []any{map[string]any{"userId": "210987654321"}}}}},
		"errorMessage":      "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
	}
	for _, c := range []struct {
		name, text string
		want       diagnose.Message
	}{
		{"shared", shared, diagnose.Message{Sources: source, Targets: target, Regions: []string{"eu-west-1"}}},
		{"assume", assume, diagnose.Message{Sources: source, Targets: target}},
		{"broken lines", broken("\n    "), diagnose.Message{Sources: source, Targets: target, Regions: []string{"us-east-1"}}},
		{"no cause", wrapped(), diagnose.Message{Sources: source}},
		{"refused call", refused, diagnose.Message{Targets: target, Denied: []string{"kms:CreateGrant"}}},
		{"launch", launch, diagnose.Message{}},
		{"event of EC2", inJSON(t, map[string]any{"Records": []any{sharing}}), diagnose.Message{Sources: source, Targets: target, Regions: []string{"us-east-1"}}},
	} {
		if diff := cmp.Diff(c.want, diagnose.Read(c.text), cmpopts.IgnoreUnexported(diagnose.Message{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// One message is the work of others.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"a copy without encryption", "An error occurred (InvalidRequest) when calling the CopyImage operation: Snapshot snap-0123456789abcdef0 is\n" +
			"encrypted. Creating an unencrypted copy from an encrypted snapshot is not supported.", true},
		{"copied", copied, false},
		{"shared", shared, false},
		{"nothing", "", false},
	} {
		m := diagnose.Read(c.text)
		if got := m.Elsewhere() != ""; got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
}

// before is the text up to the first occurrence of the end.
func before(text, end string) string {
	text, _, _ = strings.Cut(text, end)
	return text
}

// broken is the text of a copy, broken every 40 characters, as a terminal or a
// mail does it.
func broken(between string) string {
	var b strings.Builder
	for i, r := range copied {
		if i > 0 && i%40 == 0 {
			b.WriteString(between)
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

// A refused call is explained by a permission that is missing, and by what has
// nothing to do with permissions.
func TestExplainsRefusedCall(t *testing.T) {
	t.Parallel()
	m := diagnose.Read(refused)
	for want, missing := range map[bool][][]string{
		true:  {nil, {"kms:CreateGrant", "kms:Decrypt"}},
		false: {{"kms:Decrypt"}},
	} {
		for _, actions := range missing {
			if got := m.Explains(&policies.Finding{Missing: actions}); got != want {
				t.Errorf("a finding that misses %v explains the call: %t, want %t", actions, got, want)
			}
		}
	}
}

// An image that is shared stays in its account, and the message says so.
func TestExplainsShare(t *testing.T) {
	t.Parallel()
	m := diagnose.Read(strings.ReplaceAll(shared, "210987654321", "123456789012"))
	if !m.Explains(&policies.Finding{Job: &policies.Job{SourceAccount: "123456789012", TargetAccount: "333333333333", Region: "eu-west-1"}}) {
		t.Error("a launch permission cannot be the cause")
	}
}
