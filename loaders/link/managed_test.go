package link_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/link"
)

func TestPublishedPolicies(t *testing.T) {
	t.Parallel()
	w := golden()
	for _, name := range []string{
		"AWSServiceRoleForImageBuilder", "EC2InstanceProfileForImageBuilder", "EC2ImageBuilderLifecycleExecutionPolicy",
		"EC2FastLaunchServiceRolePolicy", "AWSKeyManagementServicePowerUser", "PowerUserAccess", "AmazonEC2FullAccess",
	} {
		w.addAt(there(), "aws_iam_role_policy_attachment", name, object{"role": link.TargetRoleName, "policy_arn": "arn:aws:iam::aws:policy/" + name})
	}
	m := w.link()
	for _, p := range m.Roles["infra#aws_iam_role.dist"].Policies {
		statements := m.Documents[p.Document].Field("statements")
		if len(statements.Items()) == 0 {
			t.Errorf("%s has no statements", text(p.Name))
		}
	}
	var b bytes.Buffer
	for name, d := range m.Documents {
		if strings.HasPrefix(name, "aws|") {
			content, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(content)
		}
	}
	if strings.Contains(b.String(), `"arn:aws:`) {
		t.Error("a published policy holds in one partition only")
	}
}
