# Mistake: the policy lets in the build account alone. The role in the
# production account may not decrypt what it is to copy.
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
}

resource "aws_kms_key" "ami" {
  description = "Golden AMIs"
  policy      = data.aws_iam_policy_document.ami_key.json
}
