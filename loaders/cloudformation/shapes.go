package cloudformation

import "strings"

// shapeOf returns how resources of a type are identified.
func shapeOf(resourceType string) (shape, bool) {
	service, _, _ := strings.Cut(strings.TrimPrefix(resourceType, "AWS::"), "::")
	switch service {
	case "ImageBuilder":
		return imageBuilderShape(resourceType)
	case "IAM":
		return iamShape(resourceType)
	case "KMS":
		return keyShape(resourceType)
	case "EC2", "AutoScaling":
		return computeShape(resourceType)
	case "Serverless", "Lambda", "StepFunctions":
		return functionShape(resourceType)
	}
	return otherShape(resourceType)
}

func imageBuilderShape(resourceType string) (shape, bool) {
	arn := func(resource string) (shape, bool) {
		text := "arn:{partition}:imagebuilder:{region}:{account}:" + resource
		return shape{name: "Name", ref: text, closed: true, attributes: map[string]string{"Arn": text, "Name": "{name}"}}, true
	}
	switch resourceType {
	case "AWS::ImageBuilder::ImageRecipe":
		return versioned(arn("image-recipe/{lowername}/{Version:1.0.0}"))
	case "AWS::ImageBuilder::ContainerRecipe":
		return versioned(arn("container-recipe/{lowername}/{Version:1.0.0}"))
	case "AWS::ImageBuilder::Component":
		return versioned(arn("component/{lowername}/{Version:1.0.0}/1"))
	case "AWS::ImageBuilder::Workflow":
		return versioned(arn("workflow/{Type:}/{lowername}/{Version:1.0.0}/1"))
	case "AWS::ImageBuilder::DistributionConfiguration":
		return arn("distribution-configuration/{lowername}")
	case "AWS::ImageBuilder::InfrastructureConfiguration":
		return arn("infrastructure-configuration/{lowername}")
	case "AWS::ImageBuilder::ImagePipeline":
		s, ok := arn("image-pipeline/{lowername}")
		s.closed = false
		return s, ok
	case "AWS::ImageBuilder::LifecyclePolicy":
		return arn("lifecycle-policy/{lowername}")
	case "AWS::ImageBuilder::Image":
		s, ok := arn("image/{lower}/1.0.0/1")
		s.attributes["ImageId"] = "{id:ami-}"
		s.closed = false
		return s, ok
	}
	return shape{}, false
}

// versioned leaves room for attributes of versions.
func versioned(s shape, ok bool) (shape, bool) {
	s.closed = false
	return s, ok
}

func keyShape(resourceType string) (shape, bool) {
	switch resourceType {
	case "AWS::KMS::Key", "AWS::KMS::ReplicaKey":
		return shape{ref: "{keyid}", closed: true, attributes: map[string]string{
			"Arn": "arn:{partition}:kms:{region}:{account}:key/{keyid}", "KeyId": "{keyid}",
		}}, true
	case "AWS::KMS::Alias":
		return shape{name: "AliasName", ref: "{name}", closed: true}, true
	}
	return shape{}, false
}

func iamShape(resourceType string) (shape, bool) {
	iam := func(kind, name, id string) (shape, bool) {
		return shape{name: name, ref: "{name}", closed: true, attributes: map[string]string{
			"Arn": "arn:{partition}:iam::{account}:" + kind + "/{path}{name}", id: "{hash}",
		}}, true
	}
	switch resourceType {
	case "AWS::IAM::Role":
		return iam("role", "RoleName", "RoleId")
	case "AWS::IAM::User":
		return iam("user", "UserName", "UserId")
	case "AWS::IAM::Group":
		return iam("group", "GroupName", "GroupId")
	case "AWS::IAM::InstanceProfile":
		return iam("instance-profile", "InstanceProfileName", "InstanceProfileId")
	case "AWS::IAM::ManagedPolicy":
		arn := "arn:{partition}:iam::{account}:policy/{path}{name}"
		return shape{name: "ManagedPolicyName", ref: arn, attributes: map[string]string{"PolicyArn": arn}}, true
	case "AWS::IAM::Policy", "AWS::IAM::RolePolicy":
		return shape{name: "PolicyName", ref: "{name}"}, true
	case "AWS::IAM::ServiceLinkedRole":
		return shape{ref: "{slr}", attributes: map[string]string{
			"RoleName": "{slr}",
			"Arn":      "arn:{partition}:iam::{account}:role/aws-service-role/{AWSServiceName:}/{slr}",
		}}, true
	}
	return shape{}, false
}

