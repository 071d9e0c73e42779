package cloudformation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/iblint/iblint/loaders/cloudformation"
	"github.com/iblint/iblint/loaders/graph"
)

const serverlessTemplate = `Transform: AWS::Serverless-2016-10-31
Conditions: {Ireland: !Equals [!Ref "AWS::Region", eu-west-1]}
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
        - !If [Ireland, arn:aws:iam::111111111111:policy/own, !Ref AWS::NoValue]
        - Fn::If:
            - Ireland
            - Statement: [{Effect: Allow, Action: "kms:Decrypt", Resource: "*"}]
            - Statement: [{Effect: Allow, Action: "kms:Encrypt", Resource: "*"}]
      Events:
        Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
        Own: {Type: ScheduleV2, Properties: {RoleArn: arn:aws:iam::111111111111:role/r}}
        Old: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      PermissionsBoundary: arn:aws:iam::111111111111:policy/b
      Events:
        Rule: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.imagebuilder]}}}
`

func TestServerlessPoliciesAndEvents(t *testing.T) {
	t.Parallel()
	const basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
	for region, want := range map[string][]string{
		"eu-west-1": {
			"FnDailyRole scheduler.amazonaws.com [] [lambda:InvokeFunction] ", "FnRole lambda.amazonaws.com [" + basic + " arn:aws:iam::111111111111:policy/own] [kms:Decrypt] ",
			"MachineRole states.amazonaws.com [] [] arn:aws:iam::111111111111:policy/b", "MachineRuleRole events.amazonaws.com [] [states:StartExecution] arn:aws:iam::111111111111:policy/b",
		},
		"us-east-1": {
			"FnDailyRole scheduler.amazonaws.com [] [lambda:InvokeFunction] ", "FnRole lambda.amazonaws.com [" + basic + "] [kms:Encrypt] ",
			"MachineRole states.amazonaws.com [] [] arn:aws:iam::111111111111:policy/b", "MachineRuleRole events.amazonaws.com [] [states:StartExecution] arn:aws:iam::111111111111:policy/b",
		},
	} {
		g, diags := load(t, serverlessTemplate, cloudformation.Options{Account: "111111111111", Region: region, StackName: "app"})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		var got []string
		for _, r := range g.Resources {
			if r.Type == "AWS::IAM::Role" {
				got = append(got, roleInWords(r))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", region, diff)
		}
	}
}

func roleInWords(r *graph.Resource) string {
	a := r.Attributes
	trust := a.Field("AssumeRolePolicyDocument").Field("Statement").Items()[0]
	var managed, actions []string
	for _, arn := range a.Field("ManagedPolicyArns").Items() {
		managed = append(managed, display(arn))
	}
	for _, policy := range a.Field("Policies").Items() {
		for _, statement := range policy.Field("PolicyDocument").Field("Statement").Items() {
			actions = append(actions, display(statement.Field("Action")))
		}
	}
	_, id, _ := strings.Cut(r.Address, "#")
	boundary := ""
	if v := a.Field("PermissionsBoundary"); !v.IsAbsent() {
		boundary = display(v)
	}
	return fmt.Sprintf("%s %s %v %v %s", id, display(trust.Field("Principal").Field("Service").Items()[0]), managed, actions, boundary)
}

func TestServerlessPolicyTemplates(t *testing.T) {
	t.Parallel()
	const account = "eu-west-1:111111111111:"
	for policy, want := range map[string]string{
		"KMSDecryptPolicy: {KeyId: k}":                  "kms:Decrypt arn:aws:kms:" + account + "key/k",
		"KMSEncryptPolicy: {KeyId: !Select [1, [a,b]]}": "kms:Encrypt arn:aws:kms:" + account + "key/b",
		"KMSEncryptPolicy_v2: {KeyId: k}": "[kms:Encrypt, kms:GenerateDataKey, kms:GenerateDataKeyPair, kms:GenerateDataKeyPairWithoutPlaintext, " +
			"kms:GenerateDataKeyWithoutPlaintext] arn:aws:kms:" + account + "key/k",
		"EC2CopyImagePolicy: {ImageId: ami-1}":       "ec2:CopyImage arn:aws:ec2:" + account + "image/ami-1",
		"AMIDescribePolicy: {}":                      "ec2:DescribeImages *",
		"SSMParameterReadPolicy: {ParameterName: a}": "",
		"SESBulkTemplatedCrudPolicy_v2: {A: b}":      "",
		"StepFunctionsExecutionPolicy: {A: b}":       "",
		"NobodyKnowsPolicy: {A: b}":                  "unknown",
		"S3Read: {A: b}":                             "unknown",
	} {
		text := "Transform: AWS::Serverless-2016-10-31\nResources:\n  M: {Type: AWS::Serverless::StateMachine, Properties: {Policies: [{" + policy + "}]}}\n"
		g, diags := load(t, text, cloudformation.Options{Account: "111111111111", Region: "eu-west-1"})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		got := ""
		for _, inline := range find(g, "MRole").Attributes.Field("Policies").Items() {
			got = "unknown"
			for _, statement := range inline.Field("PolicyDocument").Field("Statement").Items() {
				got = display(statement.Field("Action")) + " " + display(statement.Field("Resource"))
			}
		}
		if got != want {
			t.Errorf("%s grants %q, want %q", policy, got, want)
		}
	}
}
