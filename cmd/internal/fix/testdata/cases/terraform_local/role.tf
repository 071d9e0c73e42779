locals {
  admins = "arn:aws:iam::111111111111:root"
  key_policy = {
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = local.admins }, Action = "kms:*", Resource = "*" },
      {
        "Effect" : "Allow",
        "Principal" : { "AWS" : "arn:aws:iam::222222222222:root" },
        "Action" : [
          "kms:Encrypt",
          "kms:Decrypt", # both ways
        ],
        "Resource" : "*"
      }, # the target
    ]
  }
}

resource "aws_kms_key" "ami" {
  policy = jsonencode(local.key_policy)
}

resource "aws_iam_role" "distribution" {
  provider = aws.target
  path     = "/image-builder/"
  name     = "Ec2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "111111111111" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "kms" {
  provider = aws.target
  role     = aws_iam_role.distribution.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = {
      Effect   = "Allow"
      Action   = "kms:*"
      Resource = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"
    }
  })
}

resource "aws_iam_role_policy_attachment" "distribution" {
  provider   = aws.target
  role       = aws_iam_role.distribution.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}
