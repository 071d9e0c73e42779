package terraformplan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/iblint/iblint/loaders/graph"
	"github.com/iblint/iblint/loaders/terraformplan"
)

// placed makes a plan with one role and the configuration of its provider.
func placed(key, provider, more string) string {
	return fmt.Sprintf(`{"format_version":"1.2","variables":{"account":{"value":"222222222222"},"region":{"value":"eu-west-1"},"geo":{"value":"us"},"names":{"value":["x"]}},
"planned_values":{"root_module":{"resources":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"name":"r"}}]}},
"configuration":{"provider_config":{%[2]s},"root_module":{"resources":[
 {"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","provider_config_key":"%[1]s"},
 {"address":"data.aws_caller_identity.c","mode":"data","type":"aws_caller_identity","name":"c","provider_config_key":"%[1]s"},
 {"address":"data.aws_region.c","mode":"data","type":"aws_region","name":"c","provider_config_key":"%[1]s"}]}}%[3]s}`, key, provider, more)
}

func config(key, expressions string) string {
	return `"` + key + `":{"name":"aws","expressions":{` + expressions + `}}`
}

func prior(resources string) string {
	return `,"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[` + resources + `]}}}`
}

const caller = `{"address":"data.aws_caller_identity.c","mode":"data","type":"aws_caller_identity","name":"c","values":{"account_id":"333333333333"}}`

func TestProviders(t *testing.T) {
	t.Parallel()
	role := func(arn string) string { return `"assume_role":[{"role_arn":` + arn + `}]` }
	constant := func(s string) string { return `{"constant_value":` + s + `}` }
	options := terraformplan.Options{
		Account: "444444444444", Region: "ap-south-1",
		ProviderAccounts: map[string]string{"aws.target": "555555555555"}, ProviderRegions: map[string]string{"aws.target": "sa-east-1"},
	}
	for name, test := range map[string]struct {
		text            string
		options         terraformplan.Options
		account, region string
		provider        string
	}{
		"role":                 {placed("aws", config("aws", role(constant(`"arn:aws:iam::222222222222:role/x"`))), ""), terraformplan.Options{Region: "ap-south-1"}, "222222222222", "ap-south-1", "aws"},
		"last role":            {placed("aws", config("aws", `"assume_role":[{"role_arn":`+constant(`"arn:aws:iam::666666666666:role/x"`)+`},{"role_arn":`+constant(`"arn:aws:iam::222222222222:role/y"`)+`}]`), ""), terraformplan.Options{Region: "ap-south-1"}, "222222222222", "ap-south-1", "aws"},
		"role of variable":     {placed("aws", config("aws", role(references("var.account"))+`,"region":`+references("var.region")), ""), terraformplan.Options{}, "222222222222", "eu-west-1", "aws"},
		"part of a Region":     {placed("aws", config("aws", `"region":`+references("var.geo")), ""), terraformplan.Options{}, "account(plan.json)", "region(plan.json)", "aws"},
		"role of a list":       {placed("aws", config("aws", role(references("var.names"))), ""), terraformplan.Options{}, "account(plan.json)", "region(plan.json)", "aws"},
		"role of a local":      {placed("aws", config("aws", role(references("local.account"))), ""), options, "444444444444", "ap-south-1", "aws"},
		"allowed account":      {placed("aws", config("aws", `"allowed_account_ids":`+constant(`["222222222222"]`)), ""), terraformplan.Options{Region: "ap-south-1"}, "222222222222", "ap-south-1", "aws"},
		"allowed accounts":     {placed("aws", config("aws", `"allowed_account_ids":`+constant(`["222222222222","666666666666"]`)), ""), options, "444444444444", "ap-south-1", "aws"},
		"web identity":         {placed("aws", config("aws", `"assume_role_with_web_identity":[{"role_arn":`+constant(`"arn:aws:iam::222222222222:role/x"`)+`}]`), ""), terraformplan.Options{Region: "ap-south-1"}, "222222222222", "ap-south-1", "aws"},
		"configured":           {placed("aws", "", ""), options, "444444444444", "ap-south-1", "aws"},
		"alias":                {placed("aws.target", config("aws.target", `"alias":`+constant(`"target"`)), ""), options, "555555555555", "sa-east-1", "aws.target"},
		"configured above all": {placed("aws", config("aws", role(constant(`"arn:aws:iam::222222222222:role/x"`))+`,"region":`+constant(`"eu-west-1"`)), ""), options, "444444444444", "ap-south-1", "aws"},
		"role as argument":     {placed("awscc", config("awscc", `"assume_role":`+constant(`{"role_arn":"arn:aws:iam::222222222222:role/x"}`)), ""), options, "222222222222", "ap-south-1", "awscc"},
		"awscc like aws":       {placed("awscc", config("aws", `"region":`+constant(`"eu-west-1"`)), ""), terraformplan.Options{}, "account(plan.json)", "eu-west-1", "awscc"},
		"role before identity": {placed("aws", config("aws", role(constant(`"arn:aws:iam::666666666666:role/x"`))+`,"assume_role_with_web_identity":[{"role_arn":`+constant(`"arn:aws:iam::222222222222:role/x"`)+`}]`), ""), terraformplan.Options{}, "222222222222", "region(plan.json)", "aws"},
		"unknown alias":        {placed("aws.other", "", ""), options, "account(plan.json|aws.other)", "region(plan.json|aws.other)", "aws.other"},
		"caller identity":      {placed("aws", "", prior(caller)), terraformplan.Options{}, "333333333333", "region(plan.json)", "aws"},
		"Region of data":       {placed("aws", "", prior(`{"address":"data.aws_region.c","mode":"data","type":"aws_region","name":"c","values":{"name":"eu-north-1"}}`)), terraformplan.Options{}, "account(plan.json)", "eu-north-1", "aws"},
		"provider in module":   {placed("module.m:aws", `"module.m:aws":{"name":"aws","module_address":"module.m","expressions":{"region":`+constant(`"cn-north-1"`)+`}}`, ""), options, "account(plan.json|module.m.aws)", "cn-north-1", "module.m.aws"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := mustLoad(t, test.text, test.options)
			r := resource(t, g, "aws_iam_role.r")
			if got := idOrText(r.Account) + " " + idOrText(r.Region) + " " + r.Provider; got != test.account+" "+test.region+" "+test.provider {
				t.Errorf("the role is at %s, want %s %s %s", got, test.account, test.region, test.provider)
			}
		})
	}
}

