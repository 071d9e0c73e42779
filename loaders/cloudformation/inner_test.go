package cloudformation_test

import (
	"testing"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/internal/iam"
)

// TestPlacesInStrings checks that what stands in a policy that is written as a
// string has a place of its own, however the string is written.
func TestPlacesInStrings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, policy, want string }{
		{"literal block", "|\n        {\"Statement\":\n          {\"Effect\": \"Allow\",\n           \"Action\": [\"kms:é\"]}}\n", `["kms:é"]`},
		{"folded block", ">-\n        {\"Statement\":\n        {\"Effect\": \"Allow\",\n\n        \"Action\": [\"kms:a\",\n        \"kms:b\"]}}\n", "[\"kms:a\",\n        \"kms:b\"]"},
		{"double quotes", `"{\"Statement\": {\"Effect\": \"Allow\u00e9\", \"Action\": [\"kms:a\"]}}"`, `[\"kms:a\"]`},
		{"single quotes", `'{"Sid": "it''s", "Statement": {"Effect": "Allow", "Action": ["kms:a"]}}'`, `["kms:a"]`},
		{"folded quotes", "'{\"Statement\":\n          {\"Effect\": \"Allow\",\n          \"Action\": [\"kms:a\"]}}'", `["kms:a"]`},
		{"escaped line end", "\"{\\\"Statement\\\": \\\n          {\\\"Effect\\\": \\\"Allow\\\", \\\"Action\\\": [\\\"kms:a\\\"]}}\"", `[\"kms:a\"]`},
		{"Fn::Sub", "!Sub |\n        {\"Statement\": {\"Resource\": \"${AWS::Region}${Long}${Open}\", \"Action\": [\"kms:a\"]}}\n", `["kms:a"]`},
		{"a variable", "!Sub |\n        {\"Statement\": {\"Action\": \"${Long}\"}}\n", `"${Long}"`},
		{"Fn::Sub with variables", `{"Fn::Sub": ['{"Statement": {"Resource": "${A}", "Action": ["kms:a"]}}', {A: !Ref Long}]}`, `["kms:a"]`},
		{"a dynamic reference before", "'{\"Statement\": {\"Resource\": \"{{resolve:ssm:key}}\", \"Action\": [\"kms:a\"]}}'", `["kms:a"]`},
		{"Fn::Join of text", `!Join ["", ['{"Statement": {"Resource": "', !Ref Open, '", "Action": ["kms:a"]}}']]`, `'", "Action": ["kms:a"]}}'`},
		{"a document inside Fn::Sub", `{"Fn::Sub": ['${D}', {D: '{"Statement": {"Action": ["kms:a"]}}'}]}`, `["kms:a"]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			g, diags := load(t, "Parameters: {Long: {Type: String, Default: a-long-value}, Open: {Type: String}}\nResources:\n  R:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: "+
				test.policy+"\n", cloudformation.Options{Region: "eu-west-1"})
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			document := iam.Parse(find(g, "R").Attributes.Field("PolicyDocument"))
			if len(document.Statements) != 1 {
				t.Fatalf("the document is %+v", document)
			}
			rng := document.Statements[0].Actions.Range()
			if got := string(rng.SliceBytes(g.Sources[rng.Filename])); got != test.want {
				t.Errorf("the actions stand at %q, want %q", got, test.want)
			}
		})
	}
}
