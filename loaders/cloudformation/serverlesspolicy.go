package cloudformation

import (
	"slices"
	"strings"

	"github.com/iblint/iblint/loaders/graph"
)

// policyTemplate is a policy template of SAM that grants something about keys,
// images or networks.
type policyTemplate struct {
	actions []string
	// resource is the end of the ARN that is granted, with the parameter of the
	// template in it; empty for all resources.
	resource, parameter string
}

func policyTemplateOf(name string) (policyTemplate, bool) {
	forKey := func(actions ...string) (policyTemplate, bool) {
		return policyTemplate{actions: actions, resource: "kms:${AWS::Region}:${AWS::AccountId}:key/${KeyId}", parameter: "KeyId"}, true
	}
	forAll := func(actions ...string) (policyTemplate, bool) { return policyTemplate{actions: actions}, true }
	switch name {
	case "KMSDecryptPolicy":
		return forKey("kms:Decrypt")
	case "KMSEncryptPolicy":
		return forKey("kms:Encrypt")
	case "KMSEncryptPolicy_v2":
		return forKey("kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair", "kms:GenerateDataKeyPairWithoutPlaintext",
			"kms:GenerateDataKeyWithoutPlaintext")
	case "EC2CopyImagePolicy":
		return policyTemplate{
			actions: []string{"ec2:CopyImage"}, resource: "ec2:${AWS::Region}:${AWS::AccountId}:image/${ImageId}", parameter: "ImageId",
		}, true
	case "AMIDescribePolicy":
		return forAll("ec2:DescribeImages")
	case "EC2DescribePolicy":
		return forAll("ec2:DescribeInstances", "ec2:DescribeRegions")
	case "VPCAccessPolicy":
		return forAll("ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DetachNetworkInterface")
	}
	return policyTemplate{}, false
}

// isOtherPolicyTemplate reports the policy templates of SAM for services that
// no rule asks about.
func isOtherPolicyTemplate(name string) bool {
	services := []string{
		"AWSSecretsManager", "Acm", "Athena", "CloudFormation", "CloudWatch", "CodeCommit", "CodePipeline", "Comprehend",
		"CostExplorer", "DynamoDB", "EFS", "EKS", "Ecs", "ElasticMapReduce", "Elasticsearch", "EventBridge", "FilterLogEvents",
		"Firehose", "Kinesis", "Lambda", "MobileAnalytics", "Organizations", "Pinpoint", "Polly", "Rekognition", "Route53", "S3",
		"SES", "SNS", "SQS", "SSMParameter", "SageMaker", "ServerlessRepo", "StepFunctions", "Textract",
	}
	return strings.HasSuffix(strings.TrimSuffix(name, "_v2"), "Policy") &&
		slices.ContainsFunc(services, func(service string) bool { return strings.HasPrefix(name, service) })
}

// policyTemplate is the document of a SAM policy template, nil for one that
// grants nothing that a rule asks about.
func (b builder) policyTemplate(item *node) *node {
	name := "a policy template"
	if len(item.entries) == 1 {
		name = item.entries[0].name
		if isOtherPolicyTemplate(name) {
			return nil
		}
		if t, ok := policyTemplateOf(name); ok {
			return b.grant(t, item.entries[0].value)
		}
	}
	u := &graph.Unknown{ID: "sam(" + place(b.rng) + ")", Reason: "the SAM policy template " + name + " is not known here", Range: b.rng}
	return &node{kind: scalarNode, value: graph.UnknownValue(u), rng: b.rng, size: 1}
}

// grant is the document of a policy template with its parameters filled in.
func (b builder) grant(t policyTemplate, parameters *node) *node {
	actions := b.text(t.actions[0])
	if len(t.actions) > 1 {
		actions = b.list()
		for _, action := range t.actions {
			actions.items = append(actions.items, b.text(action))
		}
	}
	resource := b.text("*")
	if t.resource != "" {
		own := b.object(t.parameter, parameters.member(t.parameter))
		resource = wrap("Fn::Sub", b.list(b.text("arn:${AWS::Partition}:"+t.resource), own), b.rng)
	}
	return b.document(b.object("Effect", b.text("Allow"), "Action", actions, "Resource", resource))
}
