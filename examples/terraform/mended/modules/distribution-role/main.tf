# The role that EC2 Image Builder assumes in a target account. Its name is
# fixed by AWS.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "source_account" {
  description = "Account that builds the images."
  type        = string
}

variable "key_arns" {
  description = "Keys that the images are encrypted with."
  type        = list(string)
}

resource "aws_iam_role" "this" {
  name               = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

# Image Builder comes as its service-linked role in the build account.
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.source_account}:root"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "distribution" {
  role       = aws_iam_role.this.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}

# The managed policy above holds no KMS permission.
resource "aws_iam_role_policy" "keys" {
  name = "image-keys"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = [
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
        "kms:CreateGrant",
      ]
      Resource = var.key_arns
    }]
  })
}
