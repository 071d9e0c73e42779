package policies_test

import "testing"

const (
	recipeDevice = `    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.ami.arn
    }
`
	recipeMapping = `  block_device_mapping {
    device_name = "/dev/xvda"
` + recipeDevice + `  }
`
	parentImage = `"arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"`
	entryUSEast = `      kms_key_id         = aws_kms_key.ami.arn
      target_account_ids = ["222222222222"]
`
	entryEUWest = `      kms_key_id = aws_kms_replica_key.ami_euw1.arn
      launch_permission {
        user_ids = ["222222222222"]
      }
`
	keyPolicy     = `  policy       = data.aws_iam_policy_document.key.json`
	replicaPolicy = `  policy          = data.aws_iam_policy_document.key.json`
	targetUse     = `  statement {
    sid       = "TargetUse"
    actions   = local.key_use
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::222222222222:root"]
    }
  }
`
	roleName  = `  name               = "EC2ImageBuilderDistributionCrossAccountRole"`
	trustRoot = `      identifiers = ["arn:aws:iam::111111111111:root"]
    }
  }
}

resource "aws_iam_role" "dist"`
	attachment = `resource "aws_iam_role_policy_attachment" "dist" {
  provider   = aws.target
  role       = aws_iam_role.dist.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}
`
	dependent = `resource "aws_iam_role" "dist" {
  provider           = aws.target
  name               = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
`
	foreignAMI = `"ami-0123456789abcdef0"`
	reqActions = `["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey", "kms:CreateGrant", "kms:ReEncryptFrom", "kms:ReEncryptTo"]`
)

func inMain(old, replacement string) edit { return edit{"main.tf", old, replacement} }

