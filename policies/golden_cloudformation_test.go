package policies_test

import "testing"

const (
	cfnDevice  = `          Ebs: {Encrypted: true, KmsKeyId: !GetAtt RecipeKey.Arn}`
	cfnMapping = "      BlockDeviceMappings:\n        - DeviceName: /dev/xvda\n" + cfnDevice + "\n"
	cfnParent  = `      ParentImage: !Sub arn:${AWS::Partition}:imagebuilder:${AWS::Region}:aws:image/amazon-linux-2023-x86/x.x.x`
	cfnEntry   = "            KmsKeyId: !Ref TargetKeyArn\n            TargetAccountIds: [!Ref TargetAccountId]\n"
	cfnSource  = `            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}`
	cfnTarget  = `          - Sid: TargetUse
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${TargetAccountId}:root"}
            Action: [kms:Encrypt, kms:Decrypt, "kms:ReEncrypt*", "kms:GenerateDataKey*", kms:DescribeKey]
            Resource: "*"
`
	cfnSourceStatement = `          - Sid: SourceAccount
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${SourceAccountId}:root"}
            Action: [kms:Encrypt, kms:Decrypt, "kms:ReEncrypt*", "kms:GenerateDataKey*", kms:DescribeKey, kms:CreateGrant]
            Resource: "*"
`
	cfnRoleName = "      RoleName: EC2ImageBuilderDistributionCrossAccountRole\n"
	cfnTrust    = `            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${SourceAccountId}:root"}
            Action: sts:AssumeRole`
	cfnManaged   = "      ManagedPolicyArns:\n        - !Sub arn:${AWS::Partition}:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess\n"
	cfnResources = "                Resource: [!Ref RecipeKeyArn, !GetAtt TargetKey.Arn]"
	cfnShare     = "            KmsKeyId: !Ref TargetKeyArn\n            LaunchPermissionConfiguration: {UserIds: [!Ref TargetAccountId]}\n"
)

func inSource(old, replacement string) edit { return edit{"source.yaml", old, replacement} }
func inTarget(old, replacement string) edit { return edit{"target.yaml", old, replacement} }

