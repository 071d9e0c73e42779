# A golden AMI for the whole company: built in the build account, copied to the
# production account. Every file of this example has a mistake that Terraform
# accepts and that only shows when the first pipeline run fails, an hour in.
# The same infrastructure without the mistakes is in ../mended.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

# The build account: recipe, key and pipeline.
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = [local.build_account]
}

# The production account: it gets a copy of every image.
provider "aws" {
  alias  = "production"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::${local.production_account}:role/deploy"
  }
}

locals {
  build_account      = "111111111111"
  production_account = "222222222222"
}
