resource "aws_kms_key" "ami" {
  policy = <<-JSON
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
          "Action": "kms:*",
          "Resource": "*"
        },
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Action": "kms:Decrypt", "Resource": "*"}
      ]
    }
  JSON
}

resource "aws_iam_role" "distribution" {
  provider           = aws.target
  name               = "EC2ImageBuilderDistributionCrossAccountRole"
  assume_role_policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
    "Action": "sts:AssumeRole"
  }
}
JSON
}

resource "aws_iam_role_policy" "kms" {
  provider = aws.target
  role     = aws_iam_role.distribution.name
  policy = <<JSON
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "kms:Decrypt",
        "kms:DescribeKey"
      ],
      "Resource": "${aws_kms_key.ami.arn}"
    }
  ]
}
JSON
}

resource "aws_iam_role_policy_attachment" "distribution" {
  provider   = aws.target
  role       = aws_iam_role.distribution.name
  policy_arn = "arn:aws:iam::aws:policy/Ec2ImageBuilderCrossAccountDistributionAccess"
}