// TestGoldenCloudFormation is the table of one mutation a rule on the golden
// CloudFormation example, for the rules whose mutation CloudFormation can
// express.
func TestGoldenCloudFormation(t *testing.T) {
	t.Parallel()
	runMutations(t, "cloudformation", cloudFormationConfig, []mutation{
		{name: "golden", want: []string{}},
		{name: "without bindings", config: unboundConfig, want: []string{"IBL004 unknown info", "IBL017 unknown info", "IBL018 unknown info", "IBL015 unknown info"}},
		{name: "IBL001", edits: []edit{inSource(cfnDevice, "          Ebs: {Encrypted: true, KmsKeyId: alias/aws/ebs}")}, want: violation("IBL001")},
		{name: "IBL002", edits: []edit{inSource(cfnDevice, "          Ebs: {Encrypted: true}")}, want: violation("IBL002")},
		{name: "IBL003", edits: []edit{inSource(cfnMapping, "")}, config: cloudFormationConfig2, want: violation("IBL003")},
		{name: "IBL004", edits: []edit{inSource("            KmsKeyId: !Ref TargetKeyArn\n", "            KmsKeyId: !Sub arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/ebs\n")}, want: violation("IBL004")},
		{name: "IBL005 parent not known", edits: []edit{inSource(cfnParent, "      ParentImage: ami-0123456789abcdef0"), inSource(cfnMapping, "")}, want: unknown("IBL005")},
		{name: "IBL005", edits: []edit{inSource(cfnParent, "      ParentImage: ami-0123456789abcdef0"), inSource(cfnMapping, "")}, config: cloudFormationConfig + managedParentConfig, want: violation("IBL005")},
		{name: "IBL006", edits: []edit{inSource(cfnParent, "      ParentImage: ami-0123456789abcdef0")}, config: cloudFormationConfig + parentConfig, want: violation("IBL006")},
		{name: "IBL006 device removed", edits: []edit{inSource(cfnParent, "      ParentImage: ami-0123456789abcdef0"), inSource(cfnMapping, cfnMapping+"        - DeviceName: /dev/sdf\n          NoDevice: \"\"\n")}, config: cloudFormationConfig + parentConfig, want: []string{}},
		{name: "IBL007", edits: []edit{inSource(cfnEntry, cfnEntry+"        - Region: eu-west-1\n          AmiDistributionConfiguration:\n            LaunchPermissionConfiguration: {UserIds: [!Ref TargetAccountId]}\n")}, want: violation("IBL007")},
		{name: "IBL008", edits: []edit{inSource(cfnEntry, cfnShare), inSource(cfnDevice, "          Ebs: {VolumeSize: 30}")}, want: append(unknown("IBL003"), warning("IBL008")...)},
		{name: "IBL009", edits: []edit{inSource(cfnSource, `            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/admin"}`)}, want: violation("IBL009")},
		{name: "IBL010", edits: []edit{inSource("      ImageRecipeArn: !Ref Recipe\n", "      ImageRecipeArn: !Ref Recipe\n      ExecutionRole: !GetAtt Builder.Arn\n"), inSource("Outputs:", cfnExecutionRole+"Outputs:")}, want: violation("IBL010")},
		{name: "IBL011", edits: []edit{inTarget(cfnRoleName, "      RoleName: SomethingElse\n"), inTarget(cfnManaged, ""), inTarget("            Principal: {AWS: !Sub \"arn:${AWS::Partition}:iam::${SourceAccountId}:root\"}\n            Action: sts:AssumeRole", "            Principal: {Service: ec2.amazonaws.com}\n            Action: sts:AssumeRole")}, want: violation("IBL011")},
		{name: "IBL012 spelling", edits: []edit{inTarget(cfnRoleName, "      RoleName: EC2ImageBuilderDistributionCrossAccountrole\n")}, want: violation("IBL012")},
		{name: "IBL012 path", edits: []edit{inTarget(cfnRoleName, cfnRoleName+"      Path: /ib/\n")}, want: violation("IBL012")},
		{name: "IBL012 no name", edits: []edit{inTarget(cfnRoleName, "")}, want: violation("IBL012")},
		{name: "IBL013 other account", edits: []edit{inTarget(cfnTrust, "            Principal: {AWS: 333333333333}\n            Action: sts:AssumeRole")}, want: violation("IBL013")},
		{name: "IBL013 external id", edits: []edit{inTarget(cfnTrust, cfnTrust+"\n            Condition: {StringEquals: {\"sts:ExternalId\": x}}")}, want: violation("IBL022")},
		{name: "IBL014", edits: []edit{inTarget(cfnManaged, "")}, want: violation("IBL014")},
		{name: "IBL015", edits: []edit{inTarget(cfnResources, "                Resource: [!GetAtt TargetKey.Arn]")}, want: violation("IBL015")},
		{name: "IBL016", edits: []edit{inTarget(cfnRoleName, cfnRoleName+"      PermissionsBoundary: !Ref Boundary\n"), inTarget("", cfnBoundary)}, want: violation("IBL016")},
		{name: "IBL017", edits: []edit{inSource(cfnTarget, "")}, want: violation("IBL017")},
		{name: "IBL018", edits: []edit{inTarget(cfnSourceStatement, "")}, want: violation("IBL018")},
		{name: "IBL019", edits: []edit{inSource(cfnEntry, cfnShare), inSource(cfnTargetGrants, "")}, want: violation("IBL019")},
		{name: "IBL022", edits: []edit{inSource(cfnTarget, cfnTarget+"            Condition: {StringEquals: {\"kms:ViaService\": imagebuilder.us-east-1.amazonaws.com}}\n")}, want: violation("IBL022")},
		{name: "IBL023", edits: []edit{inSource(`"kms:ReEncrypt*"`, `"kms:ReEncrypt"`)}, want: violation("IBL023")},
		{name: "IBL027", edits: []edit{inSource(cfnEntry, "            KmsKeyId: !Ref TargetKeyArn\n            LaunchPermissionConfiguration: {UserGroups: [all]}\n")}, want: violation("IBL027")},
		{name: "IBL028", edits: []edit{inSource("        - Region: !Ref AWS::Region", "        - Region: eu-west-1")}, want: violation("IBL028")},
		{name: "IBL029", edits: []edit{inSource("KmsKeyId: !GetAtt RecipeKey.Arn", "KmsKeyId: !Ref RecipeKey")}, want: violation("IBL029")},
		{name: "IBL030", edits: []edit{inSource(cfnDevice, "          Ebs: {KmsKeyId: !GetAtt RecipeKey.Arn}")}, want: violation("IBL030")},
		{name: "IBL031", edits: []edit{inSource("  RecipeKey:\n    Type: AWS::KMS::Key\n    Properties:\n", "  RecipeKey:\n    Type: AWS::KMS::Key\n    Properties:\n      KeySpec: RSA_2048\n      KeyUsage: SIGN_VERIFY\n")}, want: violation("IBL031")},
		{name: "IBL032", edits: []edit{inSource("  RecipeKey:\n    Type: AWS::KMS::Key\n    Properties:\n", "  RecipeKey:\n    Type: AWS::KMS::Key\n    Properties:\n      Enabled: false\n")}, want: violation("IBL032")},
		{name: "IBL033", edits: []edit{inSource(cfnEntry, cfnEntry+"        - Region: af-south-1\n          AmiDistributionConfiguration:\n            KmsKeyId: arn:aws:kms:af-south-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab\n            LaunchPermissionConfiguration: {UserIds: [!Ref TargetAccountId]}\n")}, want: append(unknown("IBL033"), keyNotKnown()...)},
		{name: "IBL033 not enabled", edits: []edit{inSource(cfnEntry, cfnEntry+"        - Region: af-south-1\n          AmiDistributionConfiguration:\n            KmsKeyId: arn:aws:kms:af-south-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab\n            LaunchPermissionConfiguration: {UserIds: [!Ref TargetAccountId]}\n")}, config: regionConfig, want: append(violation("IBL033"), keyNotKnown()...)},
		{name: "IBL034", edits: []edit{inSource("        - Region: !Ref AWS::Region", "        - Region: cn-north-1")}, want: violation("IBL034")},
		{name: "IBL036", edits: []edit{inSource("        - DeviceName: /dev/xvda", "        - DeviceName: /dev/xvdb")}, want: warning("IBL036")},
	})
}

