variable "name" { type = string }
variable "key_arns" { type = list(string) }
variable "policy" { type = string }

resource "aws_iam_role" "this" {
  name = "EC2ImageBuilderDistributionCrossAccountRole-${var.name}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111111111111:root" } }]
  })
}

resource "aws_iam_role_policy" "keys" {
  name = "keys"
  role = aws_iam_role.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = var.key_arns }]
  })
}

resource "aws_iam_role_policy" "more" {
  name   = "more"
  role   = aws_iam_role.this.id
  policy = var.policy
}

output "arn" { value = aws_iam_role.this.arn }
