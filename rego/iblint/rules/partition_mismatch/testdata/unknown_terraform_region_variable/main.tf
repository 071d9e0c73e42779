# The Region of the entry is given at deployment.

variable "region" {
  type = string
}
provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111111111111"]
}

resource "aws_kms_key" "ami" {
  description = "Golden AMIs"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"] }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_imagebuilder_image_recipe" "golden" {
  name         = "golden"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:us-east-1:aws:image/amazon-linux-2023-x86/x.x.x"

  component {
    component_arn = "arn:aws:imagebuilder:us-east-1:aws:component/update-linux/x.x.x"
  }

  block_device_mapping {
    device_name = "/dev/xvda"

    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.ami.arn
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "golden" {
  name = "golden"

  distribution {
    region = "us-east-1"

    ami_distribution_configuration {
      launch_permission {
        user_ids = ["222222222222"]
      }
    }
  }

  distribution {
    region = var.region

    ami_distribution_configuration {
      target_account_ids = ["222222222222"]
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "golden" {
  name                             = "golden"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.golden.arn
  infrastructure_configuration_arn = "arn:aws:imagebuilder:us-east-1:111111111111:infrastructure-configuration/golden"
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.golden.arn
}
