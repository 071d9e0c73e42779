data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Owner"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111111111111:root"]
    }
  }

  statement {
    sid = "Target"
    actions = [
      "kms:Decrypt", # every launch
      "kms:DescribeKey" # and copy
    ]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["222222222222"]
    }
  }
}

resource "aws_kms_key" "ami" {
  policy = data.aws_iam_policy_document.key.json
}