func computeShape(resourceType string) (shape, bool) {
	id := func(prefix, attribute string) (shape, bool) {
		s := shape{ref: "{id:" + prefix + "}", attributes: map[string]string{}}
		if attribute != "" {
			s.attributes[attribute] = s.ref
		}
		return s, true
	}
	switch resourceType {
	case "AWS::EC2::LaunchTemplate":
		s, ok := id("lt-", "LaunchTemplateId")
		s.attributes["LatestVersionNumber"], s.attributes["DefaultVersionNumber"] = "1", "1"
		return s, ok
	case "AWS::EC2::VPC":
		return id("vpc-", "VpcId")
	case "AWS::EC2::Subnet":
		return id("subnet-", "SubnetId")
	case "AWS::EC2::SecurityGroup":
		return id("sg-", "GroupId")
	case "AWS::EC2::Instance":
		return id("i-", "InstanceId")
	case "AWS::EC2::Volume":
		return id("vol-", "VolumeId")
	case "AWS::EC2::InternetGateway":
		return id("igw-", "InternetGatewayId")
	case "AWS::EC2::RouteTable":
		return id("rtb-", "RouteTableId")
	case "AWS::EC2::VPCEndpoint":
		return id("vpce-", "Id")
	case "AWS::AutoScaling::AutoScalingGroup":
		return shape{name: "AutoScalingGroupName", ref: "{name}", attributes: map[string]string{
			"AutoScalingGroupARN": "arn:{partition}:autoscaling:{region}:{account}:autoScalingGroup:{uuid}:autoScalingGroupName/{name}",
		}}, true
	case "AWS::AutoScaling::LaunchConfiguration":
		return shape{name: "LaunchConfigurationName", ref: "{name}"}, true
	}
	return shape{}, false
}

func functionShape(resourceType string) (shape, bool) {
	switch resourceType {
	case "AWS::Lambda::Function", "AWS::Serverless::Function":
		return shape{name: "FunctionName", ref: "{name}", attributes: map[string]string{
			"Arn": "arn:{partition}:lambda:{region}:{account}:function:{name}",
		}}, true
	case "AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine":
		arn := "arn:{partition}:states:{region}:{account}:stateMachine:{name}"
		name := "StateMachineName"
		if strings.HasPrefix(resourceType, "AWS::Serverless") {
			name = "Name"
		}
		return shape{name: name, ref: arn, attributes: map[string]string{"Arn": arn, "Name": "{name}"}}, true
	}
	return shape{}, false
}

func otherShape(resourceType string) (shape, bool) {
	switch resourceType {
	case "AWS::SNS::Topic":
		arn := "arn:{partition}:sns:{region}:{account}:{name}"
		return shape{name: "TopicName", ref: arn, attributes: map[string]string{"TopicArn": arn, "TopicName": "{name}"}}, true
	case "AWS::SQS::Queue":
		return shape{name: "QueueName", ref: "https://sqs.{region}.amazonaws.com/{account}/{name}", attributes: map[string]string{
			"Arn": "arn:{partition}:sqs:{region}:{account}:{name}", "QueueName": "{name}",
		}}, true
	case "AWS::SSM::Parameter":
		return shape{name: "Name", ref: "{name}"}, true
	case "AWS::SSM::Document":
		return shape{name: "Name", ref: "{name}"}, true
	case "AWS::Logs::LogGroup":
		return shape{name: "LogGroupName", ref: "{name}", attributes: map[string]string{
			"Arn": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
		}}, true
	case "AWS::SecretsManager::Secret":
		arn := "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-AbCdEf"
		return shape{name: "Name", ref: arn, attributes: map[string]string{"Id": arn}}, true
	case "AWS::Events::Rule":
		return shape{name: "Name", ref: "{name}", attributes: map[string]string{
			"Arn": "arn:{partition}:events:{region}:{account}:rule/{name}",
		}}, true
	case "AWS::DynamoDB::Table":
		return shape{name: "TableName", ref: "{name}", attributes: map[string]string{
			"Arn": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
		}}, true
	case "AWS::CloudFormation::Stack":
		return shape{ref: "arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{uuid}"}, true
	case "AWS::CloudFormation::StackSet":
		return shape{name: "StackSetName", ref: "{name}:{uuid}", attributes: map[string]string{"StackSetId": "{name}:{uuid}"}}, true
	case "AWS::S3::Bucket":
		return bucketShape(), true
	}
	return shape{}, false
}

func bucketShape() shape {
	return shape{name: "BucketName", lower: true, ref: "{name}", attributes: map[string]string{
		"Arn": "arn:{partition}:s3:::{name}", "DomainName": "{name}.s3.amazonaws.com",
		"RegionalDomainName": "{name}.s3.{region}.amazonaws.com",
	}}
}
