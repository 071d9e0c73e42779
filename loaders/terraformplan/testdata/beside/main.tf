variable "target" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "old" {
  description = "exists"
}

resource "aws_kms_key" "new" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root", aws_iam_role.builder.arn] }
    }]
  })
}

resource "aws_iam_role" "builder" {
  assume_role_policy = "{}"
}

resource "aws_iam_policy" "keys" {
  name = "keys"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = [aws_kms_key.old.arn, aws_kms_key.new.arn] }]
  })
}
