# One key for the recipe and for the copies. Its policy lets in both accounts:
# the build account whole, the production account to use the key and to grant
# its use to EC2.
data "aws_iam_policy_document" "ami_key" {
  statement {
    sid       = "BuildAccount"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.build_account}:root"]
    }
  }

  statement {
    sid = "ProductionAccount"

    actions = [
      "kms:Decrypt",
      "kms:Encrypt",
      "kms:ReEncrypt*",
      "kms:GenerateDataKey*",
      "kms:DescribeKey",
      "kms:CreateGrant",
    ]

    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${local.production_account}:root"]
    }
  }
}

resource "aws_kms_key" "ami" {
  description = "Golden AMIs"
  policy      = data.aws_iam_policy_document.ami_key.json
}
