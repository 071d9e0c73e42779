package cli

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Facts that nobody measured: valid, and enough to decide something.
const (
	madeUpTemplate = `AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Topic:
    Type: AWS::SNS::Topic
`
	madeUpKeyPolicy = `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "kms:*", "Resource": "*"}
]}
`
	madeUpRolePolicy = `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["ec2:*", "kms:*", "sts:AssumeRole"], "Resource": "*"}
]}
`
	madeUpTrust = `{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Principal": {"Service": "imagebuilder.amazonaws.com"}, "Action": "sts:AssumeRole"}
]}
`
)

// madeUpValues are values of every kind that variables and parameters take.
func madeUpValues() []string {
	return []string{
		"arn:aws:iam::aws:policy/ReadOnlyAccess",
		"333333333333",
		"arn:aws:iam::333333333333:root",
		"arn:aws:kms:eu-west-1:111111111111:key/99999999-8888-7777-6666-555555555555",
		"alias/aws/ebs",
		"arn:aws:organizations::111111111111:organization/o-abcde12345",
		"o-abcde12345",
		"eu-west-1",
		"/",
		"true",
		"kms:Decrypt",
		"ec2.eu-west-1.amazonaws.com",
		"RSA_2048",
		madeUpKeyPolicy,
		`["333333333333"]`,
		`["kms:Decrypt"]`,
		"arn:aws:imagebuilder:eu-west-1:aws:workflow/build/build-image/1.0.0/1",
	}
}

// madeUpOutput is what a command of the AWS CLI might print.
func madeUpOutput(command []string) (string, error) {
	argument := func(option string) string {
		if i := slices.Index(command, option); i >= 0 && i+1 < len(command) {
			return command[i+1]
		}
		return ""
	}
	if len(command) < 3 {
		return "", fmt.Errorf("%q is no command of the AWS CLI", command)
	}
	outputs := map[string]any{
		"describe-images": map[string]any{"Images": []any{map[string]any{
			"ImageId": argument("--image-ids"), "OwnerId": "111111111111", "Public": false,
			"RootDeviceName": "/dev/xvda", "BlockDeviceMappings": []any{map[string]any{
				"DeviceName": "/dev/xvda",
				"Ebs":        map[string]any{"SnapshotId": "snap-0123456789abcdef0", "Encrypted": false, "VolumeSize": 8},
			}},
		}}},
		"describe-snapshots": map[string]any{"Snapshots": []any{map[string]any{
			"SnapshotId": argument("--snapshot-ids"), "OwnerId": "111111111111", "Encrypted": false,
		}}},
		"get-key-policy": map[string]any{"Policy": madeUpKeyPolicy, "PolicyName": "default"},
		"describe-key": map[string]any{"KeyMetadata": map[string]any{
			"Arn": argument("--key-id"), "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Enabled": true,
			"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT",
		}},
		"list-grants":                   map[string]any{"Grants": []any{}, "Truncated": false},
		"get-ebs-encryption-by-default": map[string]any{"EbsEncryptionByDefault": false},
		"list-regions": map[string]any{"Regions": []any{
			map[string]any{"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"},
		}},
		"get-workflow": map[string]any{"workflow": map[string]any{
			"arn": argument("--workflow-build-version-arn"), "type": "DISTRIBUTION", "data": "steps: []",
		}},
		"get-role": map[string]any{"Role": map[string]any{
			"RoleName": argument("--role-name"), "Path": "/", "Arn": "arn:aws:iam::222222222222:role/" + argument("--role-name"),
			"AssumeRolePolicyDocument": json.RawMessage(madeUpTrust),
		}},
		"get-policy-version": map[string]any{"PolicyVersion": map[string]any{
			"Document": json.RawMessage(madeUpRolePolicy), "VersionId": "v1", "IsDefaultVersion": true,
		}},
	}
	output, ok := outputs[command[2]]
	if !ok {
		return "", fmt.Errorf("nothing is made up for aws %s %s", command[1], command[2])
	}
	text, err := json.Marshal(output)
	return string(text), err
}
