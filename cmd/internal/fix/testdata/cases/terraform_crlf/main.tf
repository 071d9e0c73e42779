
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["111111111111"]
}

provider "aws" {
  alias               = "target"
  region              = "eu-west-1"
  allowed_account_ids = ["222222222222"]
}

resource "aws_imagebuilder_image_recipe" "web" {
  name         = "web"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x"

  component {
    component_arn = "arn:aws:imagebuilder:eu-west-1:aws:component/update-linux/x.x.x"
  }

  block_device_mapping {
    device_name = "/dev/xvda"

    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.ami.arn
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "web" {
  name = "web"

  distribution {
    region = "eu-west-1"

    ami_distribution_configuration {
      target_account_ids = ["222222222222"]
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "web" {
  name                  = "web"
  instance_profile_name = "image-builder"
}

resource "aws_imagebuilder_image_pipeline" "web" {
  name                             = "web"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.web.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.web.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.web.arn
}
