package normalize_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/normalize"
)

// value reads JSON as a graph value.
func value(t *testing.T, text string) graph.Value {
	t.Helper()
	var v any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return convert(v)
}

func convert(v any) graph.Value {
	switch v := v.(type) {
	case string:
		return graph.String(v)
	case bool:
		return graph.Bool(v)
	case json.Number:
		return graph.Number(v.String())
	case []any:
		items := []graph.Value{}
		for _, item := range v {
			items = append(items, convert(item))
		}
		return graph.List(items...)
	case map[string]any:
		if reason, ok := v["$unknown"].(string); ok {
			return graph.UnknownValue(&graph.Unknown{ID: reason, Reason: reason})
		}
		fields := []graph.Field{}
		for name, field := range v {
			fields = append(fields, graph.Field{Name: name, Value: convert(field)})
		}
		return graph.Map(fields...)
	}
	return graph.Absent()
}

const policy = `"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"*\"}}"`

const normalPolicy = `{"statements":[{"actions":["kms:*"],"effect":"Allow","resources":["*"]}]}`

// TestBothDialects: what one dialect says with its names and the other with
// its own gives the same properties.
func TestBothDialects(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terraform, terraformAttributes           string
		cloudFormation, cloudFormationAttributes string
		kind                                     graph.Kind
		want                                     string
	}{
		"image recipe": {
			"aws_imagebuilder_image_recipe", `{"name":"web","version":"1.0.0","parent_image":"ami-1","block_device_mapping":[{"device_name":"/dev/xvda","no_device":null,"virtual_name":"","ebs":[{"encrypted":"true","kms_key_id":"alias/aws/ebs","snapshot_id":""}]},{"device_name":"/dev/sdf","no_device":true,"ebs":[]}]}`,
			"AWS::ImageBuilder::ImageRecipe", `{"Name":"web","Version":"1.0.0","ParentImage":"ami-1","BlockDeviceMappings":[{"DeviceName":"/dev/xvda","Ebs":{"Encrypted":"true","KmsKeyId":"alias/aws/ebs"}},{"DeviceName":"/dev/sdf","NoDevice":""}]}`,
			graph.KindImageRecipe,
			`{"block_devices":[{"device_name":"/dev/xvda","encrypted":true,"kms_key":"alias/aws/ebs"},{"device_name":"/dev/sdf","no_device":true}],"name":"web","parent_image":"ami-1","version":"1.0.0"}`,
		},
		"distribution configuration": {
			"aws_imagebuilder_distribution_configuration", `{"name":"d","distribution":[{"region":"us-east-1","ami_distribution_configuration":[{"kms_key_id":"k","target_account_ids":["222222222222"],"launch_permission":[{"user_ids":["3"],"user_groups":["all"],"organization_arns":["o"],"organizational_unit_arns":["u"]}]}],"launch_template_configuration":[{"launch_template_id":"lt-1","account_id":"2","default":true}],"fast_launch_configuration":[{"account_id":"2","enabled":true}],"ssm_parameter_configuration":[{"parameter_name":"/imagebuilder/a","ami_account_id":"2"}]}]}`,
			"AWS::ImageBuilder::DistributionConfiguration", `{"Name":"d","Distributions":[{"Region":"us-east-1","AmiDistributionConfiguration":{"KmsKeyId":"k","TargetAccountIds":["222222222222"],"LaunchPermissionConfiguration":{"UserIds":["3"],"UserGroups":["all"],"OrganizationArns":["o"],"OrganizationalUnitArns":["u"]}},"LaunchTemplateConfigurations":[{"LaunchTemplateId":"lt-1","AccountId":"2","SetDefaultVersion":true}],"FastLaunchConfigurations":[{"AccountId":"2","Enabled":true}],"SsmParameterConfigurations":[{"ParameterName":"/imagebuilder/a","AmiAccountId":"2"}]}]}`,
			graph.KindDistributionConfiguration,
			`{"distributions":[{"ami":{"kms_key":"k","launch_permission":{"organization_arns":["o"],"organizational_unit_arns":["u"],"user_groups":["all"],"user_ids":["3"]},"target_account_ids":["222222222222"]},"fast_launch":[{"account_id":"2","enabled":true}],"launch_templates":[{"account_id":"2","launch_template_id":"lt-1","set_default":true}],"region":"us-east-1","ssm_parameters":[{"ami_account_id":"2","parameter_name":"/imagebuilder/a"}]}],"name":"d"}`,
		},
		"unknown distributions": {
			"aws_imagebuilder_distribution_configuration", `{"name":"d","distribution":[{"$unknown":"x"}]}`,
			"AWS::ImageBuilder::DistributionConfiguration", `{"Name":"d","Distributions":{"$unknown":"x"}}`,
			graph.KindDistributionConfiguration,
			`{"distributions":[],"distributions_unknown":{"$unknown":"x"},"name":"d"}`,
		},
		"pipeline": {
			"aws_imagebuilder_image_pipeline", `{"name":"p","image_recipe_arn":"r","distribution_configuration_arn":"d","infrastructure_configuration_arn":"i","execution_role":"e","workflow":[{"workflow_arn":"w"}],"status":"ENABLED"}`,
			"AWS::ImageBuilder::ImagePipeline", `{"Name":"p","ImageRecipeArn":"r","DistributionConfigurationArn":"d","InfrastructureConfigurationArn":"i","ExecutionRole":"e","Workflows":[{"WorkflowArn":"w"}],"Status":"ENABLED"}`,
			graph.KindImagePipeline,
			`{"distribution_configuration":"d","execution_role":"e","image_recipe":"r","infrastructure_configuration":"i","name":"p","status":"ENABLED","workflows":["w"]}`,
		},
		"key": {
			"aws_kms_key", `{"policy":` + policy + `,"is_enabled":false,"customer_master_key_spec":"RSA_2048","key_usage":"SIGN_VERIFY","multi_region":true,"tags":{"use":"ami"}}`,
			"AWS::KMS::Key", `{"KeyPolicy":` + policy + `,"Enabled":false,"KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY","MultiRegion":true,"Tags":[{"Key":"use","Value":"ami"},{"Key":{"$unknown":"k"},"Value":"v"}]}`,
			graph.KindKMSKey,
			`{"enabled":false,"key_spec":"RSA_2048","key_usage":"SIGN_VERIFY","multi_region":true,"policy":` + normalPolicy + `,"tags":{"use":"ami"}}`,
		},
		"replica key": {
			"aws_kms_replica_key", `{"primary_key_arn":"p","policy":` + policy + `}`,
			"AWS::KMS::ReplicaKey", `{"PrimaryKeyArn":"p","KeyPolicy":` + policy + `}`,
			graph.KindKMSKey,
			`{"multi_region":true,"policy":` + normalPolicy + `,"primary_key":"p"}`,
		},
		"role": {
			"aws_iam_role", `{"name":"r","path":"/","assume_role_policy":` + policy + `,"inline_policy":[],"permissions_boundary":"b"}`,
			"AWS::IAM::Role", `{"RoleName":"r","Path":"/","AssumeRolePolicyDocument":` + policy + `,"PermissionsBoundary":"b"}`,
			graph.KindIAMRole,
			`{"assume_role_policy":` + normalPolicy + `,"exclusive_attachments":false,"exclusive_inline":false,"inline_policies":[],"name":"r","path":"/","permissions_boundary":"b"}`,
		},
		"managed policy": {
			"aws_iam_policy", `{"name":"p","policy":` + policy + `}`,
			"AWS::IAM::ManagedPolicy", `{"ManagedPolicyName":"p","PolicyDocument":` + policy + `}`,
			graph.KindIAMPolicy, `{"name":"p","policy":` + normalPolicy + `}`,
		},
		"inline policy": {
			"aws_iam_role_policy", `{"name":"p","role":"r","policy":` + policy + `}`,
			"AWS::IAM::RolePolicy", `{"PolicyName":"p","RoleName":"r","PolicyDocument":` + policy + `}`,
			graph.KindIAMRolePolicy, `{"name":"p","policy":` + normalPolicy + `,"roles":["r"]}`,
		},
		"alias": {
			"aws_kms_alias", `{"name":"alias/x","target_key_id":"k"}`,
			"AWS::KMS::Alias", `{"AliasName":"alias/x","TargetKeyId":"k"}`,
			graph.KindKMSAlias, `{"name":"alias/x","target_key":"k"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for resourceType, attributes := range map[string]string{
				test.terraform: test.terraformAttributes, test.cloudFormation: test.cloudFormationAttributes,
			} {
				r := &graph.Resource{Type: resourceType, Attributes: value(t, attributes)}
				normalize.Resource(r)
				if r.Kind != test.kind {
					t.Errorf("%s: kind = %q, want %q", resourceType, r.Kind, test.kind)
				}
				got, err := json.Marshal(graph.PropertiesValue(r.Properties))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, string(got)); diff != "" {
					t.Errorf("%s (-want +got):\n%s", resourceType, diff)
				}
			}
		})
	}
}

func TestCloudControl(t *testing.T) {
	t.Parallel()
	r := &graph.Resource{
		Type:       "awscc_imagebuilder_distribution_configuration",
		Attributes: value(t, `{"name":"d","distributions":[{"region":"eu-west-1","ami_distribution_configuration":{"kms_key_id":"k","launch_permission_configuration":{"user_ids":["2"]}}}]}`),
	}
	normalize.Resource(r)
	got, err := json.Marshal(graph.PropertiesValue(r.Properties))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"distributions":[{"ami":{"kms_key":"k","launch_permission":{"user_ids":["2"]}},"fast_launch":[],"launch_templates":[],"region":"eu-west-1","ssm_parameters":[]}],"name":"d"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("awscc (-want +got):\n%s", diff)
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for resourceType, want := range map[string]string{
		"aws_ebs_encryption_by_default": `{"enabled":true}`,
		"aws_organizations_policy":      `{"type":"SERVICE_CONTROL_POLICY"}`,
		"aws_instance":                  `null`,
		"AWS::S3::Bucket":               `null`,
	} {
		r := &graph.Resource{Type: resourceType, Attributes: graph.Map()}
		normalize.Resource(r)
		got, err := json.Marshal(graph.PropertiesValue(r.Properties))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", resourceType, diff)
		}
		if normalize.KindOf(resourceType) != r.Kind {
			t.Errorf("KindOf(%q) = %q, want %q", resourceType, normalize.KindOf(resourceType), r.Kind)
		}
	}
}
