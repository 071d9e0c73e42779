package terraformplan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// shapeCase is a resource, or a data source, with its values and its identity.
type shapeCase struct {
	resourceType, values string
	want                 map[string]string
}

const at = "eu-west-1:111111111111:"

func TestShapesOfKeysAndRoles(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"aws_kms_key", `{}`, map[string]string{"arn": "arn:aws:kms:" + at + "key/UUID", "id": "UUID", "key_id": "UUID"}},
		{"aws_kms_replica_key", `{"primary_key_arn":"arn:aws:kms:us-east-1:111111111111:key/mrk-1"}`, map[string]string{"arn": "arn:aws:kms:" + at + "key/mrk-1", "id": "mrk-1", "key_id": "mrk-1"}},
		{"aws_kms_replica_key", `{"primary_key_arn":"x"}`, map[string]string{"arn": "arn:aws:kms:" + at + "key/mrk-HEX", "id": "mrk-HEX", "key_id": "mrk-HEX"}},
		{"aws_kms_alias", `{"name_prefix":"alias/x-","target_key_id":"1"}`, map[string]string{"arn": "arn:aws:kms:" + at + "alias/x-NAME", "id": "alias/x-NAME", "name": "alias/x-NAME", "target_key_arn": "arn:aws:kms:" + at + "key/1"}},
		{"aws_iam_role", `{"path":"/a/","name_prefix":"p"}`, map[string]string{"arn": "arn:aws:iam::111111111111:role/a/pNAME", "id": "pNAME", "name": "pNAME"}},
		{"aws_iam_policy", `{"name":"n","path":""}`, map[string]string{"arn": "arn:aws:iam::111111111111:policy/n", "id": "arn:aws:iam::111111111111:policy/n", "name": "n"}},
		{"aws_iam_instance_profile", `{}`, map[string]string{"arn": "arn:aws:iam::111111111111:instance-profile/terraform-NAME", "id": "terraform-NAME", "name": "terraform-NAME"}},
		{"aws_iam_service_linked_role", `{"aws_service_name":"autoscaling.amazonaws.com","custom_suffix":"x"}`, map[string]string{"arn": "arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x", "id": "arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x", "name": "AWSServiceRoleForAutoScaling_x"}},
		{"aws_iam_service_linked_role", `{"aws_service_name":"ec2.amazonaws.com"}`, map[string]string{}},
		{"aws_iam_role_policy", `{"name":"n","role":"r"}`, map[string]string{}},
		{"data.aws_kms_key", `{"key_id":"alias/x"}`, map[string]string{"arn": "arn:aws:kms:" + at + "key/UUID", "id": "UUID"}},
		{"data.aws_kms_alias", `{"name":"alias/x"}`, map[string]string{"arn": "arn:aws:kms:" + at + "alias/x", "id": "arn:aws:kms:" + at + "alias/x", "target_key_arn": "arn:aws:kms:" + at + "key/UUID", "target_key_id": "UUID"}},
		{"data.aws_ami", `{}`, map[string]string{"arn": "arn:aws:ec2:eu-west-1::image/ami-HEX17", "id": "ami-HEX17", "image_id": "ami-HEX17"}},
		{"data.aws_iam_role", `{"name":"r"}`, map[string]string{"arn": "arn:aws:iam::111111111111:role/r", "id": "r"}},
		{"data.aws_iam_policy", `{"arn":"arn:aws:iam::aws:policy/P"}`, map[string]string{"arn": "arn:aws:iam::aws:policy/P", "id": "arn:aws:iam::aws:policy/P"}},
		{"data.aws_caller_identity", `{"id":"x","arn":"y"}`, map[string]string{}},
	})
}

