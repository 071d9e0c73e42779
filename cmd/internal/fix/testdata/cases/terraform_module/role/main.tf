variable "name" {}
variable "key" {}

resource "aws_iam_role" "distribution" {
  name                = var.name
  managed_policy_arns = ["arn:aws:iam::aws:policy/EC2InstanceProfileForImageBuilder"]
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = "111111111111" }, Action = "sts:AssumeRole" }]
  })
  inline_policy {
    name = "kms"
    policy = jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Effect   = "Allow"
          Action   = ["kms:Decrypt"]
          Resource = [var.key]
        }
      ]
    })
  }
}