// TestGoldenTerraform is the table of one mutation a rule on the golden
// Terraform example: exactly the named finding, and nothing on the example
// itself.
func TestGoldenTerraform(t *testing.T) {
	t.Parallel()
	completeConfig := "version: 1\naccounts:\n  \"222222222222\": {providers: [aws.target], complete: true}\n"
	runMutations(t, "terraform", terraformConfig, []mutation{
		{name: "golden", want: []string{}},
		{name: "IBL001", edits: []edit{inMain(recipeDevice, "    ebs {\n      encrypted = true\n      kms_key_id = \"alias/aws/ebs\"\n    }\n")}, want: violation("IBL001")},
		{name: "IBL002", edits: []edit{inMain(recipeDevice, "    ebs {\n      encrypted = true\n    }\n")}, want: violation("IBL002")},
		{name: "IBL003", edits: []edit{inMain(recipeMapping, ""), inMain("", "resource \"aws_ebs_encryption_by_default\" \"on\" {}\n")}, want: violation("IBL003")},
		{name: "IBL003 default key is customer managed", edits: []edit{inMain(recipeMapping, ""), inMain("", "resource \"aws_ebs_encryption_by_default\" \"on\" {}\nresource \"aws_ebs_default_kms_key\" \"k\" {\n  key_arn = aws_kms_key.ami.arn\n}\n")}, want: []string{}},
		{name: "IBL004", edits: []edit{inMain(entryUSEast, "      kms_key_id = \"arn:aws:kms:us-east-1:111111111111:alias/aws/ebs\"\n      target_account_ids = [\"222222222222\"]\n")}, want: violation("IBL004")},
		{name: "IBL005", edits: []edit{inMain(parentImage, "aws_ami_copy.p.id"), inMain(recipeMapping, ""), inMain("", "resource \"aws_ami_copy\" \"p\" {\n  name = \"p\"\n  source_ami_id = \"ami-0123456789abcdef0\"\n  source_ami_region = \"us-east-1\"\n  encrypted = true\n}\n")}, want: violation("IBL005")},
		{name: "IBL005 parent not known", edits: []edit{inMain(parentImage, foreignAMI), inMain(recipeMapping, "")}, want: unknown("IBL005")},
		{name: "IBL006", edits: []edit{inMain(parentImage, foreignAMI)}, config: terraformConfig + parentConfig, want: violation("IBL006")},
		{name: "IBL006 device removed", edits: []edit{inMain(parentImage, foreignAMI), inMain(recipeMapping, recipeMapping+"  block_device_mapping {\n    device_name = \"/dev/sdf\"\n    no_device = true\n  }\n")}, config: terraformConfig + parentConfig, want: []string{}},
		{name: "IBL007", edits: []edit{inMain("      kms_key_id = aws_kms_replica_key.ami_euw1.arn\n", "")}, want: violation("IBL007")},
		{name: "IBL008", edits: []edit{inMain("      target_account_ids = [\"222222222222\"]\n", "      launch_permission {\n        user_ids = [\"222222222222\"]\n      }\n"), inMain(recipeDevice, "    ebs {\n      volume_size = 30\n    }\n")}, want: append(unknown("IBL003"), warning("IBL008")...)},
		{name: "IBL008 default encryption is on", edits: []edit{inMain("      target_account_ids = [\"222222222222\"]\n", "      launch_permission {\n        user_ids = [\"222222222222\"]\n      }\n"), inMain(recipeDevice, "    ebs {\n      volume_size = 30\n    }\n"), inMain("", "resource \"aws_ebs_encryption_by_default\" \"on\" {}\n")}, want: violation("IBL008")},
		{name: "IBL009", edits: []edit{inMain(`      identifiers = ["arn:aws:iam::111111111111:root"]`, `      identifiers = ["arn:aws:iam::111111111111:role/admin"]`)}, want: violation("IBL009")},
		{name: "IBL009 only what is needed", edits: []edit{inMain(`    actions   = ["kms:*"]`, "    actions   = "+reqActions)}, want: []string{}},
		{name: "IBL010", edits: []edit{inMain("  image_recipe_arn                 =", "  execution_role = aws_iam_role.er.arn\n  image_recipe_arn                 ="), inMain("", executionRole)}, want: violation("IBL010")},
		{name: "IBL010 managed policy", edits: []edit{inMain("  image_recipe_arn                 =", "  execution_role = aws_iam_role.er.arn\n  image_recipe_arn                 ="), inMain("", executionRole+"resource \"aws_iam_role_policy_attachment\" \"er\" {\n  role = aws_iam_role.er.name\n  policy_arn = \"arn:aws:iam::aws:policy/EC2ImageBuilderExecutionPolicy\"\n}\n")}, want: []string{}},
		{name: "IBL011", edits: []edit{inMain(dependent, ""), inMain(attachment, ""), inMain("aws_iam_role.dist.name", `"other"`)}, config: completeConfig, want: violation("IBL011")},
		{name: "IBL012 spelling", edits: []edit{inMain("EC2ImageBuilderDistributionCrossAccountRole", "EC2ImageBuilderDistributionCrossAccountrole")}, want: violation("IBL012")},
		{name: "IBL012 path", edits: []edit{inMain(roleName, roleName+"\n  path = \"/ib/\"")}, want: violation("IBL012")},
		{name: "IBL012 prefix", edits: []edit{inMain(roleName, "  name_prefix = \"EC2ImageBuilderDistributionCrossAccountRole\"")}, want: violation("IBL012")},
		{name: "IBL013 other account", edits: []edit{inMain(trustRoot, replaceAccount(trustRoot, "333333333333"))}, want: violation("IBL013")},
		{name: "IBL013 service only", edits: []edit{inMain("      type        = \"AWS\"\n"+trustRoot, "      type        = \"Service\"\n      identifiers = [\"ec2.amazonaws.com\"]\n    }\n  }\n}\n\nresource \"aws_iam_role\" \"dist\"")}, want: violation("IBL013")},
		{name: "IBL013 service-linked role", edits: []edit{inMain(trustRoot, replaceRoot(trustRoot, "arn:aws:iam::111111111111:role/aws-service-role/imagebuilder.amazonaws.com/AWSServiceRoleForImageBuilder"))}, want: []string{}},
		{name: "IBL013 session", edits: []edit{inMain(trustRoot, replaceRoot(trustRoot, "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForImageBuilder/Ec2ImageBuilderIntegrationService"))}, want: []string{}},
		{name: "IBL014", edits: []edit{inMain(attachment, "")}, want: violation("IBL014")},
		{name: "IBL014 equivalent permissions", edits: []edit{inMain(attachment, equivalentPolicy)}, want: []string{}},
		{name: "IBL015 recipe key", edits: []edit{inMain("      Resource = [aws_kms_key.ami.arn, aws_kms_replica_key.ami_euw1.arn]", "      Resource = [aws_kms_replica_key.ami_euw1.arn]")}, want: violation("IBL015")},
		{name: "IBL015 grant", edits: []edit{inMain(`concat(local.key_use, ["kms:CreateGrant"])`, "local.key_use")}, want: violation("IBL015")},
		{name: "IBL016", edits: []edit{inMain(roleName, roleName+"\n  permissions_boundary = aws_iam_policy.boundary.arn"), inMain("", "resource \"aws_iam_policy\" \"boundary\" {\n  provider = aws.target\n  name = \"boundary\"\n  policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Action = \"ec2:*\", Resource = \"*\"}]})\n}\n")}, want: violation("IBL016")},
		{name: "IBL017 no statement", edits: []edit{inMain(targetUse, "")}, want: violation("IBL017")},
		{name: "IBL017 no policy", edits: []edit{inMain(keyPolicy, "")}, want: violation("IBL017")},
		{name: "IBL018", edits: []edit{
			inMain("      kms_key_id         = aws_kms_key.ami.arn\n", "      kms_key_id         = aws_kms_key.copy.arn\n"),
			inMain("[aws_kms_key.ami.arn, aws_kms_replica_key.ami_euw1.arn]\n", "[aws_kms_key.ami.arn, aws_kms_replica_key.ami_euw1.arn, aws_kms_key.copy.arn]\n"),
			inMain("", "resource \"aws_kms_key\" \"copy\" {\n  provider = aws.target\n}\n"),
		}, want: violation("IBL018")},
		{name: "IBL019", edits: []edit{inMain(replicaPolicy, "")}, want: violation("IBL019")},
		{name: "IBL020", edits: []edit{inMain(entryEUWest, "      kms_key_id = aws_kms_replica_key.ami_euw1.arn\n      launch_permission {\n        organization_arns = [\"arn:aws:organizations::111111111111:organization/o-abc123example\"]\n      }\n")}, want: violation("IBL020")},
		{name: "IBL021", edits: []edit{inMain(targetUse, targetUse+denyStatement)}, want: violation("IBL021")},
		{name: "IBL022", edits: []edit{inMain(targetUse, conditioned(targetUse))}, want: violation("IBL022")},
		{name: "IBL023", edits: []edit{inMain(`"kms:ReEncrypt*"`, `"kms:ReEncrypt"`)}, want: violation("IBL023")},
		{name: "IBL024", edits: []edit{inMain(targetUse, replaceRoot2(targetUse, "arn:aws:iam::222222222222:role/EC2ImageBuilderDistributionCrossAccountRole")), inMain("aws_iam_role\" \"dist\" {\n", "aws_iam_role\" \"dist\" {\n  depends_on = [aws_kms_key.ami]\n")}, want: warning("IBL024")},
		{name: "IBL025", edits: []edit{inMain("", "resource \"aws_kms_key_policy\" \"other\" {\n  key_id = aws_kms_key.ami.id\n  policy = jsonencode({Version = \"2012-10-17\", Statement = [{Effect = \"Allow\", Principal = {AWS = \"arn:aws:iam::111111111111:root\"}, Action = \"kms:*\", Resource = \"*\"}]})\n}\n")}, want: violation("IBL025")},
		{name: "IBL026", edits: []edit{inMain("{ use1 = aws_kms_key.ami.arn,", "{ use1 = aws_kms_key.ami.key_id,")}, want: violation("IBL026")},
		{name: "IBL027", edits: []edit{inMain(entryEUWest, "      kms_key_id = aws_kms_replica_key.ami_euw1.arn\n      launch_permission {\n        user_groups = [\"all\"]\n      }\n")}, want: violation("IBL027")},
		{name: "IBL028", edits: []edit{inMain("      kms_key_id = aws_kms_replica_key.ami_euw1.arn\n", "      kms_key_id = aws_kms_key.ami.arn\n")}, want: violation("IBL028")},
		{name: "IBL029", edits: []edit{inMain("      kms_key_id         = aws_kms_key.ami.arn\n", "      kms_key_id         = aws_kms_key.ami.key_id\n")}, want: violation("IBL029")},
		{name: "IBL029 launch permission only", edits: []edit{inMain("      kms_key_id = aws_kms_replica_key.ami_euw1.arn\n", "      kms_key_id = aws_kms_replica_key.ami_euw1.key_id\n")}, want: []string{"IBL029 violation info"}},
		{name: "IBL030", edits: []edit{inMain("      encrypted  = true\n", "")}, want: violation("IBL030")},
		{name: "IBL031", edits: []edit{inMain("  multi_region = true\n", "  multi_region = true\n  key_usage = \"SIGN_VERIFY\"\n  customer_master_key_spec = \"RSA_2048\"\n")}, want: violation("IBL031")},
		{name: "IBL032", edits: []edit{inMain("  multi_region = true\n", "  multi_region = true\n  is_enabled = false\n")}, want: violation("IBL032")},
		{name: "IBL033", edits: []edit{inMain(`  region          = "eu-west-1"`, `  region          = "af-south-1"`), inMain(`    region = "eu-west-1"`, `    region = "af-south-1"`), inMain(`"eu-west-1" : "us-east-1"`, `"af-south-1" : "us-east-1"`)}, want: unknown("IBL033")},
		{name: "IBL033 disabled", edits: []edit{inMain(`  region          = "eu-west-1"`, `  region          = "af-south-1"`), inMain(`    region = "eu-west-1"`, `    region = "af-south-1"`), inMain(`"eu-west-1" : "us-east-1"`, `"af-south-1" : "us-east-1"`), inMain("", "resource \"aws_account_region\" \"ct\" {\n  account_id = \"222222222222\"\n  region_name = \"af-south-1\"\n  enabled = false\n}\n")}, want: violation("IBL033")},
		{name: "IBL034", edits: []edit{inMain(`    region = "eu-west-1"`, `    region = "cn-north-1"`)}, want: violation("IBL034")},
		{name: "IBL035", edits: []edit{inMain("    region = \"us-east-1\"\n    ami_distribution", "    region = \"us-east-1\"\n    s3_export_configuration {\n      role_name = \"vmimport\"\n      disk_image_format = \"VMDK\"\n      s3_bucket = \"b\"\n    }\n    ami_distribution")}, want: violation("IBL035")},
		{name: "IBL036", edits: []edit{inMain(`    device_name = "/dev/xvda"`, `    device_name = "/dev/xvdb"`)}, want: warning("IBL036")},
		{name: "IBL036 default encryption is on", edits: []edit{inMain(`    device_name = "/dev/xvda"`, `    device_name = "/dev/xvdb"`), inMain("", "resource \"aws_ebs_encryption_by_default\" \"on\" {}\n")}, want: []string{"IBL036 violation error"}},
	})
}

const parentConfig = `images:
  ami-0123456789abcdef0: {owner: "111111111111", public: false, root_device: /dev/xvda, devices: {/dev/xvda: {encrypted: false}, /dev/sdf: {encrypted: true, kms_key: aws-managed}}}
`

const executionRole = `resource "aws_iam_role" "er" {
  name = "builder"
  assume_role_policy = jsonencode({Version = "2012-10-17", Statement = [{Effect = "Allow", Principal = {Service = "imagebuilder.amazonaws.com"}, Action = "sts:AssumeRole"}]})
}
`

const equivalentPolicy = `resource "aws_iam_role_policy" "copy" {
  provider = aws.target
  name     = "copy"
  role     = aws_iam_role.dist.id
  policy = jsonencode({Version = "2012-10-17", Statement = [
    {Effect = "Allow", Action = ["ec2:DescribeImages", "ec2:CopyImage", "ec2:ModifyImageAttribute"], Resource = "*"},
    {Effect = "Allow", Action = "ec2:CreateTags", Resource = "arn:aws:ec2:*::image/*"}]})
}
`

const denyStatement = `  statement {
    sid       = "OnlySource"
    effect    = "Deny"
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = ["111111111111"]
    }
  }
`
