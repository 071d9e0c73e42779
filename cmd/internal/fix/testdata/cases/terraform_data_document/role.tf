data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  } # instances
}

data "aws_iam_policy_document" "kms" {
  statement {
    actions   = ["logs:PutLogEvents"]
    resources = ["*"]
  }
}

resource "aws_iam_role" "distribution" {
  provider           = aws.target
  name_prefix        = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "kms" {
  provider = aws.target
  role     = aws_iam_role.distribution.name
  policy   = data.aws_iam_policy_document.kms.json
}

resource "aws_iam_role_policy_attachment" "distribution" {
  provider   = aws.target
  role       = aws_iam_role.distribution.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}
