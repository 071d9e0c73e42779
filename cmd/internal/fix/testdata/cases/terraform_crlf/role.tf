resource "aws_kms_key" "ami" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111111111111:root" }, Action = "kms:*", Resource = "*" }
    ]
  })
}

resource "aws_iam_role" "distribution" {
  provider = aws.target
  name     = "EC2ImageBuilderDistributionCrossAccountRole"
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
    Statement = [{
      Effect   = "Allow"
      Action   = "kms:*"
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "distribution" {
  provider   = aws.target
  role       = aws_iam_role.distribution.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}
