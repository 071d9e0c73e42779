resource "aws_imagebuilder_image_recipe" "web" {
  name         = "web"
  version      = "1.0.0"
  parent_image = "arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-x86/x.x.x"

  block_device_mapping {
    device_name = "/dev/xvda"
    ebs {
	encrypted  = true
	kms_key_id = "alias/aws/ebs" # the key that AWS manages; it cannot be shared, because nobody can change its policy
    }
  }
}

resource "aws_imagebuilder_distribution_configuration" "web" {
  name = "web"
  distribution {
    region = "eu-west-1"
    ami_distribution_configuration {
      kms_key_id         = var.target_key_arn
      target_account_ids = ["222222222222", "333333333333"]
    }
  }
}