// keyNotKnown is what is said of a key that only its ARN speaks of.
func keyNotKnown() []string {
	return []string{"IBL004 unknown info", "IBL009 unknown info", "IBL019 unknown info"}
}

const unboundConfig = `version: 1
accounts:
  "111111111111": {roots: [source.yaml], region: us-east-1}
  "222222222222": {roots: [target.yaml], region: us-east-1}
`

const cloudFormationConfig2 = `version: 1
accounts:
  "111111111111": {roots: [source.yaml], region: us-east-1, ebs_encryption_by_default: {us-east-1: true}}
  "222222222222": {roots: [target.yaml], region: us-east-1}
bindings:
  "source.yaml#TargetKeyArn": "target.yaml#TargetKey.Arn"
  "target.yaml#RecipeKeyArn": "source.yaml#Outputs.RecipeKeyArn"
`

const cfnTargetGrants = `          - Sid: TargetGrants
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${TargetAccountId}:root"}
            Action: [kms:CreateGrant, kms:ListGrants, kms:RevokeGrant]
            Resource: "*"
            Condition: {Bool: {"kms:GrantIsForAWSResource": "true"}}
`

const cfnExecutionRole = `  Builder:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: imagebuilder.amazonaws.com}, Action: sts:AssumeRole}]
`

const cfnBoundary = `  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "ec2:*", Resource: "*"}]
`

const regionConfig = `version: 1
accounts:
  "111111111111": {roots: [source.yaml], region: us-east-1, enabled_regions: [af-south-1]}
  "222222222222": {roots: [target.yaml], region: us-east-1, enabled_regions: []}
bindings:
  "source.yaml#TargetKeyArn": "target.yaml#TargetKey.Arn"
  "target.yaml#RecipeKeyArn": "source.yaml#Outputs.RecipeKeyArn"
`

const managedParentConfig = `images:
  ami-0123456789abcdef0: {owner: "111111111111", public: false, root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: true, kms_key: aws-managed}}}
`