func idOrText(v graph.Value) string {
	if u := v.Unknown(); u != nil {
		return u.ID
	}
	s, _ := v.AsString()
	return s
}

func TestPartitions(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		`{"constant_value":"cn-north-1"}`:    "arn:aws-cn:iam::222222222222:role/r",
		`{"constant_value":"us-gov-west-1"}`: "arn:aws-us-gov:iam::222222222222:role/r",
		`{"constant_value":"eu-west-1"}`:     "arn:aws:iam::222222222222:role/r",
	} {
		g := mustLoad(t, placed("aws", config("aws", `"region":`+region+`,"allowed_account_ids":{"constant_value":["222222222222"]}`), ""), terraformplan.Options{})
		if got, _ := resource(t, g, "aws_iam_role.r").Identity["arn"].AsString(); got != want {
			t.Errorf("ARN in %s = %s, want %s", region, got, want)
		}
	}
	g := mustLoad(t, placed("aws", "", ""), terraformplan.Options{})
	var got []string
	for _, part := range resource(t, g, "aws_iam_role.r").Identity["arn"].Parts() {
		if part.Unknown != nil {
			got = append(got, part.Unknown.ID)
		}
	}
	if strings.Join(got, " ") != "partition(plan.json) account(plan.json)" {
		t.Errorf("the ARN has the symbols %v", got)
	}
}

func TestResourcesOfOneProviderShareItsAccount(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `{"format_version":"1.2","planned_values":{"root_module":{"resources":[
 {"address":"aws_kms_key.old","mode":"managed","type":"aws_kms_key","name":"old","values":{"arn":"arn:aws:kms:eu-west-1:111111111111:key/k","region":"eu-west-1"}},
 {"address":"aws_kms_key.new","mode":"managed","type":"aws_kms_key","name":"new","values":{"region":"eu-west-2"}}]}},
"configuration":{"root_module":{"resources":[
 {"address":"aws_kms_key.old","mode":"managed","type":"aws_kms_key","name":"old","provider_config_key":"aws"},
 {"address":"aws_kms_key.new","mode":"managed","type":"aws_kms_key","name":"new","provider_config_key":"aws","expressions":{"region":{"constant_value":"eu-west-2"}}}]}}}`, terraformplan.Options{})
	made, _ := resource(t, g, "aws_kms_key.new").Identity["arn"].AsString()
	if !strings.HasPrefix(made, "arn:aws:kms:eu-west-2:111111111111:key/") {
		t.Errorf("the new key has the ARN %s", made)
	}
	if got := idOrText(g.Roots[0].Account) + " " + idOrText(g.Roots[0].Region); got != "111111111111 eu-west-1" {
		t.Errorf("the root is at %s", got)
	}
}

func TestStateOfSeveralAccounts(t *testing.T) {
	t.Parallel()
	g := mustLoad(t, `{"format_version":"1.0","values":{"root_module":{"resources":[
 {"address":"aws_kms_key.a","mode":"managed","type":"aws_kms_key","name":"a","values":{"id":"k","arn":"arn:aws:kms:eu-west-1:111111111111:key/k"}},
 {"address":"aws_kms_key_policy.a","mode":"managed","type":"aws_kms_key_policy","name":"a","values":{"id":"k","key_id":"k"}},
 {"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","name":"r","values":{"id":"r","arn":"arn:aws:iam::222222222222:role/r"}},
 {"address":"aws_iam_role_policy_attachment.r","mode":"managed","type":"aws_iam_role_policy_attachment","name":"r","values":{"role":"r"}},
 {"address":"aws_iam_role_policy_attachment.x","mode":"managed","type":"aws_iam_role_policy_attachment","name":"x","values":{"role":"x"}},
 {"address":"aws_s3_bucket.gone","mode":"managed","type":"aws_s3_bucket","name":"gone","deposed_key":"1","values":{}}]}}}`, terraformplan.Options{})
	for address, want := range map[string]string{
		"aws_kms_key.a": "111111111111", "aws_kms_key_policy.a": "111111111111", "aws_iam_role.r": "222222222222",
		"aws_iam_role_policy_attachment.r": "222222222222",
		"aws_iam_role_policy_attachment.x": "account(plan.json|aws_iam_role_policy_attachment.x)",
	} {
		if got := idOrText(resource(t, g, address).Account); got != want {
			t.Errorf("%s is in %s, want %s", address, got, want)
		}
	}
	if len(g.Resources) != 5 {
		t.Errorf("%d resources, want 5: a deposed object is none", len(g.Resources))
	}
}
