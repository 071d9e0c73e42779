# A recipe cannot be changed once it exists: whoever changes its key raises its
# version, too.
resource "aws_imagebuilder_image_recipe" "golden" {
  name         = "golden"
  version      = "1.0.1"
  parent_image = "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x"

  component {
    component_arn = "arn:aws:imagebuilder:eu-west-1:aws:component/update-linux/x.x.x"
  }

  block_device_mapping {
    device_name = "/dev/xvda"

    ebs {
      encrypted   = true
      kms_key_id  = aws_kms_key.ami.arn
      volume_size = 20
      volume_type = "gp3"
    }
  }
}

resource "aws_imagebuilder_infrastructure_configuration" "golden" {
  name                  = "golden"
  instance_profile_name = "image-builder"
}

resource "aws_imagebuilder_distribution_configuration" "golden" {
  name = "golden"

  distribution {
    region = "eu-west-1"

    ami_distribution_configuration {
      name               = "golden {{ imagebuilder:buildDate }}"
      kms_key_id         = aws_kms_key.ami.arn
      target_account_ids = [local.production_account]
    }
  }
}

resource "aws_imagebuilder_image_pipeline" "golden" {
  name                             = "golden"
  image_recipe_arn                 = aws_imagebuilder_image_recipe.golden.arn
  infrastructure_configuration_arn = aws_imagebuilder_infrastructure_configuration.golden.arn
  distribution_configuration_arn   = aws_imagebuilder_distribution_configuration.golden.arn

  schedule {
    schedule_expression = "cron(0 4 ? * MON *)"
  }
}