func TestShapes(t *testing.T) {
	t.Parallel()
	checkShapes(t, []shapeCase{
		{"aws_imagebuilder_image_recipe", `{"name":"My App_1","version":"1.0.0"}`, map[string]string{"arn": "arn:aws:imagebuilder:" + at + "image-recipe/my-app-1/1.0.0", "id": "arn:aws:imagebuilder:" + at + "image-recipe/my-app-1/1.0.0"}},
		{"aws_imagebuilder_image_recipe", `{"name":"no version"}`, map[string]string{}},
		{"aws_imagebuilder_component", `{"name":"c","version":"1.0.0"}`, map[string]string{"arn": "arn:aws:imagebuilder:" + at + "component/c/1.0.0/1", "id": "arn:aws:imagebuilder:" + at + "component/c/1.0.0/1"}},
		{"aws_imagebuilder_workflow", `{"name":"w","version":"1.0.0","type":"BUILD"}`, map[string]string{"arn": "arn:aws:imagebuilder:" + at + "workflow/build/w/1.0.0/1", "id": "arn:aws:imagebuilder:" + at + "workflow/build/w/1.0.0/1"}},
		{"aws_imagebuilder_image", `{}`, map[string]string{"arn": "arn:aws:imagebuilder:" + at + "image/HEX16/1.0.0/1", "id": "arn:aws:imagebuilder:" + at + "image/HEX16/1.0.0/1"}},
		{"aws_ami_copy", `{}`, map[string]string{"arn": "arn:aws:ec2:eu-west-1::image/ami-HEX17", "id": "ami-HEX17"}},
		{"aws_launch_template", `{"name":"l"}`, map[string]string{"arn": "arn:aws:ec2:" + at + "launch-template/lt-HEX17", "id": "lt-HEX17", "name": "l"}},
		{"aws_ssm_parameter", `{"name":"/a/b"}`, map[string]string{"arn": "arn:aws:ssm:" + at + "parameter/a/b", "id": "/a/b", "name": "/a/b"}},
		{"aws_autoscaling_group", `{"name":"g"}`, map[string]string{"id": "g", "name": "g"}},
		{"awscc_kms_key", `{"multi_region":true}`, map[string]string{"arn": "arn:aws:kms:" + at + "key/mrk-HEX", "id": "mrk-HEX", "key_id": "mrk-HEX"}},
		{"awscc_kms_alias", `{"alias_name":"alias/a"}`, map[string]string{"id": "alias/a", "alias_name": "alias/a"}},
		{"awscc_iam_role", `{"role_name":"r"}`, map[string]string{"arn": "arn:aws:iam::111111111111:role/r", "id": "r", "role_name": "r"}},
		{"awscc_iam_managed_policy", `{"managed_policy_name":"p"}`, map[string]string{"id": "arn:aws:iam::111111111111:policy/p", "policy_arn": "arn:aws:iam::111111111111:policy/p"}},
		{"awscc_imagebuilder_image_pipeline", `{"name":"p"}`, map[string]string{"arn": "arn:aws:imagebuilder:" + at + "image-pipeline/p", "id": "arn:aws:imagebuilder:" + at + "image-pipeline/p"}},
		{"terraform_data", `{}`, map[string]string{"id": "UUID"}},
		{"random_id", `{}`, map[string]string{}},
	})
}

func checkShapes(t *testing.T, cases []shapeCase) {
	t.Helper()
	for _, test := range cases {
		address, mode := test.resourceType+".x", "managed"
		resourceType, isData := strings.CutPrefix(test.resourceType, "data.")
		if isData {
			mode = "data"
		}
		t.Run(address+" "+test.values, func(t *testing.T) {
			t.Parallel()
			g := mustLoad(t, fmt.Sprintf(`{"format_version":"1.2","planned_values":{"root_module":{"resources":[
{"address":"%[1]s","mode":"%[2]s","type":"%[3]s","name":"x","values":%[4]s}]}},
"configuration":{"root_module":{"resources":[{"address":"%[1]s","mode":"%[2]s","type":"%[3]s","name":"x","provider_config_key":"aws"}]}}}`,
				address, mode, resourceType, test.values),
				terraformplan.Options{Account: "111111111111", Region: "eu-west-1"})
			got := map[string]string{}
			for name, v := range resource(t, g, address).Identity {
				got[name], _ = v.AsString()
			}
			want := map[string]string{}
			for name, pattern := range test.want {
				want[name] = expand(pattern, "plan.json#"+address)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
		})
	}
}

// expand puts what is derived from an ID into a pattern.
func expand(pattern, id string) string {
	for _, part := range [][2]string{
		{"UUID", graph.StableUUID(id)},
		{"HEX16", graph.StableHex(id, 16)},
		{"HEX17", graph.StableHex(id, 17)},
		{"HEX", graph.StableHex(id, 32)},
		{"NAME", graph.StableHex(id+"#name", 26)},
	} {
		pattern = strings.ReplaceAll(pattern, part[0], part[1])
	}
	return pattern
}
