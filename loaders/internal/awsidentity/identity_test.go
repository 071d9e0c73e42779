package awsidentity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/internal/awsidentity"
)

func resource(kind string, arguments map[string]string) awsidentity.Resource {
	return awsidentity.Resource{
		Seed: "root#r", Type: kind, Partition: "<0>", Region: "<1>", Account: "111111111111",
		Argument:      func(name string) (string, bool) { text, ok := arguments[name]; return text, ok },
		IsTrue:        func(name string) bool { return arguments[name] == "true" },
		Lower:         strings.ToLower,
		BeginsUnknown: func(text string) bool { return strings.HasPrefix(text, "<") },
	}
}

func TestManaged(t *testing.T) {
	t.Parallel()
	role := map[string]string{"arn": "arn:<0>:iam::111111111111:role/team/<2>-x", "id": "<2>-x", "name": "<2>-x"}
	recipe := "arn:<0>:imagebuilder:<1>:111111111111:image-recipe/my-recipe/1.2.3"
	alias := map[string]string{"arn": "arn:<0>:kms:<1>:111111111111:alias/a", "id": "alias/a", "name": "alias/a"}
	replica := map[string]string{"arn": "arn:<0>:kms:<1>:111111111111:key/mrk-1", "id": "mrk-1", "key_id": "mrk-1"}
	tests := []struct {
		kind      string
		arguments map[string]string
		want      map[string]string
	}{
		{"aws_iam_role", map[string]string{"name": "<2>-x", "path": "/team/"}, role},
		{"aws_imagebuilder_image_recipe", map[string]string{"name": "My Recipe", "version": "1.2.3"}, map[string]string{"arn": recipe, "id": recipe}},
		{"awscc_imagebuilder_image_recipe", map[string]string{"name": "My_Recipe", "version": "1.2.3"}, map[string]string{"arn": recipe, "id": recipe}},
		{"aws_imagebuilder_image_recipe", map[string]string{"name": "no version"}, nil},
		{"aws_kms_alias", map[string]string{"name": "alias/a", "target_key_id": "<3>"}, alias},
		{"aws_kms_replica_key", map[string]string{"primary_key_arn": "arn:aws:kms:us-east-1:1:key/mrk-1"}, replica},
		{"aws_vpc", nil, nil},
		{"random_id", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			t.Parallel()
			got := resource(test.kind, test.arguments).Managed()
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
		})
	}
}

// What a data source looks up has the shape of what a resource makes.
func TestLookupHasTheShapeOfManaged(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"aws_kms_key", "aws_ami", "aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile", "aws_ssm_parameter"} {
		r := resource(kind, map[string]string{"name": "n"})
		if diff := cmp.Diff(r.Managed()["arn"], r.Lookup()["arn"]); diff != "" {
			t.Errorf("ARN of %s (-made +looked up):\n%s", kind, diff)
		}
	}
}
