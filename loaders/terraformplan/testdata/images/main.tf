terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "target_account" {
  type    = string
  default = "222222222222"
}

variable "use_key" {
  type    = bool
  default = true
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias  = "target"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.target_account}:role/deploy"
  }
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root", "arn:aws:iam::${var.target_account}:root"]
    }
  }
}

data "aws_iam_policy_document" "use" {
  statement {
    sid       = "Use"
    actions   = ["kms:Decrypt", "kms:CreateGrant"]
    resources = [aws_kms_key.images.arn, aws_kms_replica_key.images_west.arn, "arn:aws:kms:*:*:alias/x"]
  }
  statement {
    actions   = ["kms:DescribeKey"]
    resources = [aws_kms_key.images.arn]
    principals {
      type        = "AWS"
      identifiers = [module.role["a"].arn]
    }
  }
}

resource "aws_kms_key" "images" {
  description  = "images"
  multi_region = true
  policy       = data.aws_iam_policy_document.key.json
}

resource "aws_kms_replica_key" "images_west" {
  region          = "us-west-2"
  primary_key_arn = aws_kms_key.images.arn
  policy          = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "images" {
  name          = "alias/images"
  target_key_id = aws_kms_key.images.key_id
}

resource "aws_imagebuilder_image_recipe" "server" {
  name         = "server"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"
  component {
    component_arn = "arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x"
  }
  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
      encrypted  = true
      kms_key_id = var.use_key ? aws_kms_key.images.arn : null
    }
  }
  dynamic "block_device_mapping" {
    for_each = toset(["/dev/xvdb"])
    content {
      device_name = block_device_mapping.value
      ebs {
        encrypted  = true
        kms_key_id = aws_kms_alias.images.arn
      }
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "server" {
  name                  = "server"
  instance_profile_name = "builder"
}

resource "aws_imagebuilder_distribution_configuration" "server" {
  name = "server"
  distribution {
    region = "us-east-1"
    ami_distribution_configuration {
      kms_key_id         = aws_kms_key.images.arn
      target_account_ids = [var.target_account]
    }
  }
  distribution {
    region = "us-west-2"
    ami_distribution_configuration {
      kms_key_id = aws_kms_replica_key.images_west.arn
      launch_permission {
        user_ids = [var.target_account]
      }
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "server" {
  name                             = "server"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.server.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.server.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.server.arn
  execution_role                   = module.role["a"].arn
}

module "role" {
  source    = "./role"
  for_each  = toset(["a", "b"])
  providers = { aws = aws.target }
  name      = each.key
  key_arns  = [aws_kms_key.images.arn, aws_kms_replica_key.images_west.arn]
  policy    = data.aws_iam_policy_document.use.json
}

resource "aws_kms_grant" "scaling" {
  for_each          = { east = aws_kms_key.images.arn, west = aws_kms_replica_key.images_west.arn }
  provider          = aws.target
  key_id            = each.value
  grantee_principal = "arn:aws:iam::222222222222:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
  operations        = ["Decrypt", "CreateGrant"]
}

output "key_arn" { value = aws_kms_key.images.arn }
output "roles" { value = { for k, m in module.role : k => m.arn } }
